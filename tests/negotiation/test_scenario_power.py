"""Scenario S10 of the method note: a professor who owns the study and codes, and a student.

Whatever the professor tries is refused, or logged and printed; what the student gives way in is
told to both without blame, and every number can be computed again from the file that leaves.
"""

import json
from collections import Counter

import pytest
from fastapi import FastAPI
from sklearn.metrics import cohen_kappa_score
from sqlmodel import select

from app.activity.models import Activity
from app.coding.rules import Protocol
from app.db import Database
from app.negotiation.models import Disagreement, Proposal
from app.negotiation.on_the_table import open_proposal
from tests.coding.world import World, make_world
from tests.factories import fresh_id
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    Visitor,
    close,
    decisions,
    flagged,
    judge,
    visit,
)

PROFESSOR, STUDENT = "ada", "ben"
N_DIFFERING = 18
AGREED = (UNCLEAR, UNCLEAR, STALE, MISSING)


@pytest.fixture
def world(database: Database) -> World:
    """An open round of the two, in which both have judged every card."""
    world = make_world(
        database,
        n_cards=N_DIFFERING + len(AGREED),
        coders=(PROFESSOR, STUDENT),
        protocol=Protocol(has_statements=True, owner_last=True),
    )
    with database.transaction() as session:
        for card in range(N_DIFFERING):
            judge(session, world, PROFESSOR, card, STALE, memo="So I teach it.")
            judge(session, world, STUDENT, card, MISSING, memo="It is not there.")
        for place, answer in enumerate(AGREED):
            for name in (PROFESSOR, STUDENT):
                judge(session, world, name, N_DIFFERING + place, answer)
    return world


@pytest.fixture
def sealed(database: Database, world: World) -> World:
    with database.transaction() as session:
        close(session, world)
    return world


@pytest.fixture
def opened(app: FastAPI, sealed: World) -> World:
    for name in (STUDENT, PROFESSOR):
        visitor = visit(app, sealed, name)
        form = {"operation_id": fresh_id()}
        assert visitor.client.post(f"{visitor.url}/statements/rest", data=form).status_code == 303
    return sealed


def post(visitor: Visitor, path: str, **form: object) -> int:
    answer = visitor.client.post(path, data={"operation_id": fresh_id(), **form})
    return answer.status_code


def kinds(database: Database) -> Counter[str]:
    with database.reading() as session:
        return Counter(session.exec(select(Activity.kind)).all())


def proposal_on(database: Database, found: Disagreement) -> Proposal:
    with database.reading() as session:
        proposal = open_proposal(session, found)
    assert proposal is not None
    return proposal


def settle(
    app: FastAPI, database: Database, world: World, found: Disagreement, label: int, dissent: str
) -> None:
    """The student proposes and the professor confirms; with a dissent it is the other way round."""
    answers = [world.category_ids[world.single_id][label]]
    student, professor = (visit(app, world, name) for name in (STUDENT, PROFESSOR))
    if not dissent:
        student.propose(found, answers=answers)
        professor.confirm(found, proposal_on(database, found).id or 0)
        return
    student.say(found, "I still see it otherwise.")
    professor.propose(found, answers=answers)
    student.dissent(found, proposal_on(database, found).id or 0, dissent)


# --- While the round is open ---


@pytest.mark.parametrize("path", ["labels", "labels.csv", "report.html", "report.json", "live"])
def test_while_it_is_open_no_page_or_file_tells_the_professor_what_the_student_said(
    app: FastAPI, world: World, path: str
) -> None:
    professor = visit(app, world, PROFESSOR)
    answer = professor.client.get(f"{professor.url}/{path}")
    assert answer.status_code in {404, 409}
    own = professor.client.get(f"{professor.url}/placements.csv").text
    assert "So I teach it." in own
    assert "It is not there." not in own


def test_closing_early_needs_a_reason_that_the_report_prints(
    app: FastAPI, database: Database, world: World
) -> None:
    professor = visit(app, world, PROFESSOR)
    url = f"{professor.url}/close"
    assert post(professor, url, reason="") == 409
    assert post(professor, url, reason="I have seen enough.", is_forced="true") == 303
    assert kinds(database)["round closed"] == 1
    for name in (STUDENT, PROFESSOR):
        visitor = visit(app, world, name)
        assert post(visitor, f"{visitor.url}/statements/rest") == 303
    for kind in ("html", "md", "json"):
        report = professor.client.get(f"{professor.url}/report.{kind}").text
        assert "I have seen enough." in report, kind


def test_declaring_the_round_void_needs_a_reason_and_leaves_a_trace(
    app: FastAPI, database: Database, world: World
) -> None:
    professor = visit(app, world, PROFESSOR)
    assert post(professor, f"{professor.url}/void", reason=" ") == 422
    assert kinds(database)["round voided"] == 0
    assert post(professor, f"{professor.url}/void", reason="The figures would be low.") == 303
    trail = professor.client.get(f"/studies/{world.study_id}/activity").text
    assert "The figures would be low." in trail


