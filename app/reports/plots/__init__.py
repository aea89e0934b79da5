"""The report's figures for the page, print and slides: pure, no database, no web."""

from app.reports.plots.figures import (
    Bar,
    Course,
    CoursePoint,
    Figure,
    FigureKind,
    Forest,
    Grid,
)

__all__ = ["Bar", "Course", "CoursePoint", "Figure", "FigureKind", "Forest", "Grid", "draw"]


def draw(figure: Figure, *, kind: FigureKind, dark: bool = False) -> bytes:
    """Return a figure as a file; the same figure always gives the same bytes.

    Several threads may draw at once. `dark` gives the SVG the colours for a dark page.
    """
    # Starting the server must not wait for matplotlib; the first figure does.
    from app.reports.plots.drawing import drawn

    return drawn(figure, kind=kind, dark=dark)
