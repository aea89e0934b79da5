"""PURE: what the figures share: measures in points, the title, scales and their ticks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.reports.plots.lettering import width_of, wrapped
from app.reports.plots.sheet import Sheet
from app.reports.wording import limit, number

WIDTH = 432.0  # six inches; the type below stays readable when a phone shows the sheet at 358 px
TEXT, SMALL, TITLE = 11.0, 10.0, 12.0
LEADING = 1.3
# From the foot of a line to the middle of its letters, in units of their size.
HALF_LETTER = 0.36
NOT_DEFINED = "not defined"


def paragraph_height(lines: Sequence[str], size: float) -> float:
    return len(lines) * size * LEADING


def title_lines(title: str, width: float) -> tuple[str, ...]:
    # Bold letters are wider than those that are measured.
    return wrapped(title, TITLE * 1.15, width, most_lines=3)


def title_height(title: str, width: float) -> float:
    """Return the room a title takes, with the space below it."""
    lines = title_lines(title, width)
    return paragraph_height(lines, TITLE) + 8 if lines else 0.0


def write_title(sheet: Sheet, title: str, width: float) -> None:
    for place, line in enumerate(title_lines(title, width)):
        sheet.words(0, TITLE + place * TITLE * LEADING, line, size=TITLE, weight="bold")


def widest(texts: Sequence[str], size: float) -> float:
    return max((width_of(text, size) for text in texts), default=0.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the values from `low` to 1 lie between two places; others lie at its ends."""

    low: float
    start: float
    end: float

    def at(self, value: float) -> float:
        within = min(max(value, self.low), 1.0)
        return self.start + (within - self.low) / (1.0 - self.low) * (self.end - self.start)

    def ticks(self, room: float) -> tuple[float, ...]:
        """Return round values, as dense as there is room for each."""
        steps = (0.2, 0.5)
        most = max(2.0, abs(self.end - self.start) / room)
        step = next((step for step in steps if (1.0 - self.low) / step <= most), 1.0)
        first = math.ceil(round(self.low / step, 6))
        last = math.floor(round(1.0 / step, 6))
        return tuple(round(step * place, 1) + 0.0 for place in range(first, last + 1))


def tick_words(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def bracketed(low: float | None, high: float | None) -> str:
    """Return "[0.64, 0.82]", or that there is no interval; beyond 1 no coefficient can be."""
    if low is None or high is None:
        return "no interval"
    return f"[{number(low)}, {number(min(high, 1.0))}]"


def spoken(name: str, value: float | None, low: float | None, high: float | None) -> str:
    """Return one coefficient in words: "Stale: 0.69, interval [0.54, 0.81]"."""
    if value is None:
        return f"{name}: {NOT_DEFINED}"
    interval = bracketed(low, high)
    return f"{name}: {number(value)}, {interval if low is None else f'interval {interval}'}"


def spoken_threshold(threshold: float | None) -> str:
    return "" if threshold is None else f" The threshold is {limit(threshold)}."
