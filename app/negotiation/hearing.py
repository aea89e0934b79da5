"""What somebody may hear of a negotiation while their page is open: that something changed.

That a statement was sealed is heard by leads and by the parties of the card, whose pages say so
once they have written their own. An arbiter hears of cards that are handed over.
"""

from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlmodel import Session, col

from app.coding.models import Round
from app.coding.rounds import round_id_of
from app.negotiation.models import Disagreement, Meeting, Statement, TalkEvent
from app.negotiation.naming import speakers_of
from app.negotiation.rules import Stage
from app.negotiation.waiting import own_disagreements
from app.studies.deps import Here
from app.studies.models import Membership
from app.studies.rules import Role

SEALED = Stage.SEALED.value
OF_THE_MEETING = frozenset({"started", "joined", "left", "handed_over", "moved", "ended"})
OF_THE_ARBITER = frozenset({"escalated", "arbitrated"})
LATECOMERS = 200  # events that a transaction may have been overtaken by

_WORDS = {
    "sealed": "A statement was sealed.",
    "opened": "The statements are open.",
    "said": "{} said something.",
    "proposed": "{} proposed something.",
    "withdrawn": "{} withdrew the proposal.",
    "confirmed": "{} confirmed the proposal.",
    "dissented": "{} accepted the proposal with a dissent.",
    "decided": "It is decided.",
    "deferred": "{} put the card off.",
    "escalated": "{} handed the card over to the arbiter.",
    "arbitrated": "The arbiter decided.",
    "upheld": "The agreement was upheld.",
}


@dataclass(frozen=True, slots=True)
class Listener:
    """Who listens to a round, and of which sealed cards they may hear."""

    study_id: int
    round_id: int
    member_id: int
    role: Role
    party_of: frozenset[int]

    def hears(self, kind: str, disagreement_id: int | None, owes: frozenset[int]) -> bool:
        """Whether this person, who owes some statements, may know that there was such an act."""
        if self.role is Role.ARBITER:
            return kind in OF_THE_ARBITER
        if kind != SEALED:
            return True
        is_told = self.role is Role.LEAD or disagreement_id in self.party_of
        return is_told and disagreement_id not in owes


@dataclass(frozen=True, slots=True)
class Heard:
    """What changed since the last look: how many acts, on which cards, and in the meeting."""

    n_acts: int
    disagreement_ids: tuple[int, ...]
    is_meeting: bool
    current_id: int | None
    seen: frozenset[int]
    is_member: bool


@dataclass(frozen=True, slots=True)
class Live:
    """What a page needs to keep up with the round: where to listen, and what was said last."""

    url: str
    page_url: str = ""
    disagreement_id: int | None = None
    newest: str = ""
    follows: bool = False
    meeting_url: str = ""
    is_meeting: bool = False


def listener_of(session: Session, here: Here, round_: Round) -> Listener:
    """Return what this person may hear of a closed round."""
    party_of: set[int] = set()
    if _has_sealing(session, round_):
        for facet_id in round_.facet_ids:
            found = session.connection().execute(
                own_disagreements(here.member_id, round_, facet_id)
            )
            party_of.update(one for one in found.scalars() if one is not None)
    return Listener(
        study_id=here.study_id,
        round_id=round_id_of(round_),
        member_id=here.member_id,
        role=here.role,
        party_of=frozenset(party_of),
    )


def _has_sealing(session: Session, round_: Round) -> bool:
    statement = select(col(TalkEvent.id)).where(
        col(TalkEvent.round_id) == round_.id, col(TalkEvent.kind) == SEALED
    )
    stage = select(col(Disagreement.id)).where(
        col(Disagreement.round_id) == round_.id, col(Disagreement.stage) == SEALED
    )
    connection = session.connection()
    return any(connection.execute(one.limit(1)).first() is not None for one in (statement, stage))


def n_heard(session: Session, listener: Listener) -> int:
    """Return how many acts of the round this person has heard of, the cursor of their pages.

    A count, and not the greatest id: ids may become visible out of order, and would tell how much
    there is that somebody may not hear.
    """
    statement = (
        select(col(TalkEvent.kind), col(TalkEvent.disagreement_id), func.count())
        .where(col(TalkEvent.round_id) == listener.round_id)
        .group_by(col(TalkEvent.kind), col(TalkEvent.disagreement_id))
    )
    rows = session.connection().execute(statement).all()
    owes = _owed(session, listener)
    return sum(n for kind, found, n in rows if listener.hears(kind, found, owes))


def _owed(session: Session, listener: Listener) -> frozenset[int]:
    """Return the sealed cards on which this person's own statement is missing."""
    if not listener.party_of:
        return frozenset()
    stated = exists().where(
        col(Statement.disagreement_id) == col(Disagreement.id),
        col(Statement.member_id) == listener.member_id,
    )
    statement = select(col(Disagreement.id)).where(
        col(Disagreement.round_id) == listener.round_id,
        col(Disagreement.stage) == SEALED,
        ~stated,
    )
    found = session.connection().execute(statement).scalars()
    return listener.party_of.intersection(one or 0 for one in found)


