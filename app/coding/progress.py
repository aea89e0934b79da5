"""How far the coders of a round are, and who may know."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from app.activity.bell import Topic
from app.coding.models import Assignment, Round, RoundCoder
from app.coding.rounds import round_id_of
from app.studies.rules import Role


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one coder is."""

    coder_id: int
    n_cards: int
    n_done: int
    has_submitted: bool

    @property
    def n_left(self) -> int:
        return self.n_cards - self.n_done


@dataclass(frozen=True, slots=True)
class SeenProgress:
    """How far one coder is, as somebody may know it; `n_done` is None where it is sealed."""

    coder_id: int
    n_cards: int
    n_done: int | None
    has_submitted: bool


def progress_topic(round_id: int) -> Topic:
    """Return what wakes the pages that show how far the coders are; each shows what it may."""
    return ("progress", round_id, 0)


def progress_of(session: Session, round_id: int, coder_id: int) -> Progress | None:
    """Return how far this coder is; None if the coder has no part in the round."""
    return next(iter(_progress(session, round_id, coder_id)), None)


def progress_of_all(session: Session, round_id: int) -> list[Progress]:
    """Return how far everybody is. Ask `visible_progress` when a person is looking."""
    return _progress(session, round_id, None)


def visible_progress(
    session: Session, round_: Round, viewer_id: int, role: Role
) -> list[SeenProgress]:
    """Return the progress this person may know of.

    While a round is open: a coder's own; a lead who does not code here, everybody's; a lead who
    codes here and has handed in, who of the others has, so that the round can be closed. How many
    cards the others have judged stays sealed from the latter, who may still take the work back.
    """
    everybody = progress_of_all(session, round_id_of(round_))
    own = [found for found in everybody if found.coder_id == viewer_id]
    is_open = round_.closed_at is None
    if is_open and not (role is Role.LEAD and all(found.has_submitted for found in own)):
        return [_seen(found) for found in own]
    is_sealed = is_open and bool(own)
    return [_seen(found, is_sealed=is_sealed and found not in own) for found in everybody]


def _seen(found: Progress, *, is_sealed: bool = False) -> SeenProgress:
    n_done = None if is_sealed else found.n_done
    return SeenProgress(found.coder_id, found.n_cards, n_done, found.has_submitted)


def _progress(session: Session, round_id: int, coder_id: int | None) -> list[Progress]:
    done = func.coalesce(func.sum(case((col(Assignment.is_done), 1), else_=0)), 0)
    statement = (
        select(
            col(RoundCoder.coder_id),
            func.count(col(Assignment.card_id)),
            done,
            col(RoundCoder.submitted_at),
        )
        .select_from(RoundCoder)
        .join(
            Assignment,
            (col(Assignment.round_id) == col(RoundCoder.round_id))
            & (col(Assignment.coder_id) == col(RoundCoder.coder_id)),
            isouter=True,
        )
        .where(col(RoundCoder.round_id) == round_id)
        .group_by(col(RoundCoder.coder_id), col(RoundCoder.submitted_at), col(RoundCoder.place))
        .order_by(col(RoundCoder.place))
    )
    if coder_id is not None:
        statement = statement.where(col(RoundCoder.coder_id) == coder_id)
    return [
        Progress(int(row[0]), int(row[1]), int(row[2]), row[3] is not None)
        for row in session.execute(statement).all()
    ]
