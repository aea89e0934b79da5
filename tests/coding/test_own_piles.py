"""Piles that coders make for themselves: each act once, undone as one, refused with words."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from app.coding.pile_models import Pile, PileTurn
from app.coding.rules import Sort
from tests.coding.desk import Desk, desk_of, fresh_id
from tests.coding.pile_desk import change, lies_in, make, named, piles
from tests.coding.world import World, make_world


@pytest.fixture
def world(app: FastAPI) -> World:
    return make_world(app.state.database, sort=Sort.HYBRID)


@pytest.fixture
def ben(app: FastAPI, world: World) -> Desk:
    return desk_of(app, world, "ben")


def test_a_pile_is_made_in_the_act_that_lays_the_first_card_into_it(ben: Desk) -> None:
    card = ben.cards[0]
    said = {"new_pile": "  Dead   ends ", "new_description": "Nobody answers."}
    assert ben.place(card, value="new_pile", **said).status_code == 303
    (pile,) = piles(ben)
    assert (pile.name, pile.description) == ("Dead ends", "Nobody answers.")
    assert lies_in(ben, card) == ["Dead ends"]
    assert ben.send("undo").status_code == 303
    assert piles(ben) == []
    assert lies_in(ben, card) == []
    assert "nothing to take back" in ben.client.get(ben.send("undo").headers["location"]).text


def test_colour_and_letter_follow_from_the_own_piles_alone(app: FastAPI, world: World) -> None:
    ben, cleo = desk_of(app, world, "ben"), desk_of(app, world, "cleo")
    for name in ("Dead ends", "Drafts", "Dates"):
        make(ben, name)
    make(cleo, "Dead ends")
    assert [(one.number, one.tone, one.letter) for one in piles(ben)] == [
        (1, 4, "d"),
        (2, 5, "r"),
        (3, 6, "a"),
    ]
    assert [(one.number, one.tone, one.letter) for one in piles(cleo)] == [(1, 4, "d")]


def test_a_pile_is_renamed_and_described_and_keeps_its_earlier_names(ben: Desk) -> None:
    make(ben, "Odd")
    assert change(ben, "name", "Odd", name="Strange", description="Hard to say.") == 303
    assert change(ben, "name", "Strange", name="Rare") == 303
    assert "Odd</bdi>, <bdi>Strange" in ben.get("/piles?pile=1").text
    ben.send("undo")
    assert [(one.name, one.description) for one in piles(ben)] == [("Strange", "Hard to say.")]


def test_merging_moves_cards_and_what_lies_below_and_is_undone_as_one(ben: Desk) -> None:
    first, second, third, _ = ben.cards
    make(ben, "A", first, second)
    make(ben, "B", third)
    make(ben, "Under A", parent=1)
    assert change(ben, "merge", "A", into=named(ben, "B").number) == 303
    assert [(one.name, one.parent) for one in piles(ben)] == [("B", None), ("Under A", 2)]
    assert [lies_in(ben, one) for one in (first, second, third)] == [["B"], ["B"], ["B"]]
    assert "merged into B" in ben.get("/piles").text
    ben.send("undo")
    assert [(one.name, one.parent) for one in piles(ben)] == [
        ("A", None),
        ("Under A", 1),
        ("B", None),
    ]
    assert [lies_in(ben, one) for one in (first, second, third)] == [["A"], ["A"], ["B"]]


def test_a_pile_merges_into_one_that_lies_under_it(ben: Desk) -> None:
    make(ben, "A", ben.cards[0])
    make(ben, "B", parent=1)
    assert change(ben, "merge", "A", into=2) == 303
    assert [(one.name, one.parent) for one in piles(ben)] == [("B", None)]
    assert lies_in(ben, ben.cards[0]) == ["B"]


def test_splitting_moves_the_chosen_cards_and_is_undone_as_one(ben: Desk) -> None:
    first, second, third, _ = ben.cards
    make(ben, "Mixed", first, second, third)
    assert change(ben, "split", "Mixed", name="Clear", card_ids=[second, third]) == 303
    assert [lies_in(ben, one) for one in (first, second, third)] == [
        ["Mixed"],
        ["Clear"],
        ["Clear"],
    ]
    ben.send("undo")
    assert [one.name for one in piles(ben)] == ["Mixed"]
    assert {tuple(lies_in(ben, one)) for one in (first, second, third)} == {("Mixed",)}


def test_a_chain_of_acts_is_taken_back_one_by_one_to_the_beginning(ben: Desk) -> None:
    first, second, *_ = ben.cards
    ben.park(first)
    ben.place(first, facet_id=ben.world.several_id, value="cannot_judge")
    make(ben, "A", first, second)  # the card put aside is done by it and no longer aside
    change(ben, "name", "A", name="B")
    change(ben, "split", "B", name="C", card_ids=[second])
    change(ben, "nest", "C", parent=1)
    change(ben, "merge", "C", into=1)
    assert not ben.assignment(first).is_parked
    seen = []
    for _ in range(8):
        ben.send("undo")
        seen.append([(one.name, one.parent) for one in piles(ben)])
    assert seen[:5] == [
        [("B", None), ("C", 1)],
        [("B", None), ("C", None)],
        [("B", None)],
        [("A", None)],
        [],
    ]
    assert not ben.assignment(first).is_done
    assert lies_in(ben, first) == lies_in(ben, second) == []
    assert not ben.assignment(first).is_parked  # the parking was taken back as well


def test_nothing_is_ever_deleted_or_altered(ben: Desk) -> None:
    make(ben, "A", ben.cards[0])
    change(ben, "name", "A", name="B")
    ben.send("undo")
    ben.send("undo")
    with ben.database.reading() as session:
        turns = session.exec(select(PileTurn).order_by(col(PileTurn.turn))).all()
        assert [(one.name, one.is_gone, one.undoes) for one in turns] == [
            ("A", False, None),
            ("B", False, None),
            ("A", False, 2),
            ("A", True, 1),
        ]
    make(ben, "A")
    assert named(ben, "A").number == 2  # a number is never given twice


@pytest.mark.parametrize(
    ("act", "fields", "words"),
    [
        ("", {"name": " "}, "Give the pile a name."),
        ("", {"name": "a" * 201}, "A name has at most 200 characters."),
        ("", {"name": "DEAD ends"}, "You already have a pile called Dead ends."),
        ("", {"name": "stale"}, "is a category of the codebook"),
        ("", {"name": "New", "parent": 9}, "is gone by now"),
        ("/name", {"name": "Below"}, "You already have a pile called Below."),
        ("/nest", {"parent": 1}, "A pile cannot lie under itself."),
        ("/nest", {"parent": 3}, "Other piles lie under Dead ends."),
        ("/merge", {"into": ""}, "Choose the pile to merge this one into."),
        ("/merge", {"into": 1}, "Choose another pile"),
        ("/merge", {"into": 7}, "is gone by now"),
        ("/split", {"name": "New"}, "Choose cards that lie in this pile"),
        ("/put-away", {}, "Cards lie in Dead ends."),
    ],
)
def test_what_cannot_be_is_refused_with_words_and_what_was_typed(
    ben: Desk, act: str, fields: dict[str, object], words: str
) -> None:
    make(ben, "Dead ends", ben.cards[0])
    make(ben, "Below", parent=1)
    make(ben, "Beside")
    form = {"pile": 1, "seen_turn": 1} if act else {"facet_id": ben.world.single_id}
    answer = ben.send(f"piles{act}", **form, **fields)
    assert answer.status_code in {409, 422}
    assert words in answer.text.replace("&#39;", "'")
    assert str(fields.get("name", "")).strip() in answer.text
    assert [one.name for one in piles(ben)] == ["Dead ends", "Below", "Beside"]


def test_a_refused_new_pile_is_still_in_the_form_with_the_memo(ben: Desk) -> None:
    make(ben, "Dead ends")
    said = {"new_pile": "Dead ends", "new_description": "Silence.", "memo": "I wonder."}
    answer = ben.place(ben.cards[0], value="new_pile", **said)
    assert answer.status_code == 422
    for words in ("You already have a pile called Dead ends", "Silence.", "I wonder."):
        assert words in answer.text
    assert 'value="Dead ends"' in answer.text


def test_a_pile_changed_in_another_tab_is_not_changed_again(ben: Desk) -> None:
    make(ben, "A")
    old = {"pile": 1, "seen_turn": 1}
    change(ben, "name", "A", name="B")
    answer = ben.send("piles/name", **old, name="C")
    assert answer.status_code == 409
    assert "it is called B by now" in answer.text
    assert 'value="C"' in answer.text
    make(ben, "D")
    change(ben, "merge", "B", into=2)
    assert "it is gone by now" in ben.send("piles/nest", **old, parent=2).text


def test_a_card_cannot_go_to_a_pile_that_is_gone_or_somebody_elses(
    app: FastAPI, world: World, ben: Desk
) -> None:
    make(desk_of(app, world, "cleo"), "Hers")
    answer = ben.place(ben.cards[0], piles="p1")
    assert answer.status_code == 409
    assert "A pile you chose is gone by now" in answer.text
    assert ben.place(ben.cards[0], piles="1").status_code == 422


def test_several_piles_and_categories_where_the_facet_takes_several(ben: Desk) -> None:
    card, facet = ben.cards[0], ben.world.several_id
    ben.send("piles", facet_id=facet, name="Mine")
    category = ben.world.category_ids[facet][0]
    both = {"facet_id": facet, "category_ids": category, "piles": "p1"}
    assert ben.place(card, **both, value="new_pile", new_pile="Another").status_code == 303
    assert ben.placements[-1].category_ids == [category]
    assert ben.placements[-1].pile_numbers == [1, 2]
    one = {"category_ids": ben.categories[0], "piles": "p1"}
    assert ben.place(card, **one).status_code in {409, 422}


def test_an_open_sort_offers_no_category_and_a_closed_one_no_pile(app: FastAPI) -> None:
    ben = desk_of(app, make_world(app.state.database, sort=Sort.OPEN), "ben")
    page = ben.get("/sort").text
    assert "Stale" not in page
    assert "New pile" in page
    assert ben.place(ben.cards[0], category_ids=ben.categories[0]).status_code == 409


def test_a_closed_sort_has_no_own_pile(app: FastAPI) -> None:
    ben = desk_of(app, make_world(app.state.database), "ben")
    assert "New pile" not in ben.get("/sort").text
    assert ben.get("/piles").status_code == 404
    answer = ben.place(ben.cards[0], value="new_pile", new_pile="Mine")
    assert answer.status_code == 409
    assert "it has no piles of your own" in answer.text


def test_after_handing_in_no_pile_changes(ben: Desk) -> None:
    make(ben, "A")
    for card in ben.cards:
        ben.judge(card)
    assert ben.send("hand-in").status_code == 303
    answer = ben.send("piles/name", pile=1, seen_turn=1, name="B")
    assert answer.status_code == 409
    assert "You have handed this round in" in answer.text
    assert [one.name for one in piles(ben)] == ["A"]


def test_two_tabs_that_make_the_same_pile_make_one(ben: Desk) -> None:
    form = {"facet_id": ben.world.single_id, "name": "Same"}
    with ThreadPoolExecutor(2) as pool:
        codes = sorted(
            one.status_code for one in pool.map(lambda _: ben.send("piles", **form), range(2))
        )
    assert codes == [303, 422]
    assert [one.number for one in piles(ben)] == [1]


def test_an_act_sent_twice_with_the_same_id_happens_once(ben: Desk) -> None:
    form = {
        "operation_id": fresh_id(),
        "facet_id": ben.world.single_id,
        "name": "Once",
        "card_ids": ben.cards[:2],
    }
    with ThreadPoolExecutor(2) as pool:
        send = lambda _: ben.client.post(f"{ben.base}/piles", data=form)  # noqa: E731
        assert {one.status_code for one in pool.map(send, range(2))} == {303}
    with ben.database.reading() as session:
        assert len(session.exec(select(Pile)).all()) == 1
    assert len(ben.placements) == 2
