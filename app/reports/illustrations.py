"""PURE: what of a facet is drawn as a figure for the page, for print and for slides."""

import math
from collections.abc import Sequence

from app.agreement import Measure
from app.reports import drawing
from app.reports.facet_report import FacetReport
from app.reports.figure import Figure
from app.reports.matrices import Matrix
from app.reports.pairs import PairTable
from app.reports.plots import Bar, Course, Forest, Grid
from app.reports.plots import Figure as Drawing
from app.reports.wording import counted

# Shares and what only describes the table stand on no scale of coefficients; Fleiss' kappa of
# some of the cards stands beside that of all of them in the table only.
_NO_COEFFICIENTS = frozenset(
    {
        Measure.FLEISS_LISTWISE,
        Measure.KAPPA_MAX,
        Measure.PREVALENCE_INDEX,
        Measure.BIAS_INDEX,
        Measure.MEAN_JACCARD,
        Measure.MEAN_MASI,
    }
)
_LETTERS_OF_A_LINE = 24
_WIDTH = 576


def coefficients(report: FacetReport, threshold: float | None) -> Forest | None:
    """Return the headline above every other coefficient; None without coefficients."""
    if report.headline is None:
        return None
    others = [one for one in report.companions.all() if _is_coefficient(one)]
    rows = tuple(map(_bar, (report.headline.figure, *others)))
    return _forest(f"{report.stored.name}: coefficients", rows, threshold)


def categories(report: FacetReport, threshold: float | None) -> Forest | None:
    """Return each category against all others, what to fix first on top."""
    rows = tuple(
        _bar(row.kappa, report.faces[row.answer].name, counted(row.n_labels, "judgement"))
        for row in report.categories
    )
    if not rows:
        return None
    title = f"{report.stored.name}: {report.category_kappa_name} of each category"
    return _forest(title, rows, threshold)


def pairs(report: FacetReport, table: PairTable | None) -> Grid | None:
    """Return the coefficient of each two coders; None for fewer than three coders."""
    if table is None:
        return None
    values = tuple(
        tuple(None if one is None else one.figures[0].estimate.value for one in line)
        for line in table.rows
    )
    title = f"{report.stored.name}: {table.measure.name}, each two coders"
    return Grid(title, table.coders, table.coders, values, "Coder", "Coder", is_count=False)


def confusion(report: FacetReport, matrix: Matrix | None) -> Grid | None:
    """Return who said what; None where cards carry sets."""
    if matrix is None:
        return None
    names = tuple(face.name for face in report.faces)
    coders = report.stored.coders
    return Grid(
        f"{report.stored.name}: who said what",
        names,
        names,
        tuple(tuple(float(cell.n_cards) for cell in row.cells) for row in matrix.rows),
        coders[matrix.first],
        coders[matrix.second],
        is_count=True,
    )


def _is_coefficient(figure: Figure) -> bool:
    return not figure.is_share and figure.measure not in _NO_COEFFICIENTS


def _bar(figure: Figure, name: str = "", detail: str = "") -> Bar:
    estimate = figure.estimate
    return Bar(name or figure.name, estimate.value, estimate.low, estimate.high, detail)


def _forest(title: str, rows: tuple[Bar, ...], threshold: float | None) -> Forest:
    ends = [value for bar in rows for value in (bar.value, bar.low)]
    return Forest(title, rows, threshold, drawing.lowest(ends, above=0.0))


def size_in_page(figure: Drawing) -> tuple[int, int]:
    """Return about how large a figure is in the page, in pixels, without drawing it.

    The room is kept before the figure arrives, so that nothing jumps by more than a line.
    """
    if isinstance(figure, Course):
        lines = max(sum(map(_lines, (point.name, point.mark))) + 1 for point in figure.points)
        events = max(_lines(point.before) for point in figure.points)
        return _WIDTH, _pixels(24 + 8 + 180 + 8 + 13 * (lines + events))
    if isinstance(figure, Forest):
        rows = sum(8 + 14.3 * _lines(bar.name) + 13 * bool(bar.detail) for bar in figure.rows)
        return _WIDTH, _pixels(24 + 17 * (figure.threshold is not None) + rows + 24)
    return _size_of_grid(figure)


def _size_of_grid(grid: Grid) -> tuple[int, int]:
    cell = min(max(300 / len(grid.column_names), 22), 38)
    head = 24 + 13 + 0.71 * 5.5 * min(_longest(grid.column_names), 19) + 15
    height = head + cell * len(grid.row_names) + 47
    left = 8 + 5.5 * min(_longest(grid.row_names), 27)
    return _pixels(max(432, left + cell * len(grid.column_names))), _pixels(height)


def _longest(names: Sequence[str]) -> int:
    return max(map(len, names))


def _lines(words: str) -> int:
    return math.ceil(len(words) / _LETTERS_OF_A_LINE)


def _pixels(points: float) -> int:
    return round(points * 4 / 3)
