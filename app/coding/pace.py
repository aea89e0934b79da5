"""In which order the cards of a closed round were coded, and how long a decision took."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from statistics import median

from sqlalchemy import Text, cast
from sqlmodel import Session, col

from app.coding.aligned import answers_of, counted_as
from app.coding.judged import listed
from app.coding.models import Placement, Round
from app.coding.rounds import plan_of
from app.coding.rules import CardChoice
from app.coding.visibility import NOBODY, visible_history

LONGEST_PAUSE = 300.0  # seconds; whoever waits longer does something else


@dataclass(frozen=True, slots=True)
class CodedCard:
    """A card with the categories that anybody gave it in the end."""

    card_id: int
    category_ids: frozenset[int]


def coded_cards(session: Session, round_: Round, facet_id: int) -> list[CodedCard]:
    """Return the cards of a closed round in the order in which they were first judged.

    Past work came in all at once: its order is that of its file.
    """
    statement = (
        visible_history(NOBODY, round_)
        .where(Placement.facet_id == facet_id)
        .with_only_columns(
            col(Placement.card_id),
            col(Placement.coder_id),
            col(Placement.value),
            cast(col(Placement.category_ids), Text),
            cast(col(Placement.pile_numbers), Text),
        )
        .order_by(col(Placement.at), col(Placement.act), col(Placement.coder_id))
    )
    answers = answers_of(session, round_)
    newest: dict[int, dict[int, tuple[int, ...]]] = {}
    for card_id, coder_id, value, ids, piles in session.connection().execute(statement):
        _, said = counted_as(answers, coder_id, value, listed(ids), listed(piles))
        # The first judgement gives a card its place, the last of each coder its categories.
        newest.setdefault(card_id, {})[coder_id] = said
    return [
        CodedCard(card_id, frozenset(one for ids in by_coder.values() for one in ids))
        for card_id, by_coder in newest.items()
    ]


def median_seconds(session: Session, round_: Round) -> float | None:
    """Return how long a decision took in the median; None where nobody can tell.

    It is the time since the coder's act before, shared by what was decided at once. After more
    than five minutes the coder had been away, and past work has no times.
    """
    if plan_of(round_).cards is CardChoice.GIVEN:
        return None
    statement = (
        visible_history(NOBODY, round_)
        .with_only_columns(col(Placement.coder_id), col(Placement.at))
        .order_by(col(Placement.coder_id), col(Placement.act))
    )
    rows = session.connection().execute(statement).all()
    taken: list[float] = []
    for _, acts in groupby(rows, key=lambda row: row[0]):
        taken += seconds_between(at for _, at in acts)
    return median(taken) if taken else None


def seconds_between(times: Iterable[datetime]) -> Sequence[float]:
    """Return how long each decision of one coder took; the first has no beginning."""
    found: list[float] = []
    before: datetime | None = None
    for at, same in groupby(times):
        n = sum(1 for _ in same)
        if before is not None:
            seconds = (at - before).total_seconds()
            found += [seconds / n] * n if 0 < seconds <= LONGEST_PAUSE else []
        before = at
    return found
