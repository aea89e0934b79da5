"""A closed round with every kind of answer, and its files as rows."""

import csv
import io

from app.coding.rules import Value
from app.db import Database
from tests.coding.world import World, make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    close,
    judge,
)


def table(content: bytes | str) -> list[dict[str, str]]:
    text = content if isinstance(content, str) else content.decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def make_work(database: Database) -> World:
    """A closed round with one category, several, none, doubts, memos and a gap."""
    world = make_world(database, n_cards=5, coders=("ben", "cleo"))
    several = world.several_id
    with database.transaction() as session:
        judge(session, world, "ben", 0, STALE, confidence=3, memo="=HYPERLINK(1)\nSecond, line")
        judge(session, world, "cleo", 0, MISSING, confidence=1)
        judge(session, world, "ben", 1, Value.NONE_APPLIES)
        judge(session, world, "cleo", 1, Value.NOT_APPLICABLE)
        judge(session, world, "ben", 2, STALE)
        judge(session, world, "cleo", 2, Value.CANNOT_JUDGE)
        judge(session, world, "ben", 3, STALE)
        judge(session, world, "cleo", 3, STALE)
        judge(session, world, "ben", 4, STALE)
        judge(session, world, "ben", 4, Value.NOT_JUDGED, seen_turn=1)
        judge(session, world, "cleo", 4, STALE)
        for card in range(4):
            judge(session, world, "ben", card, (MISSING, STALE), facet_id=several)
            judge(session, world, "cleo", card, (card % 3,), facet_id=several)
        close(session, world)
    return world
