"""The rules of the talk: chosen with the draft, frozen at opening, told to everybody."""

import html

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.coding.drafts import RoundDraft
from app.coding.models import Round
from app.coding.rounds import protocol_of
from app.coding.rules import Plan, Protocol
from app.studies.rules import Stance
from tests.coding.factories import (
    PublishedBook,
    draft_like,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.coding.test_draft_pages import draft_form, new_draft, read_rounds
from tests.factories import Team, make_study, sign_in

STATEMENTS = "Each coder writes reasons before seeing the others'; all open at once"
OWNER_LAST = "The study's owner speaks last"


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def book(session: Session, team: Team) -> PublishedBook:
    make_numbered_cards(session, team, [f"L-{number}" for number in range(6)])
    return make_book(session, team)


def newest(session: Session, team: Team) -> Round:
    return read_rounds(session, team)[0]


def test_a_draft_made_in_the_pages_has_both_rules(
    client: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    ada = sign_in(client)
    page = html.unescape(ada.get(new_draft(ada, team)).text)
    assert STATEMENTS in page
    assert OWNER_LAST in page
    assert protocol_of(newest(session, team)) == Protocol(has_statements=True, owner_last=True)


def test_a_draft_of_any_other_kind_has_none(
    session: Session, team: Team, book: PublishedBook
) -> None:
    assert RoundDraft("One", Plan(), (), (), None, seed=1).protocol == Protocol()
    assert protocol_of(make_round(session, team, book)) == Protocol()


def test_a_round_of_an_earlier_release_has_none(session: Session, team: Team) -> None:
    assert protocol_of(Round(protocol={})) == Protocol()  # type: ignore[call-arg]


def test_both_can_be_taken_off_and_freeze_at_opening(
    client: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    ada = sign_in(client)
    url = new_draft(ada, team)
    form = draft_form(ada, url, act="open")
    del form["has_statements"]
    late = draft_form(ada, url)
    assert ada.post(url, data=form).status_code == 303
    assert protocol_of(newest(session, team)) == Protocol(has_statements=False, owner_last=True)
    assert ada.post(url, data=late).status_code == 409
    assert protocol_of(newest(session, team)) == Protocol(has_statements=False, owner_last=True)


def test_the_facts_and_the_trail_tell_them(
    client: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    ada = sign_in(client)
    url = new_draft(ada, team)
    opened = ada.post(url, data=draft_form(ada, url, act="open")).headers["location"]
    page, trail = (html.unescape(ada.get(one).text) for one in (opened, f"{team.url}/activity"))
    for text in (page, trail):
        assert f"{STATEMENTS}. {OWNER_LAST}." in text


def test_a_round_without_rules_is_told_as_ever(
    client: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book)
    url = f"{team.url}/rounds/{round_.id}"
    session.commit()
    page = html.unescape(sign_in(client).get(url).text)
    assert "<dt>Talk</dt>" not in page
    assert "Threshold: 0.67.<" in page.replace("\n", "")


def test_somebody_elses_change_of_the_rules_is_shown(
    client: TestClient, team: Team, book: PublishedBook
) -> None:
    ada = sign_in(client)
    url = new_draft(ada, team)
    mine = draft_form(ada, url)
    theirs = draft_form(ada, url)
    del theirs["owner_last"]
    ada.post(url, data=theirs)
    page = html.unescape(ada.post(url, data=mine).text)
    assert "The study's owner speaks last: <bdi>no</bdi>" in page


def test_who_sort_together_have_nothing_to_state_beforehand(
    client: TestClient, session: Session
) -> None:
    team = make_study(session, stance=Stance.JOINT_SORT)
    make_numbered_cards(session, team, ["L-1"])
    book = make_book(session, team)
    ada = sign_in(client)
    url = new_draft(ada, team)
    assert STATEMENTS not in html.unescape(ada.get(url).text)
    form = draft_form(ada, url, has_statements="true")
    assert ada.post(url, data=form).status_code == 303
    assert not protocol_of(newest(session, team)).has_statements
    assert (
        draft_like(make_round(session, team, book, "Other", is_open=False)).protocol == Protocol()
    )
