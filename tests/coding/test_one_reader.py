"""Blindness cannot be forgotten, because one module alone can read placements."""

import re

from tests.project import ROOT

READERS = {
    "app/coding/visibility.py",  # the one
}
# Naming a column inside a query made by visible_placements is how callers narrow it down.
SELECTS = re.compile(
    r"(?:select|get|get_one|query|exists|join|aliased|outerjoin)\(\s*"
    r"(?:\w+\s*,\s*)*(?:Placement|Parking)\b"
    r"|\bfrom placement\b|\bjoin placement\b",
    re.IGNORECASE,
)

SELECTS_PILES = re.compile(
    r"(?:select|get|get_one|exists|join|aliased|outerjoin)\(\s*(?:\w+\s*,\s*)*(?:Pile|PileTurn)\b"
)


def test_no_other_module_selects_placements() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if SELECTS.search(path.read_text(encoding="utf-8"))
    }
    assert found == READERS


def test_no_other_module_selects_piles() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if SELECTS_PILES.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"app/coding/seen_piles.py"}


def test_no_other_module_selects_suggestions() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if re.search(
            r"(?:select|get|get_one|exists|join|aliased)\(\s*(?:\w+\s*,\s*)*Suggestion\b|"
            r"col\(Suggestion\.",
            path.read_text(encoding="utf-8"),
        )
    }
    assert found == {"app/coding/seen_suggestions.py"}


def test_the_search_for_readers_finds_one() -> None:
    assert SELECTS.search("session.exec(select(Placement).where(True))")
    assert SELECTS.search("select(Card, Placement)")
    assert SELECTS.search("session.get(Placement, 3)")
    assert SELECTS.search("SELECT count(*) FROM placement")
    assert not SELECTS.search("visible_placements(NOBODY, round_).where(Placement.facet_id == 1)")
