"""Putting a disagreement off, with somebody who takes care of it and a date."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from app.coding.rules import Value
from app.db import now
from app.errors import Conflict, Forbidden, Invalid
from app.negotiation.events import note_event
from app.negotiation.models import Decision, Disagreement
from app.negotiation.on_the_table import end_open_proposal, open_proposal
from app.negotiation.parties import parties_of
from app.negotiation.rules import Outcome, Stage
from app.negotiation.service import StaleDecision, check_is_not_decided, check_negotiating
from app.negotiation.settling import Ending, Settlement, settle
from app.studies.models import Membership
from app.studies.rules import Role
from app.text import is_blank


@dataclass(frozen=True, slots=True)
class DeferralDraft:
    """Why a card is put off, who takes care of it, until when."""

    reason: str
    owner_id: int | None
    due_on: date | None
    revision: int


def defer(
    session: Session, found: Disagreement, draft: DeferralDraft, *, by: Membership
) -> Decision:
    """Put a disagreement off; any party or lead may, and nobody has to agree."""
    round_ = check_negotiating(session, found)
    session.refresh(found, with_for_update=True)
    if found.revision != draft.revision:
        raise StaleDecision(
            "Somebody proposed or decided something while your page was open. Read it below; "
            "what you wrote is still here and was not saved."
        )
    if by.role != Role.LEAD and by.id not in parties_of(session, round_, found):
        raise Forbidden("A coder who judged this card, or a lead, can put it off.")
    check_is_not_decided(found)
    if found.stage == Stage.SEALED:
        raise Conflict(
            "Statements on this card are still missing. A lead can open it without them; then it "
            "can be put off. What you wrote was not saved."
        )
    _check(session, found, draft)
    end_open_proposal(session, found, "replaced")
    settlement = Settlement(Value.NOT_JUDGED, (), Outcome.DEFERRED, "", draft.reason.strip())
    ending = Ending("deferred", owner_id=draft.owner_id, due_on=draft.due_on)
    return settle(session, round_, found, settlement, ending, by=by)


def _check(session: Session, found: Disagreement, draft: DeferralDraft) -> None:
    if is_blank(draft.reason):
        raise Invalid("Say why this is put off.", field="reason")
    owner = session.get(Membership, draft.owner_id) if draft.owner_id is not None else None
    if owner is None or owner.study_id != found.study_id or owner.left_at is not None:
        raise Invalid("Choose who takes care of it.", field="owner_id")
    if draft.due_on is None:
        raise Invalid("Choose until when.", field="due_on")
    if draft.due_on < now().date():
        raise Invalid("That day has passed; choose a later one.", field="due_on")


def take_up_again(session: Session, found: Disagreement, *, revision: int, by: Membership) -> None:
    """Put what was deferred back on the agenda; that it was put off stays on record."""
    round_ = check_negotiating(session, found)
    session.refresh(found, with_for_update=True)
    if by.role in {Role.OBSERVER, Role.ARBITER} and by.id not in parties_of(session, round_, found):
        raise Forbidden("A coder of the study, or a lead, takes a card up again.")
    if found.state != "deferred" or found.revision != revision:
        raise Conflict("This card is not put off any more. Nothing was changed.")
    is_proposed = open_proposal(session, found) is not None
    found.state, found.stage = "open", Stage.PROPOSED if is_proposed else Stage.OPENED
    found.revision += 1
    session.add(found)
    note_event(session, round_, found, "opened", by=by.id)
