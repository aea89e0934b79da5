"""What a study says that it waits for while the team talks: of each person their own part."""

from fastapi import FastAPI

from app.coding.rules import Protocol
from app.db import Database
from tests.coding.world import World, make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    again,
    close,
    flagged,
    judge,
    make_negotiation,
    on_table,
    place,
    visit,
)

TEAM = "for the team in"


def home(app: FastAPI, world: World, name: str) -> str:
    return visit(app, world, name).client.get(f"/studies/{world.study_id}").text


def test_statements_that_are_missing_come_first_and_lead_to_their_run(
    database: Database, app: FastAPI
) -> None:
    world = make_world(
        database, n_cards=2, coders=("ben", "cleo"), protocol=Protocol(has_statements=True)
    )
    with database.transaction() as session:
        for card in range(2):
            judge(session, world, "ben", card, STALE)
            judge(session, world, "cleo", card, MISSING)
        close(session, world)
    ben = visit(app, world, "ben")
    place(home(app, world, "ben"), "2 statements of yours are missing in Round 1")
    place(home(app, world, "ben"), f'href="{ben.url}/statements"')
    ben.seal(flagged(database, world)[0])
    place(home(app, world, "ben"), "1 statement of yours is missing in Round 1")
    assert "of yours" not in home(app, world, "ada")


def test_a_proposal_waits_for_whoever_has_not_answered(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "ben").propose(first)
    text = home(app, world, "cleo")
    place(text, "1 proposal waits for you in Round 1", "state=mine")
    url = f"/disagreements?facet={world.single_id}&state=mine"
    place(visit(app, world, "cleo").page(url), f"/disagreements/{first.id}")
    for name in ("ada", "ben"):
        assert TEAM in home(app, world, name)
    visit(app, world, "cleo").confirm(first, on_table(database, first))
    assert "waits for you in Round 1" not in home(app, world, "cleo")


def test_an_arbiter_is_told_of_what_was_handed_over_and_of_nothing_else(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    text = home(app, world, "ida")
    assert TEAM not in text
    assert "handed over" not in text
    ben, cleo = visit(app, world, "ben"), visit(app, world, "cleo")
    ben.say(first, "It is stale.")
    cleo.say(first, "It is not.")
    ben.escalate(again(database, first))
    place(home(app, world, "ida"), "1 card was handed over to you in Round 1", "state=mine")
    url = f"/disagreements?facet={world.single_id}&state=mine"
    place(visit(app, world, "ida").page(url), f"/disagreements/{first.id}")
    assert "handed over to you" not in home(app, world, "ada")
