"""All cards of a coder in a round, to go back to any of them: by state, by own pile, by words."""

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.lying import Lying, own_on_facet
from app.coding.own_desk import AtWork, SortRoute
from app.coding.piles import LONGEST_EXCERPT, Excerpt, Pile, excerpts, keys_of, piles_of
from app.coding.sort_frame import Frame, frame_of
from app.coding.sorting import Seat, take_seat
from app.corpus.search import CardFilter
from app.corpus.service import matching_card_ids
from app.studies.deps import Here
from app.web.forms import Form, Line, MaybeId, PathId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter(prefix="/studies/{study_id}/rounds/{round_id}", route_class=SortRoute)

SHOWN_AT_ONCE = 50
State = Literal["", "unjudged", "judged", "parked", "memo"]
STATES: tuple[tuple[State, str], ...] = (
    ("", "All"),
    ("unjudged", "Not judged"),
    ("judged", "Judged"),
    ("parked", "Parked"),
    ("memo", "With a memo"),
)


class OwnCardsQuery(Form):
    facet: MaybeId = None
    state: State = ""
    pile: Annotated[str, Query(max_length=20)] = ""
    search: Line = ""
    after: Annotated[int, Query(ge=-1, le=10**9)] = -1


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A card of the coder's: its number in the own order and the names of its piles."""

    number: int
    text: Excerpt
    piles: tuple[str, ...]
    is_parked: bool
    has_memo: bool
    url: str


@dataclass(frozen=True, slots=True)
class OwnCardsPage:
    """The cards that were asked for, `n_found` in all; `more_url` is empty at their end."""

    frame: Frame
    facet: FacetContent
    facets: tuple[tuple[int, str], ...]
    states: tuple[tuple[State, str], ...]
    piles: tuple[Pile, ...]
    asked: OwnCardsQuery
    cards: tuple[OwnCard, ...]
    n_found: int
    more_url: str


@router.get("/own-cards", name="own_cards")
def own_cards(
    request: Request,
    here: AtWork,
    look: Look,
    round_id: PathId,
    query: Annotated[OwnCardsQuery, Query()],
) -> Response:
    seat = take_seat(look, here.study_id, round_id, here.member_id)
    page = own_cards_page(look, here, seat, query)
    return respond(request, "coding/own_cards.html", page, here.shell)


def own_cards_page(session: Session, here: Here, seat: Seat, asked: OwnCardsQuery) -> OwnCardsPage:
    """Return the coder's own cards that fit what was asked, from a place in the own order on."""
    facet = seat.facet(asked.facet) if asked.facet else seat.facets[0]
    lying = own_on_facet(session, seat.round_, seat.coder_id, facet.id)
    found = [card for card in lying if _is_in(card, asked.state)]
    if asked.pile:
        found = [card for card in found if asked.pile in keys_of(card)]
    if asked.search:
        wanted = CardFilter(search=asked.search)
        fitting = set(matching_card_ids(session, here.study_id, wanted))
        found = [card for card in found if card.card_id in fitting]
    rest = [card for card in found if card.position > asked.after]
    shown = rest[:SHOWN_AT_ONCE]
    frame = frame_of(session, here, seat)
    piles = tuple(piles_of(session, seat, facet))
    names = {pile.key: pile.name for pile in piles}
    texts = excerpts(session, [card.card_id for card in shown], longest=LONGEST_EXCERPT)
    return OwnCardsPage(
        frame=frame,
        facet=facet,
        facets=tuple((one.id, one.name) for one in seat.facets),
        states=STATES,
        piles=piles,
        asked=asked,
        cards=tuple(
            OwnCard(
                number=card.position + 1,
                text=texts[card.card_id],
                piles=tuple(names[key] for key in keys_of(card) if key in names),
                is_parked=card.is_parked,
                has_memo=card.has_memo,
                url=frame.places.focus_on(card.card_id, facet.id),
            )
            for card in shown
        ),
        n_found=len(found),
        more_url=_more(frame, facet, asked, shown[-1]) if len(shown) < len(rest) else "",
    )


def _is_in(card: Lying, state: State) -> bool:
    is_judged = "not_judged" not in keys_of(card)
    match state:
        case "judged":
            return is_judged
        case "unjudged":
            return not is_judged
        case "parked":
            return card.is_parked
        case "memo":
            return card.has_memo
        case _:
            return True


def _more(frame: Frame, facet: FacetContent, asked: OwnCardsQuery, last: Lying) -> str:
    fields = {"facet": facet.id, "state": asked.state, "pile": asked.pile, "search": asked.search}
    return f"{frame.places.own_cards}?{urlencode({**fields, 'after': last.position})}"
