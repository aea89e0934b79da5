"""PURE: every figure of a report as rows of one long table."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.agreement import Estimate
from app.reports.stored import Stored, StoredFacet, StoredPair, estimate_of
from app.text import safe_cell

if TYPE_CHECKING:
    from app.resolution.labels import Tally

COLUMNS = (
    "facet", "measure", "category", "first", "second", "value", "low", "high", "n_units",
    "n_coders", "reason",
)  # fmt: skip

_OVER_ALL = {
    "percent": "percent agreement",
    "percent_of_pairs": "percent agreement of all pairs",
    "unanimous": "unanimous cards",
    "light": "Light's kappa",
    "fleiss": "Fleiss' kappa",
    "ac1": "Gwet's AC1",
    "jaccard": "mean Jaccard similarity",
}
_OF_PAIRS = {
    "percent": "percent agreement",
    "kappa": "Cohen's kappa",
    "kappa_linear": "Cohen's kappa, linear weights",
    "kappa_quadratic": "Cohen's kappa, quadratic weights",
    "jaccard": "mean Jaccard similarity",
}
_OF_CATEGORIES = {
    "percent": "percent agreement",
    "light": "Light's kappa",
    "alpha": "Krippendorff's alpha, nominal",
    "ac1": "Gwet's AC1",
    "positive": "positive agreement",
    "negative": "negative agreement",
}
_OF_CATEGORIES_IN_PAIRS = {
    "percent": "percent agreement",
    "kappa": "Cohen's kappa",
    "positive": "positive agreement",
    "negative": "negative agreement",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: of the whole facet, of a category, of two coders, or of both."""

    facet: str
    measure: str
    estimate: Estimate
    category: str = ""
    first: str = ""
    second: str = ""


def lines_of(stored: StoredFacet, tally: "Tally") -> Iterator[Line]:
    """Give the figures of a facet, then the proportions before and after negotiation."""
    if stored.agreement is not None:
        yield from _over_all(stored, stored.agreement)
        for pair in stored.pairs():
            yield from _of_pair(stored, pair)
        for found in stored.agreement["categories"]:
            yield from _of_category(stored, found)
    yield from _of_negotiation(stored.name, tally)


def _over_all(stored: StoredFacet, agreement: Stored) -> Iterator[Line]:
    for key, measure in _OVER_ALL.items():
        if agreement[key] is not None:
            yield Line(stored.name, measure, estimate_of(agreement[key]))
    for key, distance in (("alpha", "alpha_distance"), ("alpha_companion", "companion_distance")):
        if agreement[key] is not None:
            measure = f"Krippendorff's alpha, {agreement[distance]}"
            yield Line(stored.name, measure, estimate_of(agreement[key]))


def _of_pair(stored: StoredFacet, pair: StoredPair) -> Iterator[Line]:
    first, second = stored.coders[pair.first], stored.coders[pair.second]
    for key, measure in _OF_PAIRS.items():
        if pair.figures[key] is not None:
            estimate = estimate_of(pair.figures[key])
            yield Line(stored.name, measure, estimate, first=first, second=second)


def _of_category(stored: StoredFacet, found: Stored) -> Iterator[Line]:
    name = found["category"]
    kappa = {"Cohen": "Cohen's kappa", "Fleiss": "Fleiss' kappa"}[found["kappa_definition"]]
    yield Line(stored.name, kappa, estimate_of(found["kappa"]), name)
    if found["prevalence"] is not None:
        n_units = found["kappa"]["n_units"]
        prevalence = Estimate(found["prevalence"], n_units=n_units, n_coders=len(stored.coders))
        yield Line(stored.name, "prevalence", prevalence, name)
    for key, measure in _OF_CATEGORIES.items():
        yield Line(stored.name, measure, estimate_of(found[key]), name)
    if len(found["pairs"]) > 1:
        for pair, figures in zip(stored.pairs(), found["pairs"], strict=True):
            for key, measure in _OF_CATEGORIES_IN_PAIRS.items():
                first, second = stored.coders[pair.first], stored.coders[pair.second]
                yield Line(stored.name, measure, estimate_of(figures[key]), name, first, second)


def _of_negotiation(facet: str, tally: "Tally") -> Iterator[Line]:
    n_kept = tally.n_cocoded - tally.n_dropped
    shares = (
        ("share agreed before negotiation", tally.before, tally.n_cocoded),
        ("share agreed after negotiation", tally.after, tally.n_cocoded),
        ("share agreed after negotiation, without dropped", tally.after_without_dropped, n_kept),
        ("share of disagreements settled by the coders", tally.resolution_rate, tally.n_flagged),
    )
    for measure, share, n_units in shares:
        why = None if share is not None else "there is no such card"
        yield Line(facet, measure, Estimate(share, n_units=n_units, reason=why))


def long_csv(lines: Iterator[Line]) -> bytes:
    """Return the table as CSV, safe to open in a spreadsheet; figures in full precision."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        named = (line.facet, line.measure, line.category, line.first, line.second)
        found = line.estimate
        numbers = [
            "" if number is None else repr(number)
            for number in (found.value, found.low, found.high)
        ]
        counts = (found.n_units, found.n_coders or "")
        said = safe_cell(found.reason or found.note or "")
        writer.writerow([*map(safe_cell, named), *numbers, *counts, said])
    return text.getvalue().encode()
