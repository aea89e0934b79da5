"""The headline coefficient and the threshold are settled beforehand and freeze at opening."""

import html
import re

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.activity.models import Activity
from app.coding.models import Round
from app.coding.rules import WORDS_FOR_HEADLINE, Headline, Kind, measures_reliability
from app.resolution.past_work import import_placements
from app.studies.rules import Stance
from app.tables.readers import read_table
from tests.coding.factories import (
    PublishedBook,
    csv_file,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.coding.test_draft_pages import draft_form, new_draft
from tests.factories import Team, make_study, sign_in

PROTOCOL = {"headline": "gwet_ac1", "threshold": "0.8"}


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def book(session: Session, team: Team) -> PublishedBook:
    make_numbered_cards(session, team, [f"L-{number}" for number in range(6)])
    return make_book(session, team)


@pytest.fixture
def ada(client: TestClient, team: Team, book: PublishedBook) -> TestClient:
    return sign_in(client, "Ada")


def read_round(session: Session) -> Round:
    session.expire_all()
    round_ = session.exec(select(Round)).one()
    session.commit()
    return round_


def set_threshold(session: Session, team: Team, threshold: float) -> None:
    team.study.threshold = threshold
    session.add(team.study)
    session.commit()


# --- The draft ---


def test_a_draft_says_both_and_that_they_are_fixed(ada: TestClient, team: Team) -> None:
    page = html.unescape(ada.get(new_draft(ada, team)).text)
    assert "Both are fixed when the round opens" in page
    assert "Left empty, it is the study's: 0.67." in page
    select_ = page[page.index('id="f-headline"') :]
    select_ = select_[: select_.index("</select>")]
    offered = re.findall(r'value="(\w*)"[^>]*>([^<]+)<', select_)
    assert offered == [(one.value, words) for one, words in WORDS_FOR_HEADLINE.items()]


def test_what_was_settled_is_kept_with_the_draft(
    ada: TestClient, team: Team, session: Session
) -> None:
    url = new_draft(ada, team)
    assert ada.post(url, data=draft_form(ada, url, **PROTOCOL)).status_code == 303
    round_ = read_round(session)
    assert (round_.headline, round_.threshold) == (Headline.AC1, 0.8)
    form = draft_form(ada, url)
    assert {name: form[name] for name in PROTOCOL} == PROTOCOL


@pytest.mark.parametrize("typed", ["1.1", "-0.1", "nan", "inf", "much"])
def test_a_threshold_outside_0_to_1_is_refused_and_stays_typed(
    ada: TestClient, team: Team, typed: str
) -> None:
    url = new_draft(ada, team)
    answer = ada.post(url, data=draft_form(ada, url, threshold=typed))
    assert answer.status_code == 422
    assert "Write a number from 0 to 1, such as 0.67." in answer.text
    assert f'value="{typed}"' in answer.text


def test_a_headline_that_is_none_is_refused(ada: TestClient, team: Team, session: Session) -> None:
    url = new_draft(ada, team)
    assert ada.post(url, data=draft_form(ada, url, headline="kappa_max")).status_code == 422
    assert read_round(session).headline == Headline.BY_DESIGN


def test_the_cards_are_enough_or_not_by_the_threshold_of_the_draft(
    ada: TestClient, team: Team
) -> None:
    url = new_draft(ada, team)
    assert "To show alpha above 0.67" in ada.get(url).text
    page = ada.get(url, params=draft_form(ada, url, threshold="0.5")).text
    assert "To show alpha above 0.5" in page


def test_a_draft_saved_by_somebody_else_shows_where_its_protocol_differs(
    ada: TestClient, team: Team
) -> None:
    url = new_draft(ada, team)
    mine = draft_form(ada, url)
    ada.post(url, data=draft_form(ada, url, **PROTOCOL))
    page = html.unescape(ada.post(url, data=mine).text)
    assert "Headline coefficient: <bdi>Gwet's AC1</bdi>" in page
    assert "Threshold: <bdi>0.8</bdi>" in page


@pytest.mark.parametrize("stance", [Stance.CONSENSUS_ONLY, Stance.JOINT_SORT])
def test_a_study_without_coefficients_is_asked_for_neither(
    client: TestClient, session: Session, stance: Stance
) -> None:
    team = make_study(session, stance=stance)
    make_numbered_cards(session, team, ["L-1", "L-2"])
    make_book(session, team)
    ada = sign_in(client, "Ada")
    url = new_draft(ada, team)
    page = ada.get(url).text
    assert 'name="headline"' not in page
    assert 'name="threshold"' not in page
    joint = {"coder_ids": [team.members["Ben"]], "participants": "Ben and Cleo"}
    changes = joint if stance is Stance.JOINT_SORT else {}
    opened = ada.post(url, data=draft_form(ada, url, act="open", **changes)).headers["location"]
    assert "<dt>Threshold</dt>" not in ada.get(opened).text


# --- Opening ---


def test_an_empty_threshold_becomes_the_study_s_as_it_is_when_the_round_opens(
    session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book, is_open=False)
    assert round_.threshold is None
    set_threshold(session, team, 0.75)
    opened = make_round(session, team, book, "Round 2")
    assert (opened.headline, opened.threshold) == (Headline.BY_DESIGN, 0.75)


def test_changing_the_study_s_threshold_moves_no_opened_round(
    ada: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book)
    set_threshold(session, team, 0.95)
    assert read_round(session).threshold == 0.67
    page = ada.get(f"{team.url}/rounds/{round_.id}").text
    assert "<dt>Threshold</dt><dd>0.67</dd>" in page


def test_the_form_cannot_change_them_after_opening(
    ada: TestClient, session: Session, team: Team
) -> None:
    url = new_draft(ada, team)
    late = draft_form(ada, url, headline="fleiss_kappa", threshold="0.1")
    ada.post(url, data=draft_form(ada, url, act="open", **PROTOCOL))
    assert ada.post(url, data=late).status_code == 409
    round_ = read_round(session)
    assert (round_.headline, round_.threshold) == (Headline.AC1, 0.8)


def test_the_trail_of_opening_and_the_page_of_the_round_name_both(
    ada: TestClient, session: Session, team: Team
) -> None:
    url = new_draft(ada, team)
    opened = ada.post(url, data=draft_form(ada, url, act="open", **PROTOCOL)).headers["location"]
    page = html.unescape(ada.get(opened).text)
    assert "Headline: Gwet's AC1. Threshold: 0.8." in page
    assert "<dt>Headline</dt><dd>Gwet's AC1</dd>" in page


def test_the_trail_of_a_calibration_names_neither(
    session: Session, team: Team, book: PublishedBook
) -> None:
    make_round(session, team, book, kind=Kind.CALIBRATION)
    line = session.exec(select(Activity).where(Activity.kind == "round opened")).one()
    assert set(line.detail) == {"cards", "coders", "seed", "protocol_hash"}


def test_past_work_is_held_against_the_threshold_of_the_study_at_its_import(
    session: Session, team: Team, book: PublishedBook
) -> None:
    set_threshold(session, team, 0.7)
    rows = [{"card_id": "L-1", "coder": coder, "category": "Stale"} for coder in ("R1", "R2")]
    table = read_table(csv_file(rows), file_name="past.csv")
    import_placements(session, team.study_id, table, None, by=None, file_name="past.csv")
    session.commit()
    set_threshold(session, team, 0.9)
    round_ = read_round(session)
    assert (round_.headline, round_.threshold) == (Headline.BY_DESIGN, 0.7)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("stance", Stance)
def test_only_rounds_that_measure_reliability_are_held_against_a_threshold(
    kind: Kind, stance: Stance
) -> None:
    expected = stance is Stance.RELIABILITY and kind is not Kind.CALIBRATION
    assert measures_reliability(stance, kind) == expected
