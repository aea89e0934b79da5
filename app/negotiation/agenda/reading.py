"""What an agenda is made of, read as plain columns in a fixed number of statements."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from app.codebook.content import FacetContent
from app.coding.measuring import coders_of_round
from app.coding.models import Round
from app.coding.rules import Phase
from app.coding.seals import has_seals
from app.negotiation.agenda.details import is_newest
from app.negotiation.agenda.flags import shown_flag
from app.negotiation.agenda.listing import Entry, entries
from app.negotiation.models import Decision, Disagreement
from app.negotiation.rules import Flag, Outcome, Stage
from app.negotiation.waiting import proposals_for, statements_by
from app.studies.deps import Here
from app.studies.rules import Role


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a facet somebody may see, and what of it waits for them.

    `talked` are disagreements to talk about, `sealed` those whose statements are not complete,
    `reviews` the agreements to look at again, which come when nothing is sealed any more.
    """

    talked: tuple[Entry, ...]
    sealed: tuple[Entry, ...]
    reviews: tuple[Entry, ...]
    to_state: frozenset[int]
    to_answer: frozenset[int]
    sees_all: bool
    outcomes: tuple[tuple[Outcome, int], ...]

    @property
    def every(self) -> tuple[Entry, ...]:
        return self.talked + self.sealed

    def is_waiting(self, entry: Entry) -> bool:
        """Whether this person has to act on a disagreement before others can go on."""
        return entry.id in self.to_answer or entry.id in self.to_state


def sees_everything(session: Session, here: Here, round_: Round) -> bool:
    """Whether somebody sees more than what was handed to the arbiter.

    An arbiter decides on reasons alone, so what coders talk about stays away until the end.
    """
    if here.role is not Role.ARBITER or round_.phase != Phase.NEGOTIATING:
        return True
    return here.member_id in {coder.id for coder in coders_of_round(session, round_)}


def read_standing(session: Session, here: Here, round_: Round, facet: FacetContent) -> Standing:
    """Return the agenda of a facet as this person may see it."""
    round_id, me = round_.id or 0, here.member_id
    sees_all = sees_everything(session, here, round_)
    found = entries(session, round_id, facet.id)
    talked = found.talked
    if found.sealed:
        talked = [_without_hidden_company(one) for one in talked]
    if not sees_all:
        arbitrated = _arbitrated(session, round_id, facet.id)
        talked = [one for one in talked if one.stage == Stage.ESCALATED or one.id in arbitrated]
    has_reviews = sees_all and bool(found.reviews) and not has_seals(session, round_)
    return Standing(
        talked=tuple(talked),
        sealed=tuple(found.sealed if sees_all else ()),
        reviews=tuple(found.reviews if has_reviews else ()),
        to_state=(statements_by(session, me, round_, facet.id) if found.sealed else frozenset()),
        to_answer=proposals_for(session, me, round_, facet.id),
        sees_all=sees_all,
        outcomes=_outcomes(session, round_id, facet.id) if sees_all else (),
    )


def _ids(session: Session, statement: Select[Any]) -> frozenset[int]:
    return frozenset(session.connection().execute(statement).scalars())


def _without_hidden_company(entry: Entry) -> Entry:
    """Return an entry without the rule that tells how often sealed cards show the same pair."""
    flag, flags = shown_flag(entry.flag, entry.flags, is_blind=True)
    return entry._replace(flag=int(flag), flags=flags)


def _arbitrated(session: Session, round_id: int, facet_id: int) -> frozenset[int]:
    statement = (
        select(col(Decision.disagreement_id))
        .join(Disagreement, col(Disagreement.id) == col(Decision.disagreement_id))
        .where(
            col(Disagreement.round_id) == round_id,
            col(Disagreement.facet_id) == facet_id,
            col(Decision.outcome) == Outcome.ARBITRATED,
            is_newest(),
        )
    )
    return _ids(session, statement)


def _outcomes(session: Session, round_id: int, facet_id: int) -> tuple[tuple[Outcome, int], ...]:
    statement = (
        select(col(Decision.outcome), func.count())
        .join(Disagreement, col(Disagreement.id) == col(Decision.disagreement_id))
        .where(
            col(Disagreement.round_id) == round_id,
            col(Disagreement.facet_id) == facet_id,
            col(Disagreement.flag) < int(Flag.FRAGILE_AGREEMENT),
            is_newest(),
        )
        .group_by(col(Decision.outcome))
    )
    counts = dict(session.connection().execute(statement).all())
    return tuple((one, counts[one.value]) for one in Outcome if one.value in counts)


def decision_times(session: Session, round_: Round, at_most: int = 100) -> list[datetime]:
    """Return when the round's last decisions were made."""
    statement = (
        select(col(Decision.at))
        .join(Disagreement, col(Disagreement.id) == col(Decision.disagreement_id))
        .where(col(Disagreement.round_id) == round_.id)
        .order_by(col(Decision.id).desc())
        .limit(at_most)
    )
    return list(session.connection().execute(statement).scalars())


def counts_by_facet(
    session: Session, round_: Round, *, sees_all: bool = True
) -> tuple[Counter[int], Counter[int]]:
    """Return how many disagreements each facet has, and how many of them are open."""
    statement = (
        select(col(Disagreement.facet_id), col(Disagreement.state), func.count())
        .where(
            col(Disagreement.round_id) == round_.id,
            col(Disagreement.flag) < int(Flag.FRAGILE_AGREEMENT),
        )
        .group_by(col(Disagreement.facet_id), col(Disagreement.state))
    )
    if not sees_all:
        statement = statement.where(col(Disagreement.stage) == Stage.ESCALATED)
    every: Counter[int] = Counter()
    waiting: Counter[int] = Counter()
    for facet_id, state, n_cards in session.connection().execute(statement):
        every[facet_id] += n_cards
        if state == "open":
            waiting[facet_id] += n_cards
    return every, waiting
