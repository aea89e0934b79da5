"""A team that sorts together: one hand is coded for all, and nothing is compared."""

import json
from dataclasses import replace

import pytest
from fastapi import FastAPI
from sqlmodel import Session

from app.coding.models import Round
from app.coding.rounds import open_round, what_is_missing
from app.coding.rules import Plan
from app.errors import Conflict
from app.resolution.closing import close_round, finish_round
from app.studies.rules import Role, Stance
from tests.coding.factories import (
    PublishedBook,
    finish_work,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.exports.works import table
from tests.factories import Team, browser_of, make_study

PLAN = Plan(participants="Ben, Cleo and Dora")


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session, others={"Odo": Role.OBSERVER}, stance=Stance.JOINT_SORT)


@pytest.fixture
def book(session: Session, team: Team) -> PublishedBook:
    return make_book(session, team)


@pytest.fixture
def sorted_together(session: Session, team: Team, book: PublishedBook) -> Round:
    """A round of three cards that Ben typed for everybody, closed and done."""
    cards = make_numbered_cards(session, team, ["L-0", "L-1", "L-2"])
    round_ = make_round(session, team, book, coders=("Ben",), plan=PLAN)
    stale = book.category("Smell", "Stale")
    finish_work(session, round_, team.members["Ben"], dict.fromkeys(cards.values(), stale))
    close_round(session, round_, reason="", is_forced=False, by=None)
    finish_round(session, round_, by=None)
    session.commit()
    return round_


def test_a_joint_sort_has_one_hand_and_named_participants(
    session: Session, team: Team, book: PublishedBook
) -> None:
    make_numbered_cards(session, team, ["L-0"])
    round_ = make_round(session, team, book, is_open=False)
    assert what_is_missing(session, round_) == [
        "A joint sort has one result: choose the one coder who types it for all.",
        "Name who sorts together.",
    ]
    with pytest.raises(Conflict, match="one result"):
        open_round(session, round_, by=None)


def test_no_other_stance_asks_for_participants(session: Session) -> None:
    team = make_study(session, "Apart")
    make_numbered_cards(session, team, ["L-0"])
    round_ = make_round(session, team, make_book(session, team), is_open=False)
    assert what_is_missing(session, round_) == []


def test_the_draft_asks_who_sorts_together(
    session: Session, team: Team, book: PublishedBook, app: FastAPI
) -> None:
    make_numbered_cards(session, team, ["L-0"])
    round_ = make_round(session, team, book, coders=("Ben",), plan=PLAN, is_open=False)
    text = browser_of(app, "Ada").get(f"{team.url}/rounds/{round_.id}/draft").text
    assert 'name="participants"' in text
    assert "Ben, Cleo and Dora" in text
    other = make_study(session, "Apart")
    draft = make_round(session, other, make_book(session, other), is_open=False)
    text = browser_of(app, "Ada").get(f"{other.url}/rounds/{draft.id}/draft").text
    assert 'name="participants"' not in text


@pytest.mark.usefixtures("sorted_together")
def test_labels_are_joint_and_nothing_is_flagged(team: Team, app: FastAPI) -> None:
    browser = browser_of(app, "Odo")
    for path in ("/rounds/1/labels.csv", "/labels.csv"):
        rows = table(browser.get(f"{team.url}{path}").text)
        assert {(row["category"], row["provenance"]) for row in rows} == {("Stale", "joint")}
    page = browser.get(f"{team.url}/rounds/1/labels").text
    assert "joint" in page
    assert "Joint" in page
    report = json.loads(browser.get(f"{team.url}/rounds/1/report.json").text)
    assert report["negotiation"]["Smell"]["before_n_disagreements"] == 0
    assert report["facets"][0]["agreement"] is None


@pytest.mark.usefixtures("sorted_together")
def test_every_page_and_file_works_and_names_who_sorted(team: Team, app: FastAPI) -> None:
    browser = browser_of(app, "Odo")
    for page in ("", "/agreement", "/disagreements", "/labels", "/negotiation/summary"):
        text = browser.get(f"{team.url}/rounds/1{page}")
        assert text.status_code == 200, page
        assert "kappa" not in text.text.lower()
    assert "Ben, Cleo and Dora" in browser.get(f"{team.url}/rounds/1").text
    for ending in ("html", "md"):
        text = browser.get(f"{team.url}/rounds/1/report.{ending}").text
        assert "Ben, Cleo and Dora" in text
        assert "Typed by" in text
        assert "each working alone" not in text


def test_a_plan_without_participants_reads_as_before() -> None:
    assert replace(PLAN, participants="") == Plan()
