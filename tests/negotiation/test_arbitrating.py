"""Asking an arbiter, who reads reasons without letters and was no coder of the card."""

import re

import pytest
from fastapi import FastAPI

from app.coding.rules import Protocol
from app.db import Database
from app.negotiation.rules import Outcome, Provenance, provenance_of
from tests.coding.world import World, make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    again,
    close,
    decisions,
    flagged,
    judge,
    make_negotiation,
    on_table,
    place,
    visit,
)


@pytest.fixture
def world(database: Database, app: FastAPI) -> World:
    """Two cards with statements, memos and a talk; the first was handed over by Ben."""
    sealed = Protocol(has_statements=True)
    world = make_world(database, n_cards=2, coders=("ben", "cleo"), protocol=sealed)
    with database.transaction() as session:
        for card in range(2):
            judge(session, world, "ben", card, STALE, memo="An old date.", confidence=3)
            judge(session, world, "cleo", card, MISSING, memo="A lost step.", confidence=1)
        close(session, world)
    ben, cleo = visit(app, world, "ben"), visit(app, world, "cleo")
    for found in flagged(database, world):
        ben.seal(found, "The date has passed.", quote="Excerpt number")
        cleo.seal(found, "The step is gone.", quote="results")
        cleo.say(found, "Is a date a step?")
        ben.say(found, "It is not.")
    ben.escalate(again(database, flagged(database, world)[0]), reason="Is a date a step at all?")
    return world


def test_before_it_is_handed_over_an_arbiter_reads_no_position_and_no_talk(
    database: Database, app: FastAPI, world: World
) -> None:
    second = flagged(database, world)[1]
    text = visit(app, world, "ida").item(second)
    place(text, "The coders are still talking.", "Excerpt number")
    for hidden in ("The date has passed.", "Is a date a step?", "Coder A", "old date", "versus"):
        assert hidden not in text
    assert "<mark" not in text
    visit(app, world, "ida").say(second, "May I?", status=403)


@pytest.mark.parametrize("name", ["ida", "ada"])
def test_whoever_decides_reads_the_reasons_without_letters_and_names(
    database: Database, app: FastAPI, world: World, name: str
) -> None:
    first = flagged(database, world)[0]
    text = visit(app, world, name).item(first)
    place(text, "One position", "Another position", "The date has passed.", "The step is gone.")
    place(text, "An old date.", "A lost step.", "Is a date a step?", "Is a date a step at all?")
    main = text[text.index("<main") :]
    assert not re.search(r"Coder [AB]\b|Ben|Cleo", main)
    assert not re.search(r'data-voice="[ab]"', main)
    assert " checked" not in main
    assert main == visit_again(app, world, name, first.id or 0, main)


def visit_again(app: FastAPI, world: World, name: str, found_id: int, before: str) -> str:
    """The page once more, with the operation ids it had before."""
    text = visit(app, world, name).page(f"/disagreements/{found_id}")
    now = text[text.index("<main") :]
    ids = r'(?<=name="operation_id" value=")[^"]+'
    old = iter(re.findall(ids, before))
    return re.sub(ids, lambda _found: next(old), now)


def test_the_order_of_the_positions_is_drawn_and_not_that_of_the_letters(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database, [(STALE, MISSING)] * 12)
    orders = set()
    for found in flagged(database, world):
        visit(app, world, "ben").say(found, "No.")
        visit(app, world, "ben").escalate(again(database, found))
        text = visit(app, world, "ida").item(found)
        slips = text[text.index('id="positions"') : text.index('id="talk"')]
        stale, missing = place(slips, "Stale", "Missing")
        orders.add(stale < missing)
    assert orders == {True, False}


def test_an_award_decides_and_counts_as_arbitrated(
    database: Database, app: FastAPI, world: World
) -> None:
    first, second = flagged(database, world)
    ida = visit(app, world, "ida")
    where, _ = ida.arbitrate(again(database, first), rationale="A date is no step.")
    assert where.endswith(f"/disagreements/{second.id}")
    (decision,) = decisions(database, first)
    assert decision.outcome == Outcome.ARBITRATED
    assert provenance_of(Outcome.ARBITRATED) is Provenance.ARBITRATED
    text = visit(app, world, "ben").item(first)
    place(text, "An arbiter decided.", "A date is no step.", "Arbiter", "Coder A")
    assert not re.search(r"Coder [AB]\b", ida.item(first).split("<main")[1])


