"""Where the agenda leads when a facet, and when the whole round, is talked through."""

from fastapi import FastAPI

from app.db import Database
from tests.coding.world import make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    close,
    decide,
    flagged,
    judge,
    make_negotiation,
    visit,
)


def test_a_facet_that_is_done_leads_to_the_one_that_is_not(
    app: FastAPI, database: Database
) -> None:
    world = make_world(database, n_cards=1, coders=("ben", "cleo"))
    with database.transaction() as session:
        for name, answer in (("ben", STALE), ("cleo", MISSING)):
            judge(session, world, name, 0, answer)
            judge(session, world, name, 0, (answer,), facet_id=world.several_id)
        close(session, world)
    label = (world.category_ids[world.single_id][STALE],)
    decide(database, flagged(database, world)[0], by=world.member_ids["ben"], label=label)
    page = visit(app, world, "ada").page(f"/disagreements?facet={world.single_id}")
    assert "Nothing is open here. Still open:" in page
    assert f"facet={world.several_id}" in page.partition("Still open:")[2].partition("</p>")[0]
    assert "Finish the round" not in page
    assert "Still open:" not in visit(app, world, "ada").page(
        f"/disagreements?facet={world.several_id}"
    )


def test_a_round_that_is_talked_through_leads_to_its_labels_and_a_lead_to_its_end(
    app: FastAPI, database: Database
) -> None:
    world = make_negotiation(database, [(STALE, MISSING)])
    assert "Begin with" in visit(app, world, "ben").page()
    label = (world.category_ids[world.single_id][STALE],)
    decide(database, flagged(database, world)[0], by=world.member_ids["ben"], label=label)
    for name, may_finish in (("ben", False), ("ada", True)):
        page = visit(app, world, name).page()
        assert "Every disagreement of the round is settled." in page
        assert "Begin with" not in page
        assert ("Finish the round" in page) is may_finish
        assert "/labels?facet=" in page.partition("</header>")[2]
