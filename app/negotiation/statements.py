"""Sealed first statements: each party writes alone, and all open at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.activity.service import record
from app.coding.judged import judged
from app.coding.models import Assignment, Round
from app.coding.seals import open_seal
from app.coding.visibility import Viewer, own_on_card
from app.corpus.models import Card
from app.db import now
from app.errors import Conflict, Forbidden, Invalid
from app.negotiation.events import note_event
from app.negotiation.gate_decisions import settle_if_gated
from app.negotiation.models import Disagreement, Statement
from app.negotiation.parties import parties_of
from app.negotiation.rules import Stage
from app.negotiation.service import check_negotiating, id_of
from app.studies.models import Membership
from app.studies.rules import Action, Role, may
from app.text import is_blank

MOST_STRETCHES = 20


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """Why a party said what it said, and which stretches of the text it rests on."""

    text: str
    evidence: tuple[tuple[int, int], ...] = ()


def seal_statement(
    session: Session, found: Disagreement, draft: StatementDraft, *, by: Membership
) -> bool:
    """Seal a party's statement; True when it was the last and all are open now."""
    round_ = check_negotiating(session, found)
    session.refresh(found, with_for_update=True)  # of two last parties one opens the seal
    _check_may_state(session, round_, found, by)
    session.add(
        Statement(
            study_id=found.study_id,
            disagreement_id=id_of(found),
            member_id=by.id or 0,
            text=draft.text.strip(),
            evidence=_checked(draft.evidence, session.get_one(Card, found.card_id)),
            sealed_at=now(),
        )
    )
    session.flush()  # whose statement is missing is asked of the table
    note_event(session, round_, found, "sealed", by=by.id)
    if missing_statements(session, round_, found):
        return False
    _open(session, round_, found, {}, by=by)
    return True


def _check_may_state(session: Session, round_: Round, found: Disagreement, by: Membership) -> None:
    if found.stage != Stage.SEALED:
        raise Conflict(
            "The statements on this card are open already. What you wrote was not sealed; say it "
            "in the talk instead."
        )
    if by.id not in parties_of(session, round_, found):
        raise Forbidden("Only the coders who judged this card write a statement on it.")
    if by.id in {one.member_id for one in statements_on(session, found)}:
        raise Conflict(
            "Your statement on this card is sealed already and is not changed any more. When all "
            "are open you can add to it in the talk."
        )


def _checked(evidence: Sequence[tuple[int, int]], card: Card) -> list[list[int]]:
    """Return the stretches in the order of the text, overlapping ones joined."""
    if len(evidence) > MOST_STRETCHES:
        raise Invalid(f"Mark at most {MOST_STRETCHES} stretches of the text.", field="evidence")
    joined: list[list[int]] = []
    for first, last in sorted(evidence):
        if not 0 <= first < last <= len(card.text):
            raise Invalid("What you marked does not lie in the text.", field="evidence")
        if joined and first <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return joined


def seal_the_rest(session: Session, round_: Round, *, by: Membership) -> int:
    """Seal what this party has not stated yet with its memos as they are; returns how many."""
    waiting = waiting_for(session, round_, by.id or 0)
    for found in waiting:
        own = own_on_card(session, round_, by.id or 0, found.card_id).get(found.facet_id)
        seal_statement(session, found, StatementDraft(own.memo if own else ""), by=by)
    return len(waiting)


def open_without_everybody(
    session: Session, found: Disagreement, reason: str, *, by: Membership
) -> None:
    """Open a card although statements are missing; who did it and why is kept and printed."""
    round_ = check_negotiating(session, found)
    session.refresh(found, with_for_update=True)
    if not may(Role(by.role), Action.MANAGE_ROUNDS):
        raise Forbidden("Only a lead opens a card whose statements are not complete.")
    if is_blank(reason):
        raise Invalid("Say why this opens without every statement.", field="reason")
    if found.stage != Stage.SEALED:
        raise Conflict("The statements on this card are open already. Nothing was changed.")
    missing = missing_statements(session, round_, found)
    if by.id in missing:
        raise Forbidden("Your own statement on this card is missing; write it first.")
    detail = {"reason": reason.strip(), "missing": len(missing)}
    _open(session, round_, found, detail, by=by)
    record(
        session,
        found.study_id,
        account_id=by.account_id,
        kind="statements opened early",
        subject=str(found.id),
        detail={
            "reason": reason.strip(),
            "card": session.get_one(Card, found.card_id).key,
            "missing": len(missing),
            "round_id": round_.id,
        },
    )


def _open(
    session: Session,
    round_: Round,
    found: Disagreement,
    detail: Mapping[str, object],
    *,
    by: Membership,
) -> None:
    open_seal(session, round_, facet_id=found.facet_id, card_id=found.card_id)
    found.stage = Stage.OPENED
    found.revision += 1
    session.add(found)
    note_event(session, round_, found, "opened", by=by.id, detail=detail)
    settle_if_gated(session, round_, found, by=by)


def statements_on(session: Session, found: Disagreement) -> Sequence[Statement]:
    """Return the statements, sealed ones too: show them only of a card that is open."""
    statement = select(Statement).where(Statement.disagreement_id == found.id)
    return session.exec(statement.order_by(col(Statement.id))).all()


def missing_statements(session: Session, round_: Round, found: Disagreement) -> list[int]:
    """Return the parties whose statement is missing, in the order of the coders."""
    stated = {one.member_id for one in statements_on(session, found)}
    return [one for one in parties_of(session, round_, found) if one not in stated]


def waiting_for(session: Session, round_: Round, member_id: int) -> list[Disagreement]:
    """Return the sealed cards on which this member's statement is missing.

    They come in the member's own order of sorting: any other would tell about the others.
    """
    stated = select(Statement.disagreement_id).where(Statement.member_id == member_id)
    statement = (
        select(Disagreement)
        .join(Assignment, col(Assignment.card_id) == col(Disagreement.card_id))
        .where(
            Disagreement.round_id == round_.id,
            Disagreement.stage == Stage.SEALED,
            Assignment.round_id == round_.id,
            Assignment.coder_id == member_id,
            col(Disagreement.id).not_in(stated),
        )
        .order_by(col(Assignment.position), col(Disagreement.facet_id))
    )
    sealed = session.exec(statement).all()
    own = Viewer(member_id)
    judged_cards = {
        (facet_id, one.card_id)
        for facet_id in {found.facet_id for found in sealed}
        for one in judged(session, own, round_, facet_id)
        if one.coder_id == member_id
    }
    return [found for found in sealed if (found.facet_id, found.card_id) in judged_cards]
