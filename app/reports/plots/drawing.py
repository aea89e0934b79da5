"""PURE: draws a figure; importing this module imports matplotlib."""

from app.reports.plots import palette
from app.reports.plots.course import draw_course
from app.reports.plots.figures import Course, Figure, FigureKind, Forest
from app.reports.plots.forest import draw_forest
from app.reports.plots.grid import draw_grid
from app.reports.plots.sheet import DRAWING


def drawn(figure: Figure, *, kind: FigureKind, dark: bool) -> bytes:
    """Return the figure as a file; paper is white, so only the page's SVG can be dark."""
    tones = palette.DARK if dark and kind is FigureKind.SVG else palette.LIGHT
    with DRAWING:
        if isinstance(figure, Forest):
            return draw_forest(figure, kind=kind, tones=tones)
        if isinstance(figure, Course):
            return draw_course(figure, kind=kind, tones=tones)
        return draw_grid(figure, kind=kind, tones=tones)
