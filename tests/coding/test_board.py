"""The Board: piles of the coder's own cards."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from app.coding.models import Placement
from app.db import Database
from tests.coding.desk import Desk, desk_of
from tests.coding.world import World, make_world


def saved(ben: Desk) -> list[tuple[str, list[int], int]]:
    return [(row.value, row.category_ids, row.turn) for row in ben.placements]


def piles_in(page: str) -> dict[str, list[int]]:
    parts = re.split(r'data-pile="(\w+)"', page)[1:]
    return {
        key: [
            int(card) for card in re.findall(r'<li class="card mini[^"]*" data-card="(\d+)"', part)
        ]
        for key, part in zip(parts[::2], parts[1::2], strict=True)
    }


def test_the_board_shows_where_every_card_lies_in_the_own_order(ben: Desk) -> None:
    first, second, third, fourth = ben.cards
    ben.place(third, category_ids=ben.categories[0])
    ben.place(first, category_ids=ben.categories[0])
    ben.place(second, value="not_applicable")
    piles = piles_in(ben.get("/board").text)
    assert piles[str(ben.categories[0])] == [first, third]
    assert piles["not_applicable"] == [second]
    assert piles["not_judged"] == [fourth]
    assert next(iter(piles)) == "not_judged"


def test_a_card_lies_in_every_pile_it_was_given(ben: Desk) -> None:
    several = ben.world.category_ids[ben.world.several_id]
    ben.place(ben.cards[0], facet_id=ben.world.several_id, category_ids=several[:2])
    page = ben.get(f"/board?facet={ben.world.several_id}").text
    piles = piles_in(page)
    assert piles[str(several[0])] == piles[str(several[1])] == [ben.cards[0]]
    assert "also in <bdi>Stale</bdi>" in page


def test_a_pile_is_read_side_by_side_with_whole_texts(ben: Desk) -> None:
    ben.place(ben.cards[0], category_ids=ben.categories[0])
    page = ben.get(f"/board?facet={ben.world.single_id}&pile={ben.categories[0]}").text
    assert page.count("mini is-whole") == 1
    assert ben.get(f"/board?facet={ben.world.single_id}&pile=nonsense").status_code == 404


def test_without_scripts_a_picked_card_is_laid_down_by_a_form(ben: Desk) -> None:
    card = ben.cards[0]
    page = ben.get(f"/board?facet={ben.world.single_id}&card={card}").text
    mover = page.split('id="mover"')[1].split("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', mover))
    assert re.search(rf'name="category_ids" value="{ben.categories[1]}"', mover)
    fields |= dict(re.findall(r'name="(operation_id)" value="([^"]*)"', mover))
    sent = {**fields, "category_ids": ben.categories[1]}
    answer = ben.client.post(f"{ben.base}/placements", data=sent)
    assert answer.headers["location"].endswith(f"/board?facet={ben.world.single_id}")
    assert saved(ben) == [("categories", [ben.categories[1]], 1)]


def test_a_script_that_moved_a_card_gets_the_card_and_the_progress(ben: Desk) -> None:
    answer = ben.place(ben.cards[0], category_ids=ben.categories[0], view="board", script=True)
    assert answer.status_code == 200
    assert 'data-turn="1"' in answer.text
    assert 'id="thread"' in answer.text
    assert "<html" not in answer.text


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", ["/sort", "/board", "/board?pile=not_judged", "/hand-in"])
def test_the_number_of_statements_does_not_grow_with_the_cards(app: FastAPI, path: str) -> None:
    numbers = []
    # More than are judged, in both: looking for the last cards takes some statements more.
    for n_cards in (8, 90):
        world = make_world_named(app, n_cards)
        ben = desk_of(app, world, "ben")
        for card in ben.cards[:3]:
            ben.judge(card)
        ben.get(path)
        with counted(app.state.database) as statements:
            assert ben.get(path).status_code == 200
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 20


def make_world_named(app: FastAPI, n_cards: int) -> World:
    database: Database = app.state.database
    with database.transaction() as session:
        for table in reversed(Placement.metadata.sorted_tables):
            session.connection().execute(table.delete())
    return make_world(database, n_cards=n_cards)
