"""Whose label stood where a coder was persuaded, and how quickly the team decided.

What stands here is for the whole team to talk about; it judges nobody. Coders are letters.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import comb
from statistics import median

from sqlmodel import Session, col, select

from app.coding.measuring import coders_of_round, facets_of_round
from app.coding.models import Round
from app.negotiation.differing import IS_DISAGREEMENT
from app.negotiation.models import Decision, Disagreement, TalkEvent
from app.negotiation.positions import answer_of, positions_of
from app.negotiation.rules import CANNOT_JUDGE, Answer, Outcome, Position
from app.resolution.labels import newest_on_cards

UNLIKELY = 0.05
LONGEST_TURN = timedelta(minutes=30)
"""A longer gap between two decisions is a break, not time spent on the second."""


@dataclass(frozen=True, slots=True)
class Move:
    """A one-sided outcome: what these coders had said stood, and those gave way."""

    held: frozenset[int]
    yielded: frozenset[int]


@dataclass(frozen=True, slots=True)
class PairYield:
    """How often the label of one or the other of two coders stood in one-sided outcomes.

    `p` is the exact two-sided probability of a split at least as uneven if either were as likely.
    """

    first: str
    second: str
    n_first: int
    n_second: int

    @property
    def n(self) -> int:
        return self.n_first + self.n_second

    @property
    def p(self) -> float:
        return binomial_p(self.n_first, self.n)

    @property
    def p_shown(self) -> str:
        """Return p with two digits, or that it is smaller than those can say."""
        return "< 0.01" if self.p < 0.005 else f"{self.p:.2f}"

    @property
    def is_uneven(self) -> bool:
        return self.p < UNLIKELY

    @property
    def notice(self) -> str:
        """Say, without judging anybody, that chance alone seldom comes out as uneven as this."""
        if not self.is_uneven:
            return ""
        stood, n = max((self.first, self.n_first), (self.second, self.n_second), key=_count)
        other = self.second if stood == self.first else self.first
        return (
            f"{stood}’s label stood in {n} of {self.n} one-sided outcomes with {other}. This can "
            "have many reasons; talk about whether everybody is heard."
        )


def _count(counted: tuple[str, int]) -> int:
    return counted[1]


@dataclass(frozen=True, slots=True)
class CoderYield:
    """How often a coder's label stood, and how often the coder gave way."""

    name: str
    n_held: int
    n_yielded: int

    @property
    def n(self) -> int:
        return self.n_held + self.n_yielded


@dataclass(frozen=True, slots=True)
class Yields:
    """The one-sided outcomes of a round, by pair and by coder; empty where there was none."""

    n_moves: int
    pairs: tuple[PairYield, ...]
    coders: tuple[CoderYield, ...]


def binomial_p(n_of: int, n: int) -> float:
    """Return the exact two-sided p of `n_of` in `n` when both ways are as likely; 1 for none.

    >>> round(binomial_p(9, 16), 2), round(binomial_p(12, 14), 4)
    (0.8, 0.0129)
    """
    ways = [comb(n, k) for k in range(n + 1)]
    return sum(one for one in ways if one <= ways[n_of]) / float(2**n)


def move_of(said: Sequence[Position], label: Answer) -> Move | None:
    """Return who held and who gave way when the label of some stood; None if nobody's did.

    Who could not judge the card had no label to give up.
    """
    with_label = [one for one in said if one.answer != CANNOT_JUDGE]
    held = frozenset(one.coder_id for one in with_label if one.answer == label)
    yielded = frozenset(one.coder_id for one in with_label) - held
    return Move(held, yielded) if held and yielded else None


def yields(moves: Iterable[Move], names: Mapping[int, str]) -> Yields:
    """Return the tables in the order of the names; a pair that never met in one is left out."""
    every = list(moves)
    counts = Counter((held, gave) for one in every for held in one.held for gave in one.yielded)
    order = list(names)
    pairs = [
        PairYield(names[first], names[second], counts[first, second], counts[second, first])
        for place, first in enumerate(order)
        for second in order[place + 1 :]
    ]
    coders = [
        CoderYield(
            names[coder_id],
            sum(coder_id in one.held for one in every),
            sum(coder_id in one.yielded for one in every),
        )
        for coder_id in order
    ]
    return Yields(
        n_moves=len(every),
        pairs=tuple(one for one in pairs if one.n),
        coders=tuple(one for one in coders if one.n),
    )


def yields_of(session: Session, round_: Round) -> Yields:
    """Return the one-sided outcomes of a closed round, over all its facets.

    A coder was persuaded, says the outcome; slips, dissents and whatever an arbiter decided are
    no such moves.
    """
    names = {coder.id: coder.label for coder in coders_of_round(session, round_)}
    moves: list[Move] = []
    for facet in facets_of_round(session, round_):
        positions = positions_of(session, round_, facet.id)
        for card_id, decision in newest_on_cards(session, round_, facet.id).items():
            if decision is not None and decision.outcome == Outcome.PERSUADED:
                move = move_of(positions.get(card_id, []), answer_of(decision))
                moves += [move] if move else []
    return yields(moves, names)


@dataclass(frozen=True, slots=True)
class Pace:
    """How the talk went: how long a decision took, what was put off, what stayed contested.

    `seconds` is the median between two decisions, None with fewer than two in a row.
    """

    seconds: float | None
    n_timed: int
    n_decisions: int
    n_revised: int
    n_deferred: int
    n_opened_early: int


def median_seconds(times: Iterable[datetime]) -> tuple[float | None, int]:
    """Return the median time for a decision and over how many it is taken.

    Decisions of one moment, such as those of a cluster, share the time since the one before.
    """
    taken = sorted(Counter(times).items())
    gaps = [
        (at - before).total_seconds() / n
        for (before, _), (at, n) in pairwise(taken)
        if at - before <= LONGEST_TURN
        for _ in range(n)
    ]
    return (median(gaps) if gaps else None), len(gaps)


def n_changed(decided: Iterable[tuple[int, Outcome]]) -> int:
    """Count the decisions that replace another; deciding what was put off replaces nothing.

    Each comes with the disagreement it is about, the earlier ones first.
    """
    before: dict[int, Outcome] = {}
    found = 0
    for of, outcome in decided:
        found += before.get(of, Outcome.DEFERRED) is not Outcome.DEFERRED
        before[of] = outcome
    return found


def pace_of(session: Session, round_: Round) -> Pace:
    """Return how the talk of a round went."""
    decided = session.exec(
        select(Decision.disagreement_id, Decision.at, Decision.outcome)
        .join(Disagreement, col(Disagreement.id) == col(Decision.disagreement_id))
        .where(Disagreement.round_id == round_.id, IS_DISAGREEMENT)
        .order_by(col(Decision.revision))
    ).all()
    opened = session.exec(
        select(TalkEvent.detail).where(TalkEvent.round_id == round_.id, TalkEvent.kind == "opened")
    ).all()
    seconds, n_timed = median_seconds(at for _, at, _ in decided)
    return Pace(
        seconds=seconds,
        n_timed=n_timed,
        n_decisions=sum(outcome != Outcome.DEFERRED for _, _, outcome in decided),
        n_revised=n_changed((of, Outcome(outcome)) for of, _, outcome in decided),
        n_deferred=sum(outcome == Outcome.DEFERRED for _, _, outcome in decided),
        n_opened_early=sum(bool(detail.get("reason")) for detail in opened),
    )
