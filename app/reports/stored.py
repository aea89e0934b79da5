"""PURE: the figures of a Snapshot, read back from JSON, with the intervals drawn since."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from app.agreement import Estimate, Measure, with_intervals
from app.reports.earlier import in_shape_of_today, is_earlier

Stored = Mapping[str, Any]


def estimate_of(stored: Stored) -> Estimate:
    """Return a stored figure as the value it was."""
    return Estimate(**stored)


@dataclass(frozen=True, slots=True)
class StoredPair:
    """Two coders by their places among the coders of the round, and what is known of them."""

    first: int
    second: int
    found: Stored

    @property
    def figures(self) -> Stored:
        figures: Stored = self.found["figures"]
        return figures


@dataclass(frozen=True, slots=True)
class StoredFacet:
    """What a Snapshot holds of a facet, with `intervals` of its bootstrap where there is one.

    `agreement` is None where no coefficient was computed.
    """

    figures: Stored
    intervals: Stored | None = None
    agreement: Stored | None = field(init=False)

    def __post_init__(self) -> None:
        found: Stored | None = self.figures["agreement"]
        if found is not None:
            found = in_shape_of_today(found)
            if self.intervals is not None:
                found = with_intervals(found, _known(found, self.intervals))
        object.__setattr__(self, "agreement", found)

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
    def is_earlier(self) -> bool:
        """Whether the version that closed the round computed fewer figures than today's."""
        return self.agreement is not None and is_earlier(self.agreement)

    @property
    def n_missing(self) -> int | None:
        """Judgements that were asked for and never given; unassigned cards are none of these."""
        if self.agreement is None:
            return None
        given = self.agreement["n_labels"] + self.figures["n_cannot_judge"]
        given += self.figures.get("n_not_applicable", 0)  # earlier versions did not count them
        return max(0, int(self.figures["n_assigned"]) - int(given))

    @property
    def n_cannot_judge(self) -> int:
        return int(self.figures["n_cannot_judge"])

    def over_all(self) -> Mapping[Measure, Estimate]:
        """Return the figures of all coders together."""
        return {} if self.agreement is None else estimates_of(self.agreement["figures"])

    def pairs(self) -> tuple[StoredPair, ...]:
        """Return each two coders who judged anything; their names need not differ."""
        if self.agreement is None:
            return ()
        active = [
            place for place, margin in enumerate(self.agreement["margins"]) if margin["n_units"]
        ]
        places = combinations(active, 2)
        return tuple(
            StoredPair(first, second, found)
            for (first, second), found in zip(places, self.agreement["pairs"], strict=True)
        )


def estimates_of(figures: Stored) -> Mapping[Measure, Estimate]:
    """Return stored figures as values under their measures."""
    return {Measure(key): estimate_of(stored) for key, stored in figures.items()}


def _known(agreement: Stored, intervals: Stored) -> Stored:
    """Return the intervals of those figures that the version that closed the round computed."""
    return {
        **intervals,
        "figures": _shared(intervals["figures"], agreement["figures"]),
        **{
            part: [
                _shared(own, found["figures"])
                for found, own in zip(agreement[part], intervals[part], strict=True)
            ]
            for part in ("pairs", "categories")
        },
    }


def _shared(intervals: Stored, figures: Stored) -> Stored:
    return {key: interval for key, interval in intervals.items() if key in figures}
