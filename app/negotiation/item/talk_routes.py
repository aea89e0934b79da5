"""Talking about a disagreement: comments, passing, putting it off, asking the arbiter."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi import Form as FormData

from app.coding.models import Round
from app.negotiation.arbitrating import Award, arbitrate, escalate
from app.negotiation.comments import add_comment, pass_turn
from app.negotiation.deferring import DeferralDraft, defer, take_up_again
from app.negotiation.item.acts import OnItem
from app.negotiation.item.forms import (
    AwardForm,
    CommentForm,
    DeferralForm,
    EscalationForm,
    TakingUpForm,
    day_of,
    settlement_of_form,
)
from app.negotiation.models import Disagreement
from app.negotiation.rules import Outcome
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import Write
from app.web.render import declare_notice

router = APIRouter()

SAID = declare_notice("comment-added", "good", "Your comment is saved.")
PASSED = declare_notice("turn-passed", "good", "Noted: you have nothing to add.")
TAKEN_UP = declare_notice("taken-up", "good", "The card is open again.")
HANDED_OVER = declare_notice("handed-over", "good", "The card is with the arbiter now.")

_ITEM = "/studies/{study_id}/rounds/{round_id}/disagreements/{disagreement_id}"


@router.post(f"{_ITEM}/comments", name="add_comment")
def comment(
    here: Annotated[Here, require(Action.COMMENT)],
    item: OnItem,
    form: Annotated[CommentForm, FormData()],
) -> Response:
    """Add to the talk, perhaps in answer to a comment."""

    def act(_round: Round, found: Disagreement) -> str:
        add_comment(item.session, found, here.member_id, form.text, reply_to=form.reply_to)
        return item.back(SAID, part="talk")

    return item.once(form, "comment", act)


@router.post(f"{_ITEM}/passes", name="pass_turn")
def pass_on(item: OnItem, form: Annotated[Write, FormData()]) -> Response:
    """Note that a party has nothing to add."""

    def act(_round: Round, found: Disagreement) -> str:
        pass_turn(item.session, found, item.here.member_id)
        return item.back(PASSED, part="talk")

    return item.once(form, "pass", act)


@router.post(f"{_ITEM}/deferral", name="defer")
def put_off(item: OnItem, form: Annotated[DeferralForm, FormData()]) -> Response:
    """Put the card off, with somebody in charge and a day, and go on to the next one."""

    def act(round_: Round, found: Disagreement) -> str:
        due_on = day_of(form.due_on)
        draft = DeferralDraft(form.reason, form.in_charge, due_on, form.revision)
        defer(item.session, found, draft, by=item.here.membership)
        return item.onward(round_, found)

    return item.once(form, "deferral", act, fields={"owner_id": "in_charge"})


@router.post(f"{_ITEM}/taking-up", name="take_up_again")
def take_up(
    item: OnItem,
    form: Annotated[TakingUpForm, FormData()],
) -> Response:
    """Put what was deferred back on the agenda."""

    def act(_round: Round, found: Disagreement) -> str:
        take_up_again(item.session, found, revision=form.revision, by=item.here.membership)
        return item.back(TAKEN_UP, part="decision")

    return item.once(form, "taking_up", act)


@router.post(f"{_ITEM}/escalation", name="escalate")
def hand_over(item: OnItem, form: Annotated[EscalationForm, FormData()]) -> Response:
    """Ask the arbiter."""

    def act(_round: Round, found: Disagreement) -> str:
        by = item.here.membership
        escalate(item.session, found, form.reason, revision=form.revision, by=by)
        return item.back(HANDED_OVER, part="decision")

    return item.once(form, "escalation", act)


@router.post(f"{_ITEM}/award", name="arbitrate")
def award(item: OnItem, form: Annotated[AwardForm, FormData()]) -> Response:
    """Decide a card that was handed over, and go on to the next one."""

    def act(round_: Round, found: Disagreement) -> str:
        settlement = settlement_of_form(form, Outcome.ARBITRATED)
        arbitrate(item.session, found, Award(settlement, form.revision), by=item.here.membership)
        return item.onward(round_, found)

    return item.once(form, "award", act)
