"""Proposals: they count once every party has confirmed, and silence is no confirmation."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.coding.models import Round
from app.coding.rules import Value
from app.db import now
from app.errors import Conflict, Forbidden, Invalid
from app.negotiation.clauses import ClauseDraft, add_clauses, apply_clauses
from app.negotiation.events import note_event
from app.negotiation.gate_decisions import follow_decision
from app.negotiation.models import Disagreement, Proposal, Voice
from app.negotiation.on_the_table import end_open_proposal
from app.negotiation.parties import absent_judges, check_turn_to_speak, parties_of
from app.negotiation.rules import Cause, Outcome, Stage, VoiceKind, refuse_proposed_outcome
from app.negotiation.service import StaleDecision, check_negotiating, id_of
from app.negotiation.settling import (
    Ending,
    Settlement,
    check_settlement,
    facet_of_disagreement,
    settle,
)
from app.studies.models import Membership
from app.studies.rules import Role
from app.text import is_blank


@dataclass(frozen=True, slots=True)
class ProposalDraft:
    """What somebody proposes, and the revision of the page it was proposed on."""

    settlement: Settlement
    revision: int
    clauses: tuple[ClauseDraft, ...] = ()
    batch: str = ""


class ProposalGone(Conflict):
    """The proposal was withdrawn, replaced or settled since the page was opened."""


def propose(
    session: Session, found: Disagreement, draft: ProposalDraft, *, by: Membership
) -> Proposal:
    """Put a proposal in place of an open one; a party's own counts as its confirmation."""
    round_ = check_negotiating(session, found)
    session.refresh(found, with_for_update=True)
    if found.revision != draft.revision:
        raise StaleDecision(
            "Somebody proposed or decided something while your page was open. Read it below; "
            "what you wrote is still here and was not saved."
        )
    parties = parties_of(session, round_, found)
    _check_may_propose(session, round_, found, by, parties)
    if not parties and absent_judges(session, round_, found):
        raise Conflict(
            "Everybody who judged this card has left, so nobody can confirm a proposal. A lead can "
            "hand the card over to an arbiter. What you wrote was not saved."
        )
    reason = refuse_proposed_outcome(draft.settlement.outcome)
    if reason is not None:
        raise Invalid(reason, field="outcome")
    check_settlement(session, round_, found, draft.settlement)
    end_open_proposal(session, found, "replaced")
    row = _row(session, found, draft, by)
    facet = facet_of_disagreement(session, round_, found)
    add_clauses(session, row, facet, draft.clauses)
    session.flush()  # if nobody else is to be asked, they are carried out in a moment
    found.revision += 1
    found.stage = Stage.PROPOSED
    session.add(found)
    note_event(session, round_, found, "proposed", by=by.id, detail={"outcome": row.outcome})
    if by.id in parties:
        _speak(session, row, VoiceKind.CONFIRM, "", by)
    _settle_if_all_agree(session, round_, found, row, parties)
    return row


def _check_may_propose(
    session: Session, round_: Round, found: Disagreement, by: Membership, parties: Sequence[int]
) -> None:
    if by.role == Role.OBSERVER:
        raise Forbidden("Observers read along; they do not decide.")
    if by.role == Role.ARBITER and by.id not in parties:
        raise Forbidden("An arbiter decides what coders hand over, and proposes nothing before.")
    if found.stage == Stage.SEALED:
        raise Conflict(
            "Statements on this card are still missing; proposals come when all are open. What "
            "you wrote is still here and was not saved."
        )
    if found.stage == Stage.ESCALATED:
        raise Conflict("This card is with the arbiter now. What you wrote was not saved.")
    check_turn_to_speak(session, round_, found, by.id or 0)


def _row(session: Session, found: Disagreement, draft: ProposalDraft, by: Membership) -> Proposal:
    last = select(func.coalesce(func.max(Proposal.number), 0)).where(
        Proposal.disagreement_id == found.id
    )
    settlement = draft.settlement
    row = Proposal(
        study_id=found.study_id,
        disagreement_id=id_of(found),
        number=session.exec(last).one() + 1,
        member_id=by.id or 0,
        value=settlement.value,
        category_ids=sorted(set(settlement.category_ids)),
        outcome=settlement.outcome,
        cause=settlement.cause,
        rationale=settlement.rationale.strip(),
        batch=draft.batch,
        at=now(),
    )
    session.add(row)
    session.flush()  # voices and clauses need the id
    return row


def confirm(session: Session, found: Disagreement, proposal_id: int, *, by: Membership) -> bool:
    """Confirm the open proposal; True when it was the last voice and the card is settled."""
    return _answer(session, found, proposal_id, VoiceKind.CONFIRM, "", by)


def dissent(
    session: Session, found: Disagreement, proposal_id: int, text: str, *, by: Membership
) -> bool:
    """Accept the open proposal and keep a dissent, which is printed with the label."""
    if is_blank(text):
        raise Invalid("Write down what you hold against it: a dissent is kept.", field="dissent")
    return _answer(session, found, proposal_id, VoiceKind.DISSENT, text.strip(), by)


