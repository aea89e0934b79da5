"""What the words of some rows of an agenda need: talk, decisions, and who is waited for."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.codebook.content import FacetContent
from app.coding.models import Placement, Round
from app.coding.rules import Value
from app.coding.visibility import NOBODY, visible_placements
from app.negotiation.agenda.listing import Entry
from app.negotiation.models import (
    Comment,
    Decision,
    Proposal,
    Statement,
    Voice,
)
from app.negotiation.parties import living_coders
from app.negotiation.rules import Stage
from app.negotiation.waiting import judged_by


def is_newest() -> ColumnElement[bool]:
    """Return the condition that a decision is the one that counts."""
    later = aliased(Decision)
    newest = (
        select(func.max(later.revision))
        .where(col(later.disagreement_id) == col(Decision.disagreement_id))
        .correlate(Decision)
        .scalar_subquery()
    )
    return col(Decision.revision) == newest


class Ended(NamedTuple):
    """The decision that counts on a disagreement."""

    outcome: str
    owner_id: int | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Details:
    """What the words of some rows need; read for the rows that are shown, not for all."""

    own: frozenset[int] = frozenset()
    comments: dict[int, int] = field(default_factory=dict)
    ended: dict[int, Ended] = field(default_factory=dict)
    parties: dict[int, list[int]] = field(default_factory=dict)
    spoken: dict[int, set[int]] = field(default_factory=dict)

    def missing(self, entry: Entry) -> list[int]:
        """Return the parties that have not sealed a statement, or not answered a proposal."""
        spoken = self.spoken.get(entry.id, set())
        return [one for one in self.parties.get(entry.card_id, []) if one not in spoken]


def read_details(
    session: Session, me: int, round_: Round, facet: FacetContent, shown: Iterable[Entry]
) -> Details:
    """Return what is said, decided and missing on some rows, and which are this member's own."""
    rows = list(shown)
    pending = [one for one in rows if one.stage in {Stage.SEALED, Stage.PROPOSED}]
    spoken = _stated(session, {one.id for one in pending if one.stage == Stage.SEALED})
    spoken |= _answered(session, {one.id for one in pending if one.stage == Stage.PROPOSED})
    ids = {one.id for one in rows}
    own = judged_by(session, me, round_, facet.id, {one.card_id for one in rows})
    return Details(
        own=frozenset(one.id for one in rows if one.card_id in own),
        comments=_comments(session, ids),
        ended=_ended(session, ids),
        parties=_parties(session, round_, facet.id, {one.card_id for one in pending}),
        spoken=spoken,
    )


def _comments(session: Session, ids: Collection[int]) -> dict[int, int]:
    statement = (
        select(col(Comment.disagreement_id), func.count())
        .where(col(Comment.disagreement_id).in_(ids), col(Comment.text) != "")
        .group_by(col(Comment.disagreement_id))
    )
    return dict(session.connection().execute(statement).all())


def _ended(session: Session, ids: Collection[int]) -> dict[int, Ended]:
    statement = select(
        col(Decision.disagreement_id),
        col(Decision.outcome),
        col(Decision.owner_id),
        col(Decision.due_on),
    ).where(col(Decision.disagreement_id).in_(ids), is_newest())
    rows = session.connection().execute(statement)
    return {found: Ended(outcome, owner_id, due_on) for found, outcome, owner_id, due_on in rows}


def _parties(
    session: Session, round_: Round, facet_id: int, card_ids: Collection[int]
) -> dict[int, list[int]]:
    """Return who has a say on each card: who judged it is no secret."""
    living = living_coders(session, round_)
    statement = (
        visible_placements(NOBODY, round_)
        .where(
            Placement.facet_id == facet_id,
            Placement.value != Value.NOT_JUDGED,
            col(Placement.card_id).in_(card_ids),
            col(Placement.coder_id).in_(living),
        )
        .with_only_columns(col(Placement.card_id), col(Placement.coder_id))
    )
    parties: dict[int, list[int]] = defaultdict(list)
    for card_id, coder_id in session.connection().execute(statement):
        parties[card_id].append(coder_id)
    return {card_id: sorted(said, key=living.index) for card_id, said in parties.items()}


def _stated(session: Session, ids: Collection[int]) -> dict[int, set[int]]:
    statement = select(col(Statement.disagreement_id), col(Statement.member_id)).where(
        col(Statement.disagreement_id).in_(ids)
    )
    return _by_disagreement(session.connection().execute(statement))


def _answered(session: Session, ids: Collection[int]) -> dict[int, set[int]]:
    statement = (
        select(col(Proposal.disagreement_id), col(Voice.member_id))
        .join(Voice, col(Voice.proposal_id) == col(Proposal.id))
        .where(col(Proposal.disagreement_id).in_(ids), col(Proposal.status) == "open")
    )
    return _by_disagreement(session.connection().execute(statement))


def _by_disagreement(rows: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for disagreement_id, member_id in rows:
        found[disagreement_id].add(member_id)
    return found
