"""PURE: figures as lines and grids for reading: names, values, intervals, reasons in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, TypeGuard

from app.agreement import Estimate, FacetAgreement, Note, Reason
from app.agreement.names import NAMES, TOPICS
from app.calculator.answer import Answer
from app.calculator.limits import BY_CATEGORY, OF_PAIRS, estimates_of, intervals_of

Figures = Mapping[str, Any]

MOST_MATRICES = 3
WIDEST_MATRIX = 16
_COUNTS = ("n_units", "n_pairable_units", "n_coders", "n_categories", "n_labels")
# Said in the notes beside the figures.
_SAID_BESIDE = ("light_pairs_defined", "light_pairs_total")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is shown and its interval, or the reason why there is no value."""

    shown: str = ""
    reason: str = ""
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """The term for a figure, and the slug of its method note if there is one."""

    term: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One overall figure, its standard error, and what to know beside it."""

    name: Name
    value: Cell
    error: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GridRow:
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Figures of each category, or of each pair of coders; `n_more` rows are left out."""

    head: tuple[Name, ...]
    rows: tuple[GridRow, ...]
    n_more: int = 0


@dataclass(frozen=True, slots=True)
class Matrix:
    """Two coders' judgements of the same cards: a row for each category of the first."""

    first: str
    second: str
    rows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    counts: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]
    by_category: Grid
    by_pair: Grid
    categories: tuple[str, ...]
    matrices: tuple[Matrix, ...]
    notices: tuple[str, ...]
    has_errors: bool
    intervals_from: str


def build_report(answer: Answer, *, most_rows: int | None = None) -> Report:
    """Return what is shown of an answer; grids are cut after `most_rows`."""
    figures: Figures = answer.calculation.figures
    intervals = intervals_of(answer.calculation)
    lines = tuple(_lines(answer))
    ratings = answer.judgements.ratings
    return Report(
        counts=tuple((NAMES[key], figures[key]) for key in _COUNTS if key in figures),
        lines=lines,
        by_category=_by_category(figures, intervals, most_rows),
        by_pair=_by_pair(figures, intervals, ratings.coders, most_rows),
        categories=ratings.categories,
        matrices=tuple(_matrices(answer.calculation.facet)),
        notices=(
            *answer.judgements.notices,
            *(notice.sentence for notice in answer.calculation.notices),
        ),
        has_errors=any(line.error for line in lines),
        intervals_from=_intervals_from(answer, lines),
    )


def named(key: str) -> Name:
    """Return the term for a figure; a key without one stands for itself."""
    known = key.removesuffix(OF_PAIRS)
    return Name(NAMES.get(known, known), TOPICS.get(known, ""))


def number(value: float) -> str:
    """Return a figure with three digits and a true minus; a count as it is."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f")
    shown = f"{value:.3f}"
    return "0.000" if shown == "-0.000" else shown.replace("-", "−")


def _cell(figure: Any, interval: Any) -> Cell:
    if isinstance(figure, dict):
        return Cell(reason=_reason(str(figure.get("undefined", ""))))
    if not isinstance(figure, int | float):
        return Cell()
    return Cell(number(figure), interval=_interval(interval))


def _reason(code: str) -> str:
    """Return the sentence for a reason's code, such as `no_variation`."""
    member = Reason.__members__.get(code.upper())
    return member.value if member is not None else code.replace("_", " ")


def _is_overall(figure: Any) -> bool:
    return isinstance(figure, int | float | dict) and not _is_by_name(figure)


def _lines(answer: Answer) -> Iterator[Line]:
    figures: Figures = answer.calculation.figures
    intervals, estimates = intervals_of(answer.calculation), estimates_of(answer.calculation)
    beside = {key for key in figures if key.endswith(("_se", "_se_gwet"))}
    skipped = {*beside, *_COUNTS, *_SAID_BESIDE}
    known = [key for key in NAMES if key in figures]
    others = [key for key in figures if key not in NAMES]
    for key in known + others:
        if key in skipped or not _is_overall(figures[key]):
            continue
        error = figures.get(f"{key}_se", figures.get(f"{key}_se_gwet"))
        yield Line(
            named(key),
            _cell(figures[key], intervals.get(key)),
            number(error) if isinstance(error, float) else "",
            _detail(estimates.get(key)),
        )


