"""PURE: where the lines and dots of the page's charts lie, in units of their view boxes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.agreement import Estimate
from app.reports.wording import interval, limit, number

_HEADLINE = (40.0, 760.0)
_ROW = (20.0, 220.0)
_LABEL_ROOM = 130.0  # half the width of the threshold's label


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from `low` to 1; values beyond it are drawn at its end."""

    low: float
    start: float
    end: float

    def at(self, value: float) -> float:
        within = min(max(value, self.low), 1.0)
        place = (within - self.low) / (1.0 - self.low)
        return round(self.start + place * (self.end - self.start), 1)


def lowest(values: Sequence[float | None], *, above: float) -> float:
    """Return where a scale begins: `above`, or the next fifth below the least value, at most -1."""
    least = min((value for value in values if value is not None), default=above)
    return above if least >= above else max(-1.0, math.floor(round(5 * least, 9)) / 5)


@dataclass(frozen=True, slots=True)
class Whisker:
    """One figure on a scale: its dot, its interval if it has one, and the threshold."""

    dot: float
    start: float | None
    end: float | None
    zero: float
    one: float
    threshold: float | None
    words: str


def whisker(estimate: Estimate, *, low: float, threshold: float | None) -> Whisker | None:
    """Return the drawing of a figure in a table; None where there is no value."""
    if estimate.value is None:
        return None
    axis = Axis(low, *_ROW)
    has_interval = estimate.low is not None and estimate.high is not None
    return Whisker(
        dot=axis.at(estimate.value),
        start=axis.at(estimate.low) if estimate.low is not None else None,
        end=axis.at(estimate.high) if estimate.high is not None else None,
        zero=_ROW[0],
        one=_ROW[1],
        threshold=None if threshold is None else axis.at(threshold),
        words=interval(estimate) if has_interval else "no interval computed",
    )


@dataclass(frozen=True, slots=True)
class WhiskerScale:
    """The head of a column of whiskers."""

    start: float
    start_words: str
    threshold: float | None
    threshold_words: str
    end: float


def whisker_scale(*, low: float, threshold: float | None) -> WhiskerScale:
    at = None if threshold is None else Axis(low, *_ROW).at(threshold)
    words = "" if threshold is None else limit(threshold)
    return WhiskerScale(_ROW[0], f"{low:g}".replace("-", "−"), at, words, _ROW[1])


@dataclass(frozen=True, slots=True)
class Scale:
    """The headline figure against the threshold."""

    ticks: tuple[tuple[float, str], ...]
    interval_start: float | None
    interval_width: float
    point: float
    threshold: float | None
    label_at: float
    label: str
    description: str


def scale(estimate: Estimate, threshold: float | None) -> Scale | None:
    """Return the drawing of the headline figure; None where there is no value."""
    if estimate.value is None:
        return None
    low = lowest([estimate.low, estimate.value], above=0.0)
    axis = Axis(low, *_HEADLINE)
    n_steps = round((1.0 - low) / 0.2)
    steps = [low + 0.2 * step for step in range(n_steps + 1)]
    at = None if threshold is None else axis.at(threshold)
    start = axis.at(estimate.low) if estimate.low is not None else None
    end = axis.at(estimate.high) if estimate.high is not None else None
    start_label = min(max(at or 0, _HEADLINE[0] + _LABEL_ROOM / 2), _HEADLINE[1] - _LABEL_ROOM / 2)
    return Scale(
        ticks=tuple((axis.at(step), f"{round(step, 1) + 0:g}".replace("-", "−")) for step in steps),
        interval_start=start,
        interval_width=0.0 if start is None or end is None else round(end - start, 1),
        point=axis.at(estimate.value),
        threshold=at,
        label_at=start_label,
        label="" if threshold is None else f"threshold {limit(threshold)}",
        description=_describe(estimate, threshold, low),
    )


def _describe(estimate: Estimate, threshold: float | None, low: float) -> str:
    if estimate.value is None:
        return ""
    text = f"On a scale from {low:g} to 1 the value is {number(estimate.value)}; "
    has_interval = estimate.low is not None
    text += f"its interval runs from {interval(estimate)}" if has_interval else "no interval"
    return text + ("." if threshold is None else f"; the threshold is {limit(threshold)}.")
