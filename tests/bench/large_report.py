"""The report of a very large closed round: it is read, never computed again."""

import random
import time
from collections.abc import Iterator

from sqlalchemy import insert
from sqlmodel import Session

from app.coding.models import Assignment, Placement, Round, RoundCoder
from app.corpus.drafts import text_hash
from app.corpus.models import Card
from app.db import Database, now
from app.resolution.closing import close_round
from tests.coding.world import World

CARDS, ALIKE = 100_000, 0.93
NEW_CODERS = ("odo", "ida")
_ROWS = 50_000


def fill_and_close(database: Database, world: World) -> float:
    """Give a round of one card 100,000 and five coders; returns how many seconds closing took."""
    with database.transaction() as session:
        card_ids = _add_cards(session, world)
        coder_ids = [world.member_ids[name] for name in ("ada", "ben", "cleo")]
        for place, name in enumerate(NEW_CODERS, start=len(coder_ids)):
            coder_ids.append(world.member_ids[name])
            session.add(RoundCoder(round_id=world.round_id, coder_id=coder_ids[-1], place=place))
        session.flush()  # the rows below refer to the coders
        for coder_id in coder_ids:
            _judge(session, world, coder_id, card_ids)
    started = time.perf_counter()
    with database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        close_round(session, round_, reason="Measured as it is.", is_forced=True, by=None)
    return time.perf_counter() - started


def _in_parts(rows: list[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    for start in range(0, len(rows), _ROWS):
        yield rows[start : start + _ROWS]


def _add_cards(session: Session, world: World) -> range:
    first = max(world.card_ids) + 1
    found = range(first, first + CARDS)
    rows = [
        {
            "id": card_id,
            "study_id": world.study_id,
            "key": f"N-{card_id}",
            "key_folded": f"n-{card_id}",
            "text": f"Excerpt number {card_id} says when results are shown.",
            "text_hash": text_hash(str(card_id)),
            "position": card_id,
            "created_at": now(),
        }
        for card_id in found
    ]
    for part in _in_parts(rows):
        session.execute(insert(Card), part)
    return found


def _judge(session: Session, world: World, coder_id: int, card_ids: range) -> None:
    chance = random.Random(coder_id)
    categories = world.category_ids[world.single_id]
    key = {"round_id": world.round_id, "coder_id": coder_id}
    assigned = [
        {**key, "position": card_id, "card_id": card_id, "is_done": True} for card_id in card_ids
    ]
    judged = [
        {
            **key,
            "study_id": world.study_id,
            "card_id": card_id,
            "facet_id": world.single_id,
            "turn": 1,
            "act": act,
            "value": "categories",
            "category_ids": [_answer(chance, categories, card_id)],
            "at": now(),
        }
        for act, card_id in enumerate(card_ids, start=1)
    ]
    for table, rows in ((Assignment, assigned), (Placement, judged)):
        for part in _in_parts(rows):
            session.execute(insert(table), part)


def _answer(chance: random.Random, categories: tuple[int, ...], card_id: int) -> int:
    usual = card_id % len(categories)
    pick = usual if chance.random() < ALIKE else chance.randrange(len(categories))
    return categories[pick]
