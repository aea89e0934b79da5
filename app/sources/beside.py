"""What stands beside a card: its place in a source, where it came from, what became of it."""

from dataclasses import dataclass

from sqlmodel import Session

from app.corpus.models import Card
from app.sources.lineage import Relative, came_from, went_into
from app.sources.passages import Around, around_card
from app.sources.service import part_with
from app.studies.deps import Here
from app.studies.progress import Panel
from app.studies.rules import Action


@dataclass(frozen=True, slots=True)
class Context:
    """What stands before and after a card in its source, and the way there."""

    source_name: str
    before: str
    after: str
    is_cut_before: bool
    is_cut_after: bool
    url: str


@dataclass(frozen=True, slots=True)
class Relation:
    """Another card that this one came from, or that came from this one."""

    key: str
    url: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class CardOrigin:
    """The part of a card's page about its source and its relatives."""

    context: Context | None
    came_from: tuple[Relation, ...]
    went_into: tuple[Relation, ...]
    recut_url: str


def context_of(session: Session, here: Here, card_id: int) -> Context | None:
    """Return what stands around a card; None for cards that came from a table."""
    found = around_card(session, card_id)
    if found is None:
        return None
    return Context(
        source_name=found.source_name,
        before=found.before,
        after=found.after,
        is_cut_before=found.is_cut_before,
        is_cut_after=found.is_cut_after,
        url=_place(session, here, found, card_id),
    )


def _place(session: Session, here: Here, found: Around, card_id: int) -> str:
    place = part_with(session, found.source_id, found.start) + 1
    return f"{here.url('sources', found.source_id)}?part={place}#passage-{card_id}"


def origin_panel(session: Session, here: Here, card: Card) -> Panel | None:
    """Return the part of a card's page that tells of its source and its relatives."""
    card_id = card.id or 0
    may_recut = here.may(Action.KEEP_SOURCES) and card.set_aside_at is None
    origin = CardOrigin(
        context=context_of(session, here, card_id),
        came_from=_relations(here, came_from(session, card_id)),
        went_into=_relations(here, went_into(session, card_id)),
        recut_url=here.url("cards", card_id, "recut") if may_recut else "",
    )
    return Panel("sources/_origin.html", origin)


def _relations(here: Here, found: tuple[Relative, ...]) -> tuple[Relation, ...]:
    return tuple(
        Relation(one.key, here.url("cards", one.card_id), one.kind, one.reason) for one in found
    )
