"""A page offers no act that would be refused: what all confirmed, no one person undoes."""

from fastapi import FastAPI

from app.db import Database
from app.negotiation.models import Disagreement
from tests.coding.world import World
from tests.negotiation.negotiations import (
    again,
    decide,
    decisions,
    flagged,
    make_negotiation,
    visit,
)

PUT_OFF, ASK, TAKE_UP = "/deferral", "/escalation", "/taking-up"


def offered(app: FastAPI, world: World, name: str, found: Disagreement) -> set[str]:
    """Which of these acts the page of a card has a form for."""
    text = visit(app, world, name).item(found)
    return {act for act in (PUT_OFF, ASK, TAKE_UP) if f'{found.id}{act}"' in text}


def test_what_is_decided_is_put_off_or_handed_over_by_nobody_alone(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    found = flagged(database, world)[0]
    label = (world.category_ids[world.single_id][0],)
    decide(database, found, by=world.member_ids["ben"], label=label)
    visit(app, world, "ben").say(found, "I think of it again.")
    for name in ("ben", "ada"):
        assert offered(app, world, name, found) == set()
        visitor, now = visit(app, world, name), again(database, found)
        form = {"revision": now.revision, "reason": "I want it otherwise."}
        assert visitor.try_to(found, "escalation", **form) == 409
        day = {"in_charge": world.member_ids["cleo"], "due_on": "2999-01-01"}
        assert visitor.try_to(found, "deferral", **form, **day) == 409
    assert [one.outcome for one in decisions(database, found)] == ["persuaded"]


def test_an_arbiter_is_asked_when_a_coder_of_the_card_has_said_something(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    found = flagged(database, world)[0]
    ada, ben = visit(app, world, "ada"), visit(app, world, "ben")
    ada.say(found, "Shall we ask Ida?")
    ben.send(found, "passes")
    assert offered(app, world, "ada", found) == {PUT_OFF}
    form = {"revision": again(database, found).revision, "reason": "Please decide."}
    assert ada.try_to(found, "escalation", **form) == 409
    ben.say(found, "I do not see it.")
    assert offered(app, world, "ada", found) == {PUT_OFF, ASK}


def test_whoever_asked_for_an_arbiter_is_not_the_arbiter(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    found = flagged(database, world)[0]
    visit(app, world, "ben").say(found, "We differ.")
    ada = visit(app, world, "ada")
    ada.escalate(again(database, found))
    award = {
        "revision": again(database, found).revision,
        "answers": [world.category_ids[world.single_id][0]],
        "cause": "slip",
        "rationale": "I decide.",
    }
    assert ada.try_to(found, "award", **award) == 403
    assert f'{found.id}/award"' not in ada.item(found)
    assert visit(app, world, "ida").try_to(found, "award", **award) == 303


def test_what_was_put_off_is_taken_up_by_the_team_and_not_by_the_arbiter(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    found = flagged(database, world)[0]
    visit(app, world, "ben").defer(found)
    assert offered(app, world, "cleo", found) == {TAKE_UP}
    assert TAKE_UP not in offered(app, world, "ida", found)
    assert TAKE_UP not in offered(app, world, "odo", found)
