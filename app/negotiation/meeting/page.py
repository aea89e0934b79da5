"""The page of a meeting: the card that is shown, who is here, and the way along the agenda."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.coding.models import Round
from app.coding.rules import Phase
from app.negotiation.hearing import Live, live_page
from app.negotiation.item.pages import DisagreementPage
from app.negotiation.item.parts import Options
from app.negotiation.item.reading import disagreement_page
from app.negotiation.meeting.meetings import (
    attendances,
    may_present,
    meetings_of,
    refuse_attending,
    running_meeting,
    who_is_here,
)
from app.negotiation.meeting.minutes import words_for
from app.negotiation.meeting.order import Way, way_from
from app.negotiation.models import Disagreement, Meeting
from app.negotiation.naming import agenda_url
from app.studies.deps import Here
from app.studies.rules import Action, Role, refuse
from app.studies.service import member_names, members


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who is in the meeting."""

    name: str
    is_you: bool
    presents: bool


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting that runs; what is asked for goes to addresses below `url`."""

    url: str
    started_at: datetime
    here: tuple[Attendee, ...]
    is_here: bool
    presents: bool
    may_join: bool
    may_take_over: bool
    may_end: bool
    you: int
    hands_to: Options
    way: Way | None


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting of the round, among the others."""

    url: str
    started_at: datetime
    lasted: str
    attended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """A meeting and what it shows; without a meeting, how to start one."""

    url: str
    round_name: str
    agenda_url: str
    meetings_url: str
    n_earlier: int
    meeting: MeetingView | None
    item: DisagreementPage | None
    live: Live
    may_start: bool
    why_not: str
    sentence: str

    def operation(self) -> str:
        """Return a fresh operation id: each form of the page has its own."""
        return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class MeetingsPage:
    """The meetings of a round, the newest first."""

    round_name: str
    agenda_url: str
    meeting_url: str
    is_over: bool
    rows: tuple[MeetingRow, ...]


def meeting_url(here: Here, round_: Round) -> str:
    return here.url("rounds", round_.id, "meeting")


def meeting_page(session: Session, here: Here, round_: Round, sentence: str = "") -> MeetingPage:
    """Return the meeting that runs, with its card as this person may see it."""
    is_out = refuse_attending(here.role) is not None
    meeting = None if is_out else running_meeting(session, round_)
    current_id = meeting.current_id if meeting else None
    shown = session.get(Disagreement, current_id) if current_id else None
    why_not = _why_not(here, round_)
    return MeetingPage(
        url=meeting_url(here, round_),
        round_name=round_.name,
        agenda_url=agenda_url(here, round_),
        meetings_url=here.url("rounds", round_.id, "meetings"),
        n_earlier=sum(one.ended_at is not None for one in meetings_of(session, round_)),
        meeting=_view(session, here, round_, meeting, shown) if meeting else None,
        item=disagreement_page(session, here, round_, shown) if shown else None,
        live=live_page(session, here, round_, shown, follows=True),
        may_start=not why_not,
        why_not=why_not,
        sentence=sentence,
    )


def _why_not(here: Here, round_: Round) -> str:
    """Say why this person starts no meeting, or nothing."""
    if round_.phase != Phase.NEGOTIATING:
        return "The negotiation of this round is over."
    return (
        refuse_attending(here.role)
        or refuse(here.role, Action.DECIDE)
        or ("" if may_present(here.role) else "Leads and coders start a meeting.")
    )


def _view(
    session: Session, here: Here, round_: Round, meeting: Meeting, shown: Disagreement | None
) -> MeetingView:
    present = who_is_here(session, meeting)
    is_here = here.member_id in present
    presents = is_here and meeting.presenter_id == here.member_id
    able = may_present(here.role)
    is_alone = meeting.presenter_id not in present
    return MeetingView(
        url=here.url("rounds", round_.id, "meetings", meeting.id),
        started_at=meeting.started_at,
        here=_attendees(present, meeting, member_names(session, here.study_id), here.member_id),
        is_here=is_here,
        presents=presents,
        may_join=not is_here and refuse_attending(here.role) is None,
        may_take_over=is_here and able and not presents,
        may_end=able and (presents or is_alone or here.role is Role.LEAD),
        you=here.member_id,
        hands_to=_hands_to(session, here, present) if presents else (),
        way=way_from(session, round_, shown) if shown else None,
    )


def _attendees(
    present: Sequence[int], meeting: Meeting, names: Mapping[int, str], you: int
) -> tuple[Attendee, ...]:
    return tuple(
        Attendee(names[one], one == you, one == meeting.presenter_id)
        for one in sorted(present, key=lambda one: names[one])
    )


def _hands_to(session: Session, here: Here, present: Sequence[int]) -> Options:
    """Return who else here could present."""
    return tuple(
        (str(one.id), one.name)
        for one in members(session, here.study_id)
        if one.id in present
        and one.id != here.member_id
        and not one.has_left
        and may_present(one.role)
    )


def meetings_page(session: Session, here: Here, round_: Round) -> MeetingsPage:
    """Return every meeting of the round."""
    names = member_names(session, here.study_id)
    return MeetingsPage(
        round_name=round_.name,
        agenda_url=agenda_url(here, round_),
        meeting_url=meeting_url(here, round_),
        is_over=round_.phase != Phase.NEGOTIATING,
        rows=tuple(
            MeetingRow(
                url=here.url("rounds", round_.id, "meetings", one.id),
                started_at=one.started_at,
                lasted=words_for(one.ended_at - one.started_at) if one.ended_at else "",
                attended=tuple(sorted(names[came.member_id] for came in attendances(session, one))),
            )
            for one in meetings_of(session, round_)
        ),
    )
