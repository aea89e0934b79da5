"""One round: how far it is, closing it, finishing it, declaring it void."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData
from sqlmodel import Session

from app.coding.models import Round
from app.coding.rounds import end_round, find_round
from app.coding.rules import Phase, Sort
from app.errors import Conflict, Invalid
from app.resolution.closing import close_round, finish_round
from app.resolution.past_work_routes import router as past_work
from app.resolution.round_page import Typed, is_blind_lead, round_page
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.text import is_blank
from app.web.forms import PathId, Text, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()
router.include_router(past_work)  # first: its address looks like that of a round

Lead = Annotated[Here, require(Action.MANAGE_ROUNDS)]

CLOSED = declare_notice(
    "round-closed", "good", "The round is closed. Its figures are frozen and can be read now."
)
TO_ALIGN = declare_notice(
    "round-to-align", "good", "The round is closed. The team can see every coder's piles now."
)
DONE = declare_notice("round-done", "good", "The round is done.")
VOID = declare_notice("round-void", "good", "The round is void. Everything in it is kept.")
LONGEST_REASON = 2000


class CloseForm(Write):
    """Why the round closes now; `is_forced` although somebody has not handed in."""

    reason: Text = ""
    is_forced: bool = False


class VoidForm(Write):
    reason: Text = ""


@router.get("/studies/{study_id}/rounds/{round_id}", name="round")
def round_of_study(request: Request, here: InStudy, look: Look, round_id: PathId) -> Response:
    round_ = find_round(look, here.study_id, round_id)
    if round_.phase == Phase.DRAFT and here.may(Action.MANAGE_ROUNDS):
        return go(here.url("rounds", round_id, "draft"))
    return respond(request, "coding/round.html", round_page(look, here, round_), here.shell)


@router.post("/studies/{study_id}/rounds/{round_id}/close", name="close_round")
def close(
    request: Request,
    here: Lead,
    tx: Tx,
    round_id: PathId,
    form: Annotated[CloseForm, FormData()],
) -> Response:
    def act(round_: Round) -> None:
        _refuse_long(form.reason)
        if is_blind_lead(tx, here, round_) and (not form.is_forced or is_blank(form.reason)):
            raise Conflict(
                "You have not handed in yourself. Hand in first; or, to close anyway, confirm it "
                "and say why. Nothing was changed."
            )
        close_round(tx, round_, reason=form.reason, is_forced=form.is_forced, by=here.account_id)

    has_own_piles = find_round(tx, here.study_id, round_id).sort != Sort.CLOSED
    notice = TO_ALIGN if has_own_piles else CLOSED
    return _carry_out(request, here, tx, round_id, form, act, notice, Typed(reason=form.reason))


@router.post("/studies/{study_id}/rounds/{round_id}/finish", name="finish_round")
def finish(
    request: Request, here: Lead, tx: Tx, round_id: PathId, form: Annotated[Write, FormData()]
) -> Response:
    def act(round_: Round) -> None:
        finish_round(tx, round_, by=here.account_id)

    return _carry_out(request, here, tx, round_id, form, act, DONE, Typed())


@router.post("/studies/{study_id}/rounds/{round_id}/void", name="void_round")
def void(
    request: Request, here: Lead, tx: Tx, round_id: PathId, form: Annotated[VoidForm, FormData()]
) -> Response:
    def act(round_: Round) -> None:
        _refuse_long(form.reason)
        end_round(tx, round_, Phase.VOID, reason=form.reason.strip(), by=here.account_id)

    typed = Typed(void_reason=form.reason)
    return _carry_out(request, here, tx, round_id, form, act, VOID, typed)


def _refuse_long(reason: str) -> None:
    if len(reason) > LONGEST_REASON:
        sentence = f"A reason has at most {LONGEST_REASON:,} characters. Nothing was changed."
        raise Invalid(sentence, field="reason")


def _carry_out(
    request: Request,
    here: Here,
    tx: Session,
    round_id: int,
    form: Write,
    change: Callable[[Round], None],
    notice: str,
    typed: Typed,
) -> Response:
    """Change the round once; refused, show its page as it is now with what was typed."""

    def act() -> str:
        change(find_round(tx, here.study_id, round_id))
        return here.url("rounds", round_id)

    try:
        done = here.once(tx, form, f"{notice} {round_id}", act)
    except (Conflict, Invalid) as error:
        tx.rollback()
        round_ = find_round(tx, here.study_id, round_id)
        shown = Typed(error.message, typed.reason, typed.void_reason)
        page = round_page(tx, here, round_, shown)
        return respond(request, "coding/round.html", page, here.shell, status=error.status)
    return go(done.result, notice=notice)
