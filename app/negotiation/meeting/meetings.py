"""A talk of several at once: who is here, who presents, and which card lies on the table.

Every act locks the meeting's row, so that what is presented and who presents it change one after
the other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.coding.models import Round
from app.coding.rounds import round_id_of
from app.coding.rules import Phase
from app.db import now
from app.errors import Conflict, Forbidden, NotFound
from app.negotiation.differing import IS_DISAGREEMENT
from app.negotiation.events import note_event
from app.negotiation.meeting.order import first_to_show
from app.negotiation.models import Attendance, Disagreement, Meeting, TalkEvent
from app.negotiation.rules import Stage
from app.studies.models import Membership
from app.studies.rules import Role

FORGOTTEN_AFTER = timedelta(hours=8)


class MeetingOver(Conflict):
    """The meeting has ended since the page was opened."""


def refuse_attending(role: Role) -> str | None:
    """Say why somebody of this role takes no part in a meeting, or nothing."""
    if role is Role.ARBITER:
        return (
            "An arbiter reads a card when it is handed over, without names, and so takes no part "
            "in the talk before."
        )
    return None


def may_present(role: Role) -> bool:
    """Whether somebody of this role may start a meeting and choose what is shown."""
    return role in {Role.LEAD, Role.CODER}


def running_meeting(session: Session, round_: Round) -> Meeting | None:
    """Return the meeting of the round that has not ended."""
    statement = select(Meeting).where(
        Meeting.round_id == round_.id, col(Meeting.ended_at).is_(None)
    )
    return session.exec(statement.order_by(col(Meeting.id))).first()


def find_meeting(session: Session, round_: Round, meeting_id: int) -> Meeting:
    """Return a meeting of this round; 404 for any other."""
    found = session.get(Meeting, meeting_id)
    if found is None or found.round_id != round_.id:
        raise NotFound
    return found


def meetings_of(session: Session, round_: Round) -> Sequence[Meeting]:
    """Return the meetings of a round, the newest first."""
    statement = select(Meeting).where(Meeting.round_id == round_.id)
    return session.exec(statement.order_by(col(Meeting.id).desc())).all()


def attendances(session: Session, meeting: Meeting) -> Sequence[Attendance]:
    """Return who took part, in the order in which they came."""
    statement = select(Attendance).where(Attendance.meeting_id == meeting.id)
    order = (col(Attendance.joined_at), col(Attendance.member_id))
    return session.exec(statement.order_by(*order)).all()


def who_is_here(session: Session, meeting: Meeting) -> list[int]:
    """Return the members who came and have not left."""
    return [one.member_id for one in attendances(session, meeting) if one.left_at is None]


def start_meeting(session: Session, round_: Round, *, by: Membership) -> Meeting:
    """Return the round's meeting with this member in it: the one that runs, else a new one."""
    if not may_present(Role(by.role)):
        raise Forbidden("Leads and coders start a meeting. Nothing was changed.")
    # Of two who start at once, the second waits here and then finds the meeting of the first.
    session.refresh(round_, with_for_update={"key_share": True})
    if round_.phase != Phase.NEGOTIATING:
        raise Conflict(f"This round is {round_.phase}; its negotiation is over. No meeting began.")
    running = running_meeting(session, round_)
    if running is not None:
        _end_if_forgotten(session, round_, running, by=by)
    if running is not None and running.ended_at is None:
        join_meeting(session, round_, running, by=by)
        return running
    current = first_to_show(session, round_)
    meeting = Meeting(
        study_id=round_.study_id,
        round_id=round_id_of(round_),
        presenter_id=_id(by),
        current_id=current.id if current else None,
        started_at=now(),
    )
    session.add(meeting)
    session.flush()  # attendances and events need the id
    _come_in(session, meeting, by)
    _note(session, round_, meeting, "started", by=by, found=current)
    return meeting


def join_meeting(session: Session, round_: Round, meeting: Meeting, *, by: Membership) -> None:
    """Take part; whoever comes when nobody presents, presents. Coming twice changes nothing."""
    reason = refuse_attending(Role(by.role))
    if reason is not None:
        raise Forbidden(reason)
    _lock(session, meeting)
    here = who_is_here(session, meeting)
    if by.id in here:
        return
    _come_in(session, meeting, by)
    _note(session, round_, meeting, "joined", by=by)
    if meeting.presenter_id not in here and may_present(Role(by.role)):
        meeting.presenter_id = _id(by)
        session.add(meeting)


def leave_meeting(session: Session, round_: Round, meeting: Meeting, *, by: Membership) -> None:
    """Leave; who presented hands over to whoever has been here longest and may present."""
    _lock(session, meeting)
    row = session.get(Attendance, (meeting.id, by.id), populate_existing=True)
    if row is None or row.left_at is not None:
        return
    row.left_at = now()
    session.add(row)
    session.flush()  # who is still here is asked of the table
    _note(session, round_, meeting, "left", by=by)
    if meeting.presenter_id == by.id:
        able = [one for one in who_is_here(session, meeting) if _can_present(session, one)]
        meeting.presenter_id = able[0] if able else meeting.presenter_id
        session.add(meeting)


