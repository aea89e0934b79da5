"""Figures for the tests of drawing, and how the tests read what was drawn."""

import io

import pytest
from lxml import etree
from PIL import Image

from app.reports.plots import Bar, Course, CoursePoint, FigureKind, Forest, Grid, draw

SVG = "{http://www.w3.org/2000/svg}"

FOREST = Forest(
    "Agreement in round 4",
    (
        Bar("Cohen's kappa", 0.73, 0.64, 0.82, "120 cards"),
        Bar("Bennett's S", 0.755, None, None),
        Bar("Fleiss' kappa", None, None, None),
    ),
    threshold=0.7,
    low=0.0,
)
CONFUSION = Grid(
    "Who said what",
    ("Stale", "Dead end", "None"),
    ("Stale", "Dead end", "None"),
    ((34, 7, 0), (2, 1204, 0), (0, 0, 8)),
    "Coder A",
    "Coder B",
    is_count=True,
)
KAPPAS = Grid(
    "Kappa of each two coders",
    ("Ada", "Bo", "Cy"),
    ("Ada", "Bo", "Cy"),
    ((None, 0.81, -0.12), (0.81, None, 0.4), (-0.12, 0.4, None)),
    "Coder",
    "Coder",
    is_count=False,
)
COURSE = Course(
    "Kappa over the rounds",
    (
        CoursePoint("Round 1", None, None, None, 20),
        CoursePoint("Round 2", 0.52, 0.38, 0.66, 60, "codebook 1"),
        CoursePoint("Round 3", -0.14, None, None, 1200, "codebook 2"),
    ),
    threshold=0.7,
)
FIGURES = pytest.mark.parametrize("figure", [FOREST, CONFUSION, KAPPAS, COURSE])
KINDS = pytest.mark.parametrize("kind", list(FigureKind))


def svg(figure, *, dark=False):
    return etree.fromstring(draw(figure, kind=FigureKind.SVG, dark=dark))


def texts(figure):
    return ["".join(text.itertext()).strip() for text in svg(figure).iter(f"{SVG}text")]


def place(root, words):
    """Where a line of text starts, ends or has its middle."""
    (text,) = [text for text in root.iter(f"{SVG}text") if text.text == words]
    return float(text.get("x")), float(text.get("y"))


def named(name):
    """One figure of each sort with a name wherever there is room for one."""
    return (
        Forest(name, (Bar(name, 0.5, 0.4, 0.6, name), Bar(name, None, None, None)), 0.7, 0.0),
        Grid(name, (name, "b"), (name, "b"), ((1, 2), (3, 4)), name, name, is_count=True),
        Course(name, (CoursePoint(name, 0.5, 0.4, 0.6, 12, name),), 0.7),
    )


def png(figure):
    return Image.open(io.BytesIO(draw(figure, kind=FigureKind.PNG)))
