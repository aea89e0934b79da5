"""Where a coder's own work stands, so that the coder's own tabs stay in step.

Everything here is the coder's own or public in the study: what others do moves none of it.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from app.accounts.service import account_of
from app.activity.bell import Topic
from app.coding.models import Round, RoundCoder
from app.coding.rules import Phase
from app.studies.models import Membership
from app.studies.rules import Action, Role, may


class End(StrEnum):
    """Why there is nothing more to hear."""

    SIGNED_OUT = "signed-out"
    LEFT = "left"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Coder:
    """Whose tabs listen: the sign-in of one browser, in one round."""

    token: str
    member_id: int
    round_id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How many acts the coder has done, and whether the work is handed in."""

    n_acts: int
    has_submitted: bool

    @property
    def cursor(self) -> str:
        return f"{self.n_acts}-in" if self.has_submitted else str(self.n_acts)


def desk_topic(round_id: int, coder_id: int) -> Topic:
    """Return what wakes the tabs of one coder."""
    return ("desk", round_id, coder_id)


def phase_topic(round_id: int) -> Topic:
    """Return what wakes whoever waits for the end of a phase."""
    return ("phase", round_id, 0)


def standing_of(session: Session, coder: Coder) -> Standing | End:
    """Return where the coder's work stands now, or why this browser hears no more of it."""
    if account_of(session, coder.token) is None:
        return End.SIGNED_OUT
    statement = (
        select(RoundCoder.n_acts, RoundCoder.submitted_at, Round.phase, Membership.role)
        .join(Round, col(Round.id) == col(RoundCoder.round_id))
        .join(Membership, col(Membership.id) == col(RoundCoder.coder_id))
        .where(
            RoundCoder.round_id == coder.round_id,
            RoundCoder.coder_id == coder.member_id,
            col(Membership.left_at).is_(None),
        )
    )
    found = session.exec(statement).first()
    if found is None:
        return End.LEFT
    n_acts, submitted_at, phase, role = found
    if not may(Role(role), Action.SORT):
        return End.LEFT
    if phase != Phase.OPEN:
        return End.CLOSED
    return Standing(n_acts, submitted_at is not None)