# --- While statements are sealed ---


@pytest.mark.parametrize(
    "path", ["labels", "labels.csv", "placements.csv", "report.html", "report.json", "report.check"]
)
def test_before_the_statements_are_in_the_professor_gets_no_figure_and_no_file(
    app: FastAPI, sealed: World, path: str
) -> None:
    professor = visit(app, sealed, PROFESSOR)
    answer = professor.client.get(f"{professor.url}/{path}")
    assert answer.status_code == 409
    assert "It is not there." not in answer.text


def test_the_professor_cannot_open_what_the_own_statement_is_missing_of(
    app: FastAPI, database: Database, sealed: World
) -> None:
    professor, found = visit(app, sealed, PROFESSOR), flagged(database, sealed)[0]
    assert professor.try_to(found, "opening", reason="The student is slow.") == 403
    professor.seal(found)
    professor.send(found, "opening", reason="The student is slow.")
    assert kinds(database)["statements opened early"] == 1


# --- In the talk ---


def test_the_owner_speaks_last(app: FastAPI, database: Database, opened: World) -> None:
    professor, student = (visit(app, opened, name) for name in (PROFESSOR, STUDENT))
    found = flagged(database, opened)[0]
    assert professor.try_to(found, "comments", text="Of course it is stale.") == 409
    student.send(found, "passes")
    professor.say(found, "Of course it is stale.")


def test_nobody_becomes_the_arbiter_of_a_card_they_coded(
    app: FastAPI, database: Database, opened: World
) -> None:
    professor, found = visit(app, opened, PROFESSOR), flagged(database, opened)[0]
    visit(app, opened, STUDENT).say(found, "We differ.")
    visit(app, opened, STUDENT).escalate(found)
    found = flagged(database, opened)[0]
    award = {
        "revision": found.revision,
        "answers": [opened.category_ids[opened.single_id][STALE]],
        "cause": "slip",
        "rationale": "I decide.",
    }
    assert professor.try_to(found, "award", **award) == 403
    # Even with another lead she keeps her role while her judgements are talked about.
    members = f"/studies/{opened.study_id}/members"
    ida, ada = opened.member_ids["ida"], opened.member_ids[PROFESSOR]
    assert post(professor, f"{members}/{ada}/role", role="arbiter") == 409
    assert post(professor, f"{members}/{ida}/role", role="lead") == 303
    assert post(professor, f"{members}/{ada}/role", role="arbiter") == 409  # she has a say here
    assert professor.try_to(found, "award", **award) == 403
    # Nor does whoever asked for an arbiter decide.
    assert kinds(database)["role changed"] == 1


def test_the_student_defers_against_the_wish_of_the_lead_and_withdraws_in_time(
    app: FastAPI, database: Database, opened: World
) -> None:
    student, professor = (visit(app, opened, name) for name in (STUDENT, PROFESSOR))
    first, second = flagged(database, opened)[:2]
    student.defer(first, in_charge=opened.member_ids[STUDENT])
    assert [one.outcome for one in decisions(database, first)] == ["deferred"]
    student.propose(second)
    proposal = proposal_on(database, second)
    student.withdraw(second, proposal.id or 0)
    assert professor.try_to(second, "confirmations", proposal_id=proposal.id) == 409
    assert decisions(database, second) == []


def test_giving_way_twelve_times_of_fourteen_is_told_neutrally_and_dissents_are_printed(
    app: FastAPI, database: Database, opened: World
) -> None:
    every = flagged(database, opened)
    for found, label in zip(every[:14], [STALE] * 12 + [MISSING] * 2, strict=True):
        settle(app, database, opened, found, label, "")
    for number, found in enumerate(every[14:16]):
        settle(app, database, opened, found, STALE, f"Dissent number {number}.")
    student = visit(app, opened, STUDENT)
    summary = student.page("/negotiation/summary")
    assert "12 of 14" in summary
    assert "many reasons" in summary
    labels = student.client.get(f"{student.url}/labels.csv").text
    report = student.client.get(f"{student.url}/report.html").text
    for number in range(2):
        assert f"Dissent number {number}." in labels
        assert f"Dissent number {number}." in report
    assert "12 of 14" not in report  # who gave way stays with the team


def test_a_stranger_computes_the_kappa_again_from_the_file(app: FastAPI, opened: World) -> None:
    student = visit(app, opened, STUDENT)
    check = json.loads(student.client.get(f"{student.url}/report.check").text)
    facet = next(one for one in check["facets"] if one["facet"] == "Smell")
    both = [row for row in facet["judgements"] if None not in row]
    assert len(both) == N_DIFFERING + len(AGREED)
    first, second = zip(*both, strict=True)
    kappa = cohen_kappa_score(first, second)
    found = facet["figures"]["cohen_kappa"]
    assert found == pytest.approx(kappa, abs=1e-9)
