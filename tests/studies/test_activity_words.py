"""Every line of the audit trail is a sentence."""

import re

import pytest

from app.main import HISTORIES
from app.studies.activity_words import _WORDS
from tests.project import ROOT

RECORDED = re.compile(r'kind="([a-z]+ [a-z ]+)"|_save\(session, row, "([a-z ]+)"')


def recorded_kinds() -> set[str]:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py")]
    found = {one or other for text in sources for one, other in RECORDED.findall(text)}
    assert "round opened" in found
    return found


@pytest.mark.parametrize("kind", sorted(recorded_kinds()))
def test_every_kind_that_is_recorded_has_words(kind: str) -> None:
    assert HISTORIES
    assert kind in _WORDS, f"declare what the trail says of “{kind}”"
