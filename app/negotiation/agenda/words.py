"""How long a talk takes and where somebody stopped, in words. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from statistics import median

LONGEST_GAP = 15 * 60  # seconds; whoever takes longer was away
BEFORE_ANY = 3 * 60  # seconds for a card, until the team has a pace of its own

_A_WEEK = 7
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def in_words(number: int) -> str:
    """Return a small number as a word."""
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def are_missing(number: int) -> str:
    return f"{in_words(number)} {'is' if number == 1 else 'are'} missing"


def pace_of(times: Sequence[datetime]) -> float | None:
    """Return the seconds from one decision to the next, the median; None before there are two."""
    ordered = sorted(times)
    gaps = [
        min((later - earlier).total_seconds(), LONGEST_GAP) for earlier, later in pairwise(ordered)
    ]
    return median(gaps) if gaps else None


def estimate(times: Sequence[datetime], n_open: int) -> str:
    """Return how long what is open takes at the team's pace; empty when nothing is open."""
    if not n_open:
        return ""
    pace = pace_of(times)
    rest = f"for the remaining {n_open:,}" if n_open > 1 else "for the last one"
    if pace is None:
        return f"{_duration(n_open * BEFORE_ANY)} {rest}, if each takes three minutes."
    return f"{_duration(n_open * pace)} at your pace {rest}."


def _duration(seconds: float) -> str:
    minutes = seconds / 60
    for limit, words in (
        (7.5, "A few minutes"),
        (12.5, "Ten minutes"),
        (22.5, "A quarter of an hour"),
        (37.5, "Half an hour"),
        (50, "Three quarters of an hour"),
        (75, "An hour"),
        (105, "An hour and a half"),
    ):
        if minutes < limit:
            return words
    return f"{round(minutes / 60):,} hours".capitalize()


def on_day(then: date, today: date) -> str:
    """Return a day as people say it: today, yesterday, on Thursday, on 4 December."""
    days = (today - then).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"on {then:%A}" if days < _A_WEEK else f"on {day_and_month(then, today)}"


def day_and_month(day: date, today: date) -> str:
    """Return "4 December", with the year when it is not this one."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"
