"""The figures of the page: which there are, and where each is found."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.reports import illustrations
from app.reports.facet_report import FacetReport
from app.reports.matrices import Matrix
from app.reports.over_rounds import RoundFigure, course_of
from app.reports.pairs import pair_table
from app.reports.plots import Figure as Drawing
from app.reports.plots import FigureKind
from app.web.render import concord_version

NAMES = ("coefficients", "categories", "pairs", "confusion", "course")


@dataclass(frozen=True, slots=True)
class Download:
    url: str
    words: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure in the page, drawn for light and for dark, and as files."""

    light_url: str
    dark_url: str
    alt: str
    width: int
    height: int
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class Pictures:
    """The figures that a facet has."""

    coefficients: Picture | None
    categories: Picture | None
    pairs: Picture | None
    confusion: Picture | None
    course: Picture | None


def drawings_of(
    report: FacetReport,
    matrix: Matrix | None,
    rounds: tuple[RoundFigure, ...],
    threshold: float | None,
) -> Mapping[str, Drawing]:
    """Return what is drawn, by the name in its address; figures without content are absent."""
    table = pair_table(report.stored.coders, report.pairs)
    course = None
    if report.headline is not None:
        name = f"{report.stored.name}: {report.headline.figure.name} over the rounds"
        course = course_of(name, rounds, threshold)
    found: dict[str, Drawing | None] = {
        "coefficients": illustrations.coefficients(report, threshold),
        "categories": illustrations.categories(report, threshold),
        # Two coders' sets are compared by a similarity; a table of it is shaded all the same.
        "pairs": illustrations.pairs(report, table),
        "confusion": illustrations.confusion(report, matrix),
        "course": course,
    }
    return {name: drawing for name, drawing in found.items() if drawing is not None}


def tag_of(drawing: Drawing) -> str:
    """Return what changes whenever the figure would be drawn differently."""
    content = f"{concord_version()} {drawing!r}"
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def pictures_of(
    drawings: Mapping[str, Drawing], base: str, query: Mapping[str, int], *, stem: str
) -> Pictures:
    """Return the figures with their addresses below `base`; files are called after `stem`."""
    found = {name: picture_of(name, drawings.get(name), base, query, stem) for name in NAMES}
    return Pictures(**found)


def picture_of(
    name: str, drawing: Drawing | None, base: str, query: Mapping[str, int], stem: str
) -> Picture | None:
    """Return one figure with its addresses; None where there is nothing to draw."""
    if drawing is None:
        return None
    width, height = illustrations.size_in_page(drawing)
    asked = {**query, "v": tag_of(drawing)}

    def url(kind: FigureKind, theme: str) -> str:
        return f"{base}/{name}.{kind.value}?{urlencode({**asked, 'theme': theme})}"

    return Picture(
        light_url=url(FigureKind.SVG, "light"),
        dark_url=url(FigureKind.SVG, "dark"),
        alt=f"{drawing.title}. Its numbers stand in the table beside it.",
        width=width,
        height=height,
        downloads=tuple(
            Download(url(kind, "print"), kind.value.upper(), f"{stem}, {name}.{kind.value}")
            for kind in FigureKind
        ),
    )
