"""Closing and publishing while a coder places a card: one consistent outcome, in either order."""

import pytest
from sqlmodel import Session, select

from app.codebook.content import content_hash
from app.codebook.models import Category
from app.codebook.service import draft, latest_version
from app.coding.desks import Judgement
from app.coding.models import Placement, Round
from app.coding.placing import place_card
from app.coding.rules import Phase, Value
from app.db import Database
from app.evolution.publishing import AS_PROPOSED, Publication, publish_version
from app.evolution.service import impact_of_draft
from app.studies.models import Study
from tests.coding.world import World, make_world
from tests.meanwhile import WELL, at_once
from tests.negotiation.negotiations import close


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, n_cards=2, coders=("ben", "cleo"))


def place(session: Session, world: World) -> None:
    chosen = world.category_ids[world.single_id][0]
    said = Judgement(world.card_ids[0], world.single_id, Value.CATEGORIES, (chosen,))
    place_card(session, world.round_id, world.member_ids["ben"], said)


def publish(session: Session, world: World) -> None:
    row = session.get_one(Category, world.category_ids[world.single_id][0])
    row.definition = "What was right once."
    session.add(row)
    session.flush()
    publication = Publication(
        draft_hash=content_hash(draft(session, world.study_id)),
        impact_hash=impact_of_draft(session, world.study_id, AS_PROPOSED).hash,
        note="Clearer.",
    )
    publish_version(session, session.get_one(Study, world.study_id), publication, by=None)


@pytest.mark.parametrize("closes_first", [True, False])
def test_a_placement_counts_or_is_told_that_it_came_too_late(
    database: Database, world: World, closes_first: bool
) -> None:
    acts = [lambda session: close(session, world), lambda session: place(session, world)]
    first, second = at_once(database, *(acts if closes_first else acts[::-1]))
    assert first == WELL
    with database.reading() as session:
        placed = session.exec(select(Placement)).all()
        assert session.get_one(Round, world.round_id).phase == Phase.NEGOTIATING
    if closes_first:
        assert "This round was closed" in second
        assert placed == []
    else:
        assert second == WELL
        assert len(placed) == 1


@pytest.mark.parametrize("publishes_first", [True, False])
def test_a_placement_stays_with_the_version_of_its_round(
    database: Database, world: World, publishes_first: bool
) -> None:
    acts = [lambda session: publish(session, world), lambda session: place(session, world)]
    assert at_once(database, *(acts if publishes_first else acts[::-1])) == (WELL, WELL)
    with database.reading() as session:
        (placed,) = session.exec(select(Placement)).all()
        assert placed.category_ids == [world.category_ids[world.single_id][0]]
        assert session.get_one(Round, world.round_id).codebook_version_id == world.version_id
        newest = latest_version(session, world.study_id)
        assert newest is not None
        assert newest.number == 2
