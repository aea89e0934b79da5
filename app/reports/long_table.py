"""PURE: every figure of a report as rows of one long table."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.agreement import Estimate, Measure, Method
from app.agreement.names import NAMES
from app.reports.figure import why_without_interval
from app.reports.gate import gate_of
from app.reports.shares import shares_of
from app.reports.stored import Stored, StoredFacet, StoredPair, estimates_of
from app.reports.wording import NEVER_COMPUTED
from app.text import safe_cell

if TYPE_CHECKING:
    from app.resolution.tally import Tally

COLUMNS = (
    "facet", "measure", "key", "category", "first", "second", "value", "low", "high",
    "interval", "standard_error", "n_units", "n_coders", "n_resamples", "resampled", "seed",
    "n_undefined", "reason",
)  # fmt: skip
_OF_CATEGORIES = {
    Measure.SPECIFIC: "Positive agreement",
    Measure.NEGATIVE: "Negative agreement",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: of the whole facet, of a category, of two coders, or of both.

    `drawn` is the bootstrap of the facet, where there is one.
    """

    facet: str
    measure: str
    estimate: Estimate
    key: str = ""
    category: str = ""
    first: str = ""
    second: str = ""
    drawn: Mapping[str, Any] | None = None


def lines_of(stored: StoredFacet, tally: "Tally") -> Iterator[Line]:
    """Give the figures of a facet, then the proportions before and after negotiation."""
    if stored.agreement is not None:
        yield from _lines(stored, stored.agreement["figures"])
        for pair in stored.pairs():
            yield from _lines(stored, pair.figures, pair=pair)
        for found in stored.agreement["categories"]:
            yield from _of_category(stored, found)
    gate = gate_of(stored)
    if gate is not None and gate.stored.agreement is not None:
        name = f"{stored.name}: does it apply"
        yield from (
            replace(line, facet=name)
            for line in _lines(gate.stored, gate.stored.agreement["figures"])
        )
    yield from _of_negotiation(stored.name, tally)


def _lines(
    stored: StoredFacet, figures: Stored, *, category: str = "", pair: StoredPair | None = None
) -> Iterator[Line]:
    first = "" if pair is None else stored.coders[pair.first]
    second = "" if pair is None else stored.coders[pair.second]
    for measure, estimate in estimates_of(figures).items():
        name = _OF_CATEGORIES.get(measure, NAMES.get(measure, ""))
        yield Line(
            stored.name, name, estimate, measure.value, category, first, second, stored.intervals
        )


def _of_category(stored: StoredFacet, found: Stored) -> Iterator[Line]:
    name = found["category"]
    if found["prevalence"] is not None:
        n_units = found["figures"][Measure.PERCENT]["n_units"]
        prevalence = Estimate(found["prevalence"], n_units=n_units, n_coders=len(stored.coders))
        yield Line(stored.name, NAMES["share"], prevalence, "share", name)
    yield from _lines(stored, found["figures"], category=name)
    if len(found["pairs"]) > 1:
        for pair, own in zip(stored.pairs(), found["pairs"], strict=True):
            yield from _lines(stored, own["figures"], category=name, pair=pair)


def _of_negotiation(facet: str, tally: "Tally") -> Iterator[Line]:
    for key, measure, share, n_units in shares_of(tally):
        why = None if share is not None else "there is no such card"
        yield Line(facet, measure, Estimate(share, n_units=n_units, reason=why), key)


def long_csv(lines: Iterator[Line], mark: str = "") -> bytes:
    """Return the table as CSV, safe to open in a spreadsheet; figures in full precision.

    `mark` is said of every coefficient, before its own note.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        named = (line.facet, line.measure, line.key, line.category, line.first, line.second)
        found = line.estimate
        note = found.reason or found.note or _why_without_interval(line)
        own_mark = mark if line.key in set(Measure) else ""
        said = safe_cell("; ".join(filter(None, (own_mark, note))))
        writer.writerow(
            [
                *map(safe_cell, named),
                *map(_exact, (found.value, found.low, found.high)),
                found.method or "",
                _exact(found.standard_error),
                *(found.n_units, found.n_coders or ""),
                *_resampling(line),
                said,
            ]
        )
    return text.getvalue().encode()


def _why_without_interval(line: Line) -> str:
    """Say that a figure never has an interval; while some are still to come, only of a few."""
    is_bare = line.estimate.value is not None and line.estimate.low is None
    if is_bare and line.drawn is not None:
        return NEVER_COMPUTED
    return (
        why_without_interval(Measure(line.key), line.estimate) if line.key in set(Measure) else ""
    )


def _exact(number: float | None) -> str:
    return "" if number is None else repr(number)


def _resampling(line: Line) -> tuple[object, ...]:
    """Return how the interval was drawn: resamples, of what, seed, how many had no value."""
    if line.drawn is None or line.estimate.method != Method.BOOTSTRAP:
        return ("", "", "", "")
    drawn = line.drawn
    return drawn["n_resamples"], drawn["unit"], drawn["seed"], line.estimate.n_undefined
