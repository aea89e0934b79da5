"""Open pages are told that something changed, and ask for it anew under their own rights.

A message names what changed and holds nothing of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.activity.bell import BELL
from app.negotiation.events import talk_topic
from app.negotiation.hearing import Heard, Listener, hear, listener_of, n_heard, newest_ids
from app.negotiation.naming import closed_round
from app.studies.deps import InStudy
from app.web.forms import Count, PathId
from app.web.streams import Pace, known_to, message, stream, switched_off
from app.web.transaction import Look

router = APIRouter()

SECONDS_BETWEEN_LOOKS = 2.0


@router.get("/studies/{study_id}/rounds/{round_id}/live", name="live")
def live(
    request: Request,
    here: InStudy,
    look: Look,
    round_id: PathId,
    after: Annotated[Count, Query()] = 0,
) -> Response:
    """Tell of changes on a closed round while the page is open; 204 where this is switched off."""
    listener = listener_of(look, here, closed_round(look, here, round_id))
    seconds: int = request.app.state.settings.live_seconds
    if not seconds:
        return switched_off()
    ear = _Ear(listener, known=_cursor(known_to(request, str(after)), after))
    waking = partial(BELL.heard, [talk_topic(round_id)])
    return stream(request, here.account_id, ear, waking, Pace(seconds, SECONDS_BETWEEN_LOOKS))


def _cursor(known: str, after: int) -> int:
    """Return how many acts the page knows of."""
    is_number = known.isascii() and known.isdecimal() and len(known) < 19
    return int(known) if is_number else after


@dataclass(slots=True)
class _Ear:
    """Hears the acts of a talk, those this person may hear of."""

    listener: Listener
    known: int
    seen: frozenset[int] = frozenset()

    def begin(self, session: Session) -> Sequence[str]:
        self.seen = newest_ids(session, self.listener)
        before, self.known = self.known, n_heard(session, self.listener)
        return () if before == self.known else [message("again", {}, self.known)]

    def look(self, session: Session) -> Sequence[str] | None:
        heard = hear(session, self.listener, self.seen)
        if not heard.is_member:
            return None
        self.seen = heard.seen
        self.known += heard.n_acts
        return list(_told(heard, self.known))


def _told(heard: Heard, count: int) -> Iterator[str]:
    """Give the messages of one look; only the last moves the cursor on, lest one get lost."""
    names: list[tuple[str, dict[str, int | None]]] = [
        ("talk", {"disagreement": one or None}) for one in heard.disagreement_ids
    ]
    if heard.is_meeting:
        names.append(("meeting", {"current": heard.current_id}))
    for place, (name, what) in enumerate(names, start=1):
        yield message(name, what, count if place == len(names) else None)
