"""Help while sorting: there only where it is declared, one's own alone, and on record."""

import csv
import html
import io
import itertools
import json

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from app.coding.assistance import Assistance
from app.coding.models import Round
from app.coding.rules import Protocol
from app.coding.seen_suggestions import Uptake, uptake_of
from app.coding.suggestion_models import Suggestion
from app.db import Database
from app.reports.files import FORMATS
from app.resolution.closing import close_round
from app.studies.models import Study
from tests.coding.desk import Desk, desk_of, fresh_id
from tests.coding.test_guessing import texts_of
from tests.coding.walk import ask
from tests.coding.world import World, cards_of, make_world
from tests.conftest import Clock

ALL = Protocol(assistance=tuple(Assistance))
N_CARDS = 36


@pytest.fixture
def world(database: Database, clock: Clock) -> World:
    """A round with all the help there is, on texts about three things in turn."""
    return make_world(
        database, protocol=ALL, texts=tuple(texts_of(N_CARDS)), coders=("ben", "cleo"), n_facets=1
    )


@pytest.fixture
def ben(app: FastAPI, world: World) -> Desk:
    return desk_of(app, world, "ben")


def judge_by_words(desk: Desk, cards: list[int], **fields: object) -> None:
    """Judge cards as their words say."""
    for card_id in cards:
        category = desk.categories[desk.world.card_ids.index(card_id) % 3]
        assert desk.place(card_id, category_ids=category, **fields).status_code == 303


def ask_for(desk: Desk, card_id: int, **fields: object) -> int:
    form = {"card_id": card_id, "facet_id": desk.world.single_id, "seen_turn": 0, **fields}
    return desk.send("suggestions", **form).status_code


def shown_to(desk: Desk) -> list[Suggestion]:
    with desk.database.reading() as session:
        return list(session.exec(select(Suggestion)))


def like_it(desk: Desk, card_id: int) -> str:
    return f"/like-it?card={card_id}&facet={desk.world.single_id}"


def test_without_a_declaration_there_is_no_help(app: FastAPI, database: Database) -> None:
    ben = desk_of(app, make_world(database), "ben")
    page = ben.get("/sort").text
    assert "suggested category</button>" not in page
    assert 'id="like-it-fold"' not in page
    assert ben.get(like_it(ben, ben.cards[0])).status_code == 409
    assert ask_for(ben, ben.cards[0]) == 409
    assert "none: coders sort unaided" in ben.get("").text


def test_a_round_tells_its_coders_what_it_declares(ben: Desk) -> None:
    assert "cards in an order of similarity; the coder&#39;s own judged cards" in ben.get("").text


def test_cards_come_along_likeness_and_each_coder_begins_elsewhere(
    database: Database, world: World
) -> None:
    hands = {name: cards_of(database, world, name) for name in ("ben", "cleo")}
    kinds = [world.card_ids.index(one) % 3 for one in hands["ben"]]
    assert sum(a != b for a, b in itertools.pairwise(kinds)) <= 8
    own, twice = hands["ben"], hands["cleo"] * 2
    turns = [twice[start : start + N_CARDS] for start in range(N_CARDS)]
    assert own in turns or own[::-1] in turns
    assert hands["ben"] != hands["cleo"]


def test_cards_like_one_are_the_coder_s_own_with_what_was_said(app: FastAPI, ben: Desk) -> None:
    this, *others = ben.cards
    cleo = desk_of(app, ben.world, "cleo")
    judge_by_words(cleo, cleo.cards, memo="a canary of Cleo's")
    assert "You have judged no other card" in ben.get(like_it(ben, this)).text
    judge_by_words(ben, others[:6], memo="of my own")
    page = ben.get(like_it(ben, this)).text
    assert page.count('<span class="visually-hidden">You said </span>') in range(1, 6)
    assert "of my own" in page
    assert "canary" not in page
    assert f"sort?card={others[0]}" in page
    stranger = desk_of(app, ben.world, "odo")
    assert stranger.get(like_it(ben, this)).status_code in {403, 404}


def test_a_suggestion_needs_enough_of_ones_own_cards(app: FastAPI, ben: Desk) -> None:
    cleo = desk_of(app, ben.world, "cleo")
    judge_by_words(cleo, cleo.cards)
    judge_by_words(ben, ben.cards[:12])
    assert ask_for(ben, ben.cards[20]) == 409
    assert shown_to(ben) == []


