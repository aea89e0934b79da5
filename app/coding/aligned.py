"""What a judgement counts as once the team has matched its coders' own piles.

The rule is applied when a judgement is read, by `visibility` alone: placements keep the piles.
"""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, select

from app.coding.models import Round
from app.coding.pile_models import PileAnswer
from app.coding.rules import Value

Counted = tuple[str, tuple[int, ...]]
Answers = Mapping[tuple[int, int], Counted]
"""By coder and number of a pile: a value, and categories."""

NO_ANSWERS: Answers = {}


def answers_of(session: Session, round_: Round) -> Answers:
    """Return what each pile of a round counts as; empty before the piles are matched."""
    if round_.aligned_at is None:
        return NO_ANSWERS
    rows = session.exec(select(PileAnswer).where(PileAnswer.round_id == round_.id))
    return {(one.coder_id, one.number): (one.value, tuple(one.category_ids)) for one in rows}


def counted_as(
    answers: Answers,
    coder_id: int,
    value: str,
    category_ids: Sequence[int],
    pile_numbers: Sequence[int],
) -> Counted:
    """Return the answer that a judgement is, categories that were chosen beside piles included.

    Of a card in several piles the categories count; only where no pile has one, it is what they
    say without: "none applies" before "cannot judge".
    """
    if not answers or not pile_numbers:
        return value, tuple(category_ids)
    found = [answers[coder_id, one] for one in pile_numbers if (coder_id, one) in answers]
    chosen = set(category_ids).union(*(ids for _, ids in found))
    if chosen:
        return Value.CATEGORIES.value, tuple(sorted(chosen))
    is_none = any(said == Value.NONE_APPLIES for said, _ in found)
    return (Value.NONE_APPLIES if is_none else Value.CANNOT_JUDGE).value, ()