def test_the_coders_only_read_while_the_arbiter_has_it(
    database: Database, app: FastAPI, world: World
) -> None:
    first = again(database, flagged(database, world)[0])
    text = visit(app, world, "cleo").item(first)
    place(text, "With the arbiter", "Is a date a step at all?", "Coder A")
    assert 'id="propose"' not in text
    assert 'action="/award"' not in text
    visit(app, world, "cleo").propose(first, status=409)
    visit(app, world, "cleo").escalate(first, status=409)


def test_nobody_is_asked_before_the_coders_have_talked(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    ben = visit(app, world, "ben")
    assert "Ask the arbiter" not in ben.item(first)
    _, text = ben.escalate(first, reason="At once.", status=409)
    place(text, "Talk about the card first", "At once.")
    ben.say(first, "I do not see it.")
    place(ben.item(first), "Ask the arbiter")
    ben.escalate(again(database, first))


def test_handing_over_ends_the_proposal_and_needs_a_reason(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "ben").propose(first)
    proposal = on_table(database, first)
    cleo = visit(app, world, "cleo")
    _, text = cleo.escalate(again(database, first), reason=" ", status=422)
    place(text, "Write to the arbiter what you cannot agree on.", 'id="escalate" open')
    for name in ("ida", "odo"):
        visit(app, world, name).escalate(again(database, first), status=403)
    cleo.escalate(again(database, first))
    cleo.confirm(first, proposal, status=409)
    assert decisions(database, first) == []


def test_nobody_arbitrates_a_card_they_coded(database: Database, app: FastAPI) -> None:
    world = make_world(database, n_cards=1, coders=("ada", "ben"))
    with database.transaction() as session:
        judge(session, world, "ada", 0, STALE)
        judge(session, world, "ben", 0, MISSING)
        close(session, world)
    (only,) = flagged(database, world)
    visit(app, world, "ben").say(only, "No.")
    visit(app, world, "ben").escalate(again(database, only))
    late = again(database, only)
    for name, words in (("ada", "somebody else has to"), ("ben", "Only an arbiter")):
        visitor = visit(app, world, name)
        assert "/award" not in visitor.item(only)
        place(visitor.arbitrate(late, status=403)[1], words)
    visit(app, world, "odo").arbitrate(late, status=403)
    assert decisions(database, only) == []


def test_nobody_arbitrates_what_was_not_handed_over(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    _, text = visit(app, world, "ida").arbitrate(first, rationale="At once.", status=409)
    place(text, "have not handed this card over", "At once.")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"answers": []}, "Choose the label the team decided on."),
        ({"cause": ""}, "Choose what the disagreement came from."),
        ({"rationale": " "}, "Write down why"),
    ],
)
def test_an_award_that_is_not_complete_is_refused_and_kept(
    database: Database, app: FastAPI, world: World, said: dict[str, object], words: str
) -> None:
    first = again(database, flagged(database, world)[0])
    sent = {"rationale": "A date is no step.", **said}
    _, text = visit(app, world, "ida").arbitrate(first, status=422, **sent)
    place(text, words, str(sent["rationale"]))


def test_B69_B70_a_stale_award_shows_what_happened_and_keeps_the_reason(
    database: Database, app: FastAPI, world: World
) -> None:
    first = again(database, flagged(database, world)[0])
    visit(app, world, "ada").arbitrate(first, rationale="Ada was quicker.")
    ida = visit(app, world, "ida")
    _, text = ida.arbitrate(first, rationale="Ida was slower.", status=409)
    place(text, "Ada was quicker.", "Ida was slower.", "Somebody proposed or decided something")
    ida.arbitrate(first, revision=None, status=422)
    assert len(decisions(database, first)) == 1
