"""PURE: coefficients one below the other, each with its interval and its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

from app.reports.plots import layout
from app.reports.plots.figures import Bar, FigureKind, Forest
from app.reports.plots.layout import HALF_LETTER, LEADING, SMALL, TEXT, WIDTH, Scale
from app.reports.plots.lettering import width_of, wrapped
from app.reports.plots.sheet import Sheet
from app.reports.plots.svg import Wording
from app.reports.wording import limit, number

_MOST_OF_NAME = 152.0
_GAP = 12.0
_PADDING = 4.0
_AXIS = 24.0
_TICK_ROOM = 26.0


@dataclass(frozen=True, slots=True)
class _Row:
    bar: Bar
    name: tuple[str, ...]
    detail: tuple[str, ...]

    @property
    def text_height(self) -> float:
        name = layout.paragraph_height(self.name, TEXT)
        return name + layout.paragraph_height(self.detail, SMALL)

    @property
    def height(self) -> float:
        return max(self.text_height, TEXT * LEADING) + 2 * _PADDING


@dataclass(frozen=True, slots=True)
class _Columns:
    """Right ends of the numbers, and the scale between them and the names."""

    scale: Scale
    value: float
    interval: float


def draw_forest(forest: Forest, *, kind: FigureKind, tones: Mapping[str, str]) -> bytes:
    """Return the figure as a file."""
    rows = [_row(bar) for bar in forest.rows]
    columns = _columns(forest, rows)
    head = layout.title_height(forest.title, WIDTH)
    top = head + (0 if forest.threshold is None else SMALL * LEADING + 4)
    edges = list(accumulate((row.height for row in rows), initial=top))
    sheet = Sheet(WIDTH, edges[-1] + _AXIS, kind=kind, tones=tones)
    layout.write_title(sheet, forest.title, WIDTH)
    for edge in edges[:-1]:
        sheet.line((0, edge), (WIDTH, edge), tone="line", width=0.6)
    if forest.threshold is not None:
        _draw_threshold(sheet, columns.scale, forest.threshold, top=top, bottom=edges[-1])
    _draw_axis(sheet, columns.scale, top=top, bottom=edges[-1])
    for row, (start, end) in zip(rows, pairwise(edges), strict=True):
        _draw_row(sheet, row, columns, middle=(start + end) / 2)
    return sheet.printed(Wording(forest.title, _described(forest)))


def _row(bar: Bar) -> _Row:
    name = wrapped(bar.name, TEXT, _MOST_OF_NAME)
    return _Row(bar, name, wrapped(bar.detail, SMALL, _MOST_OF_NAME, most_lines=1))


def _columns(forest: Forest, rows: list[_Row]) -> _Columns:
    names = max(
        layout.widest([line for row in rows for line in row.name], TEXT),
        layout.widest([line for row in rows for line in row.detail], SMALL),
    )
    defined = [bar for bar in forest.rows if bar.value is not None]
    intervals = [layout.bracketed(bar.low, bar.high) for bar in defined]
    values = [number(bar.value) for bar in defined if bar.value is not None]
    room = layout.widest(intervals, TEXT), layout.widest(values, TEXT)
    least = width_of(layout.NOT_DEFINED, TEXT)
    value = min(WIDTH - room[0] - 8, WIDTH - least + room[1]) if defined else WIDTH
    end = min(value - room[1], WIDTH - least) - _GAP
    return _Columns(Scale(forest.low, names + _GAP + 4, end), value, WIDTH)


def _draw_threshold(
    sheet: Sheet, scale: Scale, threshold: float, *, top: float, bottom: float
) -> None:
    words = f"threshold {limit(threshold)}"
    at, half = scale.at(threshold), width_of(words, SMALL) / 2
    sheet.line((at, top - 3), (at, bottom), tone="accent", width=1.1, is_dashed=True)
    middle = min(max(at, half), WIDTH - half)
    sheet.words(middle, top - 7, words, tone="accent", size=SMALL, align="center")


def _draw_axis(sheet: Sheet, scale: Scale, *, top: float, bottom: float) -> None:
    if scale.low < 0:
        sheet.line((scale.at(0), top), (scale.at(0), bottom), tone="line-firm", width=0.6)
    sheet.line((scale.start, bottom), (scale.end, bottom), tone="line-firm")
    for tick in scale.ticks(_TICK_ROOM):
        at = scale.at(tick)
        sheet.line((at, bottom), (at, bottom + 4), tone="line-firm")
        words = layout.tick_words(tick)
        sheet.words(at, bottom + 16, words, tone="ink-3", size=SMALL, align="center")


def _draw_row(sheet: Sheet, row: _Row, columns: _Columns, *, middle: float) -> None:
    foot = middle - row.text_height / 2 + TEXT
    for line in row.name:
        sheet.words(0, foot, line)
        foot += TEXT * LEADING
    for line in row.detail:
        sheet.words(0, foot - 1, line, tone="ink-3", size=SMALL)
    bar, number_foot = row.bar, middle + HALF_LETTER * TEXT
    if bar.value is None:
        words = layout.NOT_DEFINED
        sheet.words(columns.interval, number_foot, words, tone="ink-3", align="right")
        return
    _draw_interval(sheet, bar, columns.scale, middle)
    sheet.words(columns.value, number_foot, number(bar.value), align="right")
    words = layout.bracketed(bar.low, bar.high)
    sheet.words(columns.interval, number_foot, words, tone="ink-2", align="right")


def _draw_interval(sheet: Sheet, bar: Bar, scale: Scale, y: float) -> None:
    if bar.low is not None and bar.high is not None:
        sheet.line((scale.at(bar.low), y), (scale.at(bar.high), y), tone="ink-2", width=1.6)
        if bar.low < scale.low:
            sheet.dots([(scale.start, y)], tone="ink-2", size=6, shape="<")
    if bar.value is not None and bar.value >= scale.low:
        sheet.dots([(scale.at(bar.value), y)], tone="ink", size=6.5)


def _described(forest: Forest) -> str:
    rows = (layout.spoken(bar.name, bar.value, bar.low, bar.high) for bar in forest.rows)
    return "; ".join(rows) + "." + layout.spoken_threshold(forest.threshold)
