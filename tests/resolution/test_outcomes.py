"""Which outcomes fit what coders had said, and where a settled agenda leads."""

import pytest
from fastapi import FastAPI

from app.coding.models import Round
from app.db import Database
from app.negotiation.rules import Outcome, possible_outcomes, refuse_outcome
from app.resolution.closing import finish_round
from tests.negotiation.negotiations import (
    STALE,
    UNCLEAR,
    decide,
    decisions,
    flagged,
    make_negotiation,
    visit,
)

SAID = {"1", "2"}
SETS = {"1+2", "2+3", "cannot_judge"}


@pytest.mark.parametrize(
    ("outcome", "label", "said", "words"),
    [
        (Outcome.PERSUADED, "1", SAID, None),
        (Outcome.PERSUADED, "3", SAID, "Nobody had chosen this"),
        (Outcome.PERSUADED, "none_applies", SAID, "All moved to a third category"),
        (Outcome.PERSUADED, "none_applies", {"1", "none_applies"}, None),
        (Outcome.THIRD_CODE, "3", SAID, None),
        (Outcome.THIRD_CODE, "none_applies", SAID, None),
        (Outcome.THIRD_CODE, "1", SAID, "This was chosen by a coder"),
        (Outcome.SLIP, "3", SAID, None),
        (Outcome.DISSOLVED, "3", SAID, None),
        (Outcome.ARBITRATED, "3", SAID, None),
        (Outcome.BOTH_KEPT, "1", SAID, "one category on this facet"),
    ],
)
def test_an_outcome_fits_what_coders_had_said(
    outcome: Outcome, label: str, said: set[str], words: str | None
) -> None:
    found = refuse_outcome(outcome, label, said, is_multiple=False)
    assert (found is None) if words is None else (found is not None and words in found)


@pytest.mark.parametrize(
    ("outcome", "label", "is_refused"),
    [
        (Outcome.PERSUADED, "2", False),
        (Outcome.PERSUADED, "1+2", False),
        (Outcome.PERSUADED, "2+4", True),
        (Outcome.THIRD_CODE, "2+4", False),
        (Outcome.THIRD_CODE, "2", True),
        (Outcome.BOTH_KEPT, "1+2+3", False),
        (Outcome.BOTH_KEPT, "1+2+3+4", False),
        (Outcome.BOTH_KEPT, "1+2", True),
        (Outcome.BOTH_KEPT, "none_applies", True),
    ],
)
def test_in_sets_an_outcome_fits_the_categories_that_were_given(
    outcome: Outcome, label: str, is_refused: bool
) -> None:
    assert bool(refuse_outcome(outcome, label, SETS, is_multiple=True)) is is_refused


def test_only_outcomes_that_can_be_are_offered(database: Database, app: FastAPI) -> None:
    options = {"1", "2", "3"}
    single = possible_outcomes(SAID, options, is_multiple=False)
    assert Outcome.BOTH_KEPT not in single
    assert Outcome.THIRD_CODE in single
    assert Outcome.BOTH_KEPT in possible_outcomes(SAID, options, is_multiple=True)
    assert Outcome.BOTH_KEPT not in possible_outcomes(
        {"1", "none_applies"}, options, is_multiple=True
    )
    assert Outcome.THIRD_CODE not in possible_outcomes(SAID, SAID, is_multiple=False)
    world = make_negotiation(database)
    text = visit(app, world, "ben").page(f"/disagreements/{flagged(database, world)[0].id}")
    assert 'value="third_code"' in text
    assert 'value="both_kept"' not in text


def test_a_label_nobody_gave_is_refused_at_the_outcome(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    unclear = world.category_ids[world.single_id][UNCLEAR]
    _, text = visit(app, world, "ben").propose(first, answers=[unclear], status=422)
    assert "Nobody had chosen this: choose “All moved to a third category”." in text
    assert decisions(database, first) == []


def test_the_trail_names_the_card_of_a_decision_and_leads_there(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visitor = visit(app, world, "ben")
    stale = world.category_ids[world.single_id][STALE]
    decide(database, first, by=world.member_ids["ben"], label=(stale,))
    for page in ("", "/activity"):
        text = visitor.client.get(f"/studies/{world.study_id}{page}").text
        assert f'href="{visitor.url}/disagreements/{first.id}"' in text
        assert "recorded a decision on L-0 on Smell: a coder was persuaded." in text


def test_when_all_is_decided_the_agenda_leads_on(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    stale = world.category_ids[world.single_id][STALE]
    for one in flagged(database, world):
        decide(database, one, by=world.member_ids["ben"], label=(stale,))
    text = visit(app, world, "ben").page()
    assert "Every disagreement of the round is settled." in text
    assert "Final labels<" in text
    assert "Finish the round" not in text
    assert "Finish the round" in visit(app, world, "ada").page()
    with database.transaction() as session:
        finish_round(session, session.get_one(Round, world.round_id), by=None)
    home = visit(app, world, "ben").client.get(f"/studies/{world.study_id}").text
    assert "Take the report and labels of" in home
    assert "Final labels" in visit(app, world, "ben").page("")
