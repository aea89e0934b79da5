"""PURE: a figure ready to be told, with its name, its method note and how it is written."""

from dataclasses import dataclass

from app.agreement import Estimate, Measure
from app.agreement.names import NAMES, TOPICS
from app.reports import wording

_SHARES = frozenset(
    {
        Measure.PERCENT,
        Measure.PERCENT_POOLED,
        Measure.UNANIMOUS,
        Measure.PERCENT_EXACT_SET,
    }
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the measure it is; a share is shown in percent."""

    measure: Measure
    estimate: Estimate
    detail: str = ""

    @property
    def name(self) -> str:
        """The term researchers know it by."""
        return NAMES[self.measure]

    @property
    def topic(self) -> str:
        """The slug of its method note."""
        return TOPICS.get(self.measure, "")

    @property
    def is_share(self) -> bool:
        return self.measure in _SHARES

    @property
    def shown(self) -> str:
        value = self.estimate.value
        if value is None:
            return ""
        return wording.share(value) if self.is_share else wording.number(value)

    @property
    def interval(self) -> str:
        if self.is_share:
            return wording.interval_of_shares(self.estimate)
        return wording.interval(self.estimate)

    @property
    def has_interval(self) -> bool:
        return self.estimate.low is not None

    @property
    def method(self) -> str:
        """How the interval was made; empty without one."""
        return self.estimate.method or ""

    @property
    def note(self) -> str:
        return self.estimate.note or ""

    @property
    def basis(self) -> str:
        return wording.basis(self.estimate)

    @property
    def undefined(self) -> str:
        return wording.undefined(self.estimate.reason)
