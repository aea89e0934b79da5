"""The table of outcomes by cause adds up, row by row and column by column."""

import re

from fastapi import FastAPI

from app.coding.models import Round
from app.coding.rules import Protocol
from app.db import Database
from app.negotiation.rules import Cause, Outcome
from app.resolution.outcomes import outcome_table
from app.resolution.traces import process_of
from tests.negotiation.negotiations import STALE, decide, flagged, make_negotiation, visit

PERSUADED = (Outcome.PERSUADED, Cause.OVERLAPPING_CODES)


def rows_of(text: str, mark: str = "outcome-table") -> dict[str, list[str]]:
    """The rows of the first outcome table of a page, by their head."""
    table = text.split(mark)[1].split("</table>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", one) for one in table.split("<tr>")[1:]]
    return {head: rest for head, *rest in cells}


def test_what_has_no_cause_has_a_column_of_its_own_so_that_the_last_row_adds_up(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first, second, _ = flagged(database, world)
    ben = world.member_ids["ben"]
    decide(database, first, by=ben, label=(world.category_ids[world.single_id][STALE],))
    decide(database, second, by=ben, outcome=Outcome.DEFERRED)
    rows = rows_of(visit(app, world, "odo").page("/negotiation/summary"))
    assert rows == {
        "Outcome": ["Overlapping categories", "No cause", "Sum"],
        "A coder was persuaded": ["1", "–", "1"],
        "Deferred": ["–", "1", "1"],
        "Still open": ["–", "1", "1"],
        "Sum": ["1", "2", "3"],
    }
    report = visit(app, world, "odo").page("/report.html")
    assert rows_of(report, "What came of the talk, in rows") == rows
    markdown = visit(app, world, "odo").page("/report.md")
    for line in ("| A coder was persuaded | 1 | – | 1 |", "| Deferred | – | 1 | 1 |"):
        assert line in markdown


def test_without_a_need_there_is_no_such_column(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    label = (world.category_ids[world.single_id][STALE],)
    for one in flagged(database, world):
        decide(database, one, by=world.member_ids["ben"], label=label)
    rows = rows_of(visit(app, world, "odo").page("/negotiation/summary"))
    assert rows["Outcome"] == ["Overlapping categories", "Sum"]
    assert rows["Sum"] == ["3", "3"]


def test_columns_add_up_to_the_total() -> None:
    table = outcome_table([PERSUADED, PERSUADED, (Outcome.UPHELD, None)], n_open=2)
    assert table.shows_no_cause
    assert sum(table.of_causes) + table.n_without_cause == table.total == 5
    assert not outcome_table([(Outcome.DEFERRED, None)], n_open=2).shows_no_cause
    assert not outcome_table([PERSUADED]).shows_no_cause


def test_the_owner_was_to_speak_last_is_a_rule_and_no_record(database: Database) -> None:
    rules = Protocol(has_statements=True, owner_last=True)
    world = make_negotiation(database, protocol=rules)
    with database.reading() as session:
        process = process_of(session, session.get_one(Round, world.round_id))
    assert process.statement_words.endswith("; the owner of the study was to speak last")
