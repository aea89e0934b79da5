"""PURE: a matrix of counts or of coefficients, shaded by one hue."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from app.reports import matrices
from app.reports.plots import layout, palette
from app.reports.plots.figures import FigureKind, Grid
from app.reports.plots.layout import HALF_LETTER, LEADING, SMALL, TEXT, WIDTH
from app.reports.plots.lettering import shortened, tidy, width_of
from app.reports.plots.sheet import Sheet
from app.reports.plots.svg import Wording
from app.reports.wording import number

_MOST_OF_ROW_NAME = 150.0
_MOST_OF_COLUMN_NAME = 105.0
_LEAST_CELL, _MOST_CELL, _CELLS = 22.0, 38.0, 300.0
_SLANT = 45
_SLOPE = math.sqrt(0.5)  # sine and cosine of the slant
_LEAST_TYPE = 7.5
_AROUND = 6.5  # free room beside the longest number of a cell
_KEY_HEIGHT = 16.0
_FIFTHS = ("0–0.2", "0.2–0.4", "0.4–0.6", "0.6–0.8", "0.8–1")


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the cells begin, and how large they and what stands around them are."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    steps: tuple[tuple[int, ...], ...]
    left: float
    top: float
    cell: float
    type_size: float
    width: float

    @property
    def bottom(self) -> float:
        return self.top + self.cell * len(self.rows)


def draw_grid(grid: Grid, *, kind: FigureKind, tones: Mapping[str, str]) -> bytes:
    """Return the figure as a file."""
    plan = _plan(grid)
    key = _key(grid)
    height = plan.bottom + (14 + _KEY_HEIGHT + SMALL * LEADING + 4 if key else 4)
    sheet = Sheet(plan.width, height, kind=kind, tones=tones)
    layout.write_title(sheet, grid.title, plan.width)
    _draw_names(sheet, grid, plan)
    _draw_cells(sheet, grid, plan)
    if key:
        _draw_key(sheet, grid, key, plan)
    return sheet.printed(Wording(grid.title, _described(grid)))


def _plan(grid: Grid) -> _Plan:
    words = tuple(tuple(_words(grid, value) for value in line) for line in grid.values)
    longest = layout.widest([text for line in words for text in line], 1.0)
    wanted = min(max(_CELLS / len(grid.column_names), _LEAST_CELL), _MOST_CELL)
    cell = round(max(wanted, longest * _LEAST_TYPE + _AROUND), 1)
    rows = tuple(shortened(tidy(name), SMALL, _MOST_OF_ROW_NAME) for name in grid.row_names)
    columns = tuple(
        shortened(tidy(name), SMALL, _MOST_OF_COLUMN_NAME) for name in grid.column_names
    )
    heads = (shortened(f"{tidy(grid.row_title)} ↓", SMALL, _MOST_OF_ROW_NAME),)
    left = layout.widest((*rows, *heads), SMALL) + 8
    ends = [
        left + (place + 0.5) * cell + width_of(name, SMALL) * _SLOPE
        for place, name in enumerate(columns)
    ]
    width = max(WIDTH, *ends, left + cell * len(columns)) + 2
    slanted = layout.widest(columns, SMALL) * _SLOPE + SMALL * _SLOPE + 8
    return _Plan(
        rows=rows,
        columns=columns,
        words=words,
        steps=_steps(grid),
        left=left,
        top=layout.title_height(grid.title, width) + SMALL * LEADING + slanted,
        cell=cell,
        type_size=min(TEXT, (cell - _AROUND) / longest) if longest else TEXT,
        width=width,
    )


def _words(grid: Grid, value: float | None) -> str:
    if value is None or (grid.is_count and value == 0):
        return ""
    return f"{value:,.0f}".replace(",", "\u202f") if grid.is_count else number(value)


def _most_apart(grid: Grid) -> int:
    """Return the largest count outside the diagonal."""
    return max(
        (
            round(value)
            for i, line in enumerate(grid.values)
            for j, value in enumerate(line)
            if value is not None and not (grid.has_diagonal and i == j)
        ),
        default=0,
    )


def _steps(grid: Grid) -> tuple[tuple[int, ...], ...]:
    """Return the shade of each cell: 0 for none, 1 to 6 from faint to strong."""
    most = _most_apart(grid) if grid.is_count else 0
    return tuple(
        tuple(
            0 if grid.is_count and grid.has_diagonal and i == j else _step(grid, value, most)
            for j, value in enumerate(line)
        )
        for i, line in enumerate(grid.values)
    )


def _step(grid: Grid, value: float | None, most: int) -> int:
    if value is None:
        return 0
    if grid.is_count:
        shade = matrices.heat(round(value), most)
        return shade + 1 if shade else 0
    shown = round(value, 2)  # a cell that says 0.00 is not shaded as one below 0
    if shown < 0:
        return 1
    return min(2 + math.floor(round(5 * shown, 9)), 6)


def _draw_names(sheet: Sheet, grid: Grid, plan: _Plan) -> None:
    head = layout.title_height(grid.title, plan.width) + SMALL
    column_title = shortened(f"{tidy(grid.column_title)} →", SMALL, plan.width - plan.left)
    sheet.words(plan.left, head, column_title, tone="ink-3", size=SMALL)
    row_title = shortened(f"{tidy(grid.row_title)} ↓", SMALL, _MOST_OF_ROW_NAME)
    sheet.words(plan.left - 8, plan.top - 6, row_title, tone="ink-3", size=SMALL, align="right")
    for place, name in enumerate(plan.rows):
        foot = plan.top + (place + 0.5) * plan.cell + HALF_LETTER * SMALL
        sheet.words(plan.left - 8, foot, name, size=SMALL, align="right")
    for place, name in enumerate(plan.columns):
        middle = plan.left + (place + 0.5) * plan.cell
        sheet.words(middle + 3, plan.top - 5, name, size=SMALL, turn=_SLANT)


def _draw_cells(sheet: Sheet, grid: Grid, plan: _Plan) -> None:
    places = [
        (i, j, plan.left + (j + 0.5) * plan.cell, plan.top + (i + 0.5) * plan.cell)
        for i in range(len(plan.rows))
        for j in range(len(plan.columns))
    ]
    for step in range(1, 7):
        shaded = [(x, y) for i, j, x, y in places if plan.steps[i][j] == step]
        sheet.boxes(shaded, plan.cell - 1.5, plan.cell - 1.5, **_look(step))
    if grid.is_count and grid.has_diagonal:
        alike = [(x, y) for i, j, x, y in places if i == j]
        sheet.boxes(alike, plan.cell - 1.5, plan.cell - 1.5, outline="line-firm")
    nothing = [
        (x, y) for i, j, x, y in places if grid.values[i][j] is not None and not plan.words[i][j]
    ]
    sheet.dots(nothing, tone="ink-3", size=1.8)
    for i, j, x, y in places:
        foot, tone = y + HALF_LETTER * plan.type_size, palette.ink_on(plan.steps[i][j])
        sheet.words(x, foot, plan.words[i][j], tone=tone, size=plan.type_size, align="center")


def _look(step: int) -> dict[str, str]:
    """Return the shade of a box; the faintest needs an outline to be seen on white."""
    shade = {"fill": palette.heat_tone(step)}
    return shade | {"outline": "heat-3"} if step == 1 else shade


def _key(grid: Grid) -> tuple[tuple[int, str], ...]:
    """Return the shades that occur with what they stand for."""
    if grid.is_count:
        return tuple((shade + 2, words) for shade, words in enumerate(_count_key(grid)))
    fifths = tuple((fifth + 2, words) for fifth, words in enumerate(_FIFTHS))
    has_negative = any(step == 1 for line in _steps(grid) for step in line)
    return ((1, "below 0"), *fifths) if has_negative else fifths


def _count_key(grid: Grid) -> tuple[str, ...]:
    return matrices.key(_most_apart(grid))


def _draw_key(sheet: Sheet, grid: Grid, key: tuple[tuple[int, str], ...], plan: _Plan) -> None:
    top = plan.bottom + 14
    width = max(26.0, layout.widest([words for _, words in key], SMALL) + 12)
    for place, (step, words) in enumerate(key):
        x = place * width
        middle = (x + width / 2 - 1, top + _KEY_HEIGHT / 2)
        sheet.boxes([middle], width - 2, _KEY_HEIGHT, **_look(step))
        foot = top + _KEY_HEIGHT / 2 + HALF_LETTER * SMALL
        tone = palette.ink_on(step)
        sheet.words(middle[0], foot, words, tone=tone, size=SMALL, align="center")
    if grid.is_count:
        foot = top + _KEY_HEIGHT + SMALL * LEADING
        words = "shaded: answered differently"
        words = f"outlined: answered alike; {words}" if grid.has_diagonal else words
        sheet.words(0, foot, words, tone="ink-3", size=SMALL)


def _described(grid: Grid) -> str:
    shown = "counts" if grid.is_count else "coefficients"
    rows = f"{grid.row_title} in {len(grid.row_names)} rows"
    columns = f"{grid.column_title} in {len(grid.column_names)} columns"
    return f"A matrix of {shown}: {rows}, {columns}."
