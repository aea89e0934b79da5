"""What waits for one member in a negotiation: statements to write, proposals to answer."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, exists, select
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.coding.models import Placement, Round
from app.coding.rules import Value
from app.coding.visibility import Viewer, visible_placements
from app.negotiation.models import Disagreement, Proposal, Statement, Voice
from app.negotiation.rules import Stage

_AT_ONCE = 500


def statements_by(session: Session, member_id: int, round_: Round, facet_id: int) -> frozenset[int]:
    """Return the sealed cards of a facet on which this member's statement is missing."""
    stated = exists().where(
        col(Statement.disagreement_id) == col(Disagreement.id),
        col(Statement.member_id) == member_id,
    )
    sealed = _disagreements(round_, facet_id, col(Disagreement.stage) == Stage.SEALED, ~stated)
    return _own(session, member_id, round_, facet_id, sealed)


def proposals_for(session: Session, member_id: int, round_: Round, facet_id: int) -> frozenset[int]:
    """Return the cards of a facet whose open proposal this member has not answered."""
    answered = exists().where(
        col(Voice.proposal_id) == col(Proposal.id), col(Voice.member_id) == member_id
    )
    proposed = _disagreements(
        round_, facet_id, col(Disagreement.stage) == Stage.PROPOSED, ~answered
    ).join(
        Proposal,
        (col(Proposal.disagreement_id) == col(Disagreement.id)) & (col(Proposal.status) == "open"),
    )
    return _own(session, member_id, round_, facet_id, proposed)


def own_disagreements(member_id: int, round_: Round, facet_id: int) -> Select[int | None]:
    """Return the query for what a member is a party of on a facet, agreements included."""
    own = _judged(member_id, round_, facet_id).with_only_columns(col(Placement.card_id))
    return select(col(Disagreement.id)).where(
        col(Disagreement.round_id) == round_.id,
        col(Disagreement.facet_id) == facet_id,
        col(Disagreement.card_id).in_(own),
    )


def _disagreements(
    round_: Round, facet_id: int, *conditions: ColumnElement[bool]
) -> Select[int | None, int]:
    return select(col(Disagreement.id), col(Disagreement.card_id)).where(
        col(Disagreement.round_id) == round_.id,
        col(Disagreement.facet_id) == facet_id,
        *conditions,
    )


def _own(
    session: Session,
    member_id: int,
    round_: Round,
    facet_id: int,
    statement: Select[int | None, int],
) -> frozenset[int]:
    found = {id_ or 0: card_id for id_, card_id in session.connection().execute(statement)}
    own = judged_by(session, member_id, round_, facet_id, found.values())
    return frozenset(id_ for id_, card_id in found.items() if card_id in own)


def judged_by(
    session: Session, member_id: int, round_: Round, facet_id: int, card_ids: Collection[int]
) -> frozenset[int]:
    """Return which of the cards a member judged: of those they are a party."""
    if not card_ids:
        return frozenset()
    own = _judged(member_id, round_, facet_id)
    if len(card_ids) <= _AT_ONCE:
        own = own.where(col(Placement.card_id).in_(card_ids))
    rows = session.connection().execute(own.with_only_columns(col(Placement.card_id)))
    return frozenset(rows.scalars().all())


def _judged(member_id: int, round_: Round, facet_id: int) -> SelectOfScalar[Placement]:
    return visible_placements(Viewer(member_id), round_).where(
        Placement.coder_id == member_id,
        Placement.facet_id == facet_id,
        Placement.value != Value.NOT_JUDGED,
    )
