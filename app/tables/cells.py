"""What a spreadsheet cell says, as text: numbers as typed, days and times in ISO form."""

import re
from datetime import datetime, timedelta
from enum import Enum, auto

LAST_SERIAL = 2_958_466  # the day after 31 December 9999

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_DAY = re.compile("[yd]", re.IGNORECASE)
_TIME = re.compile("[hs]", re.IGNORECASE)
_MONTH = re.compile("m", re.IGNORECASE)


class NumberKind(Enum):
    """How a number format wants its number read."""

    PLAIN = auto()
    MOMENT = auto()
    TIME_OF_DAY = auto()
    DURATION = auto()


_BUILT_IN = {
    **dict.fromkeys(range(14, 18), NumberKind.MOMENT),
    **dict.fromkeys(range(18, 22), NumberKind.TIME_OF_DAY),
    22: NumberKind.MOMENT,
    **dict.fromkeys(range(27, 37), NumberKind.MOMENT),
    45: NumberKind.TIME_OF_DAY,
    46: NumberKind.DURATION,
    47: NumberKind.TIME_OF_DAY,
    **dict.fromkeys(range(50, 59), NumberKind.MOMENT),
}


def built_in_kind(format_id: int) -> NumberKind:
    """Return the kind of a number format every spreadsheet program knows by its number."""
    return _BUILT_IN.get(format_id, NumberKind.PLAIN)


def kind_of_format(code: str) -> NumberKind:
    """Return the kind of a number format written out, such as `dd.mm.yyyy hh:mm`."""
    first = _LITERALS.sub("", code).split(";")[0]
    if _ELAPSED.search(first):
        return NumberKind.DURATION
    if first.strip().lower() == "general":
        return NumberKind.PLAIN
    if _DAY.search(first) or (_MONTH.search(first) and not _TIME.search(first)):
        return NumberKind.MOMENT
    return NumberKind.TIME_OF_DAY if _TIME.search(first) else NumberKind.PLAIN


def number_as_text(stored: str, kind: NumberKind, *, from_1904: bool) -> str:
    """Return the number a person typed: `1` for 1.0, `2024-05-03` for a day.

    What is no number, or no day of any calendar, stays as it is stored.
    """
    if stored.isdecimal() and kind is NumberKind.PLAIN:
        return stored
    try:
        value = float(stored)
    except ValueError:
        return stored
    if kind is NumberKind.PLAIN or not 0 <= value < LAST_SERIAL:
        return str(int(value)) if abs(value) < 1e16 and value.is_integer() else repr(value)
    if kind is NumberKind.MOMENT:
        return _moment(value, from_1904=from_1904)
    return _duration(value if kind is NumberKind.DURATION else value % 1)


def _moment(serial: float, *, from_1904: bool) -> str:
    moment = _epoch(serial, from_1904=from_1904) + timedelta(seconds=round(serial * 86_400))
    is_day = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment.date().isoformat() if is_day else moment.isoformat()


def _epoch(serial: float, *, from_1904: bool) -> datetime:
    if from_1904:
        return datetime(1904, 1, 1)  # noqa: DTZ001  (a sheet knows no time zone)
    # Spreadsheets inherit a 29 February 1900 that never was; days before it count from one later.
    return datetime(1899, 12, 30 if serial >= 60 else 31)  # noqa: DTZ001


def _duration(days: float) -> str:
    minutes, seconds = divmod(round(days * 86_400), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def unescaped(text: str) -> str:
    """Return a stored string with `_x000D_` and the like turned into the characters meant."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
