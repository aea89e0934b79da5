"""The model behind a suggested category: what it learns, how sure it says it is, and when not."""

import itertools
from random import Random

import pytest

from app.coding.guessing import FEWEST_CARDS, confidence_words, guess, learn
from app.corpus.nearness import nearest, path_through, word_vectors

TOPICS = ("lag update stale date", "missing absent lost hole", "vague doubt unclear odd")


def texts_of(n: int, *, seed: int = 1) -> list[str]:
    """Texts about three things in turn, of words of their thing and some of none."""
    chance = Random(seed)
    common = ["results", "table", "page", "shown", "model", "score", "the"]
    return [
        " ".join([*chance.choices(TOPICS[one % 3].split(), k=3), *chance.choices(common, k=4)])
        for one in range(n)
    ]


def test_a_coder_who_follows_the_words_is_learnt() -> None:
    vectors = word_vectors(texts_of(61))
    labels = [one % 3 for one in range(60)]
    model = learn(vectors[:60], labels, seed=4)
    assert model is not None
    assert model.n_learnt == 60
    assert model.n_right >= 55
    found = guess(model, vectors[60])
    assert found.category_id == 0
    assert 0.8 < found.confidence <= 61 / 62
    again = learn(vectors[:60], labels, seed=4)
    assert again is not None
    assert guess(again, vectors[60]) == found


def test_a_coder_who_does_not_is_met_with_little_confidence() -> None:
    chance = Random(8)
    vectors = word_vectors(texts_of(100))
    model = learn(vectors[:90], [chance.randrange(3) for _ in range(90)], seed=4)
    assert model is not None
    assert model.n_right < 50
    assert all(guess(model, vectors[row]).confidence < 0.6 for row in range(90, 100))


@pytest.mark.parametrize(
    "labels",
    [
        [1, 2] * (FEWEST_CARDS // 2 - 1),
        [1] * (FEWEST_CARDS + 5),
        [1] * (FEWEST_CARDS + 5) + [2, 2],
    ],
    ids=["too few cards", "one category", "a second one too rare"],
)
def test_nothing_is_guessed_from_too_little(labels: list[int]) -> None:
    assert learn(word_vectors(texts_of(len(labels))), labels, seed=1) is None


def test_nothing_is_guessed_of_texts_without_words() -> None:
    assert learn(word_vectors(["…"] * 30), [1, 2] * 15, seed=1) is None


def test_a_confidence_is_said_in_words() -> None:
    assert [confidence_words(one) for one in (0.3, 0.6, 0.9)] == [
        "a weak guess",
        "a fair guess",
        "a strong guess",
    ]


def test_a_path_keeps_like_texts_together_and_follows_from_the_seed() -> None:
    texts = texts_of(60)
    path = path_through(texts, seed=5)
    assert sorted(path) == list(range(60))
    assert path == path_through(texts, seed=5)
    n_changes = sum(one % 3 != other % 3 for one, other in itertools.pairwise(path))
    assert n_changes <= 8  # by chance it would be about forty


@pytest.mark.parametrize("texts", [[], ["one"], ["…", "?"], ["same", "same"]])
def test_a_path_through_little_is_a_path(texts: list[str]) -> None:
    assert sorted(path_through(texts, seed=1)) == list(range(len(texts)))


def test_the_nearest_come_first_and_the_unlike_not_at_all() -> None:
    vectors = word_vectors(["red green blue", "red green", "red", "yellow"])
    assert [row for row, _ in nearest(vectors, 0, [3, 2, 1], least=0.1, most=5)] == [1, 2]
