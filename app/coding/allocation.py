"""PURE: which coder judges which card, in which order; the same seed gives the same answer."""

from collections.abc import Sequence
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
        hand = shared + single[place :: len(coder_ids)]
        hand.sort()
        _random(seed, f"order of place {place}").shuffle(hand)
        hands[coder_id] = hand
    return hands


def _random(seed: int, purpose: str) -> Random:
    # A text seed is hashed, so the streams of one seed do not resemble each other.
    return Random(f"concord {seed} {purpose}")  # noqa: S311  repeatable, not secret