def newest_ids(session: Session, listener: Listener) -> frozenset[int]:
    """Return the ids of the last acts, from which the next look goes on."""
    statement = (
        select(col(TalkEvent.id))
        .where(col(TalkEvent.round_id) == listener.round_id)
        .order_by(col(TalkEvent.id).desc())
        .limit(LATECOMERS)
    )
    return frozenset(one or 0 for one in session.connection().execute(statement).scalars())


def hear(session: Session, listener: Listener, seen: frozenset[int]) -> Heard:
    """Return what has changed; `seen` are the acts known from the looks before.

    It looks back beyond the newest of these, for an act may be committed late.
    """
    floor = min(seen) if len(seen) >= LATECOMERS else 0
    statement = (
        select(col(TalkEvent.id), col(TalkEvent.kind), col(TalkEvent.disagreement_id))
        .where(col(TalkEvent.round_id) == listener.round_id, col(TalkEvent.id) > floor)
        .order_by(col(TalkEvent.id))
    )
    rows = [row for row in session.connection().execute(statement) if row.id not in seen]
    has_sealing = any(row.kind == SEALED for row in rows)
    owes = _owed(session, listener) if has_sealing else frozenset()
    heard = [row for row in rows if listener.hears(row.kind, row.disagreement_id, owes)]
    is_meeting = any(row.kind in OF_THE_MEETING for row in heard)
    talked = (row.disagreement_id for row in heard if row.kind not in OF_THE_MEETING)
    newest = sorted(seen | {row.id for row in rows})[-LATECOMERS:]
    return Heard(
        n_acts=len(heard),
        disagreement_ids=tuple(dict.fromkeys(one or 0 for one in talked)),
        is_meeting=is_meeting,
        current_id=_current(session, listener) if is_meeting else None,
        seen=frozenset(newest),
        is_member=_is_member(session, listener),
    )


def _is_meeting(session: Session, listener: Listener) -> bool:
    statement = select(col(Meeting.id)).where(
        col(Meeting.round_id) == listener.round_id, col(Meeting.ended_at).is_(None)
    )
    return session.connection().execute(statement.limit(1)).first() is not None


def _current(session: Session, listener: Listener) -> int | None:
    statement = select(col(Meeting.current_id)).where(
        col(Meeting.round_id) == listener.round_id, col(Meeting.ended_at).is_(None)
    )
    found: int | None = session.connection().execute(statement).scalar()
    return found


def _is_member(session: Session, listener: Listener) -> bool:
    statement = select(col(Membership.id)).where(
        col(Membership.id) == listener.member_id, col(Membership.left_at).is_(None)
    )
    return session.connection().execute(statement).first() is not None


def live_page(
    session: Session,
    here: Here,
    round_: Round,
    found: Disagreement | None = None,
    *,
    follows: bool = False,
) -> Live:
    """Return what a page about a round, or about one of its disagreements, needs to keep up.

    Such a page names its own address, for it may be the answer to a form; lists are asked for as
    they were. A page that `follows` shows the card of the meeting.
    """
    listener = listener_of(session, here, round_)
    meeting_url = here.url("rounds", round_.id, "meeting")
    page_url = here.url("rounds", round_.id, "disagreements", found.id) if found else ""
    return Live(
        url=f"{here.url('rounds', round_.id, 'live')}?after={n_heard(session, listener)}",
        page_url=meeting_url if follows else page_url,
        disagreement_id=found.id if found else None,
        newest=_newest(session, here, round_, found, listener) if found else "",
        follows=follows,
        meeting_url="" if here.role is Role.ARBITER else meeting_url,
        is_meeting=_is_meeting(session, listener),
    )


def _newest(
    session: Session, here: Here, round_: Round, found: Disagreement, listener: Listener
) -> str:
    """Return in words what somebody else did last on a card, for those who hear the page read."""
    statement = (
        select(col(TalkEvent.kind), col(TalkEvent.member_id))
        .where(col(TalkEvent.disagreement_id) == found.id, col(TalkEvent.kind).in_(_WORDS))
        .order_by(col(TalkEvent.id).desc())
        .limit(1)
    )
    row = session.connection().execute(statement).first()
    if row is None or row.member_id == here.member_id:
        return ""
    if not listener.hears(row.kind, found.id, _owed(session, listener)):
        return ""
    if here.role is Role.ARBITER or found.stage == Stage.ESCALATED:  # reasons without names
        return "Something changed on this card."
    speakers = speakers_of(session, round_, here.member_id)
    speaker = speakers.get(row.member_id or 0)
    return _WORDS[row.kind].format(speaker.name if speaker else "Somebody")
