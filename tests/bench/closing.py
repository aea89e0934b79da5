"""A round in which three coders have judged everything, ready to be closed."""

import random

from sqlmodel import Session, select

from app.coding.models import Assignment, Placement, RoundCoder
from app.db import now
from tests.coding.world import World


def judge_everything(session: Session, world: World) -> None:
    """Let every coder judge what is not judged yet, on both facets, mostly alike."""
    chance = random.Random(7)
    acts: dict[int, int] = {}
    done = set(session.exec(select(Placement.coder_id, Placement.card_id)).all())
    for coder in session.exec(select(RoundCoder).where(RoundCoder.round_id == world.round_id)):
        coder.submitted_at = now()
        acts[coder.coder_id] = coder.n_acts
    rows = []
    for assignment in session.exec(select(Assignment)):
        for facet_id in (world.single_id, world.several_id):
            if facet_id == world.single_id and (assignment.coder_id, assignment.card_id) in done:
                continue
            acts[assignment.coder_id] += 1
            right = assignment.card_id % 3
            pick = right if chance.random() < 0.8 else chance.randrange(3)
            rows.append(
                Placement(
                    study_id=world.study_id,
                    round_id=world.round_id,
                    coder_id=assignment.coder_id,
                    card_id=assignment.card_id,
                    facet_id=facet_id,
                    turn=1,
                    act=acts[assignment.coder_id],
                    value="categories",
                    category_ids=[world.category_ids[facet_id][pick]],
                    at=now(),
                )
            )
    session.add_all(rows)
