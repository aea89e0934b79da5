"""An open page of a round hears that somebody got further, as far as its reader may know it.

What was shown and what would be shown now are compared under the guard of the page itself, so a
reader from whom progress is sealed hears nothing of it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, col, select

from app.accounts.deps import token_in
from app.accounts.service import account_of
from app.activity.bell import BELL
from app.coding.own_tabs import phase_topic
from app.coding.progress import progress_topic, visible_progress
from app.coding.rounds import find_round
from app.studies.deps import InStudy
from app.studies.models import Membership
from app.studies.rules import Role
from app.web.forms import PathId
from app.web.streams import Pace, at_once, known_to, message, stream, switched_off
from app.web.transaction import Look

router = APIRouter()

SECONDS_BETWEEN_LOOKS = 10.0
SECONDS_TO_GATHER = 2.0  # many coders at work must not have the page drawn at each of their acts


@router.get("/studies/{study_id}/rounds/{round_id}/progress/live", name="progress_live")
def progress_live(
    request: Request,
    here: InStudy,
    look: Look,
    round_id: PathId,
    after: Annotated[str, Query(max_length=40)] = "",
    once: bool = False,
) -> Response:
    """Tell that what this person may see of the progress has changed; 204 where switched off."""
    find_round(look, here.study_id, round_id)
    reader = Reader(token_in(request) or "", here.study_id, here.member_id, round_id)
    ear = _Ear(reader, known_to(request, after))
    if once:
        return at_once(ear.look(look))
    seconds: int = request.app.state.settings.live_seconds
    if not seconds:
        return switched_off()
    topics = [progress_topic(round_id), phase_topic(round_id)]
    pace = Pace(seconds, SECONDS_BETWEEN_LOOKS, SECONDS_TO_GATHER)
    return stream(request, here.account_id, ear, partial(BELL.heard, topics), pace)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose page listens: the sign-in of one browser, on one round."""

    token: str
    study_id: int
    member_id: int
    round_id: int


def seen_state(session: Session, reader: Reader) -> str | None:
    """Return a name for what this reader may see of the progress now; None for who has left."""
    if account_of(session, reader.token) is None:
        return None
    member = session.exec(
        select(Membership).where(
            Membership.id == reader.member_id, col(Membership.left_at).is_(None)
        )
    ).first()
    if member is None:
        return None
    round_ = find_round(session, reader.study_id, reader.round_id)
    seen = visible_progress(session, round_, reader.member_id, Role(member.role))
    return hashlib.sha256(repr((round_.phase, seen)).encode()).hexdigest()[:16]


@dataclass(slots=True)
class _Ear:
    """Hears that the state has another name."""

    reader: Reader
    known: str

    def begin(self, session: Session) -> Sequence[str] | None:
        return self.look(session)

    def look(self, session: Session) -> Sequence[str] | None:
        found = seen_state(session, self.reader)
        if found is None:
            return None
        if found == self.known:
            return ()
        self.known = found
        return [message("progress", {"state": found}, found)]
