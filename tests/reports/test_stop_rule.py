"""Whether a study may stop by its own rule: met, not met or undecided, and always why."""

import html
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.activity.models import Activity
from app.agreement import Estimate, Method
from app.codebook.editing import change_category, with_fields
from app.codebook.models import Category
from app.codebook.service import draft, publish
from app.coding.rules import Kind
from app.reports.saturation import Saturation
from app.reports.stop_rule import Newest, StopVerdict, facet_stops, study_stops
from app.reports.trajectory import study_course
from app.reports.wording import Standing
from app.studies.models import Study
from app.studies.rules import Stance
from app.studies.service import StopRule
from tests.factories import Team, fresh_id, make_study, sign_in
from tests.reports.reading import page_of
from tests.reports.rounds import BEN, CLEO, SMELLS, TWO, Sorted, make_round

QUIET = Saturation(((1, 1), (4, 3), (40, 3)), run=36)
# Alike but for a few cards: of perfect agreement no interval is made.
ALIKE = Sorted(SMELLS, {"Ben": BEN * 4, "Cleo": BEN * 3 + CLEO})


def estimate(low: float | None, high: float | None) -> Estimate:
    method = None if low is None else Method.BOOTSTRAP
    return Estimate(0.7, low=low, high=high, n_units=100, method=method)


def by_bound(found: Estimate | None) -> StopVerdict:
    newest = None if found is None else Newest("Round 2", "Cohen's kappa", found)
    return facet_stops("Smell", StopRule(bound=0.6), newest, QUIET, has_bound=True)


# --- One facet ---


@pytest.mark.parametrize(
    ("found", "standing", "why"),
    [
        (estimate(0.6, 0.8), Standing.MET, "begins at or above the 0.60"),
        (estimate(0.4, 0.59), Standing.NOT_MET, "lies below the 0.60"),
        (estimate(0.5, 0.6), Standing.UNDECIDED, "reaches across the 0.60"),
        (estimate(0.59, 0.9), Standing.UNDECIDED, "reaches across the 0.60"),
        (estimate(None, None), Standing.UNDECIDED, "has no interval"),
        (Estimate(None, reason="nothing varied"), Standing.UNDECIDED, "nothing varied"),
        (None, Standing.UNDECIDED, "No round that measures reliability has closed"),
    ],
)
def test_the_interval_decides_and_says_why(
    found: Estimate | None, standing: Standing, why: str
) -> None:
    verdict = by_bound(found)
    assert verdict.standing is standing
    (part,) = verdict.parts
    assert why in part.sentence


@pytest.mark.parametrize(
    ("asked", "standing"), [(36, Standing.MET), (1, Standing.MET), (37, Standing.NOT_MET)]
)
def test_the_last_run_of_cards_decides(asked: int, standing: Standing) -> None:
    rule = StopRule(quiet_cards=asked)
    verdict = facet_stops("Smell", rule, None, QUIET, has_bound=True)
    assert verdict.standing is standing
    assert "The last 36 cards coded brought no new category" in verdict.parts[0].sentence


def test_without_a_card_nothing_is_decided() -> None:
    rule = StopRule(quiet_cards=5)
    assert facet_stops("Smell", rule, None, Saturation((), 0), has_bound=True).standing is (
        Standing.UNDECIDED
    )


def test_both_parts_must_be_met_and_one_that_is_not_decides() -> None:
    newest = Newest("Round 2", "Cohen's kappa", estimate(0.5, 0.9))
    straddling = facet_stops("Smell", StopRule(0.6, 10), newest, QUIET, has_bound=True)
    assert straddling.standing is Standing.UNDECIDED
    too_early = facet_stops("Smell", StopRule(0.6, 50), newest, QUIET, has_bound=True)
    assert too_early.standing is Standing.NOT_MET


def test_without_coefficients_the_bound_is_passed_over() -> None:
    verdict = facet_stops("Smell", StopRule(0.9, 10), None, QUIET, has_bound=False)
    assert verdict.standing is Standing.MET
    assert len(verdict.parts) == 1


@pytest.mark.parametrize("found", [estimate(0.6, 0.8), estimate(0.2, 0.4)])
def test_a_figure_of_an_older_meaning_decides_nothing(found: Estimate) -> None:
    newest = Newest("Round 2", "Cohen's kappa", found, changed_by=2)
    verdict = facet_stops("Smell", StopRule(bound=0.6), newest, QUIET, has_bound=True)
    assert verdict.standing is Standing.UNDECIDED
    (part,) = verdict.parts
    assert part.sentence == (
        "Version 2 changed this facet since; no reliability round by it has closed."
    )
    used = replace(newest, is_used=True)
    (part,) = facet_stops("Smell", StopRule(bound=0.6), used, QUIET, has_bound=True).parts
    assert "went by an older one" in part.sentence


def test_quiet_cards_of_an_older_meaning_do_not_meet_the_rule() -> None:
    newest = Newest("Round 2", "Cohen's kappa", estimate(0.6, 0.8), changed_by=2)
    verdict = facet_stops("Smell", StopRule(quiet_cards=10), newest, QUIET, has_bound=True)
    assert verdict.standing is Standing.UNDECIDED
    assert "Version 2 changed this facet since" in verdict.parts[0].sentence
    too_early = facet_stops("Smell", StopRule(quiet_cards=50), newest, QUIET, has_bound=True)
    assert too_early.standing is Standing.NOT_MET


# --- The study ---


def test_the_study_stands_where_its_weakest_facet_stands() -> None:
    def standing(*each: Standing) -> Standing:
        return study_stops([StopVerdict("", one, ()) for one in each])

    assert standing(Standing.MET, Standing.MET) is Standing.MET
    assert standing(Standing.MET, Standing.UNDECIDED) is Standing.UNDECIDED
    assert standing(Standing.UNDECIDED, Standing.NOT_MET) is Standing.NOT_MET
    assert standing() is Standing.NOT_ASKED


