"""How a study went over its rounds: coefficients, codebook, causes, and where categories came."""

import html
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.coding.models import Round, Seal
from app.coding.pace import CodedCard, seconds_between
from app.coding.rounds import end_round
from app.coding.rules import Kind, Phase
from app.db import now
from app.reports.course_words import course_drawing, course_table
from app.reports.curve import curve
from app.reports.plots import FigureKind, draw
from app.reports.saturation import Saturation, saturation
from app.reports.trajectory import FacetCourse, study_course
from app.studies.rules import Stance
from tests.factories import Team, make_study, sign_in
from tests.reports.reading import page_of
from tests.reports.rounds import SMELLS, TWO, Coded, Sorted, make_round
from tests.reports.test_remarks import publish_again


def course_of_smell(session: Session, team: Team) -> FacetCourse:
    session.expire_all()
    return next(one for one in study_course(session, team.study).facets if one.name == "Smell")


def round_of(session: Session, coded: Coded) -> Round:
    return session.get_one(Round, coded.round_id)


def seal_one(session: Session, coded: Coded) -> None:
    """A statement on a card of the round is still missing."""
    session.add(Seal(round_id=coded.round_id, facet_id=coded.facets["Smell"], card_id=1))
    session.commit()


# --- Saturation ---


def cards(*each: tuple[int, set[int]]) -> list[CodedCard]:
    return [CodedCard(card_id, frozenset(ids)) for card_id, ids in each]


def test_each_card_that_brings_something_new_is_a_step_and_the_rest_is_the_run() -> None:
    found = saturation([cards((1, {7}), (2, {7}), (3, {8, 9}), (4, {7}), (5, set()))])
    assert found == Saturation(((1, 1), (3, 3), (5, 3)), run=2)


def test_a_card_coded_again_lengthens_no_run_and_can_end_one() -> None:
    first = cards((1, {7}), (2, {7}), (3, {7}))
    again = saturation([first, cards((2, {7}), (1, {7}))])
    assert (again.n_cards, again.run) == (3, 2)
    split = saturation([first, cards((2, {8}))])
    assert (split.n_cards, split.n_categories, split.run) == (3, 2, 0)


def test_without_cards_there_is_nothing_to_draw() -> None:
    empty = saturation([])
    assert (empty.n_cards, empty.run, curve(empty)) == (0, 0, None)
    assert curve(saturation([cards((1, set()))])) is None


def test_the_curve_ends_at_its_last_card_and_says_its_steps() -> None:
    drawn = curve(Saturation(((1, 1), (40, 3), (100, 3)), run=60))
    assert drawn is not None
    assert drawn.path.endswith("H 760.0 V 16.0")
    assert drawn.ticks[-1] == (760.0, "100")
    assert drawn.quiet_from == 40 + 720 * 0.4
    assert "3 after card 40" in drawn.description


# --- Pace ---


def test_a_decision_takes_the_time_since_the_act_before() -> None:
    start = now()
    acts = [start + timedelta(seconds=s) for s in (0, 4, 10, 10, 1000, 1003)]
    # Two at once share their six seconds; after a quarter of an hour nobody had been thinking.
    assert list(seconds_between(acts)) == [4, 3, 3, 3]
    assert list(seconds_between([])) == []


# --- Rounds ---


def test_reliability_rounds_have_a_figure_and_others_say_why_not(
    session: Session, team: Team
) -> None:
    make_round(session, team, {"Smell": TWO}, name="Training", kind=Kind.CALIBRATION)
    make_round(session, team, {"Smell": TWO}, name="First")
    void = make_round(session, team, {"Smell": TWO}, name="Wrong")
    end_round(session, round_of(session, void), Phase.VOID, reason="Wrong cards.", by=None)
    sealed = make_round(session, team, {"Smell": TWO}, name="Sealed")
    seal_one(session, sealed)
    rounds = course_of_smell(session, team).rounds
    told = {one.name: (one.left_out, one.figure is not None) for one in rounds}
    assert told == {
        "Training": ("not reliability", False),
        "First": ("", True),
        "Wrong": ("void", False),
        "Sealed": ("sealed until every statement is in", False),
    }


def test_nothing_of_a_sealed_round_is_told_to_anybody(
    client: TestClient, session: Session, team: Team
) -> None:
    first = make_round(session, team, {"Smell": TWO}, name="First")
    text = page_of(client, f"{team.url}/agreement/course").text
    longer = Sorted((*SMELLS, "new"), {"Ben": ("new",) * 12, "Cleo": ("new",) * 12})
    sealed = make_round(session, team, {"Smell": longer}, name="Second")
    seal_one(session, sealed)
    course = course_of_smell(session, team)
    assert course.saturation.n_categories == 3
    assert course.rounds[1].causes is course.rounds[1].pace.judgement is None
    page = client.get(f"{team.url}/agreement/course").text
    assert "left out: sealed until every statement is in" in page
    assert "3 categories came into use over 30 cards" in page
    assert "3 categories came into use over 30 cards" in text
    assert "Second" not in client.get(first.page("Smell")).text.partition("Over the rounds")[2]


