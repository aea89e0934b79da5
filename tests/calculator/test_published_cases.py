"""The collected reference cases, written to a file and worked out by the command."""

import csv
import fnmatch
import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.calculator.tables import figures_of

VECTORS = Path(__file__).parents[2].parent / "shared" / "agreement" / "vectors.json"
CASES = json.loads(VECTORS.read_text("utf-8"))["cases"] if VECTORS.exists() else []
KINDS = ("labels", "multilabel")
MINE = [case for case in CASES if case["kind"] in KINDS]

Case = dict[str, Any]


def cells(case: Case) -> list[list[str]]:
    """A row for each card and coder; who said nothing has an empty cell, or for sets no row."""
    is_sets = case["kind"] == "multilabel"
    found: list[list[str]] = []
    number = 0
    repeats = case["data"].get("repeat", [1] * len(case["data"]["rows"]))
    for row, repeat in zip(case["data"]["rows"], repeats, strict=True):
        for _ in range(repeat):
            number += 1
            for coder, said in zip(case["data"]["coders"], row, strict=True):
                if is_sets and said is not None:
                    found.append([str(number), coder, "|".join(said)])
                elif not is_sets:
                    found.append([str(number), coder, "" if said is None else str(said)])
    return found


def options(case: Case) -> list[str]:
    chosen = case["options"]
    found = ["--multiple"] if case["kind"] == "multilabel" else []
    if "categories" in chosen:
        found += ["--categories", ",".join(map(str, chosen["categories"]))]
    if chosen.get("numeric"):
        return [*found, "--scale", "interval"]
    return [*found, "--scale", "ordinal"] if chosen.get("ordered") else found


def tolerance(case: Case, key: str) -> float:
    known = case["tolerance"]
    found = [value for pattern, value in known.items() if fnmatch.fnmatch(key, pattern)]
    return float(max(found, default=known["default"]))


def differences(expected: Any, found: Any, within: float, place: str) -> list[str]:
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{place}: {found} instead of {expected}"]
        return [
            difference
            for key, value in expected.items()
            for difference in differences(value, found.get(key), within, f"{place}.{key}")
        ]
    if isinstance(expected, list):
        pairs = zip(expected, found, strict=True)
        return [text for one, other in pairs for text in differences(one, other, within, place)]
    if isinstance(expected, int | float):
        is_near = isinstance(found, int | float) and math.isclose(
            found, expected, rel_tol=0, abs_tol=within
        )
        return [] if is_near else [f"{place}: {found} instead of {expected}"]
    return [] if found == expected else [f"{place}: {found} instead of {expected}"]


@pytest.mark.skipif(not CASES, reason="the reference cases are not here")
@pytest.mark.parametrize("case", MINE, ids=lambda case: case["id"])
def test_the_command_gives_the_figures_of_a_published_case(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "case.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["card_id", "coder", "category"], *cells(case)])
    found = figures_of(path, *options(case))["figures"]
    assert [
        difference
        for key, value in case["expected"].items()
        for difference in differences(value, found.get(key), tolerance(case, key), key)
    ] == []
