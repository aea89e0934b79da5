"""How answers, people and cards of a closed round are named on its pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from app.codebook.content import CategoryContent, FacetContent
from app.coding.measuring import coders_of_round, facets_of_round
from app.coding.models import Round
from app.coding.rounds import (
    find_round,
    waits_for_alignment,
)
from app.coding.rules import WORDS_FOR_VALUE, Phase, Value
from app.coding.seals import check_positions_open
from app.corpus.models import Card
from app.corpus.pages import CardView, view_of
from app.errors import Conflict, NotFound
from app.negotiation.models import Disagreement
from app.negotiation.rules import Answer
from app.studies.deps import Here
from app.studies.models import Membership
from app.studies.rules import Role
from app.web.render import Shell

SINGLES = "single"
CARDS_AT_ONCE = 500

_LETTERS = {Value.NONE_APPLIES: "0", Value.NOT_APPLICABLE: "9", Value.CANNOT_JUDGE: "8"}
_LONGEST_CLUSTER = 500


@dataclass(frozen=True, slots=True)
class Named:
    """A category, or an answer without one, as a chip shows it."""

    name: str
    tone: int | None = None
    letter: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody as the negotiation names them: a coder by label, others by their role."""

    name: str
    voice: str = ""
    is_you: bool = False


def closed_round(session: Session, here: Here, round_id: int) -> Round:
    """Return a closed round of this study; 404 for any other, an open one included.

    Raises Conflict while its coders' own piles are not aligned: there is nothing to talk about.
    """
    round_ = find_round(session, here.study_id, round_id)
    if round_.closed_at is None:
        raise NotFound
    if reason := waits_for_alignment(round_):
        raise Conflict(reason)
    return round_


def opened_round(session: Session, here: Here, round_id: int) -> Round:
    """Return a closed round whose positions the study may see; 409 while it is sealed."""
    round_ = closed_round(session, here, round_id)
    check_positions_open(session, round_)
    return round_


def check_no_arbiter(here: Here, round_: Round) -> None:
    """Raise Conflict for an arbiter while cards may be handed over: letters tell who is who."""
    if here.role is Role.ARBITER and round_.phase in {Phase.ALIGNING, Phase.NEGOTIATING}:
        raise Conflict(
            f"Cards of {round_.name} may be handed over to you, so who said what stays hidden from "
            "you until the round is done."
        )


def facet_of(session: Session, round_: Round, facet_id: int | None) -> FacetContent:
    """Return the facet of the round that was asked for, or its first one."""
    facets = facets_of_round(session, round_)
    wanted = [facet for facet in facets if facet_id in {None, facet.id}]
    if not wanted:
        raise NotFound
    return wanted[0]


def named_category(category: CategoryContent) -> Named:
    return Named(category.name, category.tone, category.letter or None)


def named_value(value: Value) -> Named:
    return Named(WORDS_FOR_VALUE[value], letter=_LETTERS.get(value))


def named_answer(facet: FacetContent, answer: Answer) -> tuple[Named, ...]:
    """Return what an answer says, category by category."""
    if answer in WORDS_FOR_VALUE:
        return (named_value(Value(answer)),)
    found = (facet.category(category_id) for category_id in category_ids_of(answer))
    return tuple(named_category(category) for category in found if category)


def category_ids_of(answer: Answer) -> tuple[int, ...]:
    """Return the categories of an answer; none for an answer without a category."""
    return tuple(int(part) for part in answer.split("+") if part.isdecimal())


def named_pair(facet: FacetContent, cluster: str) -> tuple[tuple[Named, ...], ...]:
    """Return the two answers that stand against each other in a cluster."""
    if len(cluster) >= _LONGEST_CLUSTER:  # cut off by its column, maybe within a number
        cluster = cluster.rpartition("+")[0]
    return tuple(named_answer(facet, answer) for answer in cluster.split(" | "))


def words_of(named: Iterable[Named]) -> str:
    return " + ".join(one.name for one in named)


def speakers_of(session: Session, round_: Round, you: int) -> dict[int, Speaker]:
    """Return everybody of the study as this round names them; labels stay, names stay out."""
    statement = select(Membership).where(Membership.study_id == round_.study_id)
    found = {
        member.id: Speaker(member.role.title(), is_you=member.id == you)
        for member in session.exec(statement)
        if member.id is not None
    }
    for place, coder in enumerate(coders_of_round(session, round_)):
        voice = "ab"[place] if place < 2 else "c"
        found[coder.id] = Speaker(coder.label, voice, coder.id == you)
    return found


def cards_by_id(session: Session, here: Here, card_ids: Iterable[int]) -> dict[int, CardView]:
    """Return the cards as they are shown, a few hundred in each query."""
    wanted = list(dict.fromkeys(card_ids))
    found: dict[int, CardView] = {}
    for first in range(0, len(wanted), CARDS_AT_ONCE):
        some = wanted[first : first + CARDS_AT_ONCE]
        for card in session.exec(select(Card).where(col(Card.id).in_(some))):
            found[card.id or 0] = view_of(card, here.url("cards", card.id))
    return found


def texts_of(session: Session, card_ids: Sequence[int]) -> dict[int, str]:
    """Return the texts of the cards."""
    found: dict[int, str] = {}
    for first in range(0, len(card_ids), CARDS_AT_ONCE):
        some = card_ids[first : first + CARDS_AT_ONCE]
        statement = select(Card.id, Card.text).where(col(Card.id).in_(some))
        found.update({card_id or 0: text for card_id, text in session.exec(statement)})
    return found


def agenda_url(here: Here, round_: Round) -> str:
    return here.url("rounds", round_.id, "disagreements")


def urls_by_card(here: Here, round_: Round, found: Iterable[Disagreement]) -> Mapping[int, str]:
    """Return the address of the disagreement on each card."""
    return {one.card_id: f"{agenda_url(here, round_)}/{one.id}" for one in found}


def negotiation_shell(here: Here) -> Shell:
    """Return the frame in which the study's navigation stands on Negotiation."""
    nav = tuple(replace(link, current=link.label == "Negotiation") for link in here.shell.nav)
    return replace(here.shell, nav=nav)
