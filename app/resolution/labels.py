"""Final labels with their provenance, and the proportions before and after negotiation."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.coding.measuring import snapshots
from app.coding.models import Assignment, Round
from app.coding.rules import Value
from app.errors import Conflict
from app.negotiation.flags import Cocoded, cocoded
from app.negotiation.models import Decision, Disagreement
from app.negotiation.positions import answer_of, positions_of
from app.negotiation.rules import (
    CANNOT_JUDGE,
    SETTLED_BY_CODERS,
    WITHOUT_LABEL,
    Answer,
    Cause,
    Outcome,
    Position,
    Provenance,
    provenance_of,
)


@dataclass(frozen=True, slots=True)
class FinalLabel:
    """What a card counts as on a facet. `answer` is None where nothing was settled."""

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

    @property
    def category_ids(self) -> tuple[int, ...]:
        if self.answer is None or not self.answer[0].isdigit():
            return ()
        return tuple(int(part) for part in self.answer.split("+"))


@dataclass(frozen=True, slots=True)
class Tally:
    """Agreement before and after negotiation: proportions only, never a coefficient.

    `n_cocoded` cards were judged by two coders or more; `n_agreed` of them alike, before any
    talk. Settled, arbitrated, dropped and unsettled cards partition the rest. `n_only_unsure` of
    the rest differ only in that somebody could not judge; coefficients leave such answers out.
    """

    n_cocoded: int
    n_agreed: int
    n_settled: int
    n_arbitrated: int
    n_dropped: int
    n_unsettled: int
    n_only_unsure: int = 0

    @property
    def n_flagged(self) -> int:
        return self.n_cocoded - self.n_agreed

    @property
    def before(self) -> float | None:
        """Share agreed when the round closed; None without co-coded cards."""
        return self.n_agreed / self.n_cocoded if self.n_cocoded else None

    @property
    def after(self) -> float | None:
        """Share agreed by the coders themselves in the end; arbitrated cards stay outside."""
        settled = self.n_agreed + self.n_settled
        return settled / self.n_cocoded if self.n_cocoded else None

    @property
    def after_without_dropped(self) -> float | None:
        kept = self.n_cocoded - self.n_dropped
        return (self.n_agreed + self.n_settled) / kept if kept else None

    @property
    def resolution_rate(self) -> float | None:
        """Share of the flagged cards that the coders settled themselves."""
        return self.n_settled / self.n_flagged if self.n_flagged else None

    @property
    def remark(self) -> str:
        """Say why fewer agree here than in the coefficients; empty where that cannot be."""
        if not self.n_only_unsure:
            return ""
        differ = "differs" if self.n_only_unsure == 1 else "differ"
        return (
            "A card that somebody could not judge is talked about too: "
            f"{self.n_only_unsure:,} of the {self.n_flagged:,} {differ} in nothing else."
        )

    @property
    def n_labels(self) -> int:
        return self.n_agreed + self.n_settled + self.n_arbitrated


def tally(
    n_cocoded: int,
    n_agreed: int,
    outcomes: Sequence[Outcome | None],
    *,
    n_only_unsure: int = 0,
) -> Tally:
    """Return the tally; `outcomes` has an entry for each flagged card, None while it is open."""
    counts = Counter(outcomes)
    return Tally(
        n_cocoded=n_cocoded,
        n_agreed=n_agreed,
        n_settled=sum(counts[outcome] for outcome in SETTLED_BY_CODERS),
        n_arbitrated=counts[Outcome.ARBITRATED],
        n_dropped=counts[Outcome.DROPPED],
        n_unsettled=counts[None] + counts[Outcome.UNRESOLVED] + counts[Outcome.DEFERRED],
        n_only_unsure=n_only_unsure,
    )


def tally_of(session: Session, round_: Round, facet: FacetContent) -> Tally:
    """Return the tally of a closed round on one facet."""
    counted = _counted_at_closing(session, round_, facet.id)
    if counted is None:  # closed by a version that did not count
        counted = cocoded(positions_of(session, round_, facet.id))
    outcomes = _outcomes(session, round_, facet.id)
    n_agreed = counted.n_cards - len(outcomes)
    return tally(counted.n_cards, n_agreed, outcomes, n_only_unsure=counted.n_only_unsure)


def _counted_at_closing(session: Session, round_: Round, facet_id: int) -> Cocoded | None:
    taken = {one.facet_id: one.figures for one in snapshots(session, round_)}
    found = taken.get(facet_id, {}).get("cocoded")
    return None if found is None else Cocoded(**found)


def _outcomes(session: Session, round_: Round, facet_id: int) -> list[Outcome | None]:
    """Return what came of each flagged card, None while it is open; the newest decision counts."""
    every = aliased(Decision)
    newest = select(func.max(every.revision)).where(
        col(every.disagreement_id) == col(Disagreement.id)
    )
    decided = (col(Decision.disagreement_id) == col(Disagreement.id)) & (
        col(Decision.revision) == newest.scalar_subquery()
    )
    statement = (
        select(Decision.outcome, func.count())
        .select_from(Disagreement)
        .outerjoin(Decision, decided)
        .where(col(Disagreement.round_id) == round_.id, col(Disagreement.facet_id) == facet_id)
        .group_by(Decision.outcome)
    )
    return [
        None if outcome is None else Outcome(outcome)
        for outcome, n_cards in session.exec(statement).all()
        for _ in range(n_cards)
    ]


def newest_on_cards(session: Session, round_: Round, facet_id: int) -> dict[int, Decision | None]:
    """Return the newest decision on each flagged card."""
    rows = session.exec(
        select(Disagreement, Decision)
        .join(Decision, col(Decision.disagreement_id) == col(Disagreement.id), isouter=True)
        .where(Disagreement.round_id == round_.id, Disagreement.facet_id == facet_id)
        .order_by(col(Decision.revision))
    ).all()
    return {disagreement.card_id: decision for disagreement, decision in rows}


def final_labels(session: Session, round_: Round, facet: FacetContent) -> list[FinalLabel]:
    """Return one label for each card of a closed round, on one facet, in the order of card ids."""
    if round_.closed_at is None:
        raise Conflict("There are no final labels while a round is open.")
    positions = positions_of(session, round_, facet.id)
    flagged = newest_on_cards(session, round_, facet.id)
    assigned = select(Assignment.card_id).where(Assignment.round_id == round_.id).distinct()
    return [
        _label(card_id, facet.id, positions.get(card_id, []), flagged)
        for card_id in sorted(session.exec(assigned).all())
    ]


def _label(
    card_id: int,
    facet_id: int,
    said: Sequence[Position],
    flagged: dict[int, Decision | None],
) -> FinalLabel:
    if card_id in flagged:
        return _negotiated(card_id, facet_id, len(said), flagged[card_id])
    answers = {position.answer for position in said}
    if not answers or answers == {CANNOT_JUDGE}:
        return FinalLabel(card_id, facet_id, None, Provenance.UNRESOLVED, len(said))
    provenance = Provenance.UNANIMOUS if len(said) > 1 else Provenance.SINGLE_CODED
    return FinalLabel(card_id, facet_id, answers.pop(), provenance, len(said))


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
        cause=Cause(decision.cause),
        decided_by=decision.decided_by,
        decided_at=decision.at,
    )
