"""The catalogue of bad input: each case has a test named by its id, on each database."""

import re
import subprocess
import sys

import pytest

from tests.project import ROOT

# The cases this release answers for, as ranges of their numbers.
CASES = (
    *((1, 23), (33, 41), (56, 60), (62, 64), (66, 77), (79, 87)),
    *((90, 92), (96, 99), (102, 105)),
)
IDS = [f"B{number:02}" for first, last in CASES for number in range(first, last + 1)]


@pytest.fixture(scope="module")
def names() -> list[str]:
    """The name of every test there is, with its parameters."""
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-o", "addopts=", "tests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert collected.returncode == 0, collected.stdout[-2000:] + collected.stderr[-2000:]
    return [line.partition("::")[2] for line in collected.stdout.splitlines() if "::" in line]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_case_has_a_test_on_this_database(names: list[str], database: str) -> None:
    here = [name for name in names if database in name]
    found = {f"B{number}" for name in here for number in re.findall(r"(?i)\bb(\d+)(?!\d)", name)}
    found |= {f"B{number}" for name in here for number in re.findall(r"(?i)_b(\d+)(?!\d)", name)}
    assert [case for case in IDS if case not in found] == []
