"""The page of one disagreement: what it shows to whom, and where it leads."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event

from app.coding.models import Round
from app.coding.rules import Value
from app.db import Database
from app.negotiation.item.pages import View
from app.negotiation.item.stages import stage_line
from app.negotiation.models import Disagreement
from app.negotiation.rules import Flag, Stage
from tests.coding.world import make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    again,
    close,
    flagged,
    judge,
    make_negotiation,
    on_table,
    place,
    visit,
)

QUERIES = 42
"""Statements behind one page; more of them should be wanted."""


def words_of(stage: Stage, state: str = "open", **said: object) -> list[str]:
    """The stages of a talk, the one that is now in capitals."""
    facts = {"was_sealed": True, "was_discussed": False, "n_clauses": None, **said}
    line = stage_line(stage, state, **facts)  # type: ignore[arg-type]
    return [one.words.upper() if one.state == "now" else one.words for one in line]


@pytest.mark.parametrize(
    ("stage", "said", "words"),
    [
        (Stage.SEALED, {}, "SEALED Opened Discussed Proposed Confirmed In the codebook"),
        (Stage.OPENED, {}, "Sealed OPENED Discussed Proposed Confirmed In the codebook"),
        (
            Stage.OPENED,
            {"was_sealed": False},
            "OPENED Discussed Proposed Confirmed In the codebook",
        ),
        (
            Stage.OPENED,
            {"was_discussed": True},
            "Sealed Opened DISCUSSED Proposed Confirmed In the codebook",
        ),
        (Stage.PROPOSED, {}, "Sealed Opened Discussed PROPOSED Confirmed In the codebook"),
        (Stage.ESCALATED, {}, "Sealed Opened Discussed WITH THE ARBITER Confirmed In the codebook"),
        (Stage.CLOSED, {"n_clauses": 0}, "Sealed Opened Discussed Proposed CONFIRMED"),
        (
            Stage.CLOSED,
            {"n_clauses": 1},
            "Sealed Opened Discussed Proposed Confirmed IN THE CODEBOOK",
        ),
        (
            Stage.CLOSED,
            {"n_clauses": 0, "state": "deferred"},
            "Sealed Opened Discussed Proposed PUT OFF",
        ),
    ],
)
def test_the_stages_of_a_talk(stage: Stage, said: dict[str, object], words: str) -> None:
    assert " ".join(words_of(stage, **said)) == words  # type: ignore[arg-type]


def test_both_positions_stand_at_the_same_size_and_nothing_is_counted(
    database: Database, app: FastAPI
) -> None:
    world = make_world(database, n_cards=1)
    with database.transaction() as session:
        for name, answer in (("ada", STALE), ("ben", STALE), ("cleo", MISSING)):
            judge(session, world, name, 0, answer)
        close(session, world)
    text = visit(app, world, "ben").item(flagged(database, world)[0])
    assert text.count('<article class="slip"') == 3
    main = text[text.index("<main") :].lower()
    assert not any(word in main for word in ("majority", "2 of 3", "votes", "two of three"))
    assert "data-voices" not in text


def test_definitions_stand_side_by_side_with_what_differs(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    text = visit(app, world, "ben").item(flagged(database, world)[0])
    beside = text[text.index('class="definitions-beside"') :]
    place(beside, "What counts as <b>missing</b>.", "What counts as <b>stale</b>.")
    assert "unclear" not in beside[: beside.index('class="confluence"')].lower()


def test_an_agreement_to_look_at_again_says_so_and_is_upheld_by_one_press(
    database: Database, app: FastAPI
) -> None:
    world = make_world(database, n_cards=1, coders=("ben", "cleo"))
    with database.transaction() as session:
        judge(session, world, "ben", 0, STALE, confidence=1)
        judge(session, world, "cleo", 0, STALE, confidence=1)
        close(session, world)
    with database.reading() as session:
        found = session.get_one(Disagreement, 1)
    assert found.flag == Flag.FRAGILE_AGREEMENT
    ben = visit(app, world, "ben")
    place(ben.item(found), "The coders agree here.", "It looks right", "Propose a label")
    assert "It looks right" not in visit(app, world, "odo").item(found)
    ben.send(found, "uphold")
    text = ben.item(found)
    place(text, ">Decided<", "The agreement was upheld.", "Stale")
    assert "It looks right" not in text


def test_an_observer_and_a_lead_read_what_the_coders_read(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "ben").say(first, "A word.")
    for name in ("ada", "odo"):
        place(visit(app, world, name).item(first), "Coder A", "Coder B", "A word.")


def test_the_regions_of_the_page_have_names_of_their_own(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    ben = visit(app, world, "ben")
    ben.propose(first)
    for found in (first, again(database, first)):
        text = ben.item(found)
        for name in ("positions", "talk", "decision", "card-text"):
            assert text.count(f' id="{name}"') == 1


def test_every_form_of_the_page_has_an_operation_of_its_own(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "ben").propose(first)
    text = visit(app, world, "cleo").item(first)
    ids = [part.split('"')[0] for part in text.split('name="operation_id" value="')[1:]]
    assert len(ids) > 4
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("n_cards", [2, 30])
def test_the_page_takes_as_many_queries_on_a_long_agenda_as_on_a_short_one(
    database: Database, app: FastAPI, n_cards: int
) -> None:
    world = make_negotiation(database, [(STALE, MISSING)] * n_cards)
    first = flagged(database, world)[0]
    ben = visit(app, world, "ben")
    ben.say(first, "A word.")
    ben.propose(again(database, first))
    with counted(app.state.database.engine) as statements:
        ben.item(first)
    assert len(statements) <= QUERIES


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "text",
    [
        "‮reversed‬ and \u2067isolated\u2069",
        "<script>bad()</script><img src=x onerror=bad()>",
        "{{7*7}} %s {0}",
        "[x](javascript:bad()) ![p](http://x/p.png)",
    ],
)
def test_B59_B62_B63_B64_hostile_words_are_shown_and_do_nothing(
    database: Database, app: FastAPI, text: str
) -> None:
    world = make_world(database, n_cards=2, coders=("ben", "cleo"))
    with database.transaction() as session:
        for card in range(2):
            judge(session, world, "ben", card, STALE, memo=text)
            judge(session, world, "cleo", card, MISSING)
        close(session, world)
        session.get_one(Round, world.round_id).name = text[:100]
    decided, handed_over = flagged(database, world)
    ben, cleo = visit(app, world, "ben"), visit(app, world, "cleo")
    for found in (decided, handed_over):
        ben.say(found, text)
        ben.defer(again(database, found), reason=text)
    clause = {"clause_kind": "add", "clause_name": text[:60], "clause_text": text}
    ben.propose(again(database, decided), rationale=text, **clause)
    cleo.dissent(decided, on_table(database, decided), text)
    ben.escalate(again(database, handed_over), reason=text)
    for name, found in product(("ben", "ida", "ada"), (decided, handed_over)):
        page = visit(app, world, name).item(found)
        assert not any(
            mark in page for mark in ("<script>bad", "<img", 'href="javascript', "onerror=bad()>")
        )
        assert "<bdi>" in page


def test_an_answer_without_a_category_stands_as_a_position(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database, [(Value.NONE_APPLIES, UNCLEAR)])
    text = visit(app, world, "ben").item(flagged(database, world)[0])
    place(text, "None of these applies", "What counts as unclear.")


def test_there_are_four_ways_to_look_at_a_card() -> None:
    assert {str(one) for one in View} == {"sealed", "hidden", "open", "nameless"}
