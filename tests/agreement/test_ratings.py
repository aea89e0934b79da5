"""What may be handed to the engine."""

import numpy as np
import pytest

from app.agreement import Measure, Ratings, Scale, SetRatings, describe
from app.agreement.alpha import krippendorff_alpha
from app.agreement.counting import count


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


@pytest.mark.parametrize("name", ["low", "", "nan", "inf", "1,5"])
def test_an_interval_scale_refuses_names_that_are_no_numbers(name):
    with pytest.raises(ValueError, match=r"every category is a number.*\.$"):
        Ratings([[0, 1]], ("1", name), scale=Scale.INTERVAL)


def test_an_interval_scale_reads_its_names_as_numbers():
    ratings = Ratings([[0, 1]], ("-1.5", "2e3"), scale=Scale.INTERVAL)
    assert ratings.values.tolist() == [-1.5, 2000.0]
    assert Ratings([[0, 1]], ("1", "2"), scale=Scale.ORDINAL).values is None


def test_a_scale_may_be_given_by_its_name_and_an_unknown_one_is_refused():
    assert Ratings([[0, 1]], ("a", "b"), scale="ordinal").scale is Scale.ORDINAL
    with pytest.raises(ValueError, match="circular"):
        Ratings([[0, 1]], ("a", "b"), scale="circular")


@pytest.mark.parametrize("n_categories", [2, 127, 128, 129, 300, 1_000])
def test_however_many_categories_are_declared_codes_stay_what_they_are(n_categories):
    """Codes are kept in the smallest type: one more category must not wrap around."""
    last = n_categories - 1
    codes = [[last, last], [0, -1], [last, 0], [-1, -1]]
    ratings = Ratings(codes, tuple(map(str, range(n_categories))))
    assert ratings.codes.tolist() == codes
    facet = describe(ratings)
    assert facet.pairs[0].confusion[last][last] == 1
    assert facet.categories[last].n_labels == 3
    assert facet.figures[Measure.UNANIMOUS].value == 0.5


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.uint32, np.int64])
def test_codes_may_come_in_any_whole_number_type(kind):
    assert Ratings(np.array([[0, 1]], dtype=kind), ("a", "b")).codes.tolist() == [[0, 1]]


def test_coders_without_names_are_numbered_from_one():
    assert Ratings([[0, 1, -1]], ("a", "b")).coders == ("1", "2", "3")


def test_many_coders_are_counted_without_overflow():
    codes = np.zeros((3, 130), dtype=int)
    codes[1] = 1
    counts = count(Ratings(codes, ("a", "b")))
    assert counts.n_labels == 390
    assert counts.units_by_size.tolist() == [0] * 130 + [3]
    assert counts.n_unanimous == 3
    assert float(krippendorff_alpha(counts)) == 1
