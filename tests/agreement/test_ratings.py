"""What may be handed to the engine."""

import numpy as np
import pytest

from app.agreement import Ratings, SetRatings


@pytest.mark.parametrize(
    ("codes", "categories", "coders"),
    [
        ([0, 1], ("a", "b"), ()),
        ([[0.0, 1.0]], ("a", "b"), ()),
        ([[0, 2]], ("a", "b"), ()),
        ([[0, -2]], ("a", "b"), ()),
        ([[0, 1]], ("a", "a"), ()),
        ([[0, 1]], ("a", "b"), ("Ada",)),
        ([[0, 1]], ("a", "b"), ("Ada", "Ada")),
    ],
)
def test_impossible_judgements_are_refused_with_a_sentence(codes, categories, coders):
    with pytest.raises(ValueError, match=r"\.$"):
        Ratings(codes, categories, coders=coders)


@pytest.mark.parametrize(
    ("members", "judged"),
    [
        ([[[True, False]]], [True]),
        ([[[True]]], [[True]]),
        ([[[True, False]]], [[False]]),
    ],
)
def test_impossible_sets_are_refused_with_a_sentence(members, judged):
    with pytest.raises(ValueError, match=r"\.$"):
        SetRatings(members, judged, ("a", "b"))


def test_judgements_are_safe_from_later_changes():
    codes = np.array([[0, 1]])
    ratings = Ratings(codes, ("a", "b"))
    codes[0, 1] = 0
    assert ratings.codes.tolist() == [[0, 1]]
    with pytest.raises(ValueError, match="read-only"):
        ratings.codes[0, 0] = 1
