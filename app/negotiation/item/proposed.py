"""Proposals and decisions in words."""

from collections.abc import Sequence

from sqlmodel import col, select

from app.codebook.models import Category
from app.coding.rules import Value
from app.negotiation.clauses import WORDS_FOR_CLAUSE, ClauseKind, clauses_of
from app.negotiation.item.parts import ClauseView, DecisionView, ProposalView, VoiceView
from app.negotiation.item.scene import Scene
from app.negotiation.models import Clause, Decision, Proposal
from app.negotiation.naming import Named, named_answer, named_category
from app.negotiation.positions import answer_of
from app.negotiation.proposals import voices_on
from app.negotiation.rules import WORDS_FOR_CAUSE, WORDS_FOR_OUTCOME, Cause, Outcome

STATES = {
    "proposed": "Goes into the codebook draft when the proposal is accepted.",
    "waiting": "Waits for a lead: {reason}",
    "in_draft": "In the codebook draft.",
    "published": "Published in the codebook.",
    "dropped": "Not taken: {reason}",
}
WORDS_FOR_STATUS = {"withdrawn": "withdrawn", "replaced": "replaced", "accepted": "accepted"}


def proposal_view(scene: Scene, row: Proposal) -> ProposalView:
    """Return a proposal with who has answered it and, while it is open, who is waited for."""
    return ProposalView(
        id=row.id or 0,
        speaker=scene.speaker(row.member_id),
        at=row.at,
        answer=_answer(scene, row),
        outcome=WORDS_FOR_OUTCOME[Outcome(row.outcome)],
        cause=WORDS_FOR_CAUSE[Cause(row.cause)],
        rationale=row.rationale,
        voices=_voices(scene, row),
        clauses=_clauses(scene, clauses_of(scene.session, row)),
        status=WORDS_FOR_STATUS.get(row.status, ""),
    )


def _answer(scene: Scene, row: Proposal | Decision) -> tuple[Named, ...]:
    return named_answer(scene.facet, answer_of(row)) if row.value != Value.NOT_JUDGED else ()


def _voices(scene: Scene, row: Proposal) -> tuple[VoiceView, ...]:
    """Return the voices in the order of the parties, those that are missing among them."""
    given = {one.member_id: one for one in voices_on(scene.session, row)}
    asked = scene.parties if row.status == "open" else ()
    order = [*asked, *(one for one in given if one not in asked)]
    views = [
        VoiceView(scene.speaker(one), given[one].at, given[one].text)
        if one in given
        else VoiceView(scene.speaker(one), None)
        for one in order
    ]
    return tuple(sorted(views, key=lambda one: one.speaker.name))


def _clauses(scene: Scene, rows: Sequence[Clause]) -> tuple[ClauseView, ...]:
    wanted = {one for row in rows for one in (row.category_id, row.into_id) if one is not None}
    names = _category_names(scene, wanted)
    return tuple(
        ClauseView(
            words=WORDS_FOR_CLAUSE[ClauseKind(row.kind)],
            # Once it is added a new category is what the clause is about: its name says so.
            category=names.get(row.category_id or 0) if row.kind != ClauseKind.ADD else None,
            into=names.get(row.into_id or 0),
            name=row.name,
            text=row.text,
            state=STATES[row.state].format(reason=row.reason),
        )
        for row in rows
    )


def _category_names(scene: Scene, wanted: set[int]) -> dict[int, Named]:
    """Return categories as the round's codebook names them, later ones as the draft does."""
    found = {one.id: named_category(one) for one in scene.facet.categories if one.id in wanted}
    rest = wanted - set(found)
    if rest:
        for row in scene.session.exec(select(Category).where(col(Category.id).in_(rest))):
            found[row.id or 0] = Named(row.name, row.tone)
    return found


def decision_view(scene: Scene, row: Decision) -> DecisionView:
    """Return a decision with the clauses and dissents of the proposal that led to it."""
    proposal = scene.session.get(Proposal, row.proposal_id) if row.proposal_id else None
    voices = _voices(scene, proposal) if proposal else ()
    return DecisionView(
        answer=_answer(scene, row),
        outcome=WORDS_FOR_OUTCOME[Outcome(row.outcome)],
        cause=WORDS_FOR_CAUSE[Cause(row.cause)] if row.cause else "",
        rationale=row.rationale,
        by=scene.speaker(row.decided_by) if row.decided_by is not None else None,
        at=row.at,
        clauses=_clauses(scene, clauses_of(scene.session, proposal)) if proposal else (),
        dissents=tuple(one for one in voices if one.is_dissent),
        owner=scene.speaker(row.owner_id) if row.owner_id is not None else None,
        due_on=row.due_on,
        is_deferred=row.outcome == Outcome.DEFERRED,
    )
