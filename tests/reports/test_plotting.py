"""What the figures of the report show: every number, in the colours of the design."""

import re
from itertools import pairwise

import pytest
from lxml import etree

from app.reports.plots import Bar, Course, Forest, Grid
from app.reports.plots.palette import DARK, LIGHT
from tests.project import ROOT
from tests.reports.plotted import (
    CONFUSION,
    COURSE,
    FIGURES,
    FOREST,
    KAPPAS,
    SVG,
    place,
    png,
    svg,
    texts,
)


def test_a_forest_says_names_values_intervals_and_the_threshold():
    said = texts(FOREST)
    assert {"Cohen's kappa", "120 cards", "0.73", "[0.64, 0.82]", "threshold 0.70"} <= set(said)
    assert "no interval" in said


def test_a_coefficient_without_a_value_says_not_defined_and_has_no_dot():
    (_, _, undefined) = FOREST.rows
    alone = Forest("", (undefined,), None, 0.0)
    assert "not defined" in texts(alone)
    assert not list(svg(alone).iter(f"{SVG}use"))


def test_values_lie_on_the_scale_in_their_order_and_the_threshold_between_them():
    rows = (Bar("low", 0.2, None, None), Bar("high", 0.9, None, None))
    root = svg(Forest("", rows, 0.5, 0.0))
    dots = [float(use.get("x")) for use in root.iter(f"{SVG}use") if "fill-ink" in use.get("class")]
    zero, one = place(root, "0")[0], place(root, "1")[0]
    assert dots == pytest.approx([zero + 0.2 * (one - zero), zero + 0.9 * (one - zero)], abs=0.01)
    assert dots[0] < place(root, "threshold 0.50")[0] < dots[1]


def test_an_interval_that_reaches_below_the_scale_ends_in_an_arrow():
    def marks(low):
        root = svg(Forest("", (Bar("name", 0.3, low, 0.6),), None, 0.0))
        return [use for use in root.iter(f"{SVG}use") if "fill-ink-2" in use.get("class")]

    assert len(marks(-0.1)) == 1
    assert marks(0.1) == []


def test_an_interval_beyond_one_is_said_to_end_at_one():
    assert "[0.80, 1.00]" in texts(Forest("", (Bar("name", 0.95, 0.8, 1.1),), None, 0.0))


def test_negative_values_carry_a_true_minus():
    assert "−0.12" in texts(KAPPAS)
    assert "−0.14" in texts(COURSE)


def test_a_confusion_matrix_says_its_counts_names_and_who_the_rows_and_columns_are():
    said = texts(CONFUSION)
    assert {"34", "7", "2", "1\u202f204", "8", "Coder A ↓", "Coder B →"} <= set(said)
    assert said.count("Dead end") == 2
    assert "outlined: answered alike; shaded: answered differently" in said


def test_the_diagonal_of_a_confusion_matrix_is_outlined_and_never_shaded():
    boxes = [path for path in svg(CONFUSION).iter(f"{SVG}path") if path.get("class")]
    outlined = [path for path in boxes if path.get("class") == "stroke-line-firm"]
    assert len(outlined) == 1
    assert outlined[0].get("fill") == "none"
    assert outlined[0].get("d").count("M") == 3
    same = Grid("", ("a", "b"), ("a", "b"), ((5, 0), (0, 9)), "A", "B", is_count=True)
    assert not [p for p in svg(same).iter(f"{SVG}path") if "heat" in p.get("class", "")]


def test_a_kappa_matrix_leaves_blank_what_has_no_value():
    said = texts(KAPPAS)
    assert said.count("0.81") == 2
    assert said.count("0.40") == 2
    assert not {"None", "nan", "0.00"} & set(said)


@pytest.mark.parametrize(
    ("value", "shade"), [(-0.4, 1), (-0.004, 2), (0.19, 2), (0.2, 3), (0.6, 5), (0.79, 5), (1, 6)]
)
def test_a_coefficient_is_shaded_by_the_fifth_it_lies_in(value, shade):
    names = ("a", "b"), ("c",)
    root = svg(Grid("", *names, ((value,), (None,)), "A", "B", is_count=False))
    first = next(path for path in root.iter(f"{SVG}path") if "heat" in path.get("class", ""))
    assert f"fill-heat-{shade}" in first.get("class").split()


def test_a_course_says_the_units_and_the_mark_of_each_round():
    said = texts(COURSE)
    assert {"Round 2", "0.52", "n = 60", "codebook 1", "n = 1\u202f200", "threshold"} <= set(said)
    assert {"not", "defined"} <= set(said)


