"""Many cards moved as one act: all of them or none, taken back and redone as one."""

import pytest
from fastapi import FastAPI
from httpx2 import Response

from app.coding.rules import Sort
from tests.coding.desk import Desk, desk_of, fresh_id
from tests.coding.pile_desk import lies_in, make
from tests.coding.world import make_world


@pytest.fixture
def ben(app: FastAPI) -> Desk:
    return desk_of(app, make_world(app.state.database, n_cards=56), "ben")


def together(ben: Desk, cards: list[str], to: object, **fields: object) -> Response:
    form = {"operation_id": fresh_id(), "facet_id": ben.world.single_id, "cards": cards, "to": to}
    return ben.client.post(f"{ben.base}/placements/together", data={**form, **fields})


def fresh(cards: list[int]) -> list[str]:
    return [f"{card}.0" for card in cards]


def test_cards_move_as_one_act_that_is_undone_and_redone_as_one(ben: Desk) -> None:
    first, second, third = ben.cards[:3]
    stale = str(ben.categories[1])
    ben.place(second, category_ids=ben.categories[0], confidence="3", memo="thin")
    picked = [f"{first}.0", f"{second}.1", f"{third}.0"]
    answer = together(ben, picked, stale)
    assert "The cards were moved." in ben.client.get(answer.headers["location"]).text
    assert [lies_in(ben, card) for card in (first, second, third)] == [[stale]] * 3
    kept = next(row for row in ben.placements if row.card_id == second and row.turn > 1)
    assert (kept.confidence, kept.memo) == (3, "thin")
    before = [[], [str(ben.categories[0])], []]
    for act, states in (("undo", before), ("redo", [[stale]] * 3), ("undo", before)):
        ben.send(act)
        assert [lies_in(ben, card) for card in (first, second, third)] == states
    ben.send("undo")  # the act before it, by itself
    assert lies_in(ben, second) == []
    ben.send("redo")
    ben.send("redo")
    assert [lies_in(ben, card) for card in (first, second, third)] == [[stale]] * 3
    together(ben, [f"{first}.{ben.placements[-1].turn}"], stale)
    assert len([row for row in ben.placements if row.undoes is None]) == 4, "it lay there already"


def test_what_a_gate_answers_goes_with_the_cards_and_comes_back_with_them(app: FastAPI) -> None:
    ben = desk_of(app, make_world(app.state.database, n_cards=4, gate="not_none"), "ben")
    cards = ben.cards[:2]
    together(ben, fresh(cards), "none_applies")
    assert newest(ben, cards) == ["none_applies", "not_applicable"] * 2
    ben.send("undo")
    assert newest(ben, cards) == ["not_judged"] * 4
    assert len(ben.placements) == 8, "one row takes each row back"
    ben.send("redo")
    assert newest(ben, cards) == ["none_applies", "not_applicable"] * 2
    ben.send("undo")
    ben.send("undo")
    assert newest(ben, cards) == ["not_judged"] * 4


def newest(ben: Desk, cards: list[int]) -> list[str]:
    """What is said now of each card, facet by facet."""
    facets = (ben.world.single_id, ben.world.several_id)
    said = {(row.card_id, row.facet_id): row.value for row in ben.placements}
    return [said[card, facet] for card in cards for facet in facets]


def test_one_stale_card_holds_all_back_and_the_others_can_go(ben: Desk) -> None:
    cards, goal = ben.cards[:3], str(ben.categories[2])
    ben.place(cards[1], value="cannot_judge")
    answer = together(ben, fresh(cards), goal, pile="not_judged")
    assert answer.status_code == 409
    assert "None of the 3 was moved" in answer.text
    with_key = ben.get(f"/board?card={cards[1]}").text.split("data-what><bdi>")[1].split("<")[0]
    assert f"<li><bdi>{with_key}</bdi></li>" in answer.text
    assert "Move the other 2 cards" in answer.text
    assert len(ben.placements) == 1
    assert together(ben, fresh([cards[0], cards[2]]), goal, is_confirmed="true").status_code == 303
    assert [lies_in(ben, card) for card in cards[::2]] == [[goal]] * 2


def test_many_are_asked_about_and_too_many_refused_in_words(ben: Desk) -> None:
    goal = str(ben.categories[0])
    asked = together(ben, fresh(ben.cards[:51]), goal)
    assert asked.status_code == 200
    assert "Move 51 cards?" in asked.text
    too_many = together(ben, [f"{number}.0" for number in range(1, 502)], goal)
    assert too_many.status_code == 422
    assert "At most 500 cards move at once; you picked 501." in too_many.text
    assert ben.placements == []
    assert together(ben, fresh(ben.cards[:51]), goal, is_confirmed="true").status_code == 303
    assert len(ben.placements) == 51


@pytest.mark.parametrize(
    ("cards", "to", "status"),
    [([], "none_applies", 422), (["1.0"], "word", 422), (["99999.0"], "none_applies", 404)],
)
def test_nothing_moves_without_cards_a_pile_or_the_card_of_another(
    ben: Desk, cards: list[str], to: str, status: int
) -> None:
    assert together(ben, cards, to).status_code == status
    ben.send("hand-in")
    assert ben.placements == []


def test_each_card_leaves_the_pile_it_was_picked_in_and_keeps_its_others(ben: Desk) -> None:
    several = ben.world.several_id
    one, two, three = ben.world.category_ids[several]
    card = ben.cards[0]
    ben.place(card, facet_id=several, category_ids=[one, two])
    together(ben, [f"{card}.1.{one}"], str(three), facet_id=several)
    assert ben.placements[-1].category_ids == [two, three]


def test_a_parked_card_is_parked_again_when_all_is_undone(app: FastAPI) -> None:
    ben = desk_of(app, make_world(app.state.database, n_facets=1), "ben")
    ben.park(ben.cards[0])
    together(ben, fresh(ben.cards[:2]), str(ben.categories[0]))
    assert not ben.assignment(ben.cards[0]).is_parked
    ben.send("undo")
    assert ben.assignment(ben.cards[0]).is_parked
    assert not ben.assignment(ben.cards[1]).is_done


def test_cards_move_into_an_own_pile_and_back_as_one(app: FastAPI) -> None:
    ben = desk_of(app, make_world(app.state.database, sort=Sort.HYBRID), "ben")
    make(ben, "Dead ends")
    cards = ben.cards[:3]
    together(ben, fresh(cards), "p1")
    assert [lies_in(ben, card) for card in cards] == [["Dead ends"]] * 3
    ben.send("undo")
    assert [lies_in(ben, card) for card in cards] == [[]] * 3
    assert together(ben, [f"{card}.2" for card in cards], "p7").status_code == 409