def test_a_suggestion_is_shown_on_demand_never_chosen_and_kept_on_record(ben: Desk) -> None:
    judge_by_words(ben, ben.cards[:30])
    card_id = ben.cards[30]
    assert ask_for(ben, card_id, seen_turn=1) == 409
    form = {"operation_id": fresh_id(), "card_id": card_id, "facet_id": ben.world.single_id}
    for _ in range(2):  # sent twice, it happens once
        answer = ben.client.post(f"{ben.base}/suggestions", data={**form, "seen_turn": 0})
        assert answer.status_code == 303
    (row,) = shown_to(ben)
    kind = ben.world.card_ids.index(card_id) % 3
    assert row.category_id == ben.categories[kind]
    assert (row.n_learnt, row.learnt_act) == (30, 30)
    page = ben.get(f"/sort?card={card_id}").text
    assert f"it agreed with you on {row.n_right}" in page
    assert 'aria-pressed="true"' not in page
    assert ben.place(card_id, category_ids=row.category_id).status_code == 303
    assert 'id="suggestion"' not in ben.get(f"/sort?card={card_id}").text


def test_the_report_says_what_help_there_was_and_how_often_it_was_followed(ben: Desk) -> None:
    judge_by_words(ben, ben.cards[:30])
    followed, not_followed, unjudged = ben.cards[30:33]
    for card_id in (followed, not_followed, unjudged):
        assert ask_for(ben, card_id) == 303
    category = {row.card_id: row.category_id for row in shown_to(ben)}
    other = next(one for one in ben.categories if one != category[not_followed])
    ben.place(followed, category_ids=category[followed])
    ben.place(not_followed, category_ids=other)
    ben.send("undo")  # a turn that only takes back is no judgement with it in view
    world = ben.world
    with ben.database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        assert uptake_of(session, round_, world.single_id) is None  # while the round is open
        close_round(session, round_, reason="Enough.", is_forced=True, by=None)
        assert uptake_of(session, round_, world.single_id) == Uptake(3, 2, 1)
        files = {name: written(session, world, name) for name in ("md", "html", "json", "check")}
    for text in (files["md"], html.unescape(files["html"]), files["json"], files["check"]):
        assert "A category was suggested 3 times; of 2 judgements made with" in text
    assert "with declared help" in files["md"]
    assert "with declared help" in files["html"]
    stored = json.loads(files["json"])
    assert stored["assistance"] == [one.value for one in Assistance]
    assert len(stored["protocol_hash"]) == 64
    assert stored["protocol_hash"] in files["md"]
    table = csv.DictReader(io.StringIO(ben.get("/placements.csv").text))
    judged = {row["card_id"]: row for row in table if row["coder"] == "Coder A"}
    own = {card: judged[f"L-{world.card_ids.index(card)}"] for card in (followed, ben.cards[0])}
    assert own[followed]["suggested"] == own[followed]["category"]
    assert 0 < float(own[followed]["suggested_confidence"]) < 1
    assert own[ben.cards[0]]["suggested"] == ""
    page = ben.client.get(f"{ben.base}/agreement").text
    assert "Coders had help." in page


def written(session: Session, world: World, name: str) -> str:
    study = session.get_one(Study, world.study_id)
    return FORMATS[name].write(session, study, session.get_one(Round, world.round_id)).decode()


@pytest.mark.parametrize("viewer", ["cleo", "odo"])
def test_in_twin_worlds_no_byte_of_help_follows_from_another_coder(
    app: FastAPI, world: World, ben: Desk, viewer: str
) -> None:
    cleo = desk_of(app, world, "cleo")
    judge_by_words(cleo, cleo.cards[:22])
    assert ask_for(cleo, cleo.cards[25]) == 303
    who = desk_of(app, world, viewer)
    pages = [f"{who.base}{path}" for path in ("", "/sort", "/board", "/placements.csv")]
    pages += [f"{who.base}/sort?card={one}" for one in world.card_ids]
    pages += [f"{who.base}{like_it(who, one)}" for one in world.card_ids]
    before = [ask(who.client, path) for path in pages]
    for card_id in ben.cards[:30]:  # the other way than Cleo's
        category = ben.categories[(world.card_ids.index(card_id) + 1) % 3]
        ben.place(card_id, category_ids=category, memo="a canary of Ben's")
    assert ask_for(ben, ben.cards[31]) == 303
    assert [ask(who.client, path) for path in pages] == before
    assert ask_for(cleo, cleo.cards[26]) == 303  # what she asks for later follows from hers alone
    row = next(one for one in shown_to(cleo) if one.card_id == cleo.cards[26])
    assert row.category_id == cleo.categories[world.card_ids.index(row.card_id) % 3]
