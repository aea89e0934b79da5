"""How sorting answers: the next card, a refusal with what was typed, the end of the work.

A script asks for the page behind the redirect at once, which saves a round trip; a plain form
is redirected to it.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from fastapi import Request, Response
from sqlmodel import Session

from app.coding.board_views import MiniView, moved_card
from app.coding.focus_page import HandInPage, Refusal, focus_page
from app.coding.placing import StaleJudgement
from app.coding.said import Said, judgement_of
from app.coding.sort_frame import Frame, frame_of, fresh_id, places_of
from app.coding.sorting import Held, Seat, take_seat
from app.coding.visibility import own_on_card
from app.errors import ConcordError
from app.studies.deps import Here
from app.web.render import go, respond
from app.web.transaction import database

ADDRESS = "HX-Push-Url"


@dataclass(frozen=True, slots=True)
class MovedPage:
    """A card in its new pile, and how far the coder is now."""

    frame: Frame
    mini: MiniView


def is_script(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def draw_focus(
    request: Request, here: Here, look: Session, seat: Seat, card_id: int, facet_id: int | None
) -> Response:
    """Return the page of one card."""
    page = focus_page(look, here, seat, card_id, facet_id)
    return respond(request, "coding/focus.html", page, here.shell)


def onwards(request: Request, here: Here, round_id: int, url: str) -> Response:
    """Lead to where the coder goes next; a script gets the next card itself."""
    asked = parse_qs(urlsplit(url).query)
    leads_to_card = url.startswith(f"{places_of(here, round_id).focus}?")
    if not is_script(request) or not leads_to_card:
        return go(url)
    facet = asked.get("facet")
    with database(request).reading() as look:
        seat = take_seat(look, here.study_id, round_id, here.member_id)
        page = focus_page(look, here, seat, int(asked["card"][0]), int(facet[0]) if facet else None)
    return respond(request, "coding/focus.html", page, here.shell, headers={ADDRESS: url})


def draw_moved(
    request: Request, here: Here, look: Session, round_id: int, card_id: int, facet_id: int
) -> Response:
    """Return the card that a script has moved on the board, as it lies now."""
    seat = take_seat(look, here.study_id, round_id, here.member_id)
    frame = frame_of(look, here, seat)
    page = MovedPage(frame, moved_card(look, frame, seat, card_id, facet_id))
    return respond(request, "coding/_moved.html", page, here.shell)


def draw_refusal(
    request: Request,
    here: Here,
    look: Session,
    round_id: int,
    said: Said,
    refusal: ConcordError,
) -> Response:
    """Return the card again with the reason and everything that was chosen and typed."""
    seat = take_seat(look, here.study_id, round_id, here.member_id)
    saved = own_on_card(look, seat.round_, seat.coder_id, said.card_id)
    typed = judgement_of(said, saved.get(said.facet_id))
    kept = Held(
        typed.value,
        typed.category_ids,
        typed.confidence,
        typed.memo,
        said.seen_turn,
        typed.pile_numbers,
    )
    is_stale = isinstance(refusal, StaleJudgement)
    told = Refusal(refusal.message, kept, is_stale, said.new_pile, said.new_description)
    page = focus_page(look, here, seat, said.card_id, said.facet_id, told)
    url = page.frame.places.focus_on(said.card_id, said.facet_id)
    return respond(
        request,
        "coding/focus.html",
        page,
        here.shell,
        status=refusal.status,
        headers={ADDRESS: url},
    )


def draw_hand_in(
    request: Request,
    here: Here,
    look: Session,
    round_id: int,
    refusal: ConcordError | None = None,
) -> Response:
    """Return the page where a coder's work in a round ends."""
    seat = take_seat(look, here.study_id, round_id, here.member_id)
    page = HandInPage(
        frame=frame_of(look, here, seat),
        operation_id=fresh_id(),
        refusal=refusal.message if refusal else "",
    )
    status = refusal.status if refusal else 200
    return respond(request, "coding/hand_in.html", page, here.shell, status=status)
