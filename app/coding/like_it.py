"""Cards like the one at hand: the coder's own judged cards that are nearest, where declared.

Nothing that anybody else did is read, and neither is an earlier round.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, col

from app.codebook.content import FacetContent
from app.coding.assistance import Assistance
from app.coding.models import Placement
from app.coding.own_desk import AtWork, SortRoute
from app.coding.piles import LONGEST_EXCERPT, Excerpt, excerpts
from app.coding.round_texts import round_texts
from app.coding.rules import Value
from app.coding.sort_frame import Frame, frame_of, words_of
from app.coding.sorting import Seat, held, own_assignment, take_seat
from app.coding.visibility import Viewer, own_on_card, visible_placements
from app.corpus.nearness import nearest
from app.errors import Conflict, NotFound
from app.studies.deps import Here
from app.web.forms import Form, MaybeId, PathId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter(prefix="/studies/{study_id}/rounds/{round_id}", route_class=SortRoute)

MOST_SHOWN = 5
LOOKED_AT_FIRST = 60
LEAST_LIKENESS = 0.1
NOT_DECLARED = "This round declares no such help, so nobody has it."
_DEGREES = ((0.6, "very alike"), (0.3, "alike"), (0.0, "somewhat alike"))


class LikeItQuery(Form):
    card: MaybeId = None
    facet: MaybeId = None


@dataclass(frozen=True, slots=True)
class LikeCard:
    """A card that the coder judged: how near it is, and what the coder said there."""

    text: Excerpt
    degree: str
    said: str
    memo: str
    url: str


@dataclass(frozen=True, slots=True)
class LikeItPage:
    """The nearest of the cards that the coder has judged on the facet, if any was."""

    frame: Frame
    card: Excerpt
    back_url: str
    facet: FacetContent
    cards: tuple[LikeCard, ...]
    has_judged: bool


@router.get("/like-it", name="cards_like_it")
def cards_like_it(
    request: Request,
    here: AtWork,
    look: Look,
    round_id: PathId,
    query: Annotated[LikeItQuery, Query()],
) -> Response:
    seat = take_seat(look, here.study_id, round_id, here.member_id)
    page = like_it_page(look, here, seat, query.card, query.facet)
    return respond(request, "coding/like_it.html", page, here.shell)


def like_it_page(
    session: Session, here: Here, seat: Seat, card_id: int | None, facet_id: int | None
) -> LikeItPage:
    """Return the coder's own judged cards nearest to a card; 409 unless the round declares it."""
    frame = frame_of(session, here, seat)
    if Assistance.OWN_CARDS_LIKE_IT not in frame.assistance:
        raise Conflict(NOT_DECLARED)
    if card_id is None or facet_id is None:
        raise NotFound
    own_assignment(session, seat, card_id)
    facet = seat.facet(facet_id)
    found, has_judged = _nearest_judged(session, seat, card_id, facet_id)
    shown = excerpts(session, [card_id, *(one for one, _ in found)], longest=LONGEST_EXCERPT)
    cards = []
    for one, cosine in found:
        said = held(own_on_card(session, seat.round_, seat.coder_id, one)[facet_id])
        words, url = words_of(facet, said, seat.piles), frame.places.focus_on(one, facet_id)
        cards.append(LikeCard(shown[one], _degree(cosine), words, said.memo, url))
    back = frame.places.focus_on(card_id, facet_id)
    return LikeItPage(frame, shown[card_id], back, facet, tuple(cards), has_judged)


def _nearest_judged(
    session: Session, seat: Seat, card_id: int, facet_id: int
) -> tuple[list[tuple[int, float]], bool]:
    """Return the coder's nearest judged cards with their likeness, and whether any was judged.

    Among the nearest of all, those that were judged are found at once; only where these are too
    few, as early in the work, does it ask for every card that was.
    """
    texts = round_texts(session, seat.round_)
    row, own = texts.rows[card_id], list(texts.rows)
    others = [place for place in range(len(own)) if place != row]
    near = nearest(texts.vectors, row, others, least=LEAST_LIKENESS, most=LOOKED_AT_FIRST)
    judged = _judged(session, seat, facet_id, [own[place] for place, _ in near])
    found = [(own[place], cosine) for place, cosine in near if own[place] in judged]
    if len(found) >= MOST_SHOWN:
        return found[:MOST_SHOWN], True
    judged = _judged(session, seat, facet_id, None) - {card_id}
    among = sorted(texts.rows[one] for one in judged)
    near = nearest(texts.vectors, row, among, least=LEAST_LIKENESS, most=MOST_SHOWN)
    return [(own[place], cosine) for place, cosine in near], bool(judged)


def _judged(session: Session, seat: Seat, facet_id: int, among: Sequence[int] | None) -> set[int]:
    statement = visible_placements(Viewer(seat.coder_id), seat.round_).where(
        Placement.coder_id == seat.coder_id,
        Placement.facet_id == facet_id,
        Placement.value != Value.NOT_JUDGED,
    )
    if among is not None:
        statement = statement.where(col(Placement.card_id).in_(among))
    rows = session.connection().execute(statement.with_only_columns(col(Placement.card_id)))
    return {row[0] for row in rows}


def _degree(cosine: float) -> str:
    return next(words for least, words in _DEGREES if cosine >= least)
