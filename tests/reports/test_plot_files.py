"""The figures of the report as files: the same bytes each time, names in any script."""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.reports.plots import Bar, Course, CoursePoint, FigureKind, Forest, Grid, draw
from tests.project import ROOT
from tests.reports.plotted import (
    CONFUSION,
    COURSE,
    FIGURES,
    FOREST,
    KAPPAS,
    KINDS,
    SVG,
    named,
    png,
    svg,
    texts,
)

SCRIPTS = (
    "Ελληνικά",
    "Кириллица",
    "缺少信息",
    "データ",
    "😀 👩‍👩‍👧",
    "עברית",
    "العربية",
    "𝖠 unknown",
)
LONG = "A category whose name says at length what others leave to its definition. " * 4


@pytest.mark.parametrize("kind", [FigureKind.PDF, FigureKind.PNG])
def test_paper_is_never_dark(kind):
    assert draw(FOREST, kind=kind, dark=True) == draw(FOREST, kind=kind)


@FIGURES
@KINDS
def test_the_same_figure_is_the_same_bytes(figure, kind):
    assert draw(figure, kind=kind) == draw(figure, kind=kind)


@KINDS
def test_threads_that_draw_at_once_get_the_same_bytes(kind):
    figures = [FOREST, CONFUSION, KAPPAS, COURSE] * 2
    with ThreadPoolExecutor(8) as threads:
        drawn = list(threads.map(lambda figure: draw(figure, kind=kind), figures))
    assert drawn == [draw(figure, kind=kind) for figure in figures]


@FIGURES
def test_a_pdf_has_one_page_and_carries_its_fonts(figure):
    drawn = draw(figure, kind=FigureKind.PDF)
    assert drawn.startswith(b"%PDF")
    assert drawn.rstrip().endswith(b"%%EOF")
    assert re.findall(rb"/Count (\d+)", drawn) == [b"1"]
    assert b"/FontFile2" in drawn
    assert b"/Type3" not in drawn
    assert b"CreationDate" not in drawn


@FIGURES
def test_a_png_shows_the_sheet_with_a_white_margin_at_200_dots_an_inch(figure):
    image, root = png(figure), svg(figure)
    width, height = (float(number) for number in root.get("viewBox").split()[2:])
    sizes = [(points + 16) / 72 * 200 for points in (width, height)]
    assert list(image.size) == pytest.approx(sizes, abs=1.01)
    assert image.info["dpi"] == pytest.approx((200, 200), abs=0.1)
    assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert image.convert("L").getextrema()[0] < 60


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_svg_keeps_names_in_any_script_as_text(name):
    for figure in named(name):
        assert name in texts(figure)
        assert not [text for text in texts(figure) if "□" in text]


@KINDS
def test_names_in_any_script_are_drawn_without_a_warning(kind):
    title, counts = " ".join(SCRIPTS), tuple((1,) * len(SCRIPTS) for _ in SCRIPTS)
    bars = tuple(Bar(name, 0.5, 0.4, 0.6, name) for name in SCRIPTS)
    points = tuple(CoursePoint(name, 0.5, 0.4, 0.6, 12, name) for name in SCRIPTS)
    assert draw(Forest(title, bars, 0.7, 0.0), kind=kind)
    assert draw(Course(title, points, 0.7), kind=kind)
    assert draw(Grid(title, SCRIPTS, SCRIPTS, counts, title, title, is_count=True), kind=kind)


@KINDS
@pytest.mark.parametrize(
    "name", ["$x$", r"a \$ b", "$\\frac{1}", "<script>&\"'", "\x00\ufffe\ud800", ""]
)
def test_names_that_look_like_formulas_or_code_are_shown_as_they_are(name, kind):
    (figure, *_) = named(name)
    assert draw(figure, kind=kind)
    shown = name.strip("\x00\ufffe\ud800")
    assert not shown or shown in texts(figure)


def test_line_breaks_and_marks_that_turn_the_direction_are_taken_out_of_names():
    said = texts(Forest("", (Bar("two\n lines\tand \u202eturned", 0.5, 0.4, 0.6),), None, 0.0))
    assert "two lines and turned" in said


@pytest.mark.parametrize("name", [LONG, LONG.replace(" ", ""), "缺" * 300, "👩‍" * 300])
def test_a_long_name_is_wrapped_or_cut_and_makes_the_sheet_no_wider(name):
    for long, short in zip(named(name), named("name"), strict=True):
        root = svg(long)
        assert [text for text in texts(long) if text.endswith("…")]
        grown = float(root.get("width")) - float(svg(short).get("width"))
        assert grown <= 0 or isinstance(long, Course)
        for text in root.iter(f"{SVG}text"):
            assert float(text.get("x")) >= 0


def test_starting_the_server_does_not_wait_for_matplotlib():
    code = (
        "import json, sys, app.main, app.reports.plots;"
        "print(json.dumps([name for name in sys.modules if name.startswith('matplotlib')]))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert json.loads(ran.stdout) == []
