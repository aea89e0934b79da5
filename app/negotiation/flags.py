"""Which cards the team talks about, and in which order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from app.negotiation.rules import CANNOT_JUDGE, SPECIAL, Answer, Flag, Position

SYSTEMATIC = 3  # from this many cards on, a confused pair is no accident


@dataclass(frozen=True, slots=True)
class Finding:
    """A card to talk about: why, and which pair of answers stands against each other most."""

    card_id: int
    flag: Flag
    cluster: str
    cluster_size: int


class Cocoded(NamedTuple):
    """How many cards two coders or more judged, and how many of these differ only in doubt."""

    n_cards: int
    n_only_unsure: int


def cocoded(positions: Mapping[int, Sequence[Position]]) -> Cocoded:
    """Count the cards that can agree; where everybody only "cannot judge" nobody judged."""
    answers = [{one.answer for one in said} for said in positions.values() if len(said) > 1]
    judged = [given for given in answers if given != {CANNOT_JUDGE}]
    n_only_unsure = sum(len(given) == 2 and CANNOT_JUDGE in given for given in judged)
    return Cocoded(len(judged), n_only_unsure)


def find_disagreements(
    positions: Mapping[int, Sequence[Position]], *, is_multiple: bool
) -> list[Finding]:
    """Return the cards of a facet on which coders differ, confused pairs first.

    `positions` holds the answers to each card. A card is flagged when two coders gave answers
    that differ; an answer against "cannot judge" counts, two "cannot judge" do not.
    """
    differing = {card_id: said for card_id, said in positions.items() if _differ(said)}
    counts = Counter(pair for said in differing.values() for pair in _pairs(said))
    findings = [
        _finding(card_id, said, counts, is_multiple=is_multiple)
        for card_id, said in differing.items()
    ]
    return sorted(findings, key=agenda_order)


def agenda_order(finding: Finding) -> tuple[int, str, int, int]:
    """Sort by how often the pair is confused, then by flag: one rule settles many."""
    return (-finding.cluster_size, finding.cluster, finding.flag, finding.card_id)


def _differ(said: Sequence[Position]) -> bool:
    return len({position.answer for position in said}) > 1


def _pairs(said: Sequence[Position]) -> list[tuple[Answer, Answer]]:
    answers = sorted({position.answer for position in said})
    return list(combinations(answers, 2))


def _finding(
    card_id: int,
    said: Sequence[Position],
    counts: Counter[tuple[Answer, Answer]],
    *,
    is_multiple: bool,
) -> Finding:
    pair = max(_pairs(said), key=lambda one: (counts[one], one))
    size = counts[pair]
    flag = _flag(said, is_multiple=is_multiple, size=size)
    return Finding(card_id, flag, " | ".join(pair), size)


def _flag(said: Sequence[Position], *, is_multiple: bool, size: int) -> Flag:
    answers = [position.answer for position in said]
    counted = Counter(answers)
    if CANNOT_JUDGE in counted:
        return Flag.UNSURE_CONFLICT
    if size >= SYSTEMATIC:
        return Flag.SYSTEMATIC_CONFUSION
    if SPECIAL & counted.keys():
        return Flag.SCOPE_CONFLICT
    if is_multiple and _overlap(answers):
        return Flag.SET_OVERLAP
    return _by_confidence(said, counted)


def _by_confidence(said: Sequence[Position], counted: Counter[Answer]) -> Flag:
    if all(position.confidence == 3 for position in said):
        return Flag.CONFIDENT_CONFLICT
    if len(said) > 2 and max(counted.values()) == 1:
        return Flag.ALL_DIFFER
    if len(said) > 2 and 1 in counted.values():
        return Flag.LONE_DISSENT
    return Flag.UNSURE_CONFLICT


def _overlap(answers: Sequence[Answer]) -> bool:
    sets = [set(answer.split("+")) for answer in answers]
    return any(one & other for one, other in combinations(sets, 2) if one != other)
