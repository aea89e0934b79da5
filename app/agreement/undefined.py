"""Figures that may be undefined, and the reasons in words.

A coefficient without a value is never shown as NaN, 0 or 1: it is an `Estimate` whose value is
`None` and whose reason is one of `Reason`.
"""

import math
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a figure has no value; the member's text is the sentence shown to people."""

    NO_JUDGEMENTS = "no card has been judged"
    FEWER_THAN_TWO_CODERS = "fewer than two coders judged cards"
    NOTHING_PAIRABLE = "no card was judged by two coders"
    NO_CATEGORY_DECLARED = "no category is declared"
    ONE_CATEGORY_DECLARED = "only one category is declared, so no judgement could differ"
    NO_VARIATION = "no variation: all judgements compared fall in one category"
    CATEGORY_NOT_USED = "nobody used the category"
    CATEGORY_ALWAYS_USED = "everybody always used the category"
    NO_PAIR_DEFINED = "no pair of coders has a defined kappa"
    NOT_TWO_CODERS = "the measure compares exactly two coders"
    NOT_TWO_CATEGORIES = "the measure needs exactly two categories"
    NOT_ORDERED = "the categories have no order"
    NEGATIVE_NUMBER = "a ratio scale has no numbers below 0"
    NOT_COMPLETE = "no card was judged by every coder"


class Note(StrEnum):
    """What to say beside a value; the member's text is the sentence shown to people."""

    CONSTANT_CODER = "one coder used a single category, so kappa is 0 and has no usable interval"
    PERFECT = "perfect agreement: the interval cannot be estimated from these cards"
    TOO_FEW = "fewer than 10 cards: no interval is given"
    NO_SPREAD = "the cards show no spread from which an interval could be told"
    RARELY_DEFINED = "more than half of the resamples had no value, so no interval is given"


class Method(StrEnum):
    """How an interval was made; the member's text is what people read."""

    LARGE_SAMPLE = "large-sample"
    BOOTSTRAP = "bootstrap"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval and what it rests on, or the reason why it has none.

    Parameters
    ----------
    value : float or None
        The figure; `None` if it is undefined. Never NaN, never clipped.
    low, high : float or None
        Limits of the 95 % interval, not clipped to the range of the coefficient; `None` if no
        interval was computed or none can be.
    standard_error : float or None
        The large-sample standard error, where there is a formula; also where it cannot carry an
        interval, as with perfect agreement.
    null_error : float or None
        Standard error if the coders were independent, for tests against 0.
    n_units : int
        Cards the figure rests on, that is, cards judged by at least two of the coders.
    n_coders : int
        Coders the figure compares.
    reason : str or None
        Why there is no value; `None` exactly if there is one.
    note : str or None
        A sentence to show beside the value.
    method : Method or None
        How the interval was made; present exactly when the interval is.
    n_undefined : int
        Resamples without a value, left out of a bootstrap interval.

    Raises
    ------
    ValueError
        If the value is not finite, value and reason are both present or both absent, or an
        interval does not say how it was made.

    Examples
    --------
    >>> Estimate(0.5, n_units=40, n_coders=2).value
    0.5
    >>> Estimate(None, reason=Reason.NO_JUDGEMENTS).reason
    <Reason.NO_JUDGEMENTS: 'no card has been judged'>
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    standard_error: float | None = None
    null_error: float | None = None
    n_units: int = 0
    n_coders: int = 0
    reason: str | None = None
    note: str | None = None
    method: str | None = None
    n_undefined: int = 0

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError("An estimate has either a value or a reason for having none.")
        if (self.low is None) != (self.method is None):
            raise ValueError("An interval says how it was made, and only an interval does.")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError("An undefined estimate has the value None and a reason.")

    @property
    def is_defined(self) -> bool:
        """Whether there is a value."""
        return self.value is not None
