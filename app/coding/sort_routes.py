"""Sorting: Focus and Board, and the acts of a coder: place, park, undo, redo."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from pydantic import Field
from sqlmodel import Session

from app.coding import placing, undoing
from app.coding.desks import Desk, Hand, sit_down, take_card
from app.coding.own_desk import AtWork, SortRoute
from app.coding.own_pace import Seconds
from app.coding.own_piles import NewPile, make_for_judgement
from app.coding.pile_forms import PileKey, PileName
from app.coding.pile_rules import MOST_PILES, number_of
from app.coding.rules import Value
from app.coding.said import Said, judgement_of
from app.coding.sort_answers import (
    draw_focus,
    draw_moved,
    draw_refusal,
    is_script,
    onwards,
)
from app.coding.sort_frame import places_of
from app.coding.sorting import (
    Seat,
    Stop,
    next_card,
    next_stop,
    parked_card,
    seat_at,
    take_seat,
)
from app.errors import Conflict, Invalid
from app.studies.deps import Here
from app.web.forms import Count, Form, Id, MaybeId, PathId, Text, Write
from app.web.render import declare_notice, go
from app.web.transaction import Look, database

router = APIRouter(prefix="/studies/{study_id}/rounds/{round_id}", route_class=SortRoute)

View = Literal["focus", "board"]

NOTHING_TO_REDO = declare_notice("nothing to redo", "info", "There is nothing to redo.")
NOTHING_TO_UNDO = declare_notice("nothing to undo", "info", "There is nothing to take back.")


class FocusQuery(Form):
    card: MaybeId = None
    facet: MaybeId = None
    parked: bool = False


class PlacementForm(Write):
    """What a coder says of a card. Without memo or confidence the saved ones stay.

    `keep` leaves the judgement and changes memo and confidence only; `new_pile` lays the card into
    a pile that is made with it, and is passed over where no name was typed.
    """

    card_id: Id
    facet_id: Id
    seen_turn: Count
    value: Value | Literal["keep", "new_pile"] = Value.CATEGORIES
    category_ids: list[Id] = Field(default_factory=list, max_length=2_000)
    piles: list[PileKey] = Field(default_factory=list, max_length=MOST_PILES)
    new_pile: PileName = ""
    new_description: Text = ""
    confidence: Literal["", "1", "2", "3"] | None = None
    memo: Text | None = None
    seconds: Seconds = None
    view: View = "focus"

    @property
    def said(self) -> Said:
        return Said(
            card_id=self.card_id,
            facet_id=self.facet_id,
            seen_turn=self.seen_turn,
            value=_value_of(self.value),
            category_ids=self.category_ids,
            confidence=int(self.confidence) if self.confidence else None,
            has_confidence=self.confidence is not None,
            memo=self.memo,
            pile_numbers=[number_of(key) for key in self.piles],
            new_pile=self.new_pile if self.value == "new_pile" else "",
            new_description=self.new_description,
            seconds=self.seconds,
        )


def _value_of(sent: Value | Literal["keep", "new_pile"]) -> Value | None:
    if sent == "keep":
        return None
    return Value.CATEGORIES if sent == "new_pile" else sent


class ParkingForm(Write):
    card_id: Id
    facet_id: MaybeId = None
    is_parked: bool
    view: View = "focus"


class UndoForm(Write):
    facet_id: MaybeId = None
    view: View = "focus"


@router.get("/sort", name="focus")
def focus(
    request: Request,
    here: AtWork,
    look: Look,
    round_id: PathId,
    query: Annotated[FocusQuery, Query()],
) -> Response:
    seat = take_seat(look, here.study_id, round_id, here.member_id)
    if query.card is not None:
        return draw_focus(request, here, look, seat, query.card, query.facet)
    stop = parked_card(look, seat) if query.parked else next_card(look, seat)
    if stop is None:
        return go(places_of(here, round_id).hand_in)
    return draw_focus(request, here, look, seat, stop.card_id, stop.facet_id)


# The acts open their own transaction: it ends before anything is drawn, and two dependencies
# less save a third of what a save costs.
@router.post("/placements", name="place_card")
def place_card(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[PlacementForm, FormData()]
) -> Response:
    def act() -> str:
        desk = sit_down(tx, round_id, here.member_id)
        hand = take_card(tx, desk, form.card_id)
        said = judgement_of(form.said, hand.saved.get(form.facet_id))
        if form.said.new_pile:
            new = NewPile(form.facet_id, form.new_pile, form.new_description)
            hand = make_for_judgement(tx, desk, new, said)
        else:
            hand = placing.lay_down(tx, hand, said)
        return _after_placing(tx, here, hand, form)

    try:
        with database(request).transaction() as tx:
            done = here.once(tx, form, f"place card in {round_id}", act)
    except (Conflict, Invalid) as refusal:
        with database(request).reading() as look:
            return draw_refusal(request, here, look, round_id, form.said, refusal)
    if form.view == "board" and is_script(request):
        with database(request).reading() as look:
            return draw_moved(request, here, look, round_id, form.card_id, form.facet_id)
    return onwards(request, here, round_id, done.result)


def _after_placing(tx: Session, here: Here, hand: Hand, form: PlacementForm) -> str:
    places = places_of(here, hand.desk.round_id)
    if form.view == "board":
        return places.board_of(form.facet_id)
    if form.value == "keep":
        return places.focus_on(form.card_id, form.facet_id)
    stop = next_stop(tx, hand, form.facet_id)
    return places.hand_in if stop is None else places.focus_on(stop.card_id, stop.facet_id)


def _address_of(here: Here, seat: Seat, stop: Stop | None) -> str:
    places = places_of(here, seat.round_id)
    return places.hand_in if stop is None else places.focus_on(stop.card_id, stop.facet_id)


@router.post("/parking", name="park_card")
def park_card(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[ParkingForm, FormData()]
) -> Response:
    def act() -> str:
        desk = sit_down(tx, round_id, here.member_id)
        assignment = placing.park_at(tx, desk, form.card_id, is_parked=form.is_parked)
        places, seat = places_of(here, round_id), seat_at(desk)
        if form.view == "board":
            return places.board_of(form.facet_id or seat.facets[0].id)
        if not form.is_parked:
            return places.focus_on(form.card_id, form.facet_id)
        return _address_of(here, seat, next_card(tx, seat, after=assignment.position))

    with database(request).transaction() as tx:
        done = here.once(tx, form, f"park card in {round_id}", act)
    return onwards(request, here, round_id, done.result)


@router.post("/undo", name="undo")
def undo(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[UndoForm, FormData()]
) -> Response:
    return _step(request, here, round_id, form, undoing.undo_at, NOTHING_TO_UNDO)


@router.post("/redo", name="redo")
def redo(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[UndoForm, FormData()]
) -> Response:
    return _step(request, here, round_id, form, undoing.redo_at, NOTHING_TO_REDO)


def _step(
    request: Request,
    here: Here,
    round_id: int,
    form: UndoForm,
    take: Callable[[Session, Desk], undoing.Undone | None],
    nothing: str,
) -> Response:
    places = places_of(here, round_id)

    def act() -> str:
        desk = sit_down(tx, round_id, here.member_id)
        undone = take(tx, desk)
        if undone is None:
            return ""
        if form.view == "board":
            facet_id = form.facet_id or undone.facet_id or seat_at(desk).facets[0].id
            return places.board_of(facet_id)
        if undone.card_id is None:
            return places.focus
        return places.focus_on(undone.card_id, undone.facet_id)

    with database(request).transaction() as tx:
        done = here.once(tx, form, f"{take.__name__} in {round_id}", act)
    if not done.result:
        return go(places.focus if form.view == "focus" else places.board, notice=nothing)
    return onwards(request, here, round_id, done.result)
