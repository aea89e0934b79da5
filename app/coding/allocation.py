"""PURE: which coder judges which card, in which order; the same seed gives the same answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random


def draw_sample(card_ids: Sequence[int], size: int, *, seed: int) -> list[int]:
    """Return a random sample without repetition, in the order of `card_ids`."""
    chosen = set(_random(seed, "sample").sample(list(card_ids), min(size, len(card_ids))))
    return [card_id for card_id in card_ids if card_id in chosen]


def allocate(
    card_ids: Sequence[int], coder_ids: Sequence[int], *, share: int, seed: int
) -> dict[int, list[int]]:
    """Return each coder's cards in that coder's own random order.

    A random `share` percent of the cards (rounded up) goes to every coder; the others are dealt
    out, one coder each, so that the hands differ by one card at most.
    """
    shuffled = list(card_ids)
    _random(seed, "deal").shuffle(shuffled)
    n_shared = -(-len(shuffled) * share // 100) if len(coder_ids) > 1 else 0
    shared, single = shuffled[:n_shared], shuffled[n_shared:]
    hands: dict[int, list[int]] = {}
    for place, coder_id in enumerate(coder_ids):
        hands[coder_id] = _in_own_order(shared + single[place :: len(coder_ids)], place, seed)
    return hands


def _in_own_order(card_ids: Collection[int], place: int, seed: int) -> list[int]:
    hand = sorted(card_ids)
    _random(seed, f"order of place {place}").shuffle(hand)
    return hand


def begin_elsewhere(path: Sequence[int], place: int, *, seed: int) -> list[int]:
    """Return a path from a random card on, and either way round: no two coders go alike."""
    chance = _random(seed, f"start of place {place}")
    start = chance.randrange(len(path)) if path else 0
    turned = [*path[start:], *path[:start]]
    return turned[::-1] if chance.random() < 0.5 else turned


@dataclass(frozen=True, slots=True)
class HandedOn:
    """The cards of somebody who does not code: how many there are, and how many go to whom.

    What nobody gets, everybody in the round has already.
    """

    coder_id: int
    n_cards: int
    to: Mapping[int, int]


def deal_again(
    own: Mapping[int, Collection[int]], coder_ids: Sequence[int], *, seed: int
) -> tuple[dict[int, list[int]], tuple[HandedOn, ...]]:
    """Return each coder's own cards in a random order, and what was handed on.

    `own` has the cards that each coder should code again. Those of somebody who is not among the
    coders go to coders who have not got them, to whoever has the fewest cards.
    """
    hands = {coder_id: set(own.get(coder_id, ())) for coder_id in coder_ids}
    handed: list[HandedOn] = []
    for absent in sorted(set(own) - set(coder_ids)):
        to: dict[int, int] = {}
        for card_id in sorted(own[absent]):
            able = [one for one in coder_ids if card_id not in hands[one]]
            if able:
                heir = min(able, key=lambda one: len(hands[one]))
                hands[heir].add(card_id)
                to[heir] = to.get(heir, 0) + 1
        handed.append(HandedOn(absent, len(own[absent]), to))
    dealt = {
        coder_id: _in_own_order(hands[coder_id], place, seed)
        for place, coder_id in enumerate(coder_ids)
    }
    return dealt, tuple(handed)


def _random(seed: int, purpose: str) -> Random:
    # A text seed is hashed, so the streams of one seed do not resemble each other.
    return Random(f"concord {seed} {purpose}")  # noqa: S311  repeatable, not secret