def _answer(
    session: Session,
    found: Disagreement,
    proposal_id: int,
    kind: VoiceKind,
    text: str,
    by: Membership,
) -> bool:
    round_ = check_negotiating(session, found)
    session.refresh(found, with_for_update=True)  # confirming and withdrawing take turns here
    row = _open_proposal_of(session, found, proposal_id)
    parties = parties_of(session, round_, found)
    if by.id not in parties:
        raise Forbidden("Only the coders who judged this card confirm a proposal.")
    if by.id in {one.member_id for one in voices_on(session, row)}:
        raise Conflict("You have answered this proposal already; that answer stands.")
    _speak(session, row, kind, text, by)
    event = "confirmed" if kind is VoiceKind.CONFIRM else "dissented"
    note_event(session, round_, found, event, by=by.id)
    return _settle_if_all_agree(session, round_, found, row, parties)


def withdraw(session: Session, found: Disagreement, proposal_id: int, *, by: Membership) -> None:
    """Take back one's own proposal while it is open."""
    round_ = check_negotiating(session, found)
    session.refresh(found, with_for_update=True)
    row = _open_proposal_of(session, found, proposal_id)
    if row.member_id != by.id:
        raise Forbidden("Only who made a proposal can withdraw it; propose something else instead.")
    end_open_proposal(session, found, "withdrawn")
    found.revision += 1
    found.stage = Stage.CLOSED if found.state != "open" else Stage.OPENED
    session.add(found)
    note_event(session, round_, found, "withdrawn", by=by.id)


def settle_without_left(
    session: Session, found: Disagreement, proposal_id: int, *, by: Membership
) -> bool:
    """Settle a proposal that only waits for somebody who has left the study."""
    round_ = check_negotiating(session, found)
    session.refresh(found, with_for_update=True)
    row = _open_proposal_of(session, found, proposal_id)
    parties = parties_of(session, round_, found)
    if by.role == Role.OBSERVER:
        raise Forbidden("Observers read along; they do not decide.")
    return _settle_if_all_agree(session, round_, found, row, parties)


def _speak(session: Session, row: Proposal, kind: VoiceKind, text: str, by: Membership) -> None:
    session.add(
        Voice(
            proposal_id=row.id or 0,
            member_id=by.id or 0,
            study_id=row.study_id,
            kind=kind,
            text=text,
            at=now(),
        )
    )
    session.flush()  # whose voice is missing is asked of the table


def _settle_if_all_agree(
    session: Session,
    round_: Round,
    found: Disagreement,
    row: Proposal,
    parties: Sequence[int],
) -> bool:
    voices = voices_on(session, row)
    if set(parties) - {one.member_id for one in voices}:
        return False
    answered = {one.member_id for one in voices}
    n_absent = len(set(absent_judges(session, round_, found)) - answered)
    row.status, row.ended_at = "accepted", now()
    session.add(row)
    proposer = session.get_one(Membership, row.member_id)
    settlement = settlement_of(row)
    if any(one.kind == VoiceKind.DISSENT for one in voices):
        settlement = _with_dissent(settlement)
    ending = Ending("decided", row.id, n_absent=n_absent)
    settle(session, round_, found, settlement, ending, by=proposer)
    follow_decision(session, round_, found, settlement, by=proposer)
    apply_clauses(session, row, by=proposer)
    return True


def _with_dissent(settlement: Settlement) -> Settlement:
    """Return it as accepted with dissent, if it leaves a label to dissent from."""
    if not settlement.has_label:
        return settlement
    return Settlement(
        settlement.value,
        settlement.category_ids,
        Outcome.WITH_DISSENT,
        settlement.cause,
        settlement.rationale,
    )


def settlement_of(row: Proposal) -> Settlement:
    """Return what a proposal says."""
    return Settlement(
        Value(row.value),
        tuple(row.category_ids),
        Outcome(row.outcome),
        Cause(row.cause),
        row.rationale,
    )


def _open_proposal_of(session: Session, found: Disagreement, proposal_id: int) -> Proposal:
    row = session.get(Proposal, proposal_id, populate_existing=True)
    if row is None or row.disagreement_id != found.id:
        raise ProposalGone("There is no such proposal on this card. Nothing was decided.")
    words = {
        "withdrawn": "was withdrawn while you answered it. Nothing was decided.",
        "replaced": "was replaced by another while you answered it. Nothing was decided; read the "
        "new one below.",
        "accepted": "was settled while you answered it.",
    }
    if row.status in words:
        raise ProposalGone(f"The proposal {words[row.status]}")
    return row


def proposals_on(session: Session, found: Disagreement) -> Sequence[Proposal]:
    """Return every proposal, the newest first."""
    statement = select(Proposal).where(Proposal.disagreement_id == found.id)
    return session.exec(statement.order_by(col(Proposal.number).desc())).all()


def voices_on(session: Session, row: Proposal) -> Sequence[Voice]:
    """Return who has answered a proposal, in the order they did."""
    statement = select(Voice).where(Voice.proposal_id == row.id)
    return session.exec(statement.order_by(col(Voice.at), col(Voice.member_id))).all()
