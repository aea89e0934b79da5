"""PURE: a figure ready to be told, with its name, its method note and how it is written."""

from dataclasses import dataclass

from app.agreement import Estimate, Measure
from app.agreement.names import NAMES, TOPICS
from app.reports import wording

# Of these no interval is made: they describe a table, or say what another figure says of it.
_WITHOUT_INTERVAL = frozenset(
    {
        Measure.FLEISS_LISTWISE,
        Measure.KAPPA_MAX,
        Measure.PABAK,
        Measure.PREVALENCE_INDEX,
        Measure.BIAS_INDEX,
    }
)
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
        """Why there is no interval; empty where there is one."""
        return self.estimate.note or why_without_interval(self.measure, self.estimate)

    @property
    def basis(self) -> str:
        return wording.basis(self.estimate)

    @property
    def undefined(self) -> str:
        return wording.undefined(self.estimate.reason)


def why_without_interval(measure: Measure, estimate: Estimate) -> str:
    """Say that no interval is made of a figure like this; empty if one is, or it has no value."""
    is_bare = estimate.value is not None and estimate.low is None
    return wording.NEVER_COMPUTED if is_bare and measure in _WITHOUT_INTERVAL else ""
