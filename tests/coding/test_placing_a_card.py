"""Judging cards in Focus, at the level of requests."""

import re

import pytest

from tests.coding.desk import Desk
from tests.conftest import Clock


def saved(ben: Desk) -> list[tuple[str, list[int], int]]:
    return [(row.value, row.category_ids, row.turn) for row in ben.placements]


def test_focus_opens_on_the_coders_first_card_and_first_facet(ben: Desk) -> None:
    page = ben.get("/sort").text
    assert f'data-card="{ben.cards[0]}"' in page
    assert "Card 1 of 4" in page
    assert f'name="facet_id" value="{ben.world.single_id}"' in page


def test_a_choice_is_saved_and_leads_to_the_next_facet_then_to_the_next_card(ben: Desk) -> None:
    first, second = ben.cards[:2]
    answer = ben.place(first, category_ids=ben.categories[0])
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"card={first}&facet={ben.world.several_id}")
    answer = ben.place(first, facet_id=ben.world.several_id, value="none_applies")
    assert answer.headers["location"].endswith(f"card={second}&facet={ben.world.single_id}")
    assert saved(ben) == [("categories", [ben.categories[0]], 1), ("none_applies", [], 1)]


def test_a_script_gets_the_next_page_at_once_the_same_as_its_address_gives(ben: Desk) -> None:
    answer = ben.place(ben.cards[0], category_ids=ben.categories[0], script=True)
    assert answer.status_code == 200
    assert answer.headers["hx-push-url"].endswith(f"facet={ben.world.several_id}")
    again = ben.client.get(answer.headers["hx-push-url"])
    assert without_ids(answer.text) == without_ids(again.text)


def without_ids(page: str) -> str:
    page = re.sub(r'(name="operation_id" value=)"[^"]+"', r"\1", page)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", page)


def test_several_categories_are_one_placement(ben: Desk) -> None:
    several = ben.world.category_ids[ben.world.several_id]
    ben.place(ben.cards[0], facet_id=ben.world.several_id, category_ids=[several[2], several[0]])
    assert saved(ben) == [("categories", [several[0], several[2]], 1)]


def test_a_card_that_was_judged_before_shows_what_was_said(ben: Desk) -> None:
    ben.place(ben.cards[0], category_ids=ben.categories[1], memo="Old scores stay", confidence=3)
    page = ben.get(f"/sort?card={ben.cards[0]}&facet={ben.world.single_id}").text
    assert re.search(rf'value="{ben.categories[1]}"\s+aria-pressed="true"', page)
    assert "Old scores stay" in page
    assert re.search(r'name="confidence" value="3"[^>]* checked', page)
    assert 'name="seen_turn" value="1"' in page


def test_the_page_says_when_the_own_last_act_was_saved(ben: Desk, clock: Clock) -> None:
    assert "Saved" not in ben.get("/sort").text
    ben.place(ben.cards[0], category_ids=ben.categories[0])
    clock.advance(minutes=7)
    assert re.search(r"Saved\s+<time datetime=\"2026-03-02T09:00", ben.get("/sort").text)


def test_skipped_cards_come_round_again_and_parked_ones_last(ben: Desk) -> None:
    first, second, third, fourth = ben.cards
    answer = ben.park(first)
    assert f"card={second}" in answer.headers["location"]
    ben.judge(second)
    ben.judge(fourth)
    assert f'data-card="{third}"' in ben.get("/sort").text
    ben.judge(third)
    assert f'data-card="{first}"' in ben.get("/sort").text


def test_parked_cards_can_be_looked_up_and_taken_back(ben: Desk) -> None:
    card = ben.cards[2]
    ben.park(card)
    page = ben.get("/sort?parked=1").text
    assert f'data-card="{card}"' in page
    assert "1 parked" in page
    answer = ben.park(card, is_parked=False)
    assert f"card={card}" in answer.headers["location"]
    assert not ben.assignment(card).is_parked


def test_a_judged_card_can_be_parked_and_waits_to_be_looked_at_again(ben: Desk) -> None:
    judged, waiting = ben.cards[0], ben.cards[3]
    ben.judge(judged)
    ben.park(judged)
    assert "1 of 4 cards sorted, 1 parked" in ben.get("/sort").text
    assert f'data-card="{judged}"' in ben.get("/sort?parked=1").text
    # A card that is not judged yet comes before those that only want a second look.
    ben.park(waiting)
    page = ben.get("/sort?parked=1").text
    assert f'data-card="{waiting}"' in page
    assert "1 of 4 cards sorted, 2 parked" in page
    # Judging it anew is the second look.
    ben.place(judged, category_ids=ben.categories[0], seen_turn=1)
    assert not ben.assignment(judged).is_parked
    assert "1 of 4 cards sorted, 1 parked" in ben.get("/sort").text


