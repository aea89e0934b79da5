"""Open pages hear that something changed: names only, and nobody hears more than they may see."""

import time
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.coding.models import Round
from app.db import Database
from app.negotiation.events import note_event
from app.negotiation.hearing import Listener, hear, n_heard, newest_ids
from app.settings import Settings
from app.studies.models import Membership
from app.studies.rules import Role
from tests.coding.world import World, make_world
from tests.databases import settings_for
from tests.negotiation.listening import SECONDS, Ear, Message, messages, say, seal
from tests.negotiation.meetings import Table, make_sealed
from tests.negotiation.negotiations import flagged, make_negotiation


@pytest.fixture
def settings(database_url: str | None, tmp_path: Path) -> Settings:
    """Streams that end soon."""
    return settings_for(
        tmp_path / "data", database_url, allowed_hosts="testserver", live_seconds=SECONDS
    )


@pytest.fixture
def world(database: Database) -> World:
    return make_negotiation(database)


def test_an_open_page_hears_on_which_card_something_changed(
    app: FastAPI, database: Database, world: World
) -> None:
    found = flagged(database, world)[0]
    heard = Ear(app, world, "cleo").hears(lambda: say(database, world, found, "ben"))
    assert heard == [Message("talk", {"disagreement": found.id}, "1")]


def test_an_open_page_hears_where_the_presenter_went(
    app: FastAPI, database: Database, world: World
) -> None:
    second = flagged(database, world)[1]
    table = Table(database, world)
    table.start("ben")
    heard = Ear(app, world, "cleo").hears(lambda: table.move("ben", second))
    assert heard == [Message("meeting", {"current": second.id}, "2")]


def test_a_page_that_was_away_is_told_to_look_again(
    app: FastAPI, database: Database, world: World
) -> None:
    ear = Ear(app, world, "cleo")
    before = ear.page_cursor()
    say(database, world, flagged(database, world)[0], "ben")
    assert messages(ear.answer(f"?after={before}")) == [Message("again", {}, "1")]
    # What the browser heard last counts more than when the page was drawn.
    assert messages(ear.answer(f"?after={before}", last_id="1")) == []
    assert messages(ear.answer(f"?after={before}", last_id="0")) == [Message("again", {}, "1")]


@pytest.mark.parametrize("last_id", ["-1", "9" * 40, "x", "1 OR 1", "0x1"])
def test_B107_garbage_in_place_of_the_last_id_is_passed_over(
    app: FastAPI, world: World, last_id: str
) -> None:
    ear = Ear(app, world, "cleo")
    assert messages(ear.answer("?after=0", last_id=last_id)) == []


def test_a_stream_ends_by_itself_and_says_when_to_return(app: FastAPI, world: World) -> None:
    started = time.monotonic()
    text = Ear(app, world, "odo").answer("?after=0")
    assert SECONDS <= time.monotonic() - started < SECONDS + 2
    assert text.startswith("retry: 1000\n\n")


def test_a_server_without_live_changes_says_so_at_once(
    app: FastAPI, world: World, settings: Settings
) -> None:
    app.state.settings = settings.model_copy(update={"live_seconds": 0})
    assert Ear(app, world, "odo").answer(status=204) == ""


def test_nobody_listens_to_a_round_that_is_open(app: FastAPI, database: Database) -> None:
    Ear(app, make_world(database), "ada").answer(status=404)


def test_who_is_no_member_any_more_is_let_go(
    app: FastAPI, database: Database, world: World
) -> None:
    def leave() -> None:
        with database.transaction() as session:
            member = session.get_one(Membership, world.member_ids["odo"])
            member.left_at = member.joined_at
            session.add(member)
        say(database, world, flagged(database, world)[0], "ben")

    assert Ear(app, world, "odo").hears(leave) == []


def test_that_a_statement_was_sealed_is_heard_by_leads_and_by_who_owes_none(
    app: FastAPI, database: Database
) -> None:
    world = make_sealed(database)
    found = flagged(database, world)
    for card, (name, hears) in enumerate((("cleo", False), ("ada", True), ("odo", False))):
        heard = Ear(app, world, name).hears(partial(seal, database, world, found[card], "ben"))
        assert [one.what for one in heard] == ([{"disagreement": found[card].id}] if hears else [])


def test_the_cursor_of_a_page_does_not_count_what_is_sealed_from_its_reader(
    app: FastAPI, database: Database
) -> None:
    world = make_sealed(database)
    names = ("odo", "ida", "cleo", "ben", "ada")
    before = [Ear(app, world, name).page_cursor() for name in names]
    seal(database, world, flagged(database, world)[0], "ben")
    after = [Ear(app, world, name).page_cursor() for name in names]
    assert before == [0, 0, 0, 0, 0]
    assert after == [0, 0, 0, 1, 1]


def test_when_all_statements_are_sealed_everybody_hears_that_the_card_is_open(
    app: FastAPI, database: Database
) -> None:
    world = make_sealed(database)
    found = flagged(database, world)[0]
    seal(database, world, found, "ben")
    heard = Ear(app, world, "odo").hears(lambda: seal(database, world, found, "cleo"))
    assert [one.what for one in heard] == [{"disagreement": found.id}]


def test_a_stream_holds_no_word_of_what_was_said(
    app: FastAPI, database: Database, world: World
) -> None:
    ear = Ear(app, world, "cleo")
    found = flagged(database, world)[0]
    heard = ear.hears(lambda: say(database, world, found, "ben"))
    assert [set(one.what) for one in heard] == [{"disagreement"}]


def test_an_act_that_is_committed_late_is_heard_all_the_same(
    database: Database, world: World
) -> None:
    with database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        for _ in range(2):
            note_event(session, round_, None, "said", by=None)
            session.flush()
        ada = world.member_ids["ada"]
        listener = Listener(world.study_id, world.round_id, ada, Role.LEAD, frozenset())
        early, late = sorted(newest_ids(session, listener))
        assert n_heard(session, listener) == 2
        heard = hear(session, listener, frozenset({late}))
        assert (heard.n_acts, heard.seen) == (1, frozenset({early, late}))
