"""Placements that are sent twice, late, stale or wrong."""

import re

import pytest
from fastapi import FastAPI

from app.coding.rounds import find_round
from app.db import Database, now
from tests.coding.desk import Desk, fresh_id
from tests.coding.world import World
from tests.conftest import Clock


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


def test_B67_a_form_sent_twice_is_one_row_and_one_answer(ben: Desk) -> None:
    form = {"operation_id": fresh_id(), "category_ids": ben.categories[0]}
    first = ben.place(ben.cards[0], **form)
    second = ben.place(ben.cards[0], **form)
    assert first.headers["location"] == second.headers["location"]
    assert len(ben.placements) == 1


def test_B68_an_operation_id_used_for_something_else_is_refused(ben: Desk) -> None:
    used = fresh_id()
    ben.place(ben.cards[0], operation_id=used, category_ids=ben.categories[0])
    answer = ben.place(ben.cards[0], operation_id=used, category_ids=ben.categories[1])
    assert answer.status_code == 409
    assert "already sent with other content" in problem_in(answer.text)
    assert len(ben.placements) == 1


def test_B69_a_stale_page_shows_both_choices_and_either_can_be_kept(ben: Desk) -> None:
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


def test_B70_a_form_without_the_turn_it_was_drawn_from_is_refused(ben: Desk) -> None:
    answer = ben.place(ben.cards[0], category_ids=ben.categories[0], seen_turn=None)
    assert answer.status_code == 422
    assert "“seen turn” is missing" in answer.text
    assert saved(ben) == []


def test_B71_a_category_that_is_not_in_the_round_is_refused_and_the_memo_kept(ben: Desk) -> None:
    answer = ben.place(ben.cards[0], category_ids=987_654, memo="typed here")
    assert answer.status_code == 409
    assert "was removed" in problem_in(answer.text)
    assert "typed here" in answer.text
    assert saved(ben) == []


def test_B71_a_card_or_facet_that_is_not_the_coders_is_not_there(app: FastAPI, ben: Desk) -> None:
    assert ben.place(987_654, category_ids=ben.categories[0]).status_code == 404
    assert ben.place(ben.cards[0], facet_id=987_654, value="none_applies").status_code == 404
    assert ben.get("/sort?card=987654").status_code == 404
    assert ben.get(f"/sort?card={ben.cards[0]}&facet=987654").status_code == 404


def test_B72_after_the_round_was_closed_nothing_counts_and_nothing_typed_is_lost(
    ben: Desk, clock: Clock
) -> None:
    close_round(ben.database, ben.world)
    answer = ben.place(ben.cards[0], category_ids=ben.categories[0], memo="typed here")
    assert answer.status_code == 409
    assert "closed on 2026-03-02 at 09:00 UTC. What you sent is not counted." in answer.text
    assert "typed here" in answer.text
    assert saved(ben) == []


def test_B73_nobody_places_for_another_coder(ben: Desk) -> None:
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
