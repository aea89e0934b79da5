"""A coder's own piles: their pages, and making, changing, merging and splitting them."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from sqlmodel import Session

from app.coding import own_piles
from app.coding.desks import Desk, sit_down
from app.coding.own_desk import AtWork, SortRoute
from app.coding.own_piles import NewPile
from app.coding.pile_forms import (
    MergePileForm,
    NamePileForm,
    NestPileForm,
    NewPileForm,
    PileForm,
    PilesQuery,
    SplitPileForm,
)
from app.coding.pile_page import Refused, pile_page, piles_page
from app.coding.sort_frame import Places, places_of
from app.coding.sorting import Seat, take_seat
from app.errors import ConcordError, Conflict, Invalid
from app.studies.deps import Here
from app.web.forms import PathId, Write
from app.web.render import go, respond
from app.web.transaction import Look, database

router = APIRouter(prefix="/studies/{study_id}/rounds/{round_id}/piles", route_class=SortRoute)


@router.get("", name="piles")
def piles(
    request: Request,
    here: AtWork,
    look: Look,
    round_id: PathId,
    query: Annotated[PilesQuery, Query()],
) -> Response:
    seat = take_seat(look, here.study_id, round_id, here.member_id)
    return _draw(request, here, look, seat, query.pile, query.facet)


@router.post("", name="make_pile")
def make_pile(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[NewPileForm, FormData()]
) -> Response:
    def act(tx: Session, desk: Desk, places: Places) -> str:
        new = NewPile(form.facet_id, form.name, form.description, form.parent)
        own_piles.make_pile(tx, desk, new, form.card_ids)
        if form.view == "board":
            return places.board_of(form.facet_id)
        return f"{places.piles}?facet={form.facet_id}"

    typed = Refused("make", "", form.name, form.description, form.card_ids)
    return _carry_out(request, here, round_id, form, act, typed, facet_id=form.facet_id)


@router.post("/name", name="name_pile")
def name_pile(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[NamePileForm, FormData()]
) -> Response:
    def act(tx: Session, desk: Desk, places: Places) -> str:
        own_piles.change_pile(
            tx,
            desk,
            form.pile,
            name=form.name,
            description=form.description,
            seen_turn=form.seen_turn,
        )
        return places.pile(form.pile)

    typed = Refused("name", "", form.name, form.description)
    return _carry_out(request, here, round_id, form, act, typed, number=form.pile)


@router.post("/nest", name="nest_pile")
def nest_pile(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[NestPileForm, FormData()]
) -> Response:
    def act(tx: Session, desk: Desk, places: Places) -> str:
        own_piles.nest_pile(tx, desk, form.pile, parent=form.parent, seen_turn=form.seen_turn)
        return places.pile(form.pile)

    return _carry_out(request, here, round_id, form, act, Refused("nest", ""), number=form.pile)


@router.post("/merge", name="merge_pile")
def merge_pile(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[MergePileForm, FormData()]
) -> Response:
    def act(tx: Session, desk: Desk, places: Places) -> str:
        if form.into is None:
            raise Invalid("Choose the pile to merge this one into.", field="into")
        own_piles.merge_piles(tx, desk, form.pile, into=form.into, seen_turn=form.seen_turn)
        return places.pile(form.into)

    return _carry_out(request, here, round_id, form, act, Refused("merge", ""), number=form.pile)


@router.post("/split", name="split_pile")
def split_pile(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[SplitPileForm, FormData()]
) -> Response:
    def act(tx: Session, desk: Desk, places: Places) -> str:
        made = own_piles.split_pile(
            tx,
            desk,
            form.pile,
            name=form.name,
            description=form.description,
            card_ids=form.card_ids,
        )
        return places.pile(made.number)

    typed = Refused("split", "", form.name, form.description, form.card_ids)
    return _carry_out(request, here, round_id, form, act, typed, number=form.pile)


@router.post("/put-away", name="put_pile_away")
def put_pile_away(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[PileForm, FormData()]
) -> Response:
    def act(tx: Session, desk: Desk, places: Places) -> str:
        own_piles.put_away(tx, desk, form.pile, seen_turn=form.seen_turn)
        return places.piles

    return _carry_out(request, here, round_id, form, act, Refused("away", ""), number=form.pile)


def _carry_out(
    request: Request,
    here: Here,
    round_id: int,
    form: Write,
    change: Callable[[Session, Desk, Places], str],
    typed: Refused,
    *,
    number: int | None = None,
    facet_id: int | None = None,
) -> Response:
    """Carry an act out once; refused, show the page as it is now with what was typed."""

    def act() -> str:
        return change(tx, sit_down(tx, round_id, here.member_id), places_of(here, round_id))

    try:
        with database(request).transaction() as tx:
            done = here.once(tx, form, f"{typed.form} pile in {round_id}", act)
    except (Conflict, Invalid) as refusal:
        with database(request).reading() as look:
            seat = take_seat(look, here.study_id, round_id, here.member_id)
            return _draw(request, here, look, seat, number, facet_id, (typed, refusal))
    return go(done.result)


def _draw(
    request: Request,
    here: Here,
    look: Session,
    seat: Seat,
    number: int | None,
    facet_id: int | None,
    why: tuple[Refused, ConcordError] | None = None,
) -> Response:
    refused, status = None, 200
    if why is not None:
        typed, refusal = why
        refused = Refused(
            typed.form, refusal.message, typed.name, typed.description, typed.card_ids
        )
        status = refusal.status
    there = {one.number for one in seat.piles if not one.is_gone}
    if number is not None and (number in there or refused is None):
        one = pile_page(look, here, seat, number, refused)
        return respond(request, "coding/pile.html", one, here.shell, status=status)
    every = piles_page(look, here, seat, facet_id, refused)
    return respond(request, "coding/piles.html", every, here.shell, status=status)