def _detail(estimate: Estimate | None) -> str:
    """Return the note beside a figure; that the cards are few is a notice above all figures."""
    if estimate is None or not estimate.note or estimate.note == Note.TOO_FEW:
        return ""
    return str(estimate.note)


def _interval(found: Any) -> str:
    """Return "0.640 to 0.820"; empty for an interval that could not be had.

    With few cards a formula reaches beyond 1, where no figure can be: the words stop at 1.
    """
    if isinstance(found, dict):
        found = [found.get("low"), found.get("high")]
    if not isinstance(found, list) or None in found:
        return ""
    low, high = found
    return f"{number(float(low))} to {number(min(float(high), 1.0))}"


def _intervals_from(answer: Answer, lines: tuple[Line, ...]) -> str:
    if not any(line.value.interval for line in lines):
        return ""
    n_resamples, seed = answer.resampling.n_resamples, answer.resampling.seed
    if not n_resamples:
        return "Intervals come from the large-sample formula; the others can be drawn by bootstrap."
    drawn = "documents" if answer.judgements.clusters is not None else "cards"
    return f"Intervals: {drawn} drawn anew {number(n_resamples)} times, seed {seed}; percentiles."


def _by_category(figures: Figures, intervals: Figures, most_rows: int | None) -> Grid:
    sets = figures.get("per_label")
    if _is_by_name(sets):
        keys = list(dict.fromkeys(key for found in sets.values() for key in found))
        drawn = intervals.get("per_label", {})
        columns = {key: {name: found.get(key) for name, found in sets.items()} for key in keys}
        limits = {key: {name: found.get(key) for name, found in drawn.items()} for key in keys}
        return _grid(columns, limits, list(sets), most_rows)
    columns = {key: figures[key] for key in BY_CATEGORY if _is_by_name(figures.get(key))}
    return _grid(columns, intervals, _row_names(columns), most_rows)


def _by_pair(
    figures: Figures, intervals: Figures, coders: tuple[str, ...], most_rows: int | None
) -> Grid:
    columns = {
        key: found
        for key, found in figures.items()
        if key.endswith(OF_PAIRS) and _is_by_name(found)
    }
    grid = _grid(columns, intervals, _row_names(columns), most_rows)
    words = {f"{one}|{other}": f"{one} and {other}" for one, other in combinations(coders, 2)}
    rows = tuple(replace(row, name=words.get(row.name, row.name)) for row in grid.rows)
    return replace(grid, rows=rows)


def _row_names(columns: Mapping[str, Figures]) -> list[str]:
    return list(dict.fromkeys(name for column in columns.values() for name in column))


def _is_by_name(figure: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a figure is one for each category or pair, one of which may be called undefined."""
    return isinstance(figure, dict) and not isinstance(figure.get("undefined"), str)


def _grid(
    columns: Mapping[str, Figures], intervals: Figures, names: list[str], most_rows: int | None
) -> Grid:
    """Return a column for each key and a row for each name, cut after `most_rows`."""
    shown = names if most_rows is None else names[:most_rows]
    rows = (
        tuple(
            _cell(column.get(name), intervals.get(key, {}).get(name))
            for key, column in columns.items()
        )
        for name in shown
    )
    return Grid(
        tuple(named(key) for key in columns) if names else (),
        tuple(GridRow(name, cells) for name, cells in zip(shown, rows, strict=True)),
        len(names) - len(shown),
    )


def _matrices(facet: FacetAgreement) -> Iterator[Matrix]:
    fits = 1 < len(facet.categories_declared) <= WIDEST_MATRIX
    if len(facet.pairs) > MOST_MATRICES or not fits:
        return
    for pair in facet.pairs:
        if pair.confusion is not None:
            yield Matrix(pair.first, pair.second, pair.confusion)
