"""PURE: the figures of a Snapshot, read back from JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from app.agreement import Estimate

Stored = Mapping[str, Any]


def estimate_of(stored: Stored) -> Estimate:
    """Return a stored figure as the value it was."""
    return Estimate(**stored)


@dataclass(frozen=True, slots=True)
class StoredPair:
    """Two coders by their places among the coders of the round, and their figures."""

    first: int
    second: int
    figures: Stored


@dataclass(frozen=True, slots=True)
class StoredFacet:
    """What a Snapshot holds of a facet; `agreement` is None where no coefficient was computed."""

    figures: Stored

    @property
    def name(self) -> str:
        return str(self.figures["facet"])

    @property
    def coders(self) -> tuple[str, ...]:
        return tuple(self.figures["coders"])

    @property
    def answers(self) -> tuple[str, ...]:
        return tuple(self.figures["answers"])

    @property
    def is_multiple(self) -> bool:
        return bool(self.figures["choice"] == "multiple")

    @property
    def is_ordinal(self) -> bool:
        return bool(self.figures["scale"] == "ordinal") and not self.is_multiple

    @property
    def agreement(self) -> Stored | None:
        found: Stored | None = self.figures["agreement"]
        return found

    @property
    def n_missing(self) -> int | None:
        """Judgements that were asked for and never given; unassigned cards are none of these."""
        if self.agreement is None:
            return None
        given = self.agreement["n_labels"] + self.figures["n_cannot_judge"]
        return max(0, int(self.figures["n_assigned"]) - int(given))

    @property
    def n_cannot_judge(self) -> int:
        return int(self.figures["n_cannot_judge"])

    def pairs(self) -> tuple[StoredPair, ...]:
        """Return each two coders who judged anything; their names need not differ."""
        if self.agreement is None:
            return ()
        active = [
            place for place, margin in enumerate(self.agreement["margins"]) if margin["n_units"]
        ]
        places = combinations(active, 2)
        return tuple(
            StoredPair(first, second, figures)
            for (first, second), figures in zip(places, self.agreement["pairs"], strict=True)
        )
