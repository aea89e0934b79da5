"""Meetings about a round: one shows a card, the others' pages follow; minutes write themselves."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData
from sqlmodel import Session

from app.coding.models import Round
from app.errors import ConcordError, Conflict, Forbidden
from app.negotiation.meeting.meetings import (
    end_meeting,
    find_meeting,
    hand_over,
    join_meeting,
    leave_meeting,
    move_to,
    start_meeting,
)
from app.negotiation.meeting.minutes import minutes_page
from app.negotiation.meeting.minutes_files import minutes_docx, minutes_markdown
from app.negotiation.meeting.page import meeting_page, meeting_url, meetings_page
from app.negotiation.models import Meeting
from app.negotiation.naming import closed_round, negotiation_shell
from app.negotiation.service import find_disagreement
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.web.forms import Id, PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

ENDED = declare_notice("meeting-ended", "good", "The meeting has ended. Its minutes are below.")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_ROUND = "/studies/{study_id}/rounds/{round_id}"
_MEETING = f"{_ROUND}/meetings/{{meeting_id}}"

Decider = Annotated[Here, require(Action.DECIDE)]


class MoveForm(Write):
    disagreement_id: Id


class PresentForm(Write):
    member_id: Id


@router.get(f"{_ROUND}/meeting", name="meeting")
def meeting(request: Request, here: InStudy, look: Look, round_id: PathId) -> Response:
    """Show what is presented, or how to start a meeting."""
    return _draw(request, here, look, round_id)


def _draw(
    request: Request,
    here: Here,
    session: Session,
    round_id: int,
    sentence: str = "",
    *,
    status: int = 200,
) -> Response:
    page = meeting_page(session, here, closed_round(session, here, round_id), sentence)
    shell = negotiation_shell(here)
    return respond(request, "negotiation/meeting.html", page, shell, status=status)


@router.post(f"{_ROUND}/meeting", name="start_meeting")
def start(
    request: Request,
    here: Decider,
    tx: Tx,
    round_id: PathId,
    form: Annotated[Write, FormData()],
) -> Response:
    """Start a meeting, or join the one that runs."""

    def act() -> str:
        round_ = closed_round(tx, here, round_id)
        start_meeting(tx, round_, by=here.membership)
        return meeting_url(here, round_)

    return _once(request, here, tx, round_id, form, f"start a meeting on {round_id}", act)


@router.post(f"{_MEETING}/join", name="join_meeting")
def join(
    request: Request,
    here: InStudy,
    tx: Tx,
    round_id: PathId,
    meeting_id: PathId,
    form: Annotated[Write, FormData()],
) -> Response:
    def act(round_: Round, found: Meeting) -> None:
        join_meeting(tx, round_, found, by=here.membership)

    return _carry_out(request, here, tx, (round_id, meeting_id), form, "join", act)


@router.post(f"{_MEETING}/leave", name="leave_meeting")
def leave(
    request: Request,
    here: InStudy,
    tx: Tx,
    round_id: PathId,
    meeting_id: PathId,
    form: Annotated[Write, FormData()],
) -> Response:
    def act(round_: Round, found: Meeting) -> None:
        leave_meeting(tx, round_, found, by=here.membership)

    return _carry_out(request, here, tx, (round_id, meeting_id), form, "leave", act)


@router.post(f"{_MEETING}/presenter", name="hand_over")
def present(
    request: Request,
    here: Decider,
    tx: Tx,
    round_id: PathId,
    meeting_id: PathId,
    form: Annotated[PresentForm, FormData()],
) -> Response:
    """Hand the presenting over, or take it over."""

    def act(round_: Round, found: Meeting) -> None:
        hand_over(tx, round_, found, form.member_id, by=here.membership)

    return _carry_out(request, here, tx, (round_id, meeting_id), form, "hand over", act)


@router.post(f"{_MEETING}/current", name="move_meeting")
def move(
    request: Request,
    here: Decider,
    tx: Tx,
    round_id: PathId,
    meeting_id: PathId,
    form: Annotated[MoveForm, FormData()],
) -> Response:
    """Show another card."""

    def act(round_: Round, found: Meeting) -> None:
        shown = find_disagreement(tx, round_, form.disagreement_id)
        move_to(tx, round_, found, shown, by=here.membership)

    return _carry_out(request, here, tx, (round_id, meeting_id), form, "move", act)


@router.post(f"{_MEETING}/end", name="end_meeting")
def end(
    request: Request,
    here: Decider,
    tx: Tx,
    round_id: PathId,
    meeting_id: PathId,
    form: Annotated[Write, FormData()],
) -> Response:
    def act() -> str:
        round_ = closed_round(tx, here, round_id)
        found = find_meeting(tx, round_, meeting_id)
        end_meeting(tx, round_, found, by=here.membership)
        return here.url("rounds", round_id, "meetings", meeting_id)

    kind = f"end meeting {meeting_id}"
    return _once(request, here, tx, round_id, form, kind, act, notice=ENDED)


def _carry_out(
    request: Request,
    here: Here,
    tx: Session,
    ids: tuple[int, int],
    form: Write,
    verb: str,
    change: Callable[[Round, Meeting], None],
) -> Response:
    def act() -> str:
        round_ = closed_round(tx, here, ids[0])
        change(round_, find_meeting(tx, round_, ids[1]))
        return meeting_url(here, round_)

    return _once(request, here, tx, ids[0], form, f"{verb} meeting {ids[1]}", act)


def _once(
    request: Request,
    here: Here,
    tx: Session,
    round_id: int,
    form: Write,
    kind: str,
    act: Callable[[], str],
    *,
    notice: str | None = None,
) -> Response:
    """Carry out an act once; refused, show the meeting as it is now and why."""
    try:
        done = here.once(tx, form, kind, act)
    except (Conflict, Forbidden) as refusal:
        return _refused(request, here, tx, round_id, refusal)
    return go(done.result, notice=notice)


def _refused(
    request: Request, here: Here, tx: Session, round_id: int, refusal: ConcordError
) -> Response:
    tx.rollback()
    return _draw(request, here, tx, round_id, refusal.message, status=refusal.status)


@router.get(f"{_ROUND}/meetings", name="meetings")
def meetings(request: Request, here: InStudy, look: Look, round_id: PathId) -> Response:
    """Show the meetings of a round."""
    page = meetings_page(look, here, closed_round(look, here, round_id))
    return respond(request, "negotiation/meetings.html", page, negotiation_shell(here))


@router.get(_MEETING, name="minutes")
def minutes(
    request: Request, here: InStudy, look: Look, round_id: PathId, meeting_id: PathId
) -> Response:
    """Show the minutes of a meeting; of one that runs, those so far."""
    round_ = closed_round(look, here, round_id)
    page = minutes_page(look, here, round_, find_meeting(look, round_, meeting_id))
    return respond(request, "negotiation/meeting_minutes.html", page, negotiation_shell(here))


@router.get(f"{_MEETING}/minutes.md", name="minutes_markdown")
def markdown_file(here: InStudy, look: Look, round_id: PathId, meeting_id: PathId) -> Response:
    round_ = closed_round(look, here, round_id)
    page = minutes_page(look, here, round_, find_meeting(look, round_, meeting_id))
    return _file(minutes_markdown(page), f"minutes-{meeting_id}.md", "text/markdown; charset=utf-8")


@router.get(f"{_MEETING}/minutes.docx", name="minutes_docx")
def word_file(here: InStudy, look: Look, round_id: PathId, meeting_id: PathId) -> Response:
    round_ = closed_round(look, here, round_id)
    page = minutes_page(look, here, round_, find_meeting(look, round_, meeting_id))
    return _file(minutes_docx(page), f"minutes-{meeting_id}.docx", WORD)


def _file(content: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
