"""Redoing as requests; that it leads to the right state is part of the model in `test_undo`."""

from tests.coding.desk import Desk


def test_redo_leads_back_to_the_card_and_facet_of_the_act(ben: Desk) -> None:
    ben.place(ben.cards[1], facet_id=ben.world.several_id, value="cannot_judge", memo="thin")
    ben.send("undo")
    answer = ben.send("redo")
    assert answer.headers["location"].endswith(f"card={ben.cards[1]}&facet={ben.world.several_id}")
    last = ben.placements[-1]
    assert (last.value, last.memo, last.turn) == ("cannot_judge", "thin", 3)


def test_nothing_is_redone_once_another_act_came(ben: Desk) -> None:
    ben.place(ben.cards[0], category_ids=ben.categories[0])
    ben.send("undo")
    ben.park(ben.cards[1])
    answer = ben.send("redo")
    assert "There is nothing to redo." in ben.client.get(answer.headers["location"]).text
    assert [row.value for row in ben.placements] == ["categories", "not_judged"]


def test_redo_on_the_board_stays_on_the_board(ben: Desk) -> None:
    ben.place(ben.cards[0], category_ids=ben.categories[0], view="board")
    ben.send("undo", view="board", facet_id=ben.world.single_id)
    answer = ben.send("redo", view="board", facet_id=ben.world.single_id)
    assert answer.headers["location"].endswith(f"/board?facet={ben.world.single_id}")
