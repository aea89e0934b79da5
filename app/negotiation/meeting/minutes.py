"""Minutes that write themselves: what a meeting talked about, what it decided, what it left open.

They are made from the acts between the meeting's beginning and its end. Who was there stands by
name; what somebody said stays under the letter of the negotiation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlmodel import Session, col, or_, select

from app.coding.models import Round
from app.corpus.models import Card
from app.db import now
from app.negotiation.item.pages import View
from app.negotiation.item.parts import ClauseView, DecisionView, ProposalView
from app.negotiation.item.proposed import decision_view, proposal_view
from app.negotiation.item.scene import Scene, scene_of
from app.negotiation.meeting.meetings import attendances, left_open
from app.negotiation.meeting.put_off import PutOff, put_off_at
from app.negotiation.models import Comment, Decision, Disagreement, Meeting, Proposal, TalkEvent
from app.negotiation.naming import Named, agenda_url, named_pair
from app.negotiation.rules import Flag
from app.negotiation.service import decisions_on
from app.studies.deps import Here
from app.studies.rules import Role
from app.studies.service import member_names

SHOWN_BY = ("started", "moved")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal of the meeting, as it stood at the end."""

    view: ProposalView
    status: str

    @property
    def is_accepted(self) -> bool:
        """Whether it became the decision, which says the rest."""
        return self.status == "accepted"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision of the meeting; a deferred one names who takes care of it."""

    view: DecisionView
    in_charge: str
    due_on: date | None

    @property
    def clauses(self) -> tuple[ClauseView, ...]:
        return self.view.clauses


@dataclass(frozen=True, slots=True)
class MinutesItem:
    """A card that the meeting touched; of one that is still sealed only its key."""

    card_key: str
    url: str
    facet: str
    pair: tuple[tuple[Named, ...], ...]
    spent: str
    n_comments: int
    opened_early: str
    handed_over: str
    proposed: tuple[Proposed, ...]
    decided: tuple[Decided, ...]
    ending: str
    is_settled: bool


@dataclass(frozen=True, slots=True)
class MinutesPage:
    """What a meeting of a round came to."""

    url: str
    round_name: str
    study_name: str
    meeting_url: str
    meetings_url: str
    started_at: datetime
    ended_at: datetime | None
    lasted: str
    attended: tuple[str, ...]
    items: tuple[MinutesItem, ...]
    n_open: int | None
    has_sealed: bool
    put_off: tuple[PutOff, ...]

    @property
    def rest(self) -> str:
        """Return how much of the round was left; of what is sealed only that there is something."""
        if self.n_open is None:
            return ""
        are, is_ = ("are", "is") if self.ended_at is None else ("were", "was")
        but = f" but what {is_} put off" if self.put_off else ""
        told = {
            0: f"In the whole round nothing that can be talked about {is_} left open{but}.",
            1: f"In the whole round 1 open disagreement {is_} left.",
        }.get(self.n_open, f"In the whole round {self.n_open} open disagreements {are} left.")
        return f"{told} On some cards statements {are} missing." if self.has_sealed else told

    @property
    def unsettled(self) -> tuple[MinutesItem, ...]:
        return tuple(one for one in self.items if not one.is_settled)

    @property
    def clauses(self) -> tuple[tuple[str, ClauseView], ...]:
        """Return what goes into the codebook, with the card it comes from."""
        return tuple(
            (item.card_key, clause)
            for item in self.items
            for decided in item.decided
            for clause in decided.clauses
        )


@dataclass(frozen=True, slots=True)
class _Span:
    """From when to when a meeting lasted, and what happened meanwhile."""

    first: datetime
    last: datetime
    events: tuple[TalkEvent, ...]

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.first <= at <= self.last


def minutes_page(session: Session, here: Here, round_: Round, meeting: Meeting) -> MinutesPage:
    """Return the minutes of a meeting as this person may read them; of one that runs, so far."""
    names = member_names(session, here.study_id)
    span = _span(session, meeting)
    spent = _time_spent(span, meeting)
    touched = dict.fromkeys(one.disagreement_id for one in span.events)
    found = [session.get_one(Disagreement, one) for one in touched if one is not None]
    rest = _left_open_at_the_end(session, round_, meeting)
    scenes = [scene_of(session, here, round_, one) for one in found]
    return MinutesPage(
        url=here.url("rounds", round_.id, "meetings", meeting.id),
        round_name=round_.name,
        study_name=here.study.name,
        meeting_url=here.url("rounds", round_.id, "meeting"),
        meetings_url=here.url("rounds", round_.id, "meetings"),
        started_at=meeting.started_at,
        ended_at=meeting.ended_at,
        lasted=words_for(span.last - span.first),
        attended=tuple(sorted(names[one.member_id] for one in attendances(session, meeting))),
        items=tuple(
            _item(one, span, spent.get(one.found.id or 0), names)
            for one in scenes
            # An arbiter does not know of cards before they are handed over.
            if one.view is not View.HIDDEN
        ),
        n_open=int(str(rest["open"])) if here.role is not Role.ARBITER else None,
        has_sealed=bool(rest["has_sealed"]),
        put_off=_put_off(session, here, round_, span.last, names),
    )


def _put_off(
    session: Session, here: Here, round_: Round, at: datetime, names: Mapping[int, str]
) -> tuple[PutOff, ...]:
    # An arbiter does not know of cards before they are handed over.
    return () if here.role is Role.ARBITER else put_off_at(session, here, round_, at, names)


def _span(session: Session, meeting: Meeting) -> _Span:
    last = meeting.ended_at or now()
    came = [one.member_id for one in attendances(session, meeting)]
    statement = select(TalkEvent).where(
        TalkEvent.round_id == meeting.round_id,
        or_(TalkEvent.meeting_id == meeting.id, col(TalkEvent.member_id).in_(came)),
        # That a statement was sealed is nobody's business; that all are open is an act of its own.
        TalkEvent.kind != "sealed",
        TalkEvent.at >= meeting.started_at,
        TalkEvent.at <= last,
    )
    events = session.exec(statement.order_by(col(TalkEvent.at), col(TalkEvent.id))).all()
    return _Span(meeting.started_at, last, tuple(events))


def _time_spent(span: _Span, meeting: Meeting) -> dict[int, timedelta]:
    """Return for how long each card was shown."""
    shown = [
        (one.at, one.disagreement_id)
        for one in span.events
        if one.kind in SHOWN_BY and one.meeting_id == meeting.id
    ]
    spent: dict[int, timedelta] = {}
    for (at, found), (until, _) in pairwise([*shown, (span.last, None)]):
        if found is not None:
            spent[found] = spent.get(found, timedelta()) + (until - at)
    return spent


def _left_open_at_the_end(
    session: Session, round_: Round, meeting: Meeting
) -> Mapping[str, object]:
    ended = select(TalkEvent).where(
        TalkEvent.round_id == meeting.round_id,
        TalkEvent.meeting_id == meeting.id,
        TalkEvent.kind == "ended",
    )
    found = session.exec(ended).first()
    return found.detail if found is not None else left_open(session, round_)


def _item(scene: Scene, span: _Span, spent: timedelta | None, names: dict[int, str]) -> MinutesItem:
    found = scene.found
    is_told = scene.view in {View.OPEN, View.NAMELESS}
    events = [one for one in span.events if one.disagreement_id == found.id]
    proposed = _proposed(scene, span) if is_told else ()
    rows = decisions_on(scene.session, found) if is_told else ()
    decided = tuple(_decided(scene, one, names) for one in reversed(rows) if span.holds(one.at))
    handed_over = _reason(events, "escalated") if is_told else ""
    is_review = found.flag >= Flag.FRAGILE_AGREEMENT
    return MinutesItem(
        card_key=scene.session.get_one(Card, found.card_id).key,
        url=f"{agenda_url(scene.here, scene.round_)}/{found.id}",
        facet=scene.facet.name,
        pair=named_pair(scene.facet, found.cluster) if is_told and not is_review else (),
        spent=words_for(spent) if spent is not None else "",
        n_comments=_n_comments(scene, span) if is_told else 0,
        opened_early=_reason(events, "opened") if is_told else "",
        handed_over=handed_over,
        proposed=proposed,
        decided=decided,
        ending=_ending(scene.view, proposed, decided, events),
        is_settled=bool(decided),
    )


def _proposed(scene: Scene, span: _Span) -> tuple[Proposed, ...]:
    """Return what was proposed meanwhile, the earliest first, as it stood at the end."""
    statement = select(Proposal).where(Proposal.disagreement_id == scene.found.id)
    rows = scene.session.exec(statement.order_by(col(Proposal.number))).all()
    return tuple(
        Proposed(proposal_view(scene, one), one.status if _ended_by(one, span) else "open")
        for one in rows
        if span.holds(one.at)
    )


def _ended_by(row: Proposal, span: _Span) -> bool:
    return row.ended_at is not None and row.ended_at <= span.last


def _decided(scene: Scene, row: Decision, names: dict[int, str]) -> Decided:
    view = decision_view(scene, row)
    return Decided(view, names.get(row.owner_id or 0, ""), row.due_on)


def _n_comments(scene: Scene, span: _Span) -> int:
    statement = select(Comment.at).where(
        Comment.disagreement_id == scene.found.id, Comment.text != ""
    )
    return sum(span.holds(at) for at in scene.session.exec(statement).all())


def _reason(events: Iterable[TalkEvent], kind: str) -> str:
    reasons = [str(one.detail.get("reason", "")) for one in events if one.kind == kind]
    return reasons[-1] if reasons else ""


def _ending(
    view: View,
    proposed: Sequence[Proposed],
    decided: Sequence[Decided],
    events: Sequence[TalkEvent],
) -> str:
    if view is View.SEALED:
        return "Statements were missing, so it stayed sealed."
    if decided:
        return "Deferred" if decided[-1].view.is_deferred else "Decided"
    if any(one.status == "open" for one in proposed):
        return "A proposal waits for an answer."
    if any(one.kind == "escalated" for one in events):
        return "With the arbiter."
    if any(one.kind == "upheld" for one in events):
        return "The agreement was upheld."
    return "Left open."


def words_for(time: timedelta) -> str:
    """Return a length of time as people say it."""
    minutes = int(time.total_seconds() // 60)
    if not minutes:
        return "less than a minute"
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]
    return " ".join(part for part in parts if part)
