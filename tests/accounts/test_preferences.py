"""How somebody likes to read and work: kept with the account and drawn by the server."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, select

from app.accounts.keyboard import ACTS, NAMED, KeyMap, key_map, key_named, refuse_keys
from app.accounts.models import Account
from app.accounts.preference_routes import KeysForm
from app.accounts.preferences import Preferences, from_stored, to_stored
from app.db import Database
from tests.factories import browser_of, fresh_id, make_account, sign_in

USUAL = {act.name: act.key for act in ACTS}
LOOK = {
    **{"text": "larger", "spacing": "wide", "contrast": "high", "theme": "dark"},
    **{"motion": "reduced", "rest": "25", "clock": "hidden"},
}


@pytest.fixture
def ada(client: TestClient, session: Session) -> TestClient:
    make_account(session)
    return sign_in(client)


def stored(database: Database) -> dict[str, object]:
    with database.reading() as session:
        return session.exec(select(Account.preferences)).one()


def send(client: TestClient, path: str, fields: dict[str, str]) -> Response:
    return client.post(f"/preferences{path}", data={"operation_id": fresh_id(), **fields})


def head(client: TestClient, path: str = "/account") -> str:
    return client.get(path).text.partition("<head>")[0]


def test_the_server_draws_what_was_chosen_on_every_page_of_every_browser(
    ada: TestClient, app: FastAPI
) -> None:
    assert head(ada).strip().endswith('<html lang="en">')
    assert send(ada, "", LOOK).status_code == 303
    other_browser = browser_of(app, "Ada")
    for path in ("/account", "/", "/help", "/nothing-here"):
        drawn = head(other_browser, path)
        for name in ("text", "spacing", "contrast", "theme", "motion", "rest"):
            assert f'data-{name}="{LOOK[name]}"' in drawn, path


def test_a_choice_is_nobody_else_s_and_not_shown_after_signing_out(
    ada: TestClient, app: FastAPI, session: Session
) -> None:
    make_account(session, "Ben")
    send(ada, "", LOOK)
    assert "data-" not in head(browser_of(app, "Ben"))
    ada.post("/sign-out")
    assert "data-" not in head(ada, "/sign-in")


@pytest.mark.parametrize(("name", "value"), [("text", "huge"), ("rest", "26"), ("theme", "")])
def test_a_choice_that_is_none_is_refused(ada: TestClient, name: str, value: str) -> None:
    assert send(ada, "", {**LOOK, name: value}).status_code == 422
    assert "data-" not in head(ada)


def test_the_theme_of_the_menu_and_the_end_of_reminders_leave_the_rest_as_it_is(
    ada: TestClient,
) -> None:
    send(ada, "", LOOK)
    send(ada, "/theme", {"theme": "light"})
    send(ada, "/no-rest", {})
    drawn = head(ada)
    assert 'data-theme="light"' in drawn
    assert 'data-text="larger"' in drawn
    assert "data-rest" not in drawn


def test_a_script_is_answered_without_a_notice(ada: TestClient) -> None:
    form = {"operation_id": fresh_id(), "theme": "dark"}
    answer = ada.post("/preferences/theme", data=form, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers.get("set-cookie")) == (204, None)


def test_what_a_later_version_stored_is_left_out() -> None:
    stored = {"text": "gigantic", "spacing": "wide", "smell": 1, "keys": {"fly": "F"}}
    assert from_stored(stored) == Preferences(spacing="wide")


def test_only_what_differs_from_the_usual_is_stored() -> None:
    assert to_stored(Preferences()) == {}
    mine = Preferences(text="large", keys=key_map({**USUAL, "undo": "ź"[:0] + ";"}))
    assert from_stored(to_stored(mine)) == mine


# --- Keys ---


def test_the_form_asks_for_every_act() -> None:
    assert set(KeysForm.model_fields) == {"operation_id", *USUAL}


def test_the_usual_keys_are_a_map_that_nothing_is_wrong_with() -> None:
    assert refuse_keys(USUAL) == {}
    assert key_map(USUAL) == KeyMap()


@pytest.mark.parametrize(
    ("typed", "key"),
    [("delete", "Delete"), (" ", "Space"), ("Ä", "ä"), ("  ; ", ";"), ("Esc", None), ("", None)],
)
def test_a_key_is_known_by_its_sign_or_its_name(typed: str, key: str | None) -> None:
    assert key_named(typed) == key


@pytest.mark.parametrize(
    ("changed", "refused", "words"),
    [
        (
            {"undo": "."},
            {"undo", "park"},
            "also set for “park the card for later",
        ),
        ({"undo": "s"}, {"undo"}, "letters belong to the categories"),
        ({"undo": "+"}, {"undo", "new_pile"}, "also set for “a new pile”"),
        ({"undo": "Escape"}, {"undo"}, "Press or type one key"),
        ({"undo": ""}, {"undo"}, "Press or type one key"),
        ({"undo": "\u200b"}, {"undo"}, "cannot be told from others"),
    ],
)
def test_a_key_that_cannot_serve_is_refused_with_words(
    changed: dict[str, str], refused: set[str], words: str
) -> None:
    wrong = refuse_keys({**USUAL, **changed})
    assert set(wrong) == refused
    assert words in wrong["undo"]


def test_two_acts_may_change_their_keys_with_each_other() -> None:
    keys = key_map({**USUAL, "undo": ".", "park": "Backspace"})
    assert (keys.key("undo"), keys.key("park")) == (".", "Backspace")
    assert keys.pressed["."] == "Backspace"
    assert keys.sign_for(".") == "⌫"


def test_an_act_whose_key_serves_another_one_has_none() -> None:
    """A later version may bring an act whose usual key somebody gave away long ago."""
    keys = KeyMap.from_stored({"park": "#"})
    assert keys.key("view") == ""
    assert "." not in keys.pressed
    assert list(keys.pressed.values()).count("#") == 0


def test_own_keys_are_saved_shown_and_reset(ada: TestClient, database: Database) -> None:
    assert send(ada, "/keys", {**USUAL, "undo": "Delete"}).status_code == 303
    assert stored(database) == {"keys": {"undo": "Delete"}}
    assert 'name="undo" type="text" value="Delete"' in " ".join(
        ada.get("/preferences").text.split()
    )
    assert send(ada, "/keys/usual", {}).status_code == 303
    assert stored(database) == {}


def test_a_refused_map_changes_nothing_and_keeps_what_was_typed(
    ada: TestClient, database: Database
) -> None:
    answer = send(ada, "/keys", {**USUAL, "undo": "x", "park": ";"})
    assert answer.status_code == 422
    assert "No key was changed." in answer.text
    assert 'value="x"' in answer.text
    assert 'value=";"' in answer.text
    assert stored(database) == {}


def test_every_named_key_has_one_name() -> None:
    assert [key_named(name.upper()) for name in NAMED] == list(NAMED)
