"""Every figure of the collected reference cases of open sorts, by the engine and the command."""

import csv
import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.agreement.names import NAMES, TOPICS
from app.agreement.sorts.calculation import calculate_sorts
from app.agreement.sorts.ties import N_ORDERS
from app.cli import main
from tests.agreement.sorts.drawn import from_piles

VECTORS = Path(__file__).parents[3].parent / "shared" / "agreement" / "vectors.json"
KNOWN = json.loads(VECTORS.read_text("utf-8"))["cases"] if VECTORS.exists() else []
CASES = {case["id"]: case for case in KNOWN if case["kind"] == "sorts"}
FIGURES = [
    pytest.param(name, figure, id=f"{name}-{figure}")
    for name, case in CASES.items()
    for figure in case["expected"]
]


@cache
def by_engine(name):
    content = CASES[name]["data"]
    return calculate_sorts(
        from_piles(content["cards"], content["participants"], content["sorts"]),
        n_orders=N_ORDERS,
    ).figures


def by_command(case, folder):
    """Return the figures the command prints for the case's rows, written backwards."""
    content = case["data"]
    rows = [
        [card, person, number]
        for person, piles in zip(content["participants"], content["sorts"], strict=True)
        for number, pile in enumerate(piles)
        for card in pile
    ]
    path = folder / "case.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["card_id", "user_id", "category_id"], *rows[::-1]])
    result = CliRunner().invoke(main, ["sorts", str(path), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["figures"]


def compare(found, figure, case):
    expected = case["expected"][figure]
    tolerance = case["tolerance"].get(figure, case["tolerance"]["default"])
    if figure == "cophenetic_correlation_range":
        low, high = expected
        assert found[figure] == pytest.approx(expected, abs=tolerance)
        assert low - tolerance <= found["cophenetic_correlation"] <= high + tolerance
    elif figure == "tied_distances":
        assert found[figure].startswith("equal similarities")
    elif figure == "cooccurrence":
        for row, expected_row in zip(found[figure], expected, strict=True):
            assert row == pytest.approx(expected_row, abs=tolerance)
    else:
        assert found[figure] == pytest.approx(expected, abs=tolerance)


@pytest.mark.skipif(not KNOWN, reason="the reference cases are not at hand")
def test_reference_cases_of_sorts_are_looked_at():
    assert len(CASES) >= 2


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_a_figure_of_sorts_equals_the_reference(name, figure):
    compare(by_engine(name), figure, CASES[name])


@pytest.mark.parametrize(
    ("name", "figure", "printed"),
    [
        pytest.param(name, figure, printed, id=f"{name}-{figure}")
        for name, case in CASES.items()
        for figure, printed in case["published"].items()
    ],
)
def test_a_figure_of_sorts_equals_what_the_source_prints(name, figure, printed):
    key, _, pair = figure.partition(".")
    digits = len(str(printed).split(".")[1])
    assert by_engine(name)[key][pair] == pytest.approx(printed, abs=0.5 * 10**-digits + 1e-9)


@pytest.mark.parametrize("name", CASES)
def test_the_command_gives_every_figure_of_a_reference_case(name, tmp_path):
    case = CASES[name]
    found = by_command(case, tmp_path)
    assert set(found) == set(case["expected"]) | {"cophenetic_correlation"}
    for figure in case["expected"]:
        compare(found, figure, case)


@pytest.mark.parametrize("name", CASES)
def test_every_figure_of_sorts_has_a_name_and_a_note(name):
    assert by_engine(name).keys() <= NAMES.keys()
    assert {TOPICS[key] for key in by_engine(name)} == {"open-sorts"}
