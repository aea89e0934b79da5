"""An agenda of 2,000 disagreements over many pairs, before and after most of them are decided."""

import random
from itertools import combinations

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from app.coding.models import Assignment, Placement, Round
from app.db import Database, now
from app.negotiation.models import Comment, Decision, Disagreement
from app.resolution.closing import close_round
from tests.coding.world import World

DISAGREEMENTS, AGREED = 2_000, 500


def fill_and_close(database: Database, world: World) -> None:
    """Let three coders differ on 2,000 cards in sets of categories, and close the round."""
    with database.transaction() as session:
        _judge(session, world)
        round_ = session.get_one(Round, world.round_id)
        close_round(session, round_, reason="Measured as it is.", is_forced=True, by=None)
        _talk(session, world)


def decide(database: Database, n_decided: int) -> None:
    """Decide the first disagreements, a minute apart."""
    with database.transaction() as session:
        found = session.exec(select(Disagreement).order_by(col(Disagreement.id)).limit(n_decided))
        rows = [
            {
                "study_id": one.study_id,
                "disagreement_id": one.id,
                "revision": 1,
                "value": "none_applies",
                "category_ids": [],
                "outcome": "third_code",
                "cause": "missing_code",
                "rationale": "No category says what this card says.",
                "at": now(),
            }
            for one in found
        ]
        session.execute(insert(Decision), rows)
        session.execute(
            update(Disagreement)
            .where(col(Disagreement.id).in_([row["disagreement_id"] for row in rows]))
            .values(state="decided", stage="closed", revision=2)
        )


def _judge(session: Session, world: World) -> None:
    chance = random.Random(11)
    categories = world.category_ids[world.several_id]
    sets = [list(some) for size in (1, 2, 3) for some in combinations(categories, size)]
    differing = {card: chance.sample(sets, 3) for card in world.card_ids[:DISAGREEMENTS]}
    rows = []
    for one in session.exec(select(Assignment).where(Assignment.round_id == world.round_id)):
        coder = sorted(world.member_ids.values()).index(one.coder_id)
        said = differing.get(one.card_id, [sets[one.card_id % 3]] * 3)
        rows.append(
            {
                "study_id": world.study_id,
                "round_id": world.round_id,
                "coder_id": one.coder_id,
                "card_id": one.card_id,
                "facet_id": world.several_id,
                "turn": 1,
                "act": one.position + 1,
                "value": "categories",
                "category_ids": said[coder % 3],
                "confidence": 1 + one.card_id % 3,
                "memo": "",
                "at": now(),
            }
        )
    session.execute(insert(Placement), rows)


def _talk(session: Session, world: World) -> None:
    """Say something on every third card."""
    found = session.exec(select(Disagreement.id).where(col(Disagreement.id) % 3 == 0))
    rows = [
        {
            "study_id": world.study_id,
            "disagreement_id": disagreement_id,
            "member_id": world.member_ids["ben"],
            "text": "I read it otherwise.",
            "at": now(),
        }
        for disagreement_id in found
    ]
    session.execute(insert(Comment), rows)
