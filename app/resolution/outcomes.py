"""How the talk about a facet came out, and from which causes the disagreements came."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.models import Round
from app.negotiation.models import Decision
from app.negotiation.rules import WORDS_FOR_CAUSE, WORDS_FOR_OUTCOME, Cause, Outcome
from app.resolution.labels import newest_on_cards, newest_on_reviews


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """How often the talk came out in one way, by cause in the order of the table.

    What is put off or upheld has no cause.
    """

    words: str
    counts: tuple[int, ...]
    n_without_cause: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts) + self.n_without_cause

    @property
    def has_cause(self) -> bool:
        return any(self.counts)


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    """Decided cards by outcome and cause; a cause or an outcome that never came up is left out.

    The rows and what is still open partition the flagged cards.
    """

    causes: tuple[str, ...]
    rows: tuple[OutcomeRow, ...]
    n_open: int = 0

    @property
    def total(self) -> int:
        return sum(row.total for row in self.rows) + self.n_open

    @property
    def of_causes(self) -> tuple[int, ...]:
        """Return how many decided cards came from each cause."""
        return tuple(map(sum, zip(*(row.counts for row in self.rows), strict=True)))

    @property
    def n_without_cause(self) -> int:
        """Return how many are in no column of a cause: put off, upheld, or still open."""
        return sum(row.n_without_cause for row in self.rows) + self.n_open

    @property
    def shows_no_cause(self) -> bool:
        """Whether the columns only add up with one for what has no cause."""
        return bool(self.causes) and self.n_without_cause > 0


def outcome_table(
    decided: Iterable[tuple[Outcome, Cause | None]], *, n_open: int = 0
) -> OutcomeTable:
    """Return the table; without a row when nothing was decided."""
    counts = Counter(decided)
    outcomes = [one for one in Outcome if any(outcome is one for outcome, _ in counts)]
    causes = [one for one in Cause if any(cause is one for _, cause in counts)]
    return OutcomeTable(
        causes=tuple(WORDS_FOR_CAUSE[one] for one in causes),
        rows=tuple(
            OutcomeRow(
                WORDS_FOR_OUTCOME[one],
                tuple(counts[one, cause] for cause in causes),
                counts[one, None],
            )
            for one in outcomes
        ),
        n_open=n_open,
    )


def outcome_table_of(session: Session, round_: Round, facet: FacetContent) -> OutcomeTable:
    """Return the table of a closed round on one facet, from the decisions that count."""
    return _table_of(newest_on_cards(session, round_, facet.id).values())


def review_table_of(session: Session, round_: Round, facet: FacetContent) -> OutcomeTable:
    """Return what came of the agreed cards that the team looked at again, on one facet."""
    return _table_of(newest_on_reviews(session, round_, facet.id).values())


def _table_of(newest: Collection[Decision | None]) -> OutcomeTable:
    return outcome_table(
        ((Outcome(one.outcome), Cause(one.cause) if one.cause else None) for one in newest if one),
        n_open=sum(one is None for one in newest),
    )
