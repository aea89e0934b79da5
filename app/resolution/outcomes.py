"""How the talk about a facet came out, and from which causes the disagreements came."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.models import Round
from app.negotiation.rules import WORDS_FOR_CAUSE, WORDS_FOR_OUTCOME, Cause, Outcome
from app.resolution.labels import newest_on_cards


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """How often the talk came out in one way, by cause in the order of the table."""

    words: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    """Decided cards by outcome and cause; a cause or an outcome that never came up is left out."""

    causes: tuple[str, ...]
    rows: tuple[OutcomeRow, ...]


def outcome_table(decided: Iterable[tuple[Outcome, Cause]]) -> OutcomeTable:
    """Return the table; empty when nothing was decided."""
    counts = Counter(decided)
    outcomes = [one for one in Outcome if any(outcome is one for outcome, _ in counts)]
    causes = [one for one in Cause if any(cause is one for _, cause in counts)]
    return OutcomeTable(
        causes=tuple(WORDS_FOR_CAUSE[one] for one in causes),
        rows=tuple(
            OutcomeRow(WORDS_FOR_OUTCOME[one], tuple(counts[one, cause] for cause in causes))
            for one in outcomes
        ),
    )


def outcome_table_of(session: Session, round_: Round, facet: FacetContent) -> OutcomeTable:
    """Return the table of a closed round on one facet, from the decisions that count."""
    newest = newest_on_cards(session, round_, facet.id).values()
    return outcome_table((Outcome(one.outcome), Cause(one.cause)) for one in newest if one)
