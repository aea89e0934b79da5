"""Fifty coders at once, for as long as a suite can bear; `make soak` takes ten minutes."""

from pathlib import Path

import pytest

from tests.soak.__main__ import soak

# What depends on how busy the machine is: the suite runs several tests at once.
BY_THE_CLOCK = ("save, p50", "save, p95", "next page, p95")


@pytest.mark.slow
def test_F17_nothing_is_lost_or_refused_while_fifty_coders_sort(tmp_path: Path) -> None:
    """Without the fixture of the databases, so it runs once: on SQLite, by a real server."""
    found = soak(tmp_path / "data", coders=50, seconds=12)
    assert [one for one in found if not one.is_met and one.name not in BY_THE_CLOCK] == []