def test_a_card_is_done_once_every_facet_has_an_answer(ben: Desk) -> None:
    card = ben.cards[0]
    ben.park(card)
    ben.place(card, category_ids=ben.categories[0])
    assert not ben.assignment(card).is_done
    ben.place(card, facet_id=ben.world.several_id, value="not_applicable")
    assert ben.assignment(card).is_done
    assert not ben.assignment(card).is_parked
    ben.place(card, facet_id=ben.world.several_id, value="not_judged", seen_turn=1)
    assert not ben.assignment(card).is_done


def test_a_memo_alone_keeps_the_judgement_and_stays_on_the_card(ben: Desk) -> None:
    card = ben.cards[0]
    ben.place(card, category_ids=ben.categories[2], confidence=1)
    answer = ben.place(card, value="keep", memo="Because", seen_turn=1, confidence=1)
    assert answer.headers["location"].endswith(f"card={card}&facet={ben.world.single_id}")
    last = ben.placements[-1]
    assert (last.value, last.category_ids, last.memo) == (
        "categories",
        [ben.categories[2]],
        "Because",
    )


def test_a_memo_on_a_card_not_judged_yet_is_no_judgement(ben: Desk) -> None:
    ben.place(ben.cards[0], value="keep", memo="Come back to this")
    assert saved(ben) == [("not_judged", [], 1)]
    assert not ben.assignment(ben.cards[0]).is_done


def test_a_move_on_the_board_keeps_memo_and_confidence(ben: Desk) -> None:
    card = ben.cards[0]
    ben.place(card, category_ids=ben.categories[0], memo="Because", confidence=2)
    moved = {"memo": None, "confidence": None, "view": "board", "seen_turn": 1}
    answer = ben.place(card, category_ids=ben.categories[1], **moved)
    assert answer.headers["location"].endswith(f"/board?facet={ben.world.single_id}")
    last = ben.placements[-1]
    assert (last.category_ids, last.memo, last.confidence) == ([ben.categories[1]], "Because", 2)


def test_B60_a_memo_beyond_the_limit_is_refused_with_limit_and_length(ben: Desk) -> None:
    answer = ben.place(ben.cards[0], category_ids=ben.categories[0], memo="m" * 300_000)
    assert answer.status_code == 422
    assert "at most 20,000 characters and has 300,000" in answer.text
    answer = ben.place(ben.cards[0], category_ids=ben.categories[0], memo="m" * 10_000_000)
    assert answer.status_code in {400, 413, 422}
    assert saved(ben) == []


def test_B61_thousands_of_fields_are_refused(ben: Desk) -> None:
    answer = ben.place(ben.cards[0], category_ids=[str(i + 1) for i in range(2_100)])
    assert answer.status_code in {400, 422}
    assert saved(ben) == []


@pytest.mark.parametrize(
    "memo",
    [
        "<script>alert(1)</script>",
        '<svg onload="alert(1)">',
        '<b hx-get="/x" hx-on:click="y" style="color: red">',
        "</textarea><script>alert(1)</script>",
        '<img src="http://elsewhere.invalid/p.png">',
        "![](http://elsewhere.invalid/p.png)",
        "[x](javascript:alert(1))",
        "{{ 7 * 7 }} {% raw %} %s {0}",
    ],
)
def test_B62_B63_B64_a_memo_is_shown_as_it_was_typed_and_does_nothing(ben: Desk, memo: str) -> None:
    ben.place(ben.cards[0], category_ids=ben.categories[0], memo=memo)
    assert ben.placements[-1].memo == memo
    page = ben.get(f"/sort?card={ben.cards[0]}&facet={ben.world.single_id}").text
    escaped = memo.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert escaped.replace('"', "&#34;").replace("'", "&#39;") in page
    assert 'elsewhere.invalid/p.png"' not in page.replace("&#34;", "")
    assert "49" not in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[0]


def test_a_memo_that_begins_with_an_empty_line_keeps_it(ben: Desk) -> None:
    ben.place(ben.cards[0], category_ids=ben.categories[0], memo="\nsecond line")
    page = ben.get(f"/sort?card={ben.cards[0]}&facet={ben.world.single_id}").text
    assert ">\n\nsecond line</textarea>" in page