def hand_over(
    session: Session, round_: Round, meeting: Meeting, to_id: int, *, by: Membership
) -> None:
    """Let somebody else who is here present; anybody who may present can take it over."""
    _lock(session, meeting)
    here = who_is_here(session, meeting)
    if by.id not in here or not may_present(Role(by.role)):
        raise Forbidden("A lead or coder who is in the meeting can present. Nothing was changed.")
    if by.id not in {meeting.presenter_id, to_id}:
        raise Conflict(
            "Somebody else presents by now, so it is not yours to hand over. Nothing was changed."
        )
    if to_id not in here or not _can_present(session, to_id):
        raise Conflict("They cannot present: they have left the meeting. Nothing was changed.")
    if meeting.presenter_id != to_id:
        meeting.presenter_id = to_id
        session.add(meeting)
        _note(session, round_, meeting, "handed_over", by=by, detail={"to": to_id})


def move_to(
    session: Session, round_: Round, meeting: Meeting, found: Disagreement, *, by: Membership
) -> None:
    """Show another card to everybody who follows; only the presenter does."""
    if found.round_id != meeting.round_id:
        raise NotFound
    _lock(session, meeting)
    if meeting.presenter_id != by.id:
        raise Conflict(
            "Somebody else presents by now, and their page leads. To choose the card yourself, "
            "take over the presenting. Nothing was changed."
        )
    if meeting.current_id != found.id:
        meeting.current_id = found.id
        session.add(meeting)
        _note(session, round_, meeting, "moved", by=by, found=found)


def end_meeting(session: Session, round_: Round, meeting: Meeting, *, by: Membership) -> None:
    """End the meeting; its minutes are written from here on."""
    _lock(session, meeting)
    here = who_is_here(session, meeting)
    is_left_alone = meeting.presenter_id not in here
    if by.id != meeting.presenter_id and by.role != Role.LEAD and not is_left_alone:
        raise Forbidden("Who presents, or a lead, ends the meeting. Nothing was changed.")
    if not may_present(Role(by.role)):
        raise Forbidden("Leads and coders end a meeting. Nothing was changed.")
    _end(session, round_, meeting, at=now(), by=by)


def left_open(session: Session, round_: Round) -> dict[str, object]:
    """Return how much is open; of what is sealed only that there is something."""
    statement = select(Disagreement.stage, func.count()).where(
        Disagreement.round_id == round_.id, IS_DISAGREEMENT, Disagreement.state == "open"
    )
    counts = dict(session.exec(statement.group_by(col(Disagreement.stage))).all())
    has_sealed = bool(counts.pop(Stage.SEALED, 0))
    return {"open": sum(counts.values()), "has_sealed": has_sealed}


def _end(
    session: Session, round_: Round, meeting: Meeting, *, at: datetime, by: Membership
) -> None:
    for row in attendances(session, meeting):
        if row.left_at is None:
            row.left_at = at
            session.add(row)
    meeting.ended_at = at
    session.add(meeting)
    _note(session, round_, meeting, "ended", by=by, detail=left_open(session, round_))


def _end_if_forgotten(session: Session, round_: Round, meeting: Meeting, *, by: Membership) -> None:
    """End a meeting in which nothing has happened for hours, as of its last act."""
    session.refresh(meeting, with_for_update=True)
    last = select(func.max(TalkEvent.at)).where(
        TalkEvent.round_id == meeting.round_id, TalkEvent.at >= meeting.started_at
    )
    at = session.exec(last).one() or meeting.started_at
    if meeting.ended_at is None and now() - at > FORGOTTEN_AFTER:
        _end(session, round_, meeting, at=at, by=by)


def _lock(session: Session, meeting: Meeting) -> None:
    session.refresh(meeting, with_for_update=True)
    if meeting.ended_at is not None:
        raise MeetingOver(
            "This meeting has ended; its minutes are kept. Nothing was changed. Start another one "
            "to go on."
        )


def _come_in(session: Session, meeting: Meeting, by: Membership) -> None:
    row = session.get(Attendance, (meeting.id, by.id), populate_existing=True)
    if row is None:
        row = Attendance(meeting_id=meeting.id or 0, member_id=_id(by), joined_at=now())
    row.left_at = None
    session.add(row)
    session.flush()  # who is here is asked of the table


def _can_present(session: Session, member_id: int) -> bool:
    member = session.get_one(Membership, member_id)
    return member.left_at is None and may_present(Role(member.role))


def _note(
    session: Session,
    round_: Round,
    meeting: Meeting,
    kind: str,
    *,
    by: Membership,
    found: Disagreement | None = None,
    detail: dict[str, object] | None = None,
) -> None:
    note_event(session, round_, found, kind, by=by.id, meeting_id=meeting.id, detail=detail)


def _id(member: Membership) -> int:
    if member.id is None:
        raise RuntimeError("the membership was not saved")
    return member.id
