"""Every figure of the collected reference cases, as the command gives it."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from app.agreement import Ratings, Reason, Scale, SetRatings, calculate

VECTORS = Path(__file__).parents[2].parent / "shared" / "agreement" / "vectors.json"
CASES = json.loads(VECTORS.read_text("utf-8"))["cases"] if VECTORS.exists() else []
# Of kinds without judgements: test_benchmark.py has the first, sorts are not compared by kappa.
OTHER_KINDS = {"benchmark", "sorts"}
JUDGED = {case["id"]: case for case in CASES if case["kind"] not in OTHER_KINDS}
# Standard errors with missing judgements, where the reference case leaves the choice open between
# counting cards nobody judged (R irrCAC 1.0) and leaving them out (irrCAC 0.4.4, and this engine).
ERRORS = [
    (case["id"], one["coefficient"], float(one["gives"][0]))
    for case in JUDGED.values()
    for one in case["disagreements"]
    if one["implementation"] == "irrCAC 0.4.4 vs R irrCAC 1.0"
]
needs_cases = pytest.mark.skipif(not CASES, reason="the reference cases are not at hand")


def read_case(case) -> Ratings | SetRatings:
    names, content = case["options"]["categories"], case["data"]
    repeat = content.get("repeat", [1] * len(content["rows"]))
    rows = [content["rows"][row] for row in np.repeat(np.arange(len(repeat)), repeat)]
    coders, categories = tuple(content["coders"]), tuple(map(str, names))
    if case["kind"] == "multilabel":
        judged = [[cell is not None for cell in row] for row in rows]
        members = [[[name in (cell or ()) for name in names] for cell in row] for row in rows]
        return SetRatings(members, judged, categories, coders=coders)
    position = {name: index for index, name in enumerate(names)} | {None: -1}
    codes = [[position[label] for label in row] for row in rows]
    return Ratings(codes, categories, scale=scale_of(case["options"]), coders=coders)


def scale_of(options) -> Scale:
    if options.get("numeric"):
        return Scale.INTERVAL
    return Scale.ORDINAL if options.get("ordered") else Scale.NOMINAL


@cache
def calculated(name):
    return calculate(read_case(JUDGED[name])).figures


def tolerance_of(case, figure):
    given = case["tolerance"]
    if figure in given:
        return given[figure]
    if figure.endswith("_se_gwet"):
        return given["*_se_gwet"]
    return given["cohen_kappa*_se*" if "_se" in figure else "default"]


def compare(found, expected, tolerance):
    if isinstance(expected, dict) and "undefined" in expected:
        assert found == expected
    elif isinstance(expected, dict):
        assert expected.keys() <= found.keys()
        for key, value in expected.items():
            compare(found[key], value, tolerance)
    else:
        assert found == pytest.approx(expected, abs=tolerance)


@needs_cases
def test_every_kind_of_case_is_looked_at():
    assert {case["kind"] for case in CASES} == {"labels", "multilabel"} | OTHER_KINDS
    assert len(JUDGED) >= 17
    assert sum(len(case["expected"]) for case in JUDGED.values()) > 400


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        pytest.param(name, figure, id=f"{name}-{figure}")
        for name, case in JUDGED.items()
        for figure in case["expected"]
    ],
)
def test_a_figure_equals_the_reference(name, figure):
    case = JUDGED[name]
    compare(calculated(name)[figure], case["expected"][figure], tolerance_of(case, figure))


@pytest.mark.parametrize(
    ("name", "figure", "printed"),
    [
        pytest.param(name, figure, printed, id=f"{name}-{figure}")
        for name, case in JUDGED.items()
        for figure, printed in case["published"].items()
    ],
)
def test_a_figure_equals_what_the_source_prints(name, figure, printed):
    digits = len(str(printed).split(".")[1])
    assert calculated(name)[figure] == pytest.approx(printed, abs=0.5 * 10**-digits + 1e-9)


@pytest.mark.parametrize(("name", "figure", "given"), ERRORS)
def test_an_error_with_missing_judgements_leaves_out_cards_nobody_judged(name, figure, given):
    assert calculated(name)[figure] == pytest.approx(given, abs=1e-6)


@needs_cases
def test_errors_with_missing_judgements_are_among_the_reference_cases():
    assert len(ERRORS) == 8


@pytest.mark.parametrize("name", JUDGED)
def test_whatever_is_undefined_says_why(name):
    reasons = {reason.name.lower() for reason in Reason}

    def look_at(found):
        if isinstance(found, dict) and "undefined" in found:
            assert found["undefined"] in reasons
        elif isinstance(found, dict):
            for value in found.values():
                look_at(value)
        elif isinstance(found, list):
            assert np.isfinite(found).all()
        else:
            assert np.isfinite(found)

    look_at(calculated(name))


@pytest.mark.parametrize("name", JUDGED)
def test_an_interval_encloses_its_figure(name):
    ratings = read_case(JUDGED[name])
    found = calculate(ratings, n_resamples=400, seed=3)
    intervals = [
        (found.figures[key], one)
        for key, one in found.intervals.items()
        if isinstance(one, dict) and "low" in one
    ]
    if ratings.n_units >= 20:
        assert intervals
    for value, interval in intervals:
        assert interval["low"] <= value <= interval["high"]
