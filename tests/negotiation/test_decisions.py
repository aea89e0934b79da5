"""What the team decides: who may, what it needs, and that nothing earlier is lost."""

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.coding.models import Placement, Round, Snapshot
from app.coding.rules import Value
from app.coding.visibility import NOBODY, visible_history
from app.db import Database
from app.errors import Conflict
from app.negotiation.rules import Outcome, Provenance, provenance_of
from app.resolution.closing import finish_round
from tests.coding.world import World, make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    close,
    decide,
    decisions,
    flagged,
    judge,
    make_negotiation,
    visit,
)


def everything_said_alone(database: Database, world: World) -> list[dict[str, object]]:
    with database.reading() as session:
        round_ = session.get_one(Round, world.round_id)
        rows: list[Placement | Snapshot] = list(session.exec(visible_history(NOBODY, round_)))
        rows += session.exec(select(Snapshot)).all()
        return [row.model_dump() for row in rows]


def test_a_decision_touches_no_placement_and_no_snapshot(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    before = everything_said_alone(database, world)
    visit(app, world, "ben").decide(flagged(database, world)[0])
    assert everything_said_alone(database, world) == before


def test_after_a_decision_the_next_open_card_of_the_pair_comes(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first, second, third = flagged(database, world)
    visitor = visit(app, world, "ben")
    assert visitor.decide(second)[0].endswith(f"/disagreements/{first.id}")
    assert visitor.decide(first)[0].endswith(f"/disagreements/{third.id}")
    assert "This is the next open card." in visitor.page(f"/disagreements/{third.id}")
    assert visitor.decide(third)[0].endswith(f"/disagreements?facet={third.facet_id}")
    text = visitor.page()
    assert "Nothing is open in this facet." in text
    assert "3 disagreements, 3 decided" in text


def test_a_decision_says_label_outcome_cause_reason_and_who(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visitor = visit(app, world, "cleo")
    visitor.decide(first, rationale="The date *has* passed.")
    text = visitor.page(f"/disagreements/{first.id}")
    decided = text[text.index("proposal-outcome") :]
    for words in ("Stale", "A coder was persuaded.", "Overlapping categories", "<em>has</em>"):
        assert words in decided
    assert "Coder B" in text[text.index(">Decided<") :]


def test_deciding_again_keeps_the_earlier_decision(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visitor = visit(app, world, "ben")
    visitor.decide(first, rationale="First thought.")
    missing = world.category_ids[world.single_id][MISSING]
    visitor.decide(first, revision=2, answers=[missing], rationale="Second thought.")
    assert [one.rationale for one in decisions(database, first)] == [
        "Second thought.",
        "First thought.",
    ]
    text = visitor.page(f"/disagreements/{first.id}")
    assert (
        text.index("Second thought.")
        < text.index("1 earlier decision")
        < text.index("First thought.")
    )


def test_B69_a_stale_decision_shows_the_newer_one_and_keeps_what_was_typed(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "ben").decide(first, rationale="Ben was quicker.")
    missing = world.category_ids[world.single_id][MISSING]
    _, text = visit(app, world, "cleo").decide(
        first, answers=[missing], outcome="slip", rationale="Cleo was slower.", status=409
    )
    assert "Ben was quicker." in text
    form = text[text.index("decision-form") :]
    assert "Cleo was slower." in form
    assert 'value="slip" selected' in form
    assert f'value="{missing}" type="radio" checked' in form
    assert 'name="revision" value="2"' in form
    assert "Record mine instead" in form
    assert "Keep theirs" in form
    assert len(decisions(database, first)) == 1


def test_B70_a_decision_without_its_revision_is_refused(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "ben").decide(first, revision=None, status=422)
    assert decisions(database, first) == []


def test_B67_a_decision_sent_twice_is_there_once_and_leads_to_the_same_card(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visitor = visit(app, world, "ben")
    once = visitor.decide(first, operation_id="33333333-cccc")
    assert visitor.decide(first, operation_id="33333333-cccc") == once
    assert len(decisions(database, first)) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rationale": " \n "}, "Write down why"),
        ({"answers": []}, "Choose the label the team decided on."),
        ({"outcome": "dropped"}, "leaves the card without a label"),
        ({"outcome": ""}, "Choose what came of the talk."),
        ({"outcome": "nonsense"}, "Choose what came of the talk."),
        ({"cause": ""}, "Choose what the disagreement came from."),
        ({"answers": ["nonsense"]}, "Choose categories, or one answer without a category"),
        ({"answers": ["none_applies", "not_applicable"]}, "or one answer without a category"),
        ({"answers": ["9" * 40]}, "or one answer without a category"),
        ({"answers": ["999999"]}, "was removed from this round"),
    ],
)
def test_an_incomplete_decision_is_refused_in_words_and_keeps_what_was_typed(
    database: Database, app: FastAPI, fields: dict[str, object], words: str
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    sent = {"rationale": "My long reason.", **fields}
    _, text = visit(app, world, "ben").decide(first, status=422, **sent)
    assert words in text
    assert str(sent["rationale"]) in text
    assert decisions(database, first) == []


def test_two_categories_fit_only_a_facet_of_several(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    both = list(world.category_ids[world.single_id][:2])
    _, text = visit(app, world, "ben").decide(first, answers=both, status=422)
    assert "one category for each card" in text


@pytest.mark.parametrize(
    ("outcome", "state"), [("deferred", "deferred"), ("unresolved", "decided")]
)
def test_some_outcomes_leave_the_card_without_a_label(
    database: Database, app: FastAPI, outcome: str, state: str
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "ben").decide(first, outcome=outcome, answers=[""])
    (decision,) = decisions(database, first)
    assert (decision.value, decision.category_ids) == (Value.NOT_JUDGED, [])
    assert [one.state for one in flagged(database, world) if one.id == first.id] == [state]


@pytest.mark.parametrize("answer", ["none_applies", "not_applicable"])
def test_the_team_may_decide_that_no_category_fits(
    database: Database, app: FastAPI, answer: str
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "ben").decide(first, answers=[answer], outcome="third_code")
    assert [one.value for one in decisions(database, first)] == [answer]


def test_an_arbiter_arbitrates_and_a_lead_who_did_not_code_may(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first, second, _ = flagged(database, world)
    visit(app, world, "ida").decide(first, outcome="arbitrated")
    visit(app, world, "ada").decide(second, outcome="arbitrated")
    assert provenance_of(Outcome.ARBITRATED) is Provenance.ARBITRATED


def test_nobody_arbitrates_a_card_they_coded(database: Database, app: FastAPI) -> None:
    world = make_world(database, n_cards=1, coders=("ada", "ben"))
    with database.transaction() as session:
        judge(session, world, "ada", 0, STALE)
        judge(session, world, "ben", 0, MISSING)
        close(session, world)
    (only,) = flagged(database, world)
    for name, words in (("ada", "somebody else has to"), ("ben", "Only an arbiter")):
        visitor = visit(app, world, name)
        assert "arbitrated" not in visitor.page(f"/disagreements/{only.id}")
        _, text = visitor.decide(only, outcome="arbitrated", status=422)
        assert words in text
    assert decisions(database, only) == []


def test_a_finished_round_is_read_only_and_keeps_everything(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    found = flagged(database, world)
    stale = world.category_ids[world.single_id][STALE]
    with pytest.raises(Conflict, match="3 disagreements are still open"):
        _finish(database, world)
    for one in found:
        decide(database, one, by=world.member_ids["ben"], label=(stale,))
    _finish(database, world)
    visitor = visit(app, world, "ben")
    text = visitor.page(f"/disagreements/{found[0].id}")
    assert "decision-form" not in text
    assert "The negotiation of this round is over." in text
    visitor.decide(found[0], revision=2, status=409)
    visitor.comment(found[0], "One more thing.", status=409)
    assert len(decisions(database, found[0])) == 1


def _finish(database: Database, world: World) -> None:
    with database.transaction() as session:
        finish_round(session, session.get_one(Round, world.round_id), by=None)


def test_B60_a_text_that_is_too_long_in_a_rationale(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    _, text = visit(app, world, "ben").decide(first, rationale="x" * 20_001, status=422)
    assert "at most 20,000 characters" in text


def test_B62_B64_markup_and_templates_are_inert_in_a_rationale(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visitor = visit(app, world, "ben")
    visitor.decide(first, rationale="<script>bad()</script> ![p](http://x/p.png) {{7*7}}")
    for path in (f"/disagreements/{first.id}", "/labels"):
        text = visitor.page(path)
        assert "<script>bad" not in text
        assert "<img" not in text
        assert "{{7*7}}" in text
