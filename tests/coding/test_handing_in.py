"""The end of a coder's work, and who has any."""

import re
import threading

import pytest
from fastapi import FastAPI

from app.coding.handing_in import take_back
from app.coding.models import Placement
from app.coding.rounds import find_round, move_to
from app.coding.rules import Phase
from app.db import Database, now
from app.errors import Conflict
from app.settings import Settings
from tests.coding.desk import Desk, desk_of
from tests.coding.world import World, make_world


def close_round(database: Database, world: World) -> None:
    with database.transaction() as session:
        round_ = find_round(session, world.study_id, world.round_id)
        round_.phase, round_.closed_at = "negotiating", now()
        session.add(round_)


def problem_in(page: str) -> str:
    found = re.search(r"<p data-problem>(.*?)</p>", page, re.DOTALL)
    assert found, page
    return found[1]


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


def test_work_is_not_taken_back_from_a_round_that_is_being_closed(
    ben: Desk, settings: Settings
) -> None:
    if settings.postgresql_url is None:
        pytest.skip("SQLite has one writer, so nothing happens beside a closing")
    for card in ben.cards:
        ben.judge(card)
    ben.send("hand-in")
    refused: list[str] = []

    def take_it_back() -> None:
        try:
            with ben.database.transaction() as session:
                take_back(session, ben.world.round_id, ben.world.member_ids["ben"])
        except Conflict as refusal:
            refused.append(refusal.message)

    with ben.database.transaction() as closing:
        round_ = find_round(closing, ben.world.study_id, ben.world.round_id)
        move_to(closing, round_, Phase.NEGOTIATING)
        round_.closed_at = now()
        closing.flush()  # the lock is held and nobody else sees the closing yet
        other = threading.Thread(target=take_it_back)
        other.start()
        other.join(timeout=0.5)
    other.join(timeout=10)
    assert [words.partition(";")[0] for words in refused] == ["This round is closed"]
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
