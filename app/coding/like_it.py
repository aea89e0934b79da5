"""Cards like the one at hand: the coder's own judged cards that are nearest, where declared.

Nothing that anybody else did is read, and neither is an earlier round.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, col

from app.codebook.content import FacetContent
from app.coding.assistance import Assistance
from app.coding.models import Placement, Round
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
    """The nearest of `n_judged` cards that the coder has judged on the facet."""

    frame: Frame
    card: Excerpt
    back_url: str
    facet: FacetContent
    cards: tuple[LikeCard, ...]
    n_judged: int


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
    texts = round_texts(session, seat.round_)
    judged = [
        one for one in _judged(session, seat.round_, seat.coder_id, facet_id) if one != card_id
    ]
    ids = {texts.rows[one]: one for one in judged}
    near = nearest(texts.vectors, texts.rows[card_id], list(ids), least=LEAST_LIKENESS)[:MOST_SHOWN]
    found = [(ids[row], cosine) for row, cosine in near]
    shown = excerpts(session, [card_id, *(one for one, _ in found)], longest=LONGEST_EXCERPT)
    cards = []
    for one, cosine in found:
        said = held(own_on_card(session, seat.round_, seat.coder_id, one)[facet_id])
        words, url = words_of(facet, said, seat.piles), frame.places.focus_on(one, facet_id)
        cards.append(LikeCard(shown[one], _degree(cosine), words, said.memo, url))
    back = frame.places.focus_on(card_id, facet_id)
    return LikeItPage(frame, shown[card_id], back, facet, tuple(cards), len(judged))


def _judged(session: Session, round_: Round, coder_id: int, facet_id: int) -> list[int]:
    statement = (
        visible_placements(Viewer(coder_id), round_)
        .where(
            Placement.coder_id == coder_id,
            Placement.facet_id == facet_id,
            Placement.value != Value.NOT_JUDGED,
        )
        .with_only_columns(col(Placement.card_id))
        .order_by(col(Placement.card_id))
    )
    return [row[0] for row in session.connection().execute(statement)]


def _degree(cosine: float) -> str:
    return next(words for least, words in _DEGREES if cosine >= least)
