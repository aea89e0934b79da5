"""The last confirmation of a proposal among many disagreements, most of them open or decided."""

import uuid
from collections.abc import Callable, Iterator

from sqlmodel import Session, col, select

from app.coding.models import Round
from app.coding.rules import Value
from app.db import Database
from app.negotiation.models import Disagreement
from app.negotiation.parties import parties_of
from app.negotiation.proposals import ProposalDraft, confirm, propose
from app.negotiation.rules import Cause, Outcome
from app.negotiation.settling import Settlement
from app.studies.models import Membership
from tests.bench import agenda
from tests.bench.figures import Figure, against_limit, p50
from tests.coding.world import World

DECISIONS, N_DECIDED, LIMIT_MS = 40, 1_900, 20
NOTHING_FITS = Settlement(
    Value.NONE_APPLIES, (), Outcome.THIRD_CODE, Cause.MISSING_CODE, "No category says this."
)

Post = Callable[[str, dict[str, object]], float]
"""Sends a form of a disagreement, as Cleo; returns the milliseconds until the answer."""


def bench_deciding(
    database: Database, world: World, post: Post, *, floor: float
) -> Iterator[Figure]:
    """The whole request: it settles the card and finds the next one."""
    agenda.fill_and_close(database, world)
    for n_decided in (0, N_DECIDED):
        if n_decided:
            agenda.decide(database, n_decided)
        waiting = put_on_table(database, world, first=n_decided)
        samples = [
            post(
                f"{disagreement_id}/confirmations",
                {"operation_id": str(uuid.uuid4()), "proposal_id": proposal_id},
            )
            for disagreement_id, proposal_id in waiting
        ]
        name = f"deciding one of {agenda.DISAGREEMENTS:,}, {n_decided:,} decided, p50"
        yield against_limit(name, p50(samples[5:]), "ms", LIMIT_MS, floor=floor)


def put_on_table(database: Database, world: World, *, first: int) -> list[tuple[int, int]]:
    """Propose for some cards and let everybody confirm but Cleo; disagreements and proposals."""
    waiting = []
    with database.transaction() as session:
        every = select(Disagreement).order_by(col(Disagreement.id)).offset(first)
        for found in session.exec(every.limit(DECISIONS)).all():
            waiting.append((found.id or 0, _all_but_cleo(session, world, found)))
    return waiting


def _all_but_cleo(session: Session, world: World, found: Disagreement) -> int:
    ben = session.get_one(Membership, world.member_ids["ben"])
    row = propose(session, found, ProposalDraft(NOTHING_FITS, found.revision), by=ben)
    round_ = session.get_one(Round, world.round_id)
    for member_id in parties_of(session, round_, found):
        if member_id not in {ben.id, world.member_ids["cleo"]}:
            confirm(session, found, row.id or 0, by=session.get_one(Membership, member_id))
    return row.id or 0
