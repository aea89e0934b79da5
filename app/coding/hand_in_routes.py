"""Handing a round in, and taking it back while it is open."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData
from sqlmodel import Session

from app.coding import handing_in
from app.coding.own_desk import AtWork, SortRoute
from app.coding.sort_answers import draw_hand_in
from app.coding.sort_frame import places_of
from app.coding.sorting import take_seat
from app.errors import Conflict
from app.studies.deps import Here
from app.web.forms import PathId, Write
from app.web.render import declare_notice, go
from app.web.transaction import Look, Tx

router = APIRouter(prefix="/studies/{study_id}/rounds/{round_id}", route_class=SortRoute)

HANDED_IN = declare_notice(
    "handed in", "good", "Handed in. You can take it back as long as the round is open."
)
TAKEN_BACK = declare_notice("taken back", "info", "Taken back. You can change your judgements.")


@router.get("/hand-in", name="hand_in_page")
def hand_in_page(request: Request, here: AtWork, look: Look, round_id: PathId) -> Response:
    return draw_hand_in(request, here, look, round_id)


@router.post("/hand-in", name="hand_in")
def hand_in(
    request: Request,
    here: AtWork,
    tx: Tx,
    look: Look,
    round_id: PathId,
    form: Annotated[Write, FormData()],
) -> Response:
    return _finish(request, here, tx, look, round_id, form, handing_in.hand_in, HANDED_IN)


@router.post("/take-back", name="take_back")
def take_back(
    request: Request,
    here: AtWork,
    tx: Tx,
    look: Look,
    round_id: PathId,
    form: Annotated[Write, FormData()],
) -> Response:
    return _finish(request, here, tx, look, round_id, form, handing_in.take_back, TAKEN_BACK)


def _finish(
    request: Request,
    here: Here,
    tx: Session,
    look: Session,
    round_id: int,
    form: Write,
    act: Callable[[Session, int, int], None],
    notice: str,
) -> Response:
    def carry_out() -> str:
        take_seat(tx, here.study_id, round_id, here.member_id)
        act(tx, round_id, here.member_id)
        return places_of(here, round_id).hand_in

    try:
        done = here.once(tx, form, f"{notice} in {round_id}", carry_out)
    except Conflict as refusal:
        tx.rollback()
        return draw_hand_in(request, here, look, round_id, refusal)
    return go(done.result, notice=notice)
