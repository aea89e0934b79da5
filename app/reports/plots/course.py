"""PURE: one coefficient over the rounds."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.reports.drawing import lowest
from app.reports.plots import layout
from app.reports.plots.figures import Course, CoursePoint, FigureKind
from app.reports.plots.layout import HALF_LETTER, LEADING, SMALL, TEXT, WIDTH, Scale
from app.reports.plots.lettering import width_of, wrapped
from app.reports.plots.sheet import Sheet
from app.reports.plots.svg import Wording
from app.reports.wording import counted, limit, number

_LEFT = 30.0
_LEAST_COLUMN = 66.0
_PLOT = 180.0
_TICK_ROOM = 18.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things lie: the scale stands upright, so it starts at the bottom."""

    scale: Scale
    column: float
    right: float
    width: float
    feet: tuple[tuple[tuple[str, str], ...], ...]
    events: tuple[tuple[str, ...], ...]
    height: float

    def middle(self, place: int) -> float:
        return _LEFT + (place + 0.5) * self.column


def draw_course(course: Course, *, kind: FigureKind, tones: Mapping[str, str]) -> bytes:
    """Return the figure as a file."""
    plan = _plan(course)
    sheet = Sheet(plan.width, plan.height, kind=kind, tones=tones)
    layout.write_title(sheet, course.title, plan.width)
    _draw_grid(sheet, plan)
    if course.threshold is not None:
        _draw_threshold(sheet, plan, course.threshold)
    for place, point in enumerate(course.points):
        _draw_point(sheet, plan, point, x=plan.middle(place), threshold=course.threshold)
        _draw_foot(sheet, plan, place)
        _draw_event(sheet, plan, place)
    return sheet.printed(Wording(course.title, _described(course)))


def _plan(course: Course) -> _Plan:
    aside = 0.0 if course.threshold is None else width_of("threshold", SMALL) + 8
    column = max(_LEAST_COLUMN, (WIDTH - _LEFT - aside) / len(course.points))
    right = _LEFT + column * len(course.points)
    feet = tuple(_foot(point, column - 8) for point in course.points)
    events = tuple(
        wrapped(point.before, SMALL, column - 10, most_lines=3) for point in course.points
    )
    top = layout.title_height(course.title, right + aside) + 8
    top += max(map(len, events)) * SMALL * LEADING
    bottom = top + _PLOT
    lines = max(len(foot) for foot in feet)
    return _Plan(
        scale=Scale(_lowest(course), bottom, top),
        column=column,
        right=right,
        width=right + aside,
        feet=feet,
        events=events,
        height=bottom + 8 + lines * SMALL * LEADING,
    )


def _lowest(course: Course) -> float:
    values = [value for point in course.points for value in (point.value, point.low)]
    return lowest([*values, course.threshold], above=0.0)


def _foot(point: CoursePoint, room: float) -> tuple[tuple[str, str], ...]:
    """Return the lines below a point, each with its ink."""
    name = wrapped(point.name, SMALL, room)
    mark = wrapped(point.mark, SMALL, room)
    n_units = wrapped(f"n = {point.n_units:,}".replace(",", "\u202f"), SMALL, room)
    lines = [(line, "ink") for line in name] + [(line, "ink-3") for line in (*n_units, *mark)]
    return tuple(lines)


def _draw_grid(sheet: Sheet, plan: _Plan) -> None:
    for tick in plan.scale.ticks(_TICK_ROOM):
        y = plan.scale.at(tick)
        tone = "line-firm" if tick in (0, plan.scale.low) else "line"
        sheet.line((_LEFT, y), (plan.right, y), tone=tone, width=0.7)
        foot = y + HALF_LETTER * SMALL
        words = layout.tick_words(tick)
        sheet.words(_LEFT - 7, foot, words, tone="ink-3", size=SMALL, align="right")


def _draw_threshold(sheet: Sheet, plan: _Plan, threshold: float) -> None:
    y = plan.scale.at(threshold)
    sheet.line((_LEFT, y), (plan.right, y), tone="accent", width=1.1, is_dashed=True)
    sheet.words(plan.right + 6, y - 1.5, "threshold", tone="accent", size=SMALL)
    sheet.words(plan.right + 6, y + SMALL, limit(threshold), tone="accent", size=SMALL)


def _draw_point(
    sheet: Sheet, plan: _Plan, point: CoursePoint, *, x: float, threshold: float | None
) -> None:
    if point.value is None:
        first, second = layout.NOT_DEFINED.split()
        foot = plan.scale.start - 8
        sheet.words(x, foot - SMALL * LEADING, first, tone="ink-3", size=SMALL, align="center")
        sheet.words(x, foot, second, tone="ink-3", size=SMALL, align="center")
        return
    if point.low is not None and point.high is not None:
        low, high = plan.scale.at(point.low), plan.scale.at(point.high)
        sheet.line((x, low), (x, high), tone="ink-2", width=1.6)
    y = plan.scale.at(point.value)
    sheet.dots([(x, y)], tone="ink", size=7)
    # The number stands above its dot, or below it where a strong line would strike it through.
    strong = (0.0,) if threshold is None else (0.0, threshold)
    is_struck = any(y - 3 - TEXT < plan.scale.at(line) < y - 1 for line in strong)
    sheet.words(x + 7, y + TEXT if is_struck else y - 3, number(point.value), size=TEXT)


def _draw_foot(sheet: Sheet, plan: _Plan, place: int) -> None:
    foot = plan.scale.start + 8 + SMALL
    for words, tone in plan.feet[place]:
        sheet.words(plan.middle(place), foot, words, tone=tone, size=SMALL, align="center")
        foot += SMALL * LEADING


def _draw_event(sheet: Sheet, plan: _Plan, place: int) -> None:
    """Draw what happened before a round as a line between it and the one before."""
    words = plan.events[place]
    if not words:
        return
    x = max(_LEFT + place * plan.column, _LEFT + 2)
    sheet.line((x, plan.scale.end - 2), (x, plan.scale.start), tone="ink-3", is_dashed=True)
    foot = plan.scale.end - 5 - (len(words) - 1) * SMALL * LEADING
    for line in words:
        sheet.words(x, foot, line, tone="ink-3", size=SMALL, align="center")
        foot += SMALL * LEADING


def _described(course: Course) -> str:
    points = (
        f"{point.before + ', then ' if point.before else ''}"
        f"{layout.spoken(point.name, point.value, point.low, point.high)}, "
        f"{counted(point.n_units, 'card')}" + (f", {point.mark}" if point.mark else "")
        for point in course.points
    )
    return "; ".join(points) + "." + layout.spoken_threshold(course.threshold)
