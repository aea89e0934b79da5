"""A sheet of 30,000 judgements is taken in while somebody waits."""

import time

import pytest
from sqlmodel import Session

from app.resolution.past_work import import_placements
from app.tables.readers import read_table
from tests.coding.factories import csv_file, make_book, make_numbered_cards
from tests.factories import make_study

SECONDS = 30  # on two busy cores; a few on an idle machine


@pytest.mark.slow
def test_thirty_thousand_rows_take_seconds(session: Session) -> None:
    team = make_study(session)
    keys = [f"K-{number}" for number in range(1_000)]
    make_numbered_cards(session, team, keys)
    make_book(session, team)
    rows = [
        {"card_id": key, "coder": f"R{coder}", "category": ("Missing", "Stale")[(i + coder) % 2]}
        for i, key in enumerate(keys)
        for coder in range(30)
    ]
    table = read_table(csv_file(rows), file_name="past.csv")
    began = time.monotonic()
    result = import_placements(session, team.study_id, table, None, by=None)
    session.commit()
    assert result.created == 30_000
    assert time.monotonic() - began < SECONDS
