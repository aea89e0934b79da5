"""Putting a card off: with somebody in charge and a day, and back on the agenda when it is time."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from app.coding.rules import Value
from app.db import Database, now
from tests.coding.world import World
from tests.negotiation.negotiations import (
    again,
    decisions,
    flagged,
    make_negotiation,
    on_table,
    place,
    visit,
)


@pytest.fixture
def world(database: Database) -> World:
    return make_negotiation(database)


def test_a_card_is_put_off_by_one_voice_and_says_who_takes_care_until_when(
    database: Database, app: FastAPI, world: World
) -> None:
    first, second, _ = flagged(database, world)
    ben = visit(app, world, "ben")
    where, _ = ben.defer(first)
    assert where.endswith(f"/disagreements/{second.id}")
    (decision,) = decisions(database, first)
    assert (decision.outcome, decision.value) == ("deferred", Value.NOT_JUDGED)
    until = (now() + timedelta(days=7)).date().isoformat()
    text = ben.item(first)
    place(text, "Put off", "In charge", "Coder B", until, "We ask the maintainers.")
    assert again(database, first).state == "deferred"
    assert "Cleo" not in text


def test_it_is_taken_up_again_and_that_it_was_put_off_stays_on_record(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    ben, cleo = visit(app, world, "ben"), visit(app, world, "cleo")
    ben.defer(first)
    place(cleo.item(first), "Take it up again")
    cleo.send(first, "taking-up", revision=again(database, first).revision)
    assert (again(database, first).state, again(database, first).stage) == ("open", "opened")
    assert len(decisions(database, first)) == 1
    _, text = cleo.send(first, "taking-up", revision=1, status=409)
    place(text, "is not put off any more")


def test_taken_up_again_it_is_undecided_and_the_deferral_is_an_earlier_decision(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    ben, cleo = visit(app, world, "ben"), visit(app, world, "cleo")
    ben.defer(first)
    cleo.send(first, "taking-up", revision=again(database, first).revision)
    text = cleo.item(first)
    place(text, "Decide together", 'id="propose"', "1 earlier decision", "We ask the maintainers.")
    assert "In charge" not in text
    assert 'class="act" name="act"><summary class="button button-big"' not in text
    assert "Propose a label" not in text
    ben.propose(again(database, first))
    assert "what was decided before counts" not in cleo.item(first)


def test_putting_off_ends_the_open_proposal(database: Database, app: FastAPI, world: World) -> None:
    first = flagged(database, world)[0]
    visit(app, world, "ben").propose(first)
    proposal = on_table(database, first)
    visit(app, world, "cleo").defer(again(database, first))
    _, text = visit(app, world, "cleo").confirm(first, proposal, status=409)
    place(text, "was replaced")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"reason": " "}, "Say why this is put off."),
        ({"in_charge": ""}, "Choose who takes care of it."),
        ({"in_charge": "999"}, "Choose who takes care of it."),
        ({"due_on": ""}, "Choose until when."),
        ({"due_on": "next week"}, "Write the day as year-month-day"),
        ({"due_on": "2020-01-01"}, "That day has passed"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    database: Database, app: FastAPI, world: World, said: dict[str, object], words: str
) -> None:
    first = flagged(database, world)[0]
    sent = {"reason": "My reason.", **said}
    _, text = visit(app, world, "ben").defer(first, status=422, **sent)
    place(text, words, str(sent["reason"]), 'id="defer" open')
    assert decisions(database, first) == []


def test_coders_of_the_card_and_leads_put_off_nobody_else(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    for name in ("ida", "odo"):
        text = visit(app, world, name).item(first)
        assert "Put it off" not in text
        visit(app, world, name).defer(first, status=403)
    visit(app, world, "ada").defer(first)


def test_B69_B70_a_stale_deferral_keeps_its_reason(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    visit(app, world, "ben").propose(first, rationale="Ben was quicker.")
    cleo = visit(app, world, "cleo")
    _, text = cleo.defer(first, reason="Cleo was slower.", status=409)
    place(text, "Ben was quicker.", "Cleo was slower.", "Somebody proposed or decided something")
    cleo.defer(first, revision=None, status=422)
    assert decisions(database, first) == []


def test_B67_a_deferral_sent_twice_is_there_once(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    ben = visit(app, world, "ben")
    once = ben.defer(first, operation_id="55555555-eeee")
    assert ben.defer(first, operation_id="55555555-eeee") == once
    assert len(decisions(database, first)) == 1