@FIGURES
@pytest.mark.parametrize("dark", [False, True])
def test_an_svg_has_no_style_no_script_and_points_to_nothing_outside(figure, dark):
    root = svg(figure, dark=dark)
    ids = [part.get("id") for part in root.iter() if part.get("id")]
    assert len(ids) == len(set(ids))
    for part in root.iter():
        assert etree.QName(part).localname not in ("style", "script", "image", "foreignObject")
        assert part.get("style") is None
        for name, value in part.attrib.items():
            assert not etree.QName(name).localname.startswith("on")
            if etree.QName(name).localname in ("href", "clip-path"):
                assert re.sub(r"^url\((.*)\)$", r"\1", value).removeprefix("#") in ids
            else:
                assert "url(" not in value


def test_two_figures_of_one_page_share_no_id():
    ids = [
        part.get("id")
        for figure in (FOREST, CONFUSION, KAPPAS, COURSE)
        for dark in (False, True)
        for part in svg(figure, dark=dark).iter()
        if part.get("id")
    ]
    assert len(ids) == len(set(ids))


@FIGURES
def test_a_screen_reader_gets_the_title_and_a_description(figure):
    root = svg(figure)
    parts = {part.get("id"): part.text for part in root.iter() if part.get("id")}
    title, description = (parts[name] for name in root.get("aria-labelledby").split())
    assert root.get("role") == "img"
    assert title == figure.title
    assert description


def test_the_description_of_a_forest_says_every_number():
    (described,) = svg(FOREST).iter(f"{SVG}desc")
    assert described.text == (
        "Cohen's kappa: 0.73, interval [0.64, 0.82]; Bennett's S: 0.76, no interval; "
        "Fleiss' kappa: not defined. The threshold is 0.70."
    )


def test_colours_are_those_of_the_design_tokens():
    css = (ROOT / "static/css/tokens.css").read_text()
    for name, colour in LIGHT.items():
        assert f"--{name}: light-dark({colour}, {DARK[name]})" in css


@FIGURES
def test_a_figure_uses_the_colours_of_its_theme_only(figure):
    def colours(dark):
        root = svg(figure, dark=dark)
        values = (part.get(name, "") for part in root.iter() for name in ("fill", "stroke"))
        return {value for value in values if value.startswith("#")}

    assert colours(False) <= set(LIGHT.values())
    assert colours(True) <= set(DARK.values())


@FIGURES
def test_every_colour_has_a_class_with_the_name_of_its_token(figure):
    for part in svg(figure).iter():
        for name in ("fill", "stroke"):
            colour = part.get(name, "")
            if colour.startswith("#"):
                (token,) = [token for token, value in LIGHT.items() if value == colour]
                assert f"{name}-{token}" in part.get("class").split()


def test_rows_lie_below_each_other_up_to_sixty():
    rows = tuple(Bar(f"Category {n}", n / 60, None, None, f"n = {n}") for n in range(60))
    root = svg(Forest("", rows, 0.7, 0.0))
    feet = [place(root, f"Category {n}")[1] for n in range(60)]
    assert all(below - above >= 20 for above, below in pairwise(feet))
    assert feet[-1] < float(root.get("viewBox").split()[3])


def test_a_grid_of_forty_by_forty_shows_every_number_inside_its_cell():
    names = tuple(f"Category {n}" for n in range(40))
    values = tuple(tuple((i * 40 + j) / 1600 for j in range(40)) for i in range(40))
    figure = Grid("", names, names, values, "A", "B", is_count=False)
    root = svg(figure)
    numbers = [text for text in root.iter(f"{SVG}text") if re.fullmatch(r"\d\.\d\d", text.text)]
    assert len(numbers) == 1600
    assert min(float(text.get("font-size")) for text in numbers) >= 7.5
    assert png(figure).width > 40 * 20 / 72 * 200


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Forest("", (), None, 0.0),
        lambda: Forest("", FOREST.rows, None, 1.0),
        lambda: Course("", (), None),
        lambda: Grid("", (), (), (), "A", "B", is_count=True),
        lambda: Grid("", ("a",), ("a", "b"), ((1,),), "A", "B", is_count=True),
    ],
)
def test_a_figure_of_nothing_is_refused(broken):
    with pytest.raises(ValueError, match=r"^(a forest|the scale|a course|a grid)"):
        broken()
