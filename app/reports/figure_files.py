"""A figure as the answer to a request: kept by browsers until it would be drawn differently."""

from fastapi import Request, Response

from app.errors import NotFound
from app.reports.pictures import tag_of
from app.reports.plots import Figure, FigureKind, draw

_MEDIA_TYPES = {
    FigureKind.SVG: "image/svg+xml",
    FigureKind.PDF: "application/pdf",
    FigureKind.PNG: "image/png",
}
# The address of a figure in the page changes with what it shows, so it may be kept for long.
_KEPT = "private, max-age=86400"


def figure_file(request: Request, drawing: Figure, *, kind: str, theme: str) -> Response:
    """Return the figure as a file of this kind; 404 for a kind there is none of."""
    if kind not in set(FigureKind):
        raise NotFound
    drawn_as = FigureKind(kind)
    headers = {"Cache-Control": _KEPT, "ETag": f'"{tag_of(drawing)}-{kind}-{theme}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    content = draw(drawing, kind=drawn_as, dark=theme == "dark")
    return Response(content, media_type=_MEDIA_TYPES[drawn_as], headers=headers)
