"""A cluster settled with one rationale, in one act."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.coding.models import Round
from app.errors import ConcordError, Conflict
from app.negotiation.clauses import ClauseDraft, check_clause
from app.negotiation.models import Disagreement, Proposal, Voice
from app.negotiation.parties import parties_of
from app.negotiation.proposals import ProposalDraft, confirm, propose
from app.negotiation.rules import Stage
from app.negotiation.settling import Settlement, facet_of_disagreement
from app.studies.models import Membership


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of a proposal for several cards: which took it, and which did not and why."""

    batch: str
    proposals: tuple[Proposal, ...]
    refused: tuple[tuple[int, str], ...]


def propose_for_all(
    session: Session,
    every: Sequence[Disagreement],
    settlement: Settlement,
    *,
    by: Membership,
    seen: Mapping[int, int] | None = None,
    clauses: Sequence[ClauseDraft] = (),
) -> Proposed:
    """Propose the same for each of these cards; those that cannot take it are told, not guessed.

    `seen` holds the revisions that the page showed, by card. What it writes into the codebook goes
    with the first of the proposals. Raises Conflict when none can take it.
    """
    _check_clauses(session, every, clauses)
    batch = str(uuid.uuid4())
    proposals: list[Proposal] = []
    refused: list[tuple[int, str]] = []
    # By id: two such acts at once then wait for each other's cards in the same order.
    for found in sorted(every, key=lambda one: one.id or 0):
        if found.stage not in {Stage.OPENED, Stage.PROPOSED}:
            refused.append((found.id or 0, "It is not open to proposals."))
            continue
        revision = (seen or {}).get(found.id or 0, found.revision)
        with_it = () if proposals else tuple(clauses)
        draft = ProposalDraft(settlement, revision, with_it, batch)
        try:
            proposals.append(propose(session, found, draft, by=by))
        except ConcordError as refusal:  # raised before anything of this card was written
            refused.append((found.id or 0, refusal.message))
    if not proposals:
        reason = refused[0][1] if refused else "Nothing here is open to proposals."
        raise Conflict(f"None of these cards can take this proposal. {reason}")
    return Proposed(batch, tuple(proposals), tuple(refused))


def _check_clauses(
    session: Session, every: Sequence[Disagreement], clauses: Sequence[ClauseDraft]
) -> None:
    """Raise `Invalid` before any card is touched: no other card could take the clause either."""
    for found in every[:1]:
        round_ = session.get_one(Round, found.round_id)
        facet = facet_of_disagreement(session, round_, found)
        for clause in clauses:
            check_clause(session, facet, clause)


def open_in_batch(session: Session, round_: Round, batch: str, member_id: int) -> list[Proposal]:
    """Return the proposals of one act that wait for this member's voice."""
    answered = select(Voice.proposal_id).where(Voice.member_id == member_id)
    statement = (
        select(Proposal)
        .join(Disagreement)
        .where(
            Disagreement.round_id == round_.id,
            Proposal.batch == batch,
            Proposal.status == "open",
            Proposal.id.not_in(answered),  # type: ignore[union-attr]
        )
        .order_by(col(Proposal.disagreement_id))
    )
    waiting = session.exec(statement).all() if batch else []
    return [
        one
        for one in waiting
        if member_id
        in parties_of(session, round_, session.get_one(Disagreement, one.disagreement_id))
    ]


def confirm_all(session: Session, round_: Round, batch: str, *, by: Membership) -> int:
    """Confirm everything that was proposed in one act; returns how many cards were settled."""
    waiting = open_in_batch(session, round_, batch, by.id or 0)
    if not waiting:
        raise Conflict("Nothing of this proposal waits for you any more. Nothing was changed.")
    settled = 0
    for proposal in waiting:
        found = session.get_one(Disagreement, proposal.disagreement_id)
        settled += confirm(session, found, proposal.id or 0, by=by)
    return settled
