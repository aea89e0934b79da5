"""The cards of a round one after the other, facet by facet, as a meeting goes through them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from app.coding.models import Round
from app.corpus.models import Card
from app.negotiation.agenda.along import Place, place_of
from app.negotiation.agenda.listing import (
    LOOKED_AT_AGAIN,
    TALKED_ABOUT,
    WAITING,
    Kind,
    kind_of,
    listed,
)
from app.negotiation.models import Disagreement

KINDS = (TALKED_ABOUT, WAITING, LOOKED_AT_AGAIN)
BESIDE = 4


@dataclass(frozen=True, slots=True)
class Beside:
    """A card near the one that is shown."""

    disagreement_id: int
    card_key: str
    state: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where the shown card stands, what lies beside it, and which cards come before and after."""

    place: Place
    beside: tuple[Beside, ...]
    previous_id: int | None
    next_id: int | None


def first_to_show(session: Session, round_: Round) -> Disagreement | None:
    """Return where a meeting begins: the first open card, else the first that waits."""
    for kind in (TALKED_ABOUT, WAITING):
        for facet_id in round_.facet_ids:
            rows = listed(session, round_.id or 0, facet_id, kind)
            statement = select(rows.c.id).where(rows.c.state == "open").order_by(rows.c.number)
            found = session.connection().execute(statement.limit(1)).scalar()
            if found is not None:
                return session.get(Disagreement, found)
    return None


def way_from(session: Session, round_: Round, found: Disagreement) -> Way:
    """Return the way on from a card; past the last of a list comes the first of the next."""
    place = place_of(session, found)
    lists = [(facet_id, kind) for facet_id in round_.facet_ids for kind in KINDS]
    own = kind_of(found)
    here = next(n for n, one in enumerate(lists) if one[0] == found.facet_id and one[1] is own)
    previous_id, next_id = place.previous_id, place.next_id
    if previous_id is None:
        previous_id = _end_of_first(session, round_, lists[:here][::-1], is_last=True)
    if next_id is None:
        next_id = _end_of_first(session, round_, lists[here + 1 :], is_last=False)
    return Way(place, _beside(session, round_, found, place), previous_id, next_id)


def _end_of_first(
    session: Session, round_: Round, lists: list[tuple[int, Kind]], *, is_last: bool
) -> int | None:
    for facet_id, kind in lists:
        rows = listed(session, round_.id or 0, facet_id, kind)
        order = rows.c.number.desc() if is_last else rows.c.number
        found = session.connection().execute(select(rows.c.id).order_by(order).limit(1)).scalar()
        if found is not None:
            return int(found)
    return None


def _beside(
    session: Session, round_: Round, found: Disagreement, place: Place
) -> tuple[Beside, ...]:
    rows = listed(session, round_.id or 0, found.facet_id, kind_of(found))
    first = max(1, place.number - BESIDE)
    statement = (
        select(rows.c.id, col(Card.key), rows.c.state)
        .join(Card, col(Card.id) == rows.c.card_id)
        .where(rows.c.number.between(first, first + 2 * BESIDE))
        .order_by(rows.c.number)
    )
    return tuple(Beside(*row) for row in session.connection().execute(statement))
