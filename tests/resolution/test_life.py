"""A card's whole life on one page, as one pair of eyes may see it."""

import pytest
from fastapi import FastAPI

from app.codebook.content import content_hash
from app.codebook.lineage import merge
from app.codebook.models import Category
from app.codebook.service import draft
from app.coding.models import Placement, Round
from app.coding.rules import Protocol
from app.db import Database
from app.evolution.publishing import AS_PROPOSED, Publication, publish_version
from app.evolution.service import impact_of_draft
from app.negotiation.models import Disagreement
from app.negotiation.rules import Outcome
from app.negotiation.statements import StatementDraft, seal_statement
from app.studies.models import Membership, Study
from tests.coding.walk import FRESH
from tests.coding.world import World, make_world
from tests.exports.works import table
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    decide,
    flagged,
    judge,
    make_negotiation,
    visit,
)

SEALED = Protocol(has_statements=True)
VIEWERS = ("ada", "ben", "cleo", "ida", "odo")


def merge_and_publish(database: Database, world: World, one: int, other: int) -> None:
    """Merge a category of Smell into another and publish version 2."""
    ids = world.category_ids[world.single_id]
    with database.transaction() as session:
        row, into = (session.get_one(Category, ids[place]) for place in (one, other))
        merge(session, row, into, revision=row.revision, by=None)
        publication = Publication(
            draft_hash=content_hash(draft(session, world.study_id)),
            impact_hash=impact_of_draft(session, world.study_id, AS_PROPOSED).hash,
            note="They were one.",
        )
        publish_version(session, session.get_one(Study, world.study_id), publication, by=None)


def smells(app: FastAPI, world: World) -> dict[str, tuple[str, str]]:
    """What each card counts as on Smell, and what it was before a merge."""
    rows = table(visit(app, world, "odo").page("/labels.csv"))
    of_smell = [row for row in rows if row["facet"] == "Smell"]
    return {row["card_id"]: (row["category"], row["migrated_from"]) for row in of_smell}


def life(app: FastAPI, world: World, name: str, card: int = 0, *, status: int = 200) -> str:
    visitor = visit(app, world, name)
    url = f"/studies/{world.study_id}/cards/{world.card_ids[card]}/life"
    answer = visitor.client.get(url)
    assert answer.status_code == status, answer.text[:500]
    return FRESH.sub(b"<id>", answer.content).decode()


def test_the_card_and_its_labels_lead_to_its_life(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    visitor = visit(app, world, "odo")
    url = f"/studies/{world.study_id}/cards/{world.card_ids[0]}"
    assert f'href="{url}/life"' in visitor.client.get(url).text
    assert f'href="{url}/life"' in visitor.page("/labels")
    assert f'href="{url}/life"' in visitor.client.get(f"/studies/{world.study_id}/labels").text


def test_a_life_tells_everything_in_its_order(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    stale = (world.category_ids[world.single_id][STALE],)
    decide(database, first, by=world.member_ids["ben"], outcome=Outcome.WITH_DISSENT, label=stale)
    text = life(app, world, "odo", world.card_ids.index(first.card_id))
    words = (
        "What it counts as now",
        "negotiated",
        "Imported",
        "Round 1",
        "Coder A",
        "Coder B",
        "proposed: a coder was persuaded",
        "accepted the proposal and dissents",
        "I still read it otherwise.",
        "decided: accepted with dissent, because of overlapping categories",
    )
    places = [text.find(one) for one in words]
    assert -1 not in places, words[places.index(-1)]
    assert "Ben" not in text


@pytest.mark.parametrize("viewer", ["ada", "cleo", "ida", "odo"])
def test_while_a_round_is_open_nothing_moves_with_what_others_do(
    database: Database, app: FastAPI, viewer: str
) -> None:
    world = make_world(database, n_cards=1)
    before = life(app, world, viewer)
    with database.transaction() as session:
        judge(session, world, "ben", 0, STALE, memo="a canary sang", confidence=3)
    assert life(app, world, viewer) == before
    own = life(app, world, "ben")
    assert "a canary sang" in own
    assert "sealed until the round closes" in own


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_sealed_card_shows_its_envelope_and_an_agreed_one_of_the_round_the_same(
    database: Database, app: FastAPI, viewer: str
) -> None:
    world = make_negotiation(database, [(STALE, MISSING), (STALE, STALE)], protocol=SEALED)
    for card in (0, 1):
        text = life(app, world, viewer, card)
        assert "sealed until every coder" in text
        assert "It has no label yet." in text
        others = {"ben": "Coder B</bdi>", "cleo": "Coder A</bdi>"}.get(viewer, "Coder ")
        assert others not in text


def test_when_statements_open_the_talk_shows(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, [(STALE, MISSING)], protocol=SEALED)
    (only,) = flagged(database, world)
    for name in ("ben", "cleo"):
        assert "Because I say so." not in life(app, world, "odo")
        with database.transaction() as session:
            row = session.get_one(Disagreement, only.id)
            by = session.get_one(Membership, world.member_ids[name])
            seal_statement(session, row, StatementDraft("Because I say so."), by=by)
    text = life(app, world, "odo")
    assert text.count("Because I say so.") == 2
    assert "stated, before seeing the others" in text


def test_an_arbiter_reads_no_letters_here_either(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, [(STALE, MISSING)])
    text = life(app, world, "ida")
    assert "without letters" in text
    assert "Coder A" not in text


def test_a_migrated_label_keeps_what_it_was(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, [(STALE, STALE)])
    merge_and_publish(database, world, STALE, MISSING)
    assert "by a merge, since version 2 (was" in life(app, world, "odo")
    visitor = visit(app, world, "odo")
    assert "by a merge, since version 2 (was" in visitor.page("/labels?provenance=migrated")
    row = table(visitor.page("/labels.csv"))[0]
    assert (row["category"], row["migrated_from"]) == ("Missing", "Stale")


def test_what_is_decided_after_a_merge_was_published_is_mapped_as_well(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database, [(STALE, MISSING), (STALE, UNCLEAR)])
    first, second = flagged(database, world)
    stale, unclear = (world.category_ids[world.single_id][one] for one in (STALE, UNCLEAR))
    decide(database, first, by=world.member_ids["ben"], label=(stale,))
    decide(database, second, by=world.member_ids["ben"], label=(stale,))
    merge_and_publish(database, world, STALE, MISSING)
    # One is decided anew, and to what no merge touches: the record of the merge holds nothing back.
    decide(database, second, by=world.member_ids["ben"], label=(unclear,))
    assert smells(app, world) == {"L-0": ("Missing", "Stale"), "L-1": ("Unclear", "")}
    decide(database, second, by=world.member_ids["ben"], label=(stale,))
    assert smells(app, world)["L-1"] == ("Missing", "Stale")


def test_nobody_outside_sees_it_and_no_placement_is_touched(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    life(app, world, "dan", status=404)
    with database.reading() as session:
        assert session.get(Round, world.round_id) is not None
        assert session.get(Placement, 1) is not None
