"""Final labels: what each card counts as on a facet, and where that comes from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.coding.gate_rows import cards_never_asked
from app.coding.judged import judged_on_card
from app.coding.measuring import facets_of_round
from app.coding.models import Assignment, Round
from app.coding.rounds import waits_for_alignment
from app.coding.rules import Value
from app.coding.staleness import stale_since
from app.errors import Conflict
from app.negotiation.differing import IS_DISAGREEMENT, IS_REVIEW
from app.negotiation.models import Decision, Disagreement, Voice
from app.negotiation.positions import answer_of, positions_of
from app.negotiation.rules import (
    CANNOT_JUDGE,
    WITHOUT_LABEL,
    Answer,
    Cause,
    Outcome,
    Position,
    Provenance,
    VoiceKind,
    provenance_of,
)
from app.resolution.gated import through_gate
from app.resolution.merges import Migrated, merges_after, migrate
from app.studies.models import Study
from app.studies.rules import Stance


@dataclass(frozen=True, slots=True)
class Dissent:
    """What a party keeps to say against a decision that it accepted."""

    member_id: int
    text: str


@dataclass(frozen=True, slots=True)
class FinalLabel:
    """What a card counts as on a facet. `answer` is None where nothing was settled.

    `answer` is what the round came to; `migrated` says what a later merge made of it.
    `stale_since` is the codebook version whose change puts a label in doubt that rests on one
    coder alone.
    """

    card_id: int
    facet_id: int
    answer: Answer | None
    provenance: Provenance
    n_coders: int
    rationale: str = ""
    outcome: Outcome | None = None
    cause: Cause | None = None
    decided_by: int | None = None
    decided_at: datetime | None = None
    decision_id: int | None = None
    dissents: tuple[Dissent, ...] = ()
    migrated: Migrated | None = None
    stale_since: int | None = None

    @property
    def current(self) -> Answer | None:
        """Return what the card counts as now: the migrated label, where there is one."""
        if self.migrated is None:
            return self.answer
        return "+".join(map(str, sorted(self.migrated.to_ids))) or None

    @property
    def category_ids(self) -> tuple[int, ...]:
        if self.current is None or not self.current[0].isdigit():
            return ()
        return tuple(int(part) for part in self.current.split("+"))


def newest_on_cards(
    session: Session, round_: Round, facet_id: int, card_id: int | None = None
) -> dict[int, Decision | None]:
    """Return what counts on each flagged card, None while it is open.

    Agreed cards that are looked at again are no disagreements, see `newest_on_reviews`.
    """
    return _newest(session, round_, facet_id, card_id, IS_DISAGREEMENT)


def newest_on_reviews(
    session: Session, round_: Round, facet_id: int, card_id: int | None = None
) -> dict[int, Decision | None]:
    """Return the same of the agreed cards that the team looks at again."""
    return _newest(session, round_, facet_id, card_id, IS_REVIEW)


def _newest(
    session: Session,
    round_: Round,
    facet_id: int,
    card_id: int | None,
    which: ColumnElement[bool],
) -> dict[int, Decision | None]:
    statement = (
        select(Disagreement, Decision)
        .join(Decision, col(Decision.disagreement_id) == col(Disagreement.id), isouter=True)
        .where(Disagreement.round_id == round_.id, Disagreement.facet_id == facet_id, which)
        .order_by(col(Decision.revision))
    )
    if card_id is not None:
        statement = statement.where(Disagreement.card_id == card_id)
    rows = session.exec(statement).all()
    # What was taken up again, or handed to an arbiter, is undecided until it is decided anew.
    return {one.card_id: None if one.state == "open" else decision for one, decision in rows}


def final_labels(session: Session, round_: Round, facet: FacetContent) -> list[FinalLabel]:
    """Return one label for each card of a closed round, on one facet, in the order of card ids."""
    _check_closed(round_)
    assigned = select(Assignment.card_id).where(Assignment.round_id == round_.id).distinct()
    card_ids = sorted(session.exec(assigned).all())
    positions = positions_of(session, round_, facet.id)
    every = {one: positions.get(one, []) for one in card_ids}
    found = _labels(session, round_, facet.id, every)
    if (asked := _asked_by(session, round_, facet)) is None:
        return found
    return _through_gate(session, round_, facet, found, asked, final_labels(session, round_, asked))


def final_label(session: Session, round_: Round, facet: FacetContent, card_id: int) -> FinalLabel:
    """Return the label of one card of a closed round, on one facet."""
    _check_closed(round_)
    said = [
        Position(one.coder_id, answer_of(one), one.confidence)
        for one in judged_on_card(session, round_, facet.id, card_id)
    ]
    found = _labels(session, round_, facet.id, {card_id: said}, only=card_id)
    if asked := _asked_by(session, round_, facet):
        above = [final_label(session, round_, asked, card_id)]
        found = _through_gate(session, round_, facet, found, asked, above)
    return found[0]


def _asked_by(session: Session, round_: Round, facet: FacetContent) -> FacetContent | None:
    """Return the facet that the gate of this one asks for in the round, if it has one."""
    in_round = {one.id: one for one in facets_of_round(session, round_)}
    gate = in_round[facet.id].gate if facet.id in in_round else None
    return in_round[gate.facet_id] if gate else None


def _through_gate(
    session: Session,
    round_: Round,
    facet: FacetContent,
    found: Sequence[FinalLabel],
    asked: FacetContent,
    above: Sequence[FinalLabel],
) -> list[FinalLabel]:
    never_asked = cards_never_asked(session, round_, facet.id)
    return [
        through_gate(facet, one, asked, other, was_asked=one.card_id not in never_asked)
        for one, other in zip(found, above, strict=True)
    ]


def _check_closed(round_: Round) -> None:
    if round_.closed_at is None:
        raise Conflict("There are no final labels while a round is open.")
    if reason := waits_for_alignment(round_):
        raise Conflict(reason)


def _labels(
    session: Session,
    round_: Round,
    facet_id: int,
    positions: Mapping[int, Sequence[Position]],
    only: int | None = None,
) -> list[FinalLabel]:
    flagged = newest_on_cards(session, round_, facet_id, only)
    reviewed = newest_on_reviews(session, round_, facet_id, only)
    against = dissents_in(session, round_, facet_id)
    merges = merges_after(session, round_)
    stance = session.get_one(Study, round_.study_id).stance
    doubted_since = stale_since(session, round_, facet_id)
    exposed = exposed_in(session, round_)
    found = []
    for card_id, said in positions.items():
        if card_id in flagged:
            label = _negotiated(card_id, facet_id, len(said), flagged[card_id])
        else:
            agreed = _agreed(card_id, facet_id, said, stance)
            if card_id in exposed and agreed.provenance is Provenance.UNANIMOUS:
                agreed = replace(agreed, provenance=Provenance.CONSENSUS)
            label = _looked_at(agreed, reviewed.get(card_id))
        kept = against.get(label.decision_id or 0, ())
        migrated = migrate(label.category_ids, merges)
        stale = doubted_since if label.provenance is Provenance.SINGLE_CODED else None
        found.append(replace(label, dissents=kept, migrated=migrated, stale_since=stale))
    return found


def exposed_in(session: Session, round_: Round) -> set[int]:
    """Return the cards that had been talked about when the round opened."""
    statement = select(Assignment.card_id).where(
        Assignment.round_id == round_.id, col(Assignment.is_exposed)
    )
    return set(session.exec(statement).all())


def _agreed(card_id: int, facet_id: int, said: Sequence[Position], stance: str) -> FinalLabel:
    answers = {position.answer for position in said}
    if not answers or answers == {CANNOT_JUDGE}:
        return FinalLabel(card_id, facet_id, None, Provenance.UNRESOLVED, len(said))
    provenance = Provenance.UNANIMOUS if len(said) > 1 else Provenance.SINGLE_CODED
    if stance == Stance.JOINT_SORT:
        provenance = Provenance.JOINT
    return FinalLabel(card_id, facet_id, answers.pop(), provenance, len(said))


def _looked_at(agreed: FinalLabel, decision: Decision | None) -> FinalLabel:
    """Return an agreed label as a second look left it; until it is decided, the agreement holds."""
    if decision is None or decision.outcome == Outcome.DEFERRED:
        return agreed
    if decision.outcome == Outcome.UPHELD:
        return replace(
            agreed,
            rationale=decision.rationale,
            outcome=Outcome.UPHELD,
            cause=Cause(decision.cause) if decision.cause else None,
            decided_by=decision.decided_by,
            decided_at=decision.at,
            decision_id=decision.id,
        )
    return _negotiated(agreed.card_id, agreed.facet_id, agreed.n_coders, decision)


def _negotiated(
    card_id: int, facet_id: int, n_coders: int, decision: Decision | None
) -> FinalLabel:
    if decision is None:
        return FinalLabel(card_id, facet_id, None, Provenance.UNRESOLVED, n_coders)
    outcome = Outcome(decision.outcome)
    has_label = outcome not in WITHOUT_LABEL and decision.value != Value.NOT_JUDGED
    answer = answer_of(decision) if has_label else None
    return FinalLabel(
        card_id,
        facet_id,
        answer,
        provenance_of(outcome),
        n_coders,
        decision.rationale,
        outcome=outcome,
        cause=Cause(decision.cause) if decision.cause else None,
        decided_by=decision.decided_by,
        decided_at=decision.at,
        decision_id=decision.id,
    )


def dissents_in(
    session: Session, round_: Round, facet_id: int
) -> Mapping[int, tuple[Dissent, ...]]:
    """Return the dissents that were kept beside decisions, by decision."""
    rows = session.exec(
        select(Decision.id, Voice.member_id, Voice.text)
        .join(Voice, col(Voice.proposal_id) == col(Decision.proposal_id))
        .join(Disagreement, col(Disagreement.id) == col(Decision.disagreement_id))
        .where(
            Disagreement.round_id == round_.id,
            Disagreement.facet_id == facet_id,
            Voice.kind == VoiceKind.DISSENT,
        )
        .order_by(col(Voice.member_id))
    ).all()
    found: dict[int, tuple[Dissent, ...]] = defaultdict(tuple)
    for decision_id, member_id, text in rows:
        found[decision_id or 0] += (Dissent(member_id, text),)
    return found
