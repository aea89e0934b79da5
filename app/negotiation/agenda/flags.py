"""Which cards the team talks about, and why: the nine rules."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil
from typing import NamedTuple

from app.negotiation.rules import CANNOT_JUDGE, SPECIAL, Answer, Flag, Position

SYSTEMATIC = 3  # from this many cards on, a confused pair is no accident
UNSURE, SURE = 1, 3
AUDITED = 0.05  # of the cards on which all agree, this share is looked at again


@dataclass(frozen=True, slots=True)
class Finding:
    """A card to talk about: why, and which of its answers stand against each other most.

    The pair, `cluster`, depends on nothing but the card: other cards may be sealed. How many
    cards show the same pair is in `cluster_size`.
    `flag` is the first rule that holds and `flags` all of them, one bit each. `divergence` is the
    share of the pairs of coders that differ, for sets the mean Jaccard distance. A card on which
    all agree has no cluster.
    """

    card_id: int
    flag: Flag
    cluster: str = ""
    cluster_size: int = 0
    flags: int = 0
    divergence: float = 0.0


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
    return in_order(findings)


def find_reviews(
    positions: Mapping[int, Sequence[Position]],
    *,
    other_ids: Collection[int],
    seed: int | str,
    share: float = AUDITED,
) -> list[Finding]:
    """Return the agreements worth a second look: the fragile ones, then a seeded random share.

    Fragile is an agreement of which somebody was unsure, or one on a category that means "other"
    (`other_ids`). Of the rest `share` is drawn, rounded up.
    """
    agreed = {card_id: said for card_id, said in positions.items() if _agree(said)}
    other = {str(one) for one in other_ids}
    fragile = {card_id for card_id, said in agreed.items() if _is_fragile(said, other)}
    firm = sorted(agreed.keys() - fragile)
    drawn = random.Random(seed).sample(firm, ceil(share * len(firm)))  # noqa: S311
    return [_review(card_id, Flag.FRAGILE_AGREEMENT) for card_id in sorted(fragile)] + [
        _review(card_id, Flag.AUDIT) for card_id in sorted(drawn)
    ]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by how often the pair is confused, then by flag, divergence and card.

    A cluster stays together and stands where its first card does: one rule settles many.
    """
    every = sorted(findings, key=_rank)
    first: dict[str, int] = {}
    for place, one in enumerate(every):
        first.setdefault(one.cluster, place)
    return sorted(every, key=lambda one: (-one.cluster_size, first[one.cluster]))


def _rank(finding: Finding) -> tuple[int, float, int]:
    return (finding.flag, -finding.divergence, finding.card_id)


def _differ(said: Sequence[Position]) -> bool:
    return len({position.answer for position in said}) > 1


def _agree(said: Sequence[Position]) -> bool:
    return len(said) > 1 and not _differ(said) and said[0].answer != CANNOT_JUDGE


def _is_fragile(said: Sequence[Position], other: set[str]) -> bool:
    is_unsure = any(position.confidence == UNSURE for position in said)
    return is_unsure or not other.isdisjoint(said[0].answer.split("+"))


def _review(card_id: int, flag: Flag) -> Finding:
    return Finding(card_id, flag, flags=flag.bit)


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
    pairs = _pairs(said)
    pair = _most_given(said)
    most = max((counts[one] for one in pairs if _are_codes(one)), default=0)
    holding = _holding(said, most=most, is_multiple=is_multiple) or [Flag.UNSURE_CONFLICT]
    return Finding(
        card_id,
        flag=min(holding),
        cluster=" | ".join(pair),
        cluster_size=counts[pair],
        flags=sum(flag.bit for flag in holding),
        divergence=divergence_of(said, is_multiple=is_multiple),
    )


def _most_given(said: Sequence[Position]) -> tuple[Answer, Answer]:
    """Return the two answers that most coders gave to the card, of equals the first as text."""
    counted = Counter(position.answer for position in said)
    first, second = sorted(sorted(counted, key=lambda one: (-counted[one], one))[:2])
    return first, second


def shown_flag(flag: int, flags: int, *, is_blind: bool) -> tuple[Flag, int]:
    """Return the rule that is shown as a card's reason, and all that are, one bit each.

    While cards of the facet are sealed (`is_blind`) nobody is told that a pair is confused again
    and again: the count holds what is sealed.
    """
    flags = flags or 1 << (flag - 1)
    if not is_blind:
        return Flag(flag), flags
    flags = flags & ~Flag.SYSTEMATIC_CONFUSION.bit or Flag.UNSURE_CONFLICT.bit
    return next(one for one in Flag if one.bit & flags), flags


def _are_codes(answers: Iterable[Answer]) -> bool:
    return not any(answer in SPECIAL or answer == CANNOT_JUDGE for answer in answers)


def _holding(said: Sequence[Position], *, most: int, is_multiple: bool) -> list[Flag]:
    """Return the rules that hold. Who "cannot judge" contradicts nobody, so 3 to 6 pass it by."""
    judging = [one for one in said if one.answer != CANNOT_JUDGE]
    counted = Counter(one.answer for one in judging)
    codes = counted.keys() - SPECIAL
    sizes = sorted(counted.values())
    rules = {
        Flag.SYSTEMATIC_CONFUSION: most >= SYSTEMATIC,
        Flag.SCOPE_CONFLICT: len(counted) > 1 and len(codes) < len(counted),
        Flag.CONFIDENT_CONFLICT: len(codes) > 1 and all(one.confidence == SURE for one in said),
        Flag.ALL_DIFFER: len(judging) > 2 and len(counted) == len(judging),
        Flag.LONE_DISSENT: len(sizes) == 2 and sizes[0] == 1 < sizes[1],
        Flag.SET_OVERLAP: is_multiple and _overlap(counted),
        Flag.UNSURE_CONFLICT: len(judging) < len(said)
        or any(one.confidence == UNSURE for one in said),
    }
    return [flag for flag, holds in rules.items() if holds]


def _overlap(answers: Iterable[Answer]) -> bool:
    sets = [set(answer.split("+")) for answer in answers]
    return any(one & other for one, other in combinations(sets, 2))


def divergence_of(said: Sequence[Position], *, is_multiple: bool) -> float:
    """Return how far coders are apart: 0 where all agree, 1 where no two share anything."""
    pairs = list(combinations([position.answer for position in said], 2))
    if not is_multiple:
        return sum(one != other for one, other in pairs) / len(pairs)
    return sum(_jaccard_distance(one, other) for one, other in pairs) / len(pairs)


def _jaccard_distance(one: Answer, other: Answer) -> float:
    first, second = set(one.split("+")), set(other.split("+"))
    return 1 - len(first & second) / len(first | second)
