"""How far coders agree on what belongs together, while names still differ."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from threading import Lock
from typing import Any

from app.agreement.facet import ALGORITHM_VERSION
from app.agreement.names import NAMES
from app.agreement.notices import Notice
from app.agreement.sorts.calculation import figures_of_sorts
from app.agreement.sorts.measures import SortMeasure, SortReason
from app.agreement.sorts.notices import notices_of
from app.agreement.sorts.pairs import SortPair, compare_sorts
from app.alignment.look_piles import Piles
from app.web.render import count, two_digits

MOST_PAIRS = 60  # in the page; the file has all
COLUMNS = (
    (SortMeasure.ADJUSTED_RAND, "Adj. Rand"),
    (SortMeasure.AMI, "AMI"),
    (SortMeasure.V_MEASURE, "V-measure"),
    (SortMeasure.HOMOGENEITY, "Homogeneity"),
    (SortMeasure.COMPLETENESS, "Completeness"),
    (SortMeasure.EDIT_DISTANCE, "Moves"),
    (SortMeasure.EDIT_DISTANCE_SHARE, "Share moved"),
)
_OVER_ALL = ("nmst_per_edge", "nmst_per_sort", "mst_weight")
_COUNTS = {SortMeasure.EDIT_DISTANCE}
_KEPT = 24


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The figures of a facet: each two coders as values, and all under the keys of files."""

    pairs: tuple[SortPair, ...]
    figures: dict[str, Any]
    notices: tuple[Notice, ...]
    algorithm_version: int = ALGORITHM_VERSION


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure in a table: its digits, or why there is none."""

    digits: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two coders, or a summary over all pairs, whose `n_cards` is empty."""

    name: str
    n_cards: str
    figures: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """How finely a coder sorted."""

    label: str
    n_sorted: int
    n_piles: int
    n_singles: int
    largest: int


@dataclass(frozen=True, slots=True)
class OverAll:
    name: str
    shown: Shown


_kept: OrderedDict[str, Compared] = OrderedDict()
_one_at_a_time = Lock()


def compare(piles: Piles) -> Compared:
    """Return every figure that compares coders; kept, for the piles never change.

    The piles are partitions: no card lies in several of one coder.
    """
    with _one_at_a_time:
        if piles.digest not in _kept:
            _kept[piles.digest] = _compare(piles)
            while len(_kept) > _KEPT:
                _kept.popitem(last=False)
        return _kept[piles.digest]


def _compare(piles: Piles) -> Compared:
    pairs = compare_sorts(piles.sorts)
    return Compared(
        pairs,
        figures_of_sorts(piles.sorts, pairs),
        tuple(notices_of(piles.sorts, is_tied=False)),
    )


def people(piles: Piles) -> tuple[Person, ...]:
    """Return each coder with the number and the sizes of the own piles."""
    sizes = [one.sum(axis=0).tolist() for one in piles.inside]
    return tuple(
        Person(
            label,
            int(piles.is_sorted[:, column].sum()),
            len(sizes[column]),
            sum(n == 1 for n in sizes[column]),
            max(sizes[column], default=0),
        )
        for column, label in enumerate(piles.coders)
    )


def pair_lines(found: Compared) -> tuple[PairLine, ...]:
    """Return each two coders, as many as a page shows."""
    return tuple(
        PairLine(
            f"{pair.first} and {pair.second}",
            count(pair.n_cards),
            tuple(_of_pair(pair, measure) for measure, _ in COLUMNS),
        )
        for pair in found.pairs[:MOST_PAIRS]
    )


def summary_lines(found: Compared) -> tuple[PairLine, ...]:
    """Return lowest, median and highest over the pairs that have a value; with three or more."""
    if len(found.pairs) < 3:
        return ()
    columns = [
        (measure, [value for pair in found.pairs if (value := _value(pair, measure)) is not None])
        for measure, _ in COLUMNS
    ]
    return tuple(
        PairLine(f"{name} of {len(found.pairs)} pairs", "", tuple(_summed(columns, of_all)))
        for name, of_all in (("Lowest", min), ("Median", median), ("Highest", max))
    )


def over_all(found: Compared) -> tuple[OverAll, ...]:
    """Return the figures of the tree that connects all sorts with the fewest moves."""
    return tuple(OverAll(NAMES[key], _shown(found.figures[key])) for key in _OVER_ALL)


def reasons(found: Compared) -> tuple[str, ...]:
    """Return a sentence for each two coders of whom a figure has no value."""
    return tuple(
        f"{pair.first} and {pair.second}, {', '.join(names)}: {why}."
        for pair in found.pairs[:MOST_PAIRS]
        for why, names in _undefined(pair).items()
    )


def _undefined(pair: SortPair) -> dict[str, list[str]]:
    by_reason: dict[str, list[str]] = {}
    for measure, _ in COLUMNS:
        why = pair.figures[measure].reason
        if why is not None:
            by_reason.setdefault(why, []).append(NAMES[measure])
    return by_reason


def _value(pair: SortPair, measure: SortMeasure) -> float | None:
    return pair.figures[measure].value


def _of_pair(pair: SortPair, measure: SortMeasure) -> Shown:
    found = pair.figures[measure]
    if found.value is None:
        return Shown("", found.reason or "")
    return Shown(_digits(found.value, is_count=measure in _COUNTS))


def _summed(columns: Sequence[tuple[SortMeasure, list[float]]], of_all: Any) -> Iterator[Shown]:
    for measure, values in columns:
        if values:
            yield Shown(_digits(of_all(values), is_count=measure in _COUNTS))
        else:
            yield Shown("", "no pair has a value")


def _shown(figure: Any) -> Shown:
    if isinstance(figure, dict):
        return Shown("", SortReason[figure["undefined"].upper()].value)
    return Shown(_digits(figure, is_count=isinstance(figure, int)))


def _digits(value: float, *, is_count: bool) -> str:
    return count(int(value)) if is_count and value == int(value) else two_digits(value)
