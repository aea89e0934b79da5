"""Judging cards in Focus and on the Board, at the level of requests."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from app.coding.models import Placement
from app.coding.rounds import find_round
from app.db import Database, now
from tests.coding.desk import Desk, desk_of, fresh_id
from tests.coding.world import World, make_world
from tests.conftest import Clock


@pytest.fixture
def world(app: FastAPI) -> World:
    return make_world(app.state.database)


@pytest.fixture
def ben(app: FastAPI, world: World) -> Desk:
    return desk_of(app, world, "ben")


def close_round(database: Database, world: World) -> None:
    with database.transaction() as session:
        round_ = find_round(session, world.study_id, world.round_id)
        round_.phase, round_.closed_at = "negotiating", now()
        session.add(round_)


def problem_in(page: str) -> str:
    found = re.search(r"<p data-problem>(.*?)</p>", page, re.DOTALL)
    assert found, page
    return found[1]


def saved(ben: Desk) -> list[tuple[str, list[int], int]]:
    return [(row.value, row.category_ids, row.turn) for row in ben.placements]


# --- Going through the cards ---------------------------------------------------------------


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


# --- Memo and confidence -------------------------------------------------------------------


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


def test_b60_a_memo_beyond_the_limit_is_refused_with_limit_and_length(ben: Desk) -> None:
    answer = ben.place(ben.cards[0], category_ids=ben.categories[0], memo="m" * 300_000)
    assert answer.status_code == 422
    assert "at most 20000 characters and has 300,000" in answer.text
    answer = ben.place(ben.cards[0], category_ids=ben.categories[0], memo="m" * 10_000_000)
    assert answer.status_code in {400, 413, 422}
    assert saved(ben) == []


def test_b61_thousands_of_fields_are_refused(ben: Desk) -> None:
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
def test_b62_b63_b64_a_memo_is_shown_as_it_was_typed_and_does_nothing(ben: Desk, memo: str) -> None:
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


# --- Sent twice, late, stale, wrong --------------------------------------------------------


def test_b67_a_form_sent_twice_is_one_row_and_one_answer(ben: Desk) -> None:
    form = {"operation_id": fresh_id(), "category_ids": ben.categories[0]}
    first = ben.place(ben.cards[0], **form)
    second = ben.place(ben.cards[0], **form)
    assert first.headers["location"] == second.headers["location"]
    assert len(ben.placements) == 1


def test_b68_an_operation_id_used_for_something_else_is_refused(ben: Desk) -> None:
    used = fresh_id()
    ben.place(ben.cards[0], operation_id=used, category_ids=ben.categories[0])
    answer = ben.place(ben.cards[0], operation_id=used, category_ids=ben.categories[1])
    assert answer.status_code == 409
    assert "already sent with other content" in problem_in(answer.text)
    assert len(ben.placements) == 1


def test_b69_a_stale_page_shows_both_choices_and_either_can_be_kept(ben: Desk) -> None:
    card = ben.cards[0]
    ben.place(card, category_ids=ben.categories[0], memo="newer")
    answer = ben.place(card, category_ids=ben.categories[1], memo="typed here", confidence=1)
    assert answer.status_code == 409
    assert "in another tab" in problem_in(answer.text)
    assert "newer" in answer.text
    assert "typed here" in answer.text
    assert "Keep what is saved" in answer.text
    resend = answer.text.split("Use what I chose here")[0].rsplit("<form", 1)[1]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', resend))
    assert fields["seen_turn"] == "1"
    assert fields["category_ids"] == str(ben.categories[1])
    again = ben.client.post(f"{ben.base}/placements", data={**fields, "memo": "typed here"})
    assert again.status_code == 303
    assert saved(ben)[-1] == ("categories", [ben.categories[1]], 2)


def test_b70_a_form_without_the_turn_it_was_drawn_from_is_refused(ben: Desk) -> None:
    answer = ben.place(ben.cards[0], category_ids=ben.categories[0], seen_turn=None)
    assert answer.status_code == 422
    assert "“seen turn” is missing" in answer.text
    assert saved(ben) == []


def test_b71_a_category_that_is_not_in_the_round_is_refused_and_the_memo_kept(ben: Desk) -> None:
    answer = ben.place(ben.cards[0], category_ids=987_654, memo="typed here")
    assert answer.status_code == 409
    assert "was removed" in problem_in(answer.text)
    assert "typed here" in answer.text
    assert saved(ben) == []


def test_b71_a_card_or_facet_that_is_not_the_coders_is_not_there(app: FastAPI, ben: Desk) -> None:
    assert ben.place(987_654, category_ids=ben.categories[0]).status_code == 404
    assert ben.place(ben.cards[0], facet_id=987_654, value="none_applies").status_code == 404
    assert ben.get("/sort?card=987654").status_code == 404
    assert ben.get(f"/sort?card={ben.cards[0]}&facet=987654").status_code == 404


def test_b72_after_the_round_was_closed_nothing_counts_and_nothing_typed_is_lost(
    ben: Desk, clock: Clock
) -> None:
    close_round(ben.database, ben.world)
    answer = ben.place(ben.cards[0], category_ids=ben.categories[0], memo="typed here")
    assert answer.status_code == 409
    assert "closed on 2026-03-02 at 09:00 UTC. What you sent is not counted." in answer.text
    assert "typed here" in answer.text
    assert saved(ben) == []


def test_b73_nobody_places_for_another_coder(ben: Desk) -> None:
    cleo = ben.world.member_ids["cleo"]
    answer = ben.place(ben.cards[0], category_ids=ben.categories[0], coder_id=cleo)
    assert answer.status_code == 422
    assert "“coder id” is not a field of this form" in answer.text
    assert saved(ben) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"value": "categories"},
        {"value": "maybe"},
        {"value": "none_applies", "category_ids": "first"},
        {"category_ids": "both"},
        {"value": "none_applies", "confidence": "4"},
        {"value": "none_applies", "memo": "a\x00b"},
        {"value": "none_applies", "seen_turn": "-1"},
        {"value": "none_applies", "seen_turn": str(2**63)},
    ],
)
def test_what_is_no_judgement_is_refused(ben: Desk, fields: dict[str, object]) -> None:
    names = {"first": ben.categories[0], "both": list(ben.categories[:2])}
    sent = {key: names.get(str(value), value) for key, value in fields.items()}
    assert ben.place(ben.cards[0], **sent).status_code == 422
    assert saved(ben) == []


# --- Handing in ----------------------------------------------------------------------------


def test_a_round_is_not_handed_in_while_cards_wait(ben: Desk) -> None:
    for card in ben.cards[:-1]:
        ben.judge(card)
    assert "1 card still waits for you" in ben.get("/hand-in").text
    answer = ben.send("hand-in")
    assert answer.status_code == 409
    assert "1 card still waits" in answer.text
    assert not ben.has_submitted


def test_when_all_is_judged_focus_leads_to_handing_in_and_it_can_be_taken_back(ben: Desk) -> None:
    for card in ben.cards:
        ben.judge(card)
    assert ben.get("/sort").headers["location"] == f"{ben.base}/hand-in"
    assert "All 4 cards are judged" in ben.get("/hand-in").text
    assert ben.send("hand-in").status_code == 303
    assert ben.has_submitted
    refused = ben.place(ben.cards[0], category_ids=ben.categories[0], seen_turn=1)
    assert refused.status_code == 409
    assert "handed this round in" in problem_in(refused.text)
    assert 'name="category_ids"' not in ben.get(f"/sort?card={ben.cards[0]}").text
    ben.send("take-back")
    assert not ben.has_submitted
    again = ben.place(ben.cards[0], category_ids=ben.categories[0], seen_turn=1)
    assert again.status_code == 303


def test_after_the_round_closed_nothing_is_taken_back(ben: Desk) -> None:
    for card in ben.cards:
        ben.judge(card)
    ben.send("hand-in")
    close_round(ben.database, ben.world)
    assert ben.send("take-back").status_code == 409
    assert ben.has_submitted


def test_a_closed_round_can_be_looked_at_and_not_changed(ben: Desk) -> None:
    ben.place(ben.cards[0], category_ids=ben.categories[0], memo="Because")
    close_round(ben.database, ben.world)
    focus = ben.get(f"/sort?card={ben.cards[0]}&facet={ben.world.single_id}")
    assert "This round is closed" in focus.text
    assert "Because" in focus.text
    for page in (focus, ben.get("/board"), ben.get("/board?pile=not_judged")):
        assert page.status_code == 200
        assert 'class="choice" type="submit"' not in page.text
        assert 'id="mover"' not in page.text
        assert ">Undo<" not in page.text


# --- Who sorts -----------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/sort", "/board", "/hand-in"])
def test_a_lead_who_does_not_code_here_has_no_cards(app: FastAPI, page: str) -> None:
    world = make_world(app.state.database, coders=("ben", "cleo"))
    answer = desk_of(app, world, "ada").get(page)
    assert answer.status_code == 404
    assert "Only its coders do" in answer.text


@pytest.mark.parametrize(("name", "status"), [("odo", 403), ("ida", 403), ("dan", 404)])
@pytest.mark.parametrize("page", ["/sort", "/board", "/hand-in"])
def test_those_who_do_not_sort_are_kept_out(
    app: FastAPI, world: World, name: str, status: int, page: str
) -> None:
    assert desk_of(app, world, name).get(page).status_code == status


def test_no_row_id_reaches_a_page(ben: Desk) -> None:
    with ben.database.transaction() as session:
        ada = ben.world.member_ids["ada"]
        row = Placement(
            id=7_654_321,
            study_id=ben.world.study_id,
            round_id=ben.world.round_id,
            coder_id=ada,
            card_id=ben.cards[0],
            facet_id=ben.world.single_id,
            turn=1,
            act=1,
            value="none_applies",
            at=now(),
        )
        session.add(row)
    ben.place(ben.cards[0], category_ids=ben.categories[0])
    pages = [ben.get("/sort").text, ben.get("/board").text, ben.get("/hand-in").text]
    assert not any("76543" in page for page in pages)


# --- Board ---------------------------------------------------------------------------------


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
    for n_cards in (4, 90):
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
