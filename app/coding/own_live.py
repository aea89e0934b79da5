"""A coder's own tabs hear that something of theirs changed; the page then asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.accounts.deps import token_in
from app.activity.bell import BELL
from app.coding.own_desk import AtWork, OtherDesk, SortRoute, desk_name
from app.coding.own_tabs import Coder, End, desk_topic, phase_topic, standing_of
from app.coding.sorting import take_seat
from app.web.forms import PathId
from app.web.streams import Pace, at_once, known_to, message, stream, switched_off
from app.web.transaction import Look

router = APIRouter(prefix="/studies/{study_id}/rounds/{round_id}", route_class=SortRoute)

# A stream looks again itself whether its reader may still listen, so it may last longer.
TIMES_AS_LONG = 4
SECONDS_BETWEEN_LOOKS = 10.0


@router.get("/sort/live", name="own_live")
def own_live(
    request: Request,
    here: AtWork,
    look: Look,
    round_id: PathId,
    after: Annotated[str, Query(max_length=30)] = "",
    desk: Annotated[str, Query(max_length=60)] = "",
    once: bool = False,
) -> Response:
    """Tell of the coder's own acts elsewhere; with `once` only how it stands, and no stream."""
    if desk and desk != desk_name(here.account_id, round_id):
        raise OtherDesk  # a stream cannot send the header that others do
    take_seat(look, here.study_id, round_id, here.member_id)
    coder = Coder(token_in(request) or "", here.member_id, round_id)
    ear = _Ear(coder, known_to(request, after))
    if once:
        return at_once(ear.begin(look))
    seconds: int = request.app.state.settings.live_seconds
    if not seconds:
        return switched_off()
    topics = [desk_topic(round_id, here.member_id), phase_topic(round_id)]
    pace = Pace(seconds * TIMES_AS_LONG, SECONDS_BETWEEN_LOOKS)
    return stream(request, here.account_id, ear, partial(BELL.heard, topics), pace)


@dataclass(slots=True)
class _Ear:
    """Hears the coder's own acts, and why there is nothing more to hear."""

    coder: Coder
    known: str
    has_ended: bool = False

    def begin(self, session: Session) -> Sequence[str] | None:
        """Say how it stands, so that the page knows that messages come through."""
        return self.look(session) or (None if self.has_ended else [_told(self.known)])

    def look(self, session: Session) -> Sequence[str] | None:
        if self.has_ended:
            return None
        found = standing_of(session, self.coder)
        if isinstance(found, End):
            self.has_ended = True
            return [message("end", {"why": found.value})]
        if found.cursor == self.known:
            return ()
        self.known = found.cursor
        return [_told(self.known)]


def _told(cursor: str) -> str:
    return message("own", {"state": cursor}, cursor)
