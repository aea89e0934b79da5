"""Handing a card over to an arbiter, who reads reasons without names and was no coder of it."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.coding.models import Round
from app.errors import Conflict, Forbidden, Invalid
from app.negotiation.events import note_event
from app.negotiation.gate_decisions import follow_decision
from app.negotiation.models import Decision, Disagreement, TalkEvent
from app.negotiation.on_the_table import end_open_proposal
from app.negotiation.parties import has_coded, have_talked, parties_of
from app.negotiation.rules import Outcome, Stage
from app.negotiation.service import StaleDecision, check_is_not_decided, check_negotiating
from app.negotiation.settling import Ending, Settlement, check_settlement, settle
from app.studies.models import Membership
from app.studies.rules import Role
from app.text import is_blank


@dataclass(frozen=True, slots=True)
class Award:
    """What an arbiter decides, and the revision of the page it was decided on."""

    settlement: Settlement
    revision: int


def escalate(
    session: Session, found: Disagreement, reason: str, *, revision: int, by: Membership
) -> None:
    """Hand a card over to an arbiter; only after the coders have talked about it."""
    round_ = check_negotiating(session, found)
    session.refresh(found, with_for_update=True)
    _check_revision(found, revision)
    parties = parties_of(session, round_, found)
    if by.role != Role.LEAD and by.id not in parties:
        raise Forbidden("A coder who judged this card, or a lead, can ask the arbiter.")
    if is_blank(reason):
        raise Invalid("Write to the arbiter what you cannot agree on.", field="reason")
    if found.stage == Stage.ESCALATED:
        raise Conflict("This card is with the arbiter already. Nothing was changed.")
    check_is_not_decided(found)
    if found.stage == Stage.SEALED or (parties and not have_talked(session, found, parties)):
        raise Conflict(
            "Talk about the card first: an arbiter is asked when the coders have tried and do not "
            "agree. Nothing was changed."
        )
    end_open_proposal(session, found, "replaced")
    found.stage, found.state = Stage.ESCALATED, "open"
    found.revision += 1
    session.add(found)
    # Not in the study's trail: a line there bears a name, and the arbiter must not know whose
    # position it is.
    detail = {"reason": reason.strip()}
    note_event(session, round_, found, "escalated", by=by.id, detail=detail)


def arbitrate(session: Session, found: Disagreement, award: Award, *, by: Membership) -> Decision:
    """Decide a card that was handed over; it counts as arbitrated, never as agreed."""
    round_ = check_negotiating(session, found)
    session.refresh(found, with_for_update=True)
    _check_revision(found, award.revision)
    reason = refuse_arbiter(session, round_, found, by)
    if reason is not None:
        raise Forbidden(reason)
    if found.stage != Stage.ESCALATED:
        raise Conflict("The coders have not handed this card over. Nothing was decided.")
    settlement = award.settlement
    if settlement.outcome is not Outcome.ARBITRATED:
        raise Invalid("An arbiter decides for a label.", field="outcome")
    check_settlement(session, round_, found, settlement)
    decision = settle(session, round_, found, settlement, Ending("arbitrated"), by=by)
    follow_decision(session, round_, found, settlement, by=by)
    return decision


def refuse_arbiter(
    session: Session, round_: Round, found: Disagreement, by: Membership
) -> str | None:
    """Say why somebody cannot arbitrate a card, whatever their role is by now, or nothing."""
    if round_.study_id != by.study_id or by.role not in {Role.ARBITER, Role.LEAD}:
        return "Only an arbiter, or a lead who did not code this card, can arbitrate."
    if has_coded(session, found.card_id, by.id or 0):
        return "You coded this card; somebody else has to arbitrate it."
    if by.id == _who_asked(session, found):
        return "You asked for an arbiter yourself; somebody else has to decide."
    return None


def _who_asked(session: Session, found: Disagreement) -> int | None:
    statement = (
        select(TalkEvent.member_id)
        .where(TalkEvent.disagreement_id == found.id, TalkEvent.kind == "escalated")
        .order_by(col(TalkEvent.id).desc())
    )
    return session.exec(statement).first()


def _check_revision(found: Disagreement, revision: int) -> None:
    if found.revision != revision:
        raise StaleDecision(
            "Somebody proposed or decided something while your page was open. Read it below; "
            "what you wrote is still here and was not saved."
        )