def test_versions_stand_between_the_rounds_with_their_class(session: Session, team: Team) -> None:
    make_round(session, team, {"Smell": TWO}, name="First")
    publish_again(session, team, {"stale": "Nobody has looked after it for a year"})
    make_round(session, team, {"Smell": TWO}, name="Second")
    course = course_of_smell(session, team)
    first, second = course.rounds
    assert first.marks == ()
    # Publishing by the tests' short cut notes no class; the contents are compared.
    assert [mark.words for mark in second.marks] == [
        "version 2, clarifying",
        "version 3, clarifying",
    ]
    publish_again(session, team, {"stale": "Nobody has looked after it for two years"})
    since = course_of_smell(session, team).since
    assert [mark.words for mark in since] == ["version 4, clarifying"]


def test_the_figure_has_the_versions_in_its_lines_and_in_its_words(
    session: Session, team: Team
) -> None:
    make_round(session, team, {"Smell": TWO}, name="First")
    publish_again(session, team, {"stale": "Nobody has looked after it for a year"})
    make_round(session, team, {"Smell": TWO}, name="Training", kind=Kind.CALIBRATION)
    make_round(session, team, {"Smell": TWO}, name="Second")
    drawing = course_drawing(course_of_smell(session, team), 0.67)
    assert drawing is not None
    assert [point.name for point in drawing.points] == ["First", "Second"]
    assert drawing.points[1].before == "version 2, clarifying; version 3, clarifying"
    svg = draw(drawing, kind=FigureKind.SVG).decode()
    assert "version 2, clarifying; version 3, clarifying, then Second" in html.unescape(svg)


def test_another_coefficient_settled_for_a_round_is_named(session: Session, team: Team) -> None:
    three = Sorted(SMELLS, {**TWO.answers, "Dan": TWO.answers["Ben"]})
    make_round(session, team, {"Smell": TWO}, name="Two coders")
    make_round(session, team, {"Smell": three}, name="Three coders")
    course = course_of_smell(session, team)
    assert course.measure_name == "Krippendorff's alpha, nominal"
    first, _ = course_table(course, has_coefficients=True).rows
    assert "settled for this round: Cohen's kappa" in first[2]


# --- The page and the files ---


def test_the_page_shows_a_facet_of_the_study(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO}, name="First")
    make_round(session, team, {"Smell": TWO}, name="Second")
    page = page_of(client, f"{team.url}/agreement/course?facet={coded.facets['Smell']}")
    rows = {row[0]: row for row in page.rows}
    assert rows["First, independent"][2].startswith("0.")
    assert "still open" in rows["Second, independent"][5]
    assert page.unclosed == []
    assert f"{team.url}/settings" in page.links
    svg = client.get(f"{team.url}/agreement/course.svg?facet={coded.facets['Smell']}")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert client.get(f"{team.url}/agreement/course.gif").status_code == 404
    assert client.get(f"{team.url}/agreement/course?facet=9999").status_code == 404


def test_before_a_round_has_closed_the_page_says_when_figures_come(
    client: TestClient, session: Session, team: Team
) -> None:
    make_round(session, team, {"Smell": TWO}, is_closed=False)
    text = page_of(client, f"{team.url}/agreement/course").text
    assert "Figures appear when Round 1 closes." in text
    assert client.get(f"{team.url}/agreement/course.svg").status_code == 404


def test_every_file_of_a_report_has_the_course(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO}, name="First")
    make_round(session, team, {"Smell": TWO}, name="Second")
    sign_in(client)
    for ending in ("html", "md"):
        text = client.get(f"{coded.url}/report.{ending}").text
        assert "The study over its rounds" in text
        assert "No stop rule was set." in text
        assert "Second, independent" in text
    course = client.get(f"{coded.url}/report.json").json()["course"]
    first, second = course["facets"]["Smell"]["rounds"]
    assert first["figure"]["value"] == second["figure"]["value"]
    assert first["open"] > 0
    assert course["facets"]["Smell"]["saturation"]["steps"][-1] == [60, 3]
    assert course["stop_rule"]["rule"] is None


@pytest.mark.parametrize("path", ["agreement/course", "rounds/1/report.json", "rounds/1/report.md"])
def test_a_study_by_consensus_only_has_causes_and_saturation_and_no_coefficient(
    client: TestClient, session: Session, path: str
) -> None:
    team = make_study(session, stance=Stance.CONSENSUS_ONLY)
    make_round(session, team, {"Smell": TWO})
    sign_in(client)
    text = client.get(f"{team.url}/{path}").text
    _, _, said = text.partition("The study over its rounds")
    said = said if path.endswith("md") else text
    assert "still open" in said or '"open"' in said
    assert "saturation" in said or "came into use" in said
    for word in ("kappa", "alpha", '"figure"', "95%"):
        assert word not in said
    assert client.get(f"{team.url}/agreement/course.svg").status_code == 404
