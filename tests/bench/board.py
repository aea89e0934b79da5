"""A board on which everything is sorted: 10,000 cards in 60 piles of very different sizes."""

from sqlmodel import Session, col, select

from app.coding.models import Assignment, Placement, RoundCoder
from app.db import now
from tests.coding.world import World

CATEGORIES = tuple(f"Category {number:02}" for number in range(1, 61))


def sort_everything(session: Session, world: World, name: str) -> None:
    """Lay each card of a coder into a pile of the first facet; the first piles are the greatest."""
    coder = session.get_one(RoundCoder, (world.round_id, world.member_ids[name]))
    mine = select(Assignment).where(col(Assignment.coder_id) == coder.coder_id)
    category_ids = world.category_ids[world.single_id]
    rows = []
    for assignment in session.exec(mine):
        coder.n_acts += 1
        place = (assignment.position % 60) * (assignment.position % 59) // 59
        rows.append(
            Placement(
                study_id=world.study_id,
                round_id=world.round_id,
                coder_id=coder.coder_id,
                card_id=assignment.card_id,
                facet_id=world.single_id,
                turn=1,
                act=coder.n_acts,
                value="categories",
                category_ids=[category_ids[place]],
                at=now(),
            )
        )
    session.add_all(rows)
