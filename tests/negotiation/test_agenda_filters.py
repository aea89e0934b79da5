"""The agenda shows one part of it, by reason, coder, category, state or pair."""

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from app.coding.rules import Value
from app.db import Database
from app.negotiation.rules import Flag
from tests.coding.world import World, make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    close,
    judge,
    place,
    visit,
)

ANSWERS = (
    (STALE, MISSING, STALE),
    (STALE, None, UNCLEAR),
    (Value.NONE_APPLIES, STALE, None),
    (STALE, MISSING, UNCLEAR),
)


def make_three(database: Database) -> World:
    """Ada, Ben and Cleo, not all of them on every card."""
    world = make_world(database, n_cards=len(ANSWERS))
    with database.transaction() as session:
        for card, answers in enumerate(ANSWERS):
            for name, answer in zip(("ada", "ben", "cleo"), answers, strict=True):
                judge(session, world, name, card, answer, confidence=3)
        close(session, world)
    return world


def shown(text: str) -> list[int]:
    return [card for card in range(len(ANSWERS)) if f"L-{card}</bdi>" in text]


@pytest.mark.parametrize(
    ("query", "cards"),
    [
        (f"flag={int(Flag.LONE_DISSENT)}", [0]),
        (f"flag={int(Flag.SCOPE_CONFLICT)}", [2]),
        (f"flag={int(Flag.ALL_DIFFER)}", [3]),
        (f"flag={int(Flag.CONFIDENT_CONFLICT)}", [0, 1, 3]),
        ("coder=Coder+B", [0, 2, 3]),
        ("coder=Coder+C", [0, 1, 3]),
        ("coder=Coder+Z", []),
        ("flag=5&coder=Coder+C&state=open", [0]),
        ("state=decided", []),
        ("flag=99&category=x&flag=", [0, 1, 2, 3]),
    ],
)
def test_one_part_is_shown(query: str, cards: list[int], database: Database, app: FastAPI) -> None:
    world = make_three(database)
    assert shown(visit(app, world, "odo").page(f"/disagreements?{query}")) == cards


def test_a_category_finds_the_cards_on_which_anybody_named_it(
    database: Database, app: FastAPI
) -> None:
    world = make_three(database)
    ids = world.category_ids[world.single_id]
    ben = visit(app, world, "ben")
    for category, cards in ((UNCLEAR, [1, 3]), (MISSING, [0, 3]), (STALE, [0, 1, 2, 3])):
        text = ben.page(f"/disagreements?category={ids[category]}")
        assert shown(text) == cards
        place(text, f'<option value="{ids[category]}" selected>', "Show all")


def test_a_card_is_found_under_every_reason_that_holds(database: Database, app: FastAPI) -> None:
    world = make_three(database)
    for flag in (Flag.CONFIDENT_CONFLICT, Flag.ALL_DIFFER):
        text = visit(app, world, "ben").page(f"/disagreements?flag={int(flag)}")
        assert 3 in shown(text)


def test_nothing_found_says_so_and_leads_back(database: Database, app: FastAPI) -> None:
    world = make_three(database)
    text = visit(app, world, "ben").page("/disagreements?coder=Coder+Z")
    place(text, "Nothing like this", "Show all")


def test_a_long_list_comes_in_pages(database: Database, app: FastAPI) -> None:
    world = make_world(database, n_cards=120, coders=("ben", "cleo"))
    with database.transaction() as session:
        for card in range(120):
            judge(session, world, "ben", card, STALE)
            judge(session, world, "cleo", card, MISSING)
        close(session, world)
    ben = visit(app, world, "ben")
    stale, missing = (world.category_ids[world.single_id][one] for one in (STALE, MISSING))
    pair = "+%7C+".join(sorted((str(stale), str(missing))))
    assert ben.page().count('class="agenda-id"') == 8
    first = ben.page(f"/disagreements?pair={pair}")
    assert first.count('class="agenda-id"') == 100
    place(first, "Later cards")
    second = ben.page(f"/disagreements?pair={pair}&page=2")
    assert second.count('class="agenda-id"') == 20
    place(second, "Earlier cards")
    assert "Later cards" not in second


def test_a_longer_agenda_takes_no_more_statements(database: Database, app: FastAPI) -> None:
    world = make_world(database, n_cards=40, coders=("ben", "cleo"))
    with database.transaction() as session:
        for card in range(40):
            for facet_id in (world.single_id, world.several_id):
                n_differing = 38 if facet_id == world.single_id else 3
                other = (MISSING, UNCLEAR)[card % 2] if card < n_differing else STALE
                judge(session, world, "ben", card, STALE, facet_id=facet_id, confidence=3)
                judge(session, world, "cleo", card, other, facet_id=facet_id, confidence=3)
        close(session, world)
    ben = visit(app, world, "ben")
    ben.page()  # the codebook version is parsed once
    counted = []
    for facet_id in (world.single_id, world.several_id):
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)  # noqa: B023

        event.listen(app.state.database.engine, "before_cursor_execute", note)
        ben.page(f"/disagreements?facet={facet_id}")
        event.remove(app.state.database.engine, "before_cursor_execute", note)
        counted.append(len(seen))
    assert counted[0] == counted[1] > 0
