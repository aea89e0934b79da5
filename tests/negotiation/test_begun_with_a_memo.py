"""A statement begins with the memo of its coder, and says so only where there is one."""

from fastapi import FastAPI

from app.coding.rules import Protocol
from app.db import Database
from tests.coding.world import make_world
from tests.negotiation.negotiations import MISSING, STALE, close, flagged, judge, visit


def test_only_what_began_with_a_memo_says_so(database: Database, app: FastAPI) -> None:
    sealed = Protocol(has_statements=True)
    world = make_world(database, n_cards=2, coders=("ben", "cleo"), protocol=sealed)
    with database.transaction() as session:
        judge(session, world, "ben", 0, STALE, memo="An old date.")
        judge(session, world, "ben", 1, STALE)
        for card in range(2):
            judge(session, world, "cleo", card, MISSING)
        close(session, world)
    with_memo, without = (
        visit(app, world, "ben").item(one)
        for one in sorted(flagged(database, world), key=lambda one: one.card_id)
    )
    assert "Begun with your memo. Nobody reads it" in with_memo
    assert "Begun with your memo" not in without
    assert "Nobody reads it before everybody has written theirs" in without