def set_rule(session: Session, team: Team, rule: StopRule) -> Study:
    study = session.get_one(Study, team.study_id)
    study.stop_bound, study.stop_quiet_cards = rule.bound, rule.quiet_cards
    session.add(study)
    session.commit()
    return study


def test_every_facet_counts(session: Session, team: Team) -> None:
    other = Sorted(("x", "y"), {"Ben": ("x", "y") * 60, "Cleo": ("x", "y", "y", "x") * 30})
    make_round(session, team, {"Smell": ALIKE, "Other": other})
    course = study_course(session, set_rule(session, team, StopRule(bound=0.6)))
    standings = {one.name: one.stop.standing for one in course.facets}
    assert standings == {"Smell": Standing.MET, "Other": Standing.NOT_MET}
    assert course.standing is Standing.NOT_MET


def test_a_calibration_and_a_recoding_are_not_read_by_the_rule(
    session: Session, team: Team
) -> None:
    make_round(session, team, {"Smell": ALIKE}, name="First")
    for kind in (Kind.CALIBRATION, Kind.RECODE):
        make_round(session, team, {"Smell": TWO}, name=kind.value, kind=kind)
    course = study_course(session, set_rule(session, team, StopRule(bound=0.6)))
    assert course.standing is Standing.MET
    assert "in First" in course.facets[0].stop.parts[0].sentence


def test_a_facet_changed_since_is_undecided_until_a_reliability_round_by_it_has_closed(
    session: Session, team: Team
) -> None:
    make_round(session, team, {"Smell": ALIKE}, name="First")
    study = set_rule(session, team, StopRule(bound=0.6))
    change_smell(session, team, name="STALE")
    assert study_course(session, study).standing is Standing.MET  # a name is wording
    change_smell(session, team, definition="What is out of date, however it came about")
    make_round(session, team, {"Smell": ALIKE}, name="Recode", kind=Kind.RECODE)
    course = study_course(session, study)
    assert course.standing is Standing.UNDECIDED
    (part,) = course.facets[0].stop.parts
    assert part.sentence == (
        "Version 3 changed this facet since; no reliability round by it has closed."
    )
    make_round(session, team, {"Smell": ALIKE}, name="Second")
    assert study_course(session, study).standing is Standing.MET


def change_smell(session: Session, team: Team, **said: str) -> None:
    """The next version, in which the first category of Smell is said otherwise."""
    category_id = draft(session, team.study_id).facets[0].categories[0].id
    row = session.get_one(Category, category_id)
    fields = with_fields(session, row, said)
    change_category(session, row, fields, revision=row.revision, by=None)
    publish(session, team.study_id, "Clearer.", by=None)
    session.commit()


# --- Setting it ---


def settings(study: Study, **changes: str) -> dict[str, str]:
    return {
        "operation_id": fresh_id(),
        "name": study.name,
        "description": study.description,
        "stance": study.stance,
        "threshold": str(study.threshold),
        **changes,
    }


def test_it_is_set_in_the_settings_and_the_trail_has_both_values(
    client: TestClient, session: Session, team: Team
) -> None:
    ada, url = sign_in(client), f"{team.url}/settings"
    form = settings(team.study, stop_bound="0.6", stop_quiet_cards="30")
    assert ada.post(url, data=form).status_code == 303
    page = ada.get(url).text
    assert 'name="stop_bound"' in page
    assert 'value="0.6"' in page
    assert 'value="30"' in page
    trail = html.unescape(ada.get(f"{team.url}/activity").text)
    words = "lower bound at least 0.6 and 30 cards in a row without a new category"
    assert f"changed the stop rule from “none” to “{words}”." in trail
    kinds = session.exec(select(Activity.kind).where(Activity.study_id == team.study_id)).all()
    assert "study changed" not in kinds


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("1", "stop_bound"),
        ("-0.1", "stop_bound"),
        ("nan", "stop_bound"),
        ("high", "stop_bound"),
        ("0", "stop_quiet_cards"),
        ("2.5", "stop_quiet_cards"),
        ("many", "stop_quiet_cards"),
    ],
)
def test_what_no_study_can_reach_is_refused_and_stays_typed(
    client: TestClient, team: Team, typed: str, field: str
) -> None:
    answer = sign_in(client).post(
        f"{team.url}/settings", data=settings(team.study, **{field: typed})
    )
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert "or nothing." in answer.text


def test_a_change_after_a_round_has_opened_is_printed(
    client: TestClient, session: Session, team: Team
) -> None:
    ada, url = sign_in(client), f"{team.url}/settings"
    ada.post(url, data=settings(team.study, stop_bound="0.8"))
    coded = make_round(session, team, {"Smell": TWO})
    sentence = "after Round 1 had opened: from “lower bound at least 0.8” to “none”."
    course = page_of(client, f"{team.url}/agreement/course").text
    assert "The stop rule was changed" not in course
    ada.post(url, data=settings(team.study))
    assert sentence in page_of(client, f"{team.url}/agreement/course").text
    for ending in ("html", "md", "json"):
        assert sentence in html.unescape(ada.get(f"{coded.url}/report.{ending}").text), ending


def test_a_study_by_consensus_only_asks_for_quiet_cards_alone(
    client: TestClient, session: Session
) -> None:
    team = make_study(session, stance=Stance.CONSENSUS_ONLY)
    make_round(session, team, {"Smell": TWO})
    set_rule(session, team, StopRule(0.9, 5))
    text = page_of(client, f"{team.url}/agreement/course").text
    assert "Met. The last" in text
    assert "interval" not in text.replace("lower bound", "")
