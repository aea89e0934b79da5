"""Who gets which card: a share for everybody, the rest dealt out evenly, the same for a seed."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.coding.allocation import allocate, draw_sample

CARDS = st.lists(st.integers(1, 10_000), max_size=80, unique=True)
CODERS = st.lists(st.integers(1, 500), min_size=1, max_size=6, unique=True)
SHARES = st.integers(0, 100)
SEEDS = st.integers(0, 2**31 - 1)


@given(CARDS, CODERS, SHARES, SEEDS)
def test_every_card_is_judged_and_nobody_judges_one_twice(cards, coders, share, seed) -> None:
    hands = allocate(cards, coders, share=share, seed=seed)
    assert set(hands) == set(coders)
    assert set().union(*hands.values()) == set(cards)
    assert all(len(hand) == len(set(hand)) for hand in hands.values())


@given(CARDS, CODERS, SHARES, SEEDS)
def test_the_share_goes_to_every_coder_and_each_other_card_to_one(
    cards, coders, share, seed
) -> None:
    hands = allocate(cards, coders, share=share, seed=seed)
    times = Counter(card for hand in hands.values() for card in hand)
    shared = [card for card, n in times.items() if n == len(coders)]
    if len(coders) > 1:
        assert set(times.values()) <= {1, len(coders)}
        assert len(shared) == -(-len(cards) * share // 100)
    else:
        assert set(times.values()) <= {1}


@given(CARDS, CODERS, SHARES, SEEDS)
def test_hands_differ_by_one_card_at_most(cards, coders, share, seed) -> None:
    sizes = [len(hand) for hand in allocate(cards, coders, share=share, seed=seed).values()]
    assert max(sizes) - min(sizes) <= 1


@given(CARDS, CODERS, SHARES, SEEDS)
def test_the_same_seed_gives_the_same_hands(cards, coders, share, seed) -> None:
    first = allocate(cards, coders, share=share, seed=seed)
    assert allocate(cards, coders, share=share, seed=seed) == first


def test_every_coder_has_an_own_order() -> None:
    hands = allocate(range(1, 41), [1, 2, 3], share=100, seed=7)
    assert len({tuple(hand) for hand in hands.values()}) == 3
    assert sorted(hands[1]) == sorted(hands[2]) == sorted(hands[3])


def test_another_seed_gives_another_order() -> None:
    by_seed = {tuple(allocate(range(40), [1, 2], share=100, seed=seed)[1]) for seed in range(20)}
    assert len(by_seed) == 20


def test_who_else_takes_part_does_not_change_the_order_of_a_coder_on_shared_cards() -> None:
    two = allocate(range(40), [1, 2], share=100, seed=7)
    three = allocate(range(40), [1, 2, 3], share=100, seed=7)
    assert two[1] == three[1]


@given(CARDS, st.integers(0, 100), SEEDS)
def test_a_sample_keeps_the_order_of_the_cards_and_never_repeats_one(cards, size, seed) -> None:
    drawn = draw_sample(cards, size, seed=seed)
    assert len(drawn) == min(size, len(cards))
    assert drawn == [card for card in cards if card in set(drawn)]
    assert draw_sample(cards, size, seed=seed) == drawn
