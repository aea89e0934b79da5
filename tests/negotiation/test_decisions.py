"""What the team decides: what a proposal needs, and that nothing earlier is lost."""

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.coding.models import Placement, Round, Snapshot
from app.coding.rules import Value
from app.coding.visibility import NOBODY, visible_history
from app.db import Database
from app.errors import Conflict
from app.negotiation.models import Disagreement
from app.resolution.closing import finish_round
from tests.coding.world import World
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    again,
    decide,
    decisions,
    flagged,
    make_negotiation,
    on_table,
    visit,
)


def settle(database: Database, app: FastAPI, world: World, found: Disagreement, **said: object):
    """Ben proposes, Cleo confirms; returns where Cleo is sent and the answer."""
    visit(app, world, "ben").propose(again(database, found), **said)
    return visit(app, world, "cleo").confirm(found, on_table(database, found))


def everything_said_alone(database: Database, world: World) -> list[dict[str, object]]:
    with database.reading() as session:
        round_ = session.get_one(Round, world.round_id)
        rows: list[Placement | Snapshot] = list(session.exec(visible_history(NOBODY, round_)))
        rows += session.exec(select(Snapshot)).all()
        return [row.model_dump() for row in rows]


def test_a_decision_touches_no_placement_and_no_snapshot(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    before = everything_said_alone(database, world)
    settle(database, app, world, flagged(database, world)[0])
    assert everything_said_alone(database, world) == before


def test_after_a_decision_the_next_open_card_of_the_pair_comes(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first, second, third = flagged(database, world)
    cleo = visit(app, world, "cleo")
    assert settle(database, app, world, second)[0].endswith(f"/disagreements/{first.id}")
    assert settle(database, app, world, first)[0].endswith(f"/disagreements/{third.id}")
    cleo.confirm(third, 999_999, status=409)
    visit(app, world, "ben").propose(again(database, third))
    where, _ = cleo.confirm(third, on_table(database, third))
    assert where.endswith(f"/disagreements?facet={third.facet_id}")
    text = cleo.page()
    assert "Nothing is open in this facet." in text


def test_a_decision_says_label_outcome_cause_reason_and_who(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    settle(database, app, world, first, rationale="The date *has* passed.")
    text = visit(app, world, "cleo").item(first)
    decided = text[text.index("proposal-outcome") :]
    for words in ("Stale", "A coder was persuaded.", "Overlapping categories", "<em>has</em>"):
        assert words in decided
    assert "Coder A" in text[text.index(">Decided<") :]


def test_deciding_again_keeps_the_earlier_decision(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    settle(database, app, world, first, rationale="First thought.")
    missing = world.category_ids[world.single_id][MISSING]
    settle(database, app, world, first, answers=[missing], rationale="Second thought.")
    assert [one.rationale for one in decisions(database, first)] == [
        "Second thought.",
        "First thought.",
    ]
    text = visit(app, world, "ben").item(first)
    assert (
        text.index("Second thought.")
        < text.index("1 earlier decision")
        < text.index("First thought.")
    )


def test_B69_a_stale_proposal_shows_the_newer_one_and_keeps_what_was_typed(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "ben").propose(first, rationale="Ben was quicker.")
    missing = world.category_ids[world.single_id][MISSING]
    _, text = visit(app, world, "cleo").propose(
        first, answers=[missing], outcome="slip", rationale="Cleo was slower.", status=409
    )
    assert "Ben was quicker." in text
    form = text[text.index('id="propose"') :]
    assert "Cleo was slower." in form
    assert 'value="slip" selected' in form
    assert f'value="{missing}" type="radio" checked' in form
    assert f'name="revision" value="{again(database, first).revision}"' in form
    assert "Propose mine instead" in form
    assert "Keep theirs" in form
    assert decisions(database, first) == []


def test_B70_a_proposal_without_its_revision_is_refused(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "ben").propose(first, revision=None, status=422)
    assert again(database, first).stage == "opened"


def test_B67_a_confirmation_sent_twice_decides_once_and_leads_to_the_same_card(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "ben").propose(first)
    proposal = on_table(database, first)
    cleo = visit(app, world, "cleo")
    once = cleo.confirm(first, proposal, operation_id="33333333-cccc")
    assert cleo.confirm(first, proposal, operation_id="33333333-cccc") == once
    assert len(decisions(database, first)) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rationale": " \n "}, "Write down why"),
        ({"answers": []}, "Choose the label the team decided on."),
        ({"outcome": "dropped"}, "leaves the card without a label"),
        ({"outcome": ""}, "Choose what came of the talk."),
        ({"outcome": "nonsense"}, "Choose what came of the talk."),
        ({"outcome": "arbitrated"}, "Hand the card over to the arbiter instead"),
        ({"outcome": "deferred"}, "Put the card off instead"),
        ({"outcome": "both_kept"}, "so both cannot be kept"),
        ({"cause": ""}, "Choose what the disagreement came from."),
        ({"answers": ["nonsense"]}, "Choose categories, or one answer without a category"),
        ({"answers": ["none_applies", "not_applicable"]}, "or one answer without a category"),
        ({"answers": ["9" * 40]}, "or one answer without a category"),
        ({"answers": ["999999"]}, "was removed from this round"),
    ],
)
def test_an_incomplete_proposal_is_refused_in_words_and_keeps_what_was_typed(
    database: Database, app: FastAPI, fields: dict[str, object], words: str
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    sent = {"rationale": "My long reason.", **fields}
    _, text = visit(app, world, "ben").propose(first, status=422, **sent)
    assert words in text
    assert str(sent["rationale"]) in text
    assert again(database, first).stage == "opened"


def test_two_categories_fit_only_a_facet_of_several(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    both = list(world.category_ids[world.single_id][:2])
    _, text = visit(app, world, "ben").propose(first, answers=both, status=422)
    assert "one category for each card" in text


@pytest.mark.parametrize("outcome", ["unresolved", "dropped", "split"])
def test_some_outcomes_leave_the_card_without_a_label(
    database: Database, app: FastAPI, outcome: str
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    settle(database, app, world, first, outcome=outcome, answers=[""])
    (decision,) = decisions(database, first)
    assert (decision.value, decision.category_ids) == (Value.NOT_JUDGED, [])
    assert again(database, first).state == "decided"


@pytest.mark.parametrize("answer", ["none_applies", "not_applicable"])
def test_the_team_may_decide_that_no_category_fits(
    database: Database, app: FastAPI, answer: str
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    settle(database, app, world, first, answers=[answer], outcome="third_code")
    assert [one.value for one in decisions(database, first)] == [answer]


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
    text = visitor.item(found[0])
    assert "decision-form" not in text
    assert "talk-form" not in text
    assert "The negotiation of this round is over." in text
    late = again(database, found[0])
    _, answer = visitor.propose(late, rationale="A late reason.", status=409)
    assert "A late reason." in answer
    visitor.say(late, "One more thing.", status=409)
    visitor.defer(late, status=409)
    visitor.escalate(late, status=409)
    assert len(decisions(database, found[0])) == 1


def _finish(database: Database, world: World) -> None:
    with database.transaction() as session:
        finish_round(session, session.get_one(Round, world.round_id), by=None)


def test_B60_a_text_that_is_too_long_in_a_rationale(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    _, text = visit(app, world, "ben").propose(first, rationale="x" * 20_001, status=422)
    assert "at most 20,000 characters" in text


def test_B62_B64_markup_and_templates_are_inert_in_a_rationale(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    hostile = "<script>bad()</script> ![p](http://x/p.png) {{7*7}}"
    settle(database, app, world, first, rationale=hostile)
    visitor = visit(app, world, "ben")
    for path in (f"/disagreements/{first.id}", "/labels"):
        text = visitor.page(path)
        assert "<script>bad" not in text
        assert "<img" not in text
        assert "{{7*7}}" in text
