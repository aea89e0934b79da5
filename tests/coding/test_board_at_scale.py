"""A board with many cards: piles come in parts, are searched whole, and stand as one likes."""

import re

import pytest
from fastapi import FastAPI

from app.coding.arranging import Arrangement
from app.coding.rules import Sort
from tests.coding.desk import Desk, desk_of, fresh_id
from tests.coding.pile_desk import make
from tests.coding.test_board import piles_in
from tests.coding.world import make_world


@pytest.fixture
def ben(app: FastAPI) -> Desk:
    return desk_of(app, make_world(app.state.database, n_cards=70), "ben")


def minis_in(page: str) -> list[int]:
    return [int(card) for card in re.findall(r'<li class="card mini[^"]*" data-card="(\d+)"', page)]


def test_a_pile_is_fetched_part_by_part_in_the_own_order_and_counted_whole(ben: Desk) -> None:
    page = ben.get("/board").text
    unsorted = page.split('data-pile="not_judged"')[1].split("</section>")[0]
    assert "<span data-count>70</span>" in unsorted
    cards, link = minis_in(unsorted), re.search(r'data-more="([^"]+)"', unsorted)
    assert len(cards) < 70
    address = link[1] if link else ""
    while address:
        part = ben.client.get(address.replace("&amp;", "&")).text
        assert "<html" not in part
        cards += minis_in(part)
        address = re.findall(r'data-next="([^"]*)"', part)[0]
    assert cards == ben.cards
    again = piles_in(ben.get("/board?loaded=not_judged.64,nonsense.9,x").text)
    assert again["not_judged"] == ben.cards[:64]


def test_a_search_finds_cards_not_loaded_and_what_piles_are_said_to_be(app: FastAPI) -> None:
    ben = desk_of(app, make_world(app.state.database, n_cards=70, sort=Sort.HYBRID), "ben")
    make(ben, "Dead ends", ben.cards[69], description="Nobody answers there.")
    page = ben.get("/board?search=excerpt number 7 ").text
    piles = piles_in(page)
    assert sum(map(len, piles.values())) == page.count("Excerpt number 7") == 1
    assert 'class="pile is-folded"' in page, "piles without any are folded away"
    for words, name in (("NOBODY answers", "Dead ends"), ("what counts as stale", "Stale")):
        page = ben.get(f"/board?search={words}").text
        said = page.split("also said of")[1].split("</p>")[0]
        assert re.findall(r"<bdi>([^<]+)", said) == [name]


def test_two_piles_are_read_side_by_side_with_what_they_mean(ben: Desk) -> None:
    missing, stale, _ = ben.categories
    ben.place(ben.cards[0], category_ids=missing)
    ben.place(ben.cards[1], category_ids=stale)
    page = ben.get(f"/board?pile={missing}&beside={stale}").text
    readings = page.split('<section class="reading"')[1:]
    assert [minis_in(part) for part in readings] == [[ben.cards[0]], [ben.cards[1]]]
    assert "What counts as missing." in readings[0]
    assert "What counts as stale." in readings[1]
    assert ben.get(f"/board?pile={missing}&beside=nonsense").status_code == 404


def test_columns_are_folded_and_put_in_order_for_this_coder_alone(app: FastAPI, ben: Desk) -> None:
    missing, stale, unclear = map(str, ben.categories)
    cleo = desk_of(app, ben.world, "cleo")
    untouched = list(piles_in(cleo.get("/board").text))

    def arrange(change: str, pile: str = "", **fields: object) -> int:
        form = {"facet_id": ben.world.single_id, "change": change, "pile": pile, **fields}
        return ben.send("board/columns", **form).status_code

    assert arrange("before", unclear, before=missing) == 303
    assert arrange("earlier", stale) == 303
    assert arrange("fold", missing) == 303
    assert arrange("earlier", "not_judged") == 303
    page = ben.get("/board").text
    assert list(piles_in(page))[:4] == ["not_judged", unclear, stale, missing]
    assert re.search(rf'class="pile is-folded" id="pile-{missing}"', page)
    assert "1 column folded" in page
    assert list(piles_in(cleo.get("/board").text)) == untouched
    assert arrange("fold", "p9") == 409
    answer = ben.client.post(
        f"{ben.base}/board/columns",
        data={"operation_id": fresh_id(), "change": "open_all"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 204
    assert arrange("usual") == 303
    page = ben.get("/board").text
    assert list(piles_in(page)) == untouched
    assert "is-folded" not in page


def test_a_new_pile_stands_beside_its_neighbour_in_an_order_of_ones_own() -> None:
    own = Arrangement(order=("c", "a", "gone"))
    assert own.ordered(["not_judged", "a", "b", "c", "d"]) == ["not_judged", "c", "d", "a", "b"]
    assert own.ordered(["new", "a", "c"]) == ["new", "c", "a"]
