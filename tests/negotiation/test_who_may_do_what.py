"""The access matrix of a negotiation: every act, by everybody, at every stage.

Ben and Cleo judged the cards, Ada leads and did not code, Ida arbitrates, Odo observes, Dan is no
member, Mia keeps the server. Whoever is not named is refused, and then nothing has changed.
"""

from itertools import product

import pytest
from fastapi import FastAPI
from sqlmodel import func, select

from app.coding.rules import Protocol
from app.db import Database
from app.negotiation.models import (
    Comment,
    Decision,
    Disagreement,
    Proposal,
    Statement,
    TalkEvent,
    Voice,
)
from app.negotiation.on_the_table import open_proposal
from tests.coding.world import World
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    Visitor,
    flagged,
    make_negotiation,
    visit,
)

EVERYBODY = ("ada", "ben", "cleo", "ida", "odo", "dan", "mia")
SAVED = {200, 303}
TABLES = (Comment, Decision, Proposal, Statement, TalkEvent, Voice)
ACTS = (
    "statements",
    "opening",
    "comments",
    "passes",
    "proposals",
    "confirmations",
    "dissents",
    "withdrawals",
    "deferral",
    "taking-up",
    "escalation",
    "award",
)
CODERS = {"ben", "cleo"}
TEAM = {"ada", *CODERS}
# Who may, stage by stage and act by act. At "proposed" a proposal of Ben's is open.
MAY: dict[str, dict[str, set[str]]] = {
    "sealed": {"statements": CODERS, "opening": {"ada"}},
    "opened": {"comments": TEAM, "passes": CODERS, "proposals": TEAM, "deferral": TEAM},
    "discussed": {
        "comments": TEAM,
        "passes": CODERS,
        "proposals": TEAM,
        "deferral": TEAM,
        "escalation": TEAM,
    },
    "proposed": {
        "comments": TEAM,
        "passes": CODERS,
        "proposals": TEAM,
        "confirmations": {"cleo"},
        "dissents": {"cleo"},
        "withdrawals": {"ben"},
        "deferral": TEAM,
        "escalation": TEAM,
    },
    "escalated": {
        "comments": {*TEAM, "ida"},
        "passes": CODERS,
        "deferral": TEAM,
        "award": {"ida", "ada"},
    },
    "deferred": {
        "comments": TEAM,
        "passes": CODERS,
        "proposals": TEAM,
        "deferral": TEAM,
        "taking-up": TEAM,
        "escalation": set(),
    },
}


def fields_of(act: str, world: World, found: Disagreement, proposal_id: int) -> dict[str, object]:
    label = {
        "revision": found.revision,
        "answers": [world.category_ids[world.single_id][STALE]],
        "cause": "slip",
        "rationale": "So it is.",
    }
    cleo = world.member_ids["cleo"]
    forms: dict[str, dict[str, object]] = {
        "statements": {"text": "Mine."},
        "opening": {"reason": "One is away."},
        "comments": {"text": "I think so."},
        "passes": {},
        "proposals": {**label, "outcome": "persuaded"},
        "confirmations": {"proposal_id": proposal_id},
        "dissents": {"proposal_id": proposal_id, "dissent": "I read it otherwise."},
        "withdrawals": {"proposal_id": proposal_id},
        "deferral": {
            "revision": found.revision,
            "in_charge": cleo,
            "due_on": "2999-01-01",
            "reason": "Later.",
        },
        "taking-up": {"revision": found.revision},
        "escalation": {"revision": found.revision, "reason": "Please decide."},
        "award": label,
    }
    return forms[act]


def bring_to(stage: str, ben: Visitor, found: Disagreement) -> None:
    if stage in {"discussed", "escalated"}:
        ben.say(found, "Let us see.")
    if stage == "escalated":
        ben.escalate(found)
    if stage == "proposed":
        ben.propose(found)
    if stage == "deferred":
        ben.defer(found)


@pytest.mark.parametrize("stage", MAY)
def test_whoever_is_not_named_is_refused_and_changes_nothing(
    app: FastAPI, database: Database, stage: str
) -> None:
    tries = list(product(EVERYBODY, ACTS))
    protocol = Protocol(has_statements=stage == "sealed")
    world = make_negotiation(database, [(STALE, MISSING)] * len(tries), protocol=protocol)
    visitors = {name: visit(app, world, name) for name in EVERYBODY}
    for found in flagged(database, world):
        bring_to(stage, visitors["ben"], found)
    could: dict[str, set[str]] = {}
    for (name, act), found in zip(tries, flagged(database, world), strict=True):
        with database.reading() as session:
            proposal = open_proposal(session, found)
            before = [session.exec(select(func.count()).select_from(t)).one() for t in TABLES]
        fields = fields_of(act, world, found, proposal.id or 0 if proposal else 1)
        status = visitors[name].try_to(found, act, **fields)
        if status in SAVED:
            could.setdefault(act, set()).add(name)
            continue
        with database.reading() as session:
            after = [session.exec(select(func.count()).select_from(t)).one() for t in TABLES]
        assert after == before, (name, act)
        assert status in {403, 404, 409, 422}, (name, act, status)
    assert could == {act: names for act, names in MAY[stage].items() if names}
