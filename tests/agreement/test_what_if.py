"""Merging categories and leaving out a coder: what changes, what cannot, and what is refused."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.agreement import Measure, Ratings, Scale, SetRatings, describe
from app.agreement.counting import count
from app.agreement.counts import collapse
from app.agreement.merges import confused_merges, most_confused
from app.agreement.undefined import Reason
from app.agreement.what_if import (
    ALL_OTHERS,
    against_the_rest,
    groups_by_top,
    merge_categories,
    places_after,
    without_coder,
)

PERCENTS = (Measure.PERCENT, Measure.PERCENT_POOLED, Measure.UNANIMOUS)
NAMES = ("a", "b", "c", "d", "e")


@st.composite
def judgements(draw, *, n_categories=5, min_coders=0, scale=Scale.NOMINAL):
    shape = draw(st.tuples(st.integers(0, 12), st.integers(min_coders, 4)))
    codes = draw(arrays(np.int64, shape, elements=st.integers(-1, n_categories - 1)))
    return Ratings(codes, NAMES[:n_categories], scale=scale)


@st.composite
def set_judgements(draw):
    shape = draw(st.tuples(st.integers(0, 10), st.integers(0, 4)))
    judged = draw(arrays(np.bool_, shape))
    members = draw(arrays(np.bool_, (*shape, 5)))
    return SetRatings(members & judged[..., None], judged, NAMES)


def groups(*, least=2, most=5):
    return st.sets(st.integers(0, 4), min_size=least, max_size=most).map(sorted)


def example() -> Ratings:
    """Two coders, 20 cards: rows are the first coder's categories, columns the second's.

        a   b   c
    a   6   3   0
    b   1   4   1
    c   0   1   4
    """
    table = [[6, 3, 0], [1, 4, 1], [0, 1, 4]]
    codes = [
        (i, j)
        for i, row in enumerate(table)
        for j, n_cards in enumerate(row)
        for _ in range(n_cards)
    ]
    return Ratings(codes, ("a", "b", "c"), coders=("Ada", "Ben"))


def test_kappa_after_merging_is_that_of_the_table_with_rows_and_columns_added() -> None:
    """By hand: a and b merged give ((14, 1), (1, 4)).

    p_o = 18/20 = 0.9, p_e = (15·15 + 5·5)/20² = 0.625, kappa = (0.9 - 0.625)/0.375 = 11/15.
    Before, p_o = 14/20 and p_e = (9·7 + 6·8 + 5·5)/400 = 0.34, so kappa = 0.36/0.66 = 6/11.
    """
    before = describe(example()).pairs[0]
    after = describe(merge_categories(example(), [[0, 1]])).pairs[0]
    assert after.confusion == ((14, 1), (1, 4))
    assert before.figures[Measure.COHEN].value == pytest.approx(6 / 11)
    assert after.figures[Measure.COHEN].value == pytest.approx(11 / 15)
    assert after.figures[Measure.PERCENT].value == pytest.approx(0.9)


def test_a_merged_category_takes_the_first_place_and_both_names() -> None:
    merged = merge_categories(example(), [[2, 0]])
    assert merged.categories == ("a + c", "b")
    assert merged.coders == ("Ada", "Ben")
    assert np.array_equal(merged.codes, np.array([0, 1, 0])[example().codes])


def test_a_merged_category_can_be_given_a_name() -> None:
    assert merge_categories(example(), [[0, 1]], ["ab"]).categories == ("ab", "c")
    with pytest.raises(ValueError, match="zip"):
        merge_categories(example(), [[0, 1]], ["ab", "cd"])


def test_a_merged_name_that_another_category_has_gets_an_addition() -> None:
    ratings = Ratings([[0, 1]], ("a", "b", "a + b"))
    assert merge_categories(ratings, [[0, 1]]).categories == ("a + b (merged)", "a + b")
    assert merge_categories(ratings, [[0, 1]], ["a + b"]).categories[0] == "a + b (merged)"


def test_merging_nothing_changes_nothing() -> None:
    assert merge_categories(example(), []) is not None
    assert np.array_equal(merge_categories(example(), []).codes, example().codes)


@given(judgements(), groups(least=3))
def test_merging_step_by_step_is_merging_at_once(ratings, group):
    at_once = merge_categories(ratings, [group])
    first = merge_categories(ratings, [group[:2]])
    rest = sorted({places_after(5, [group[:2]]).tolist()[position] for position in group})
    stepwise = merge_categories(first, [rest])
    assert stepwise.categories == at_once.categories
    assert np.array_equal(stepwise.codes, at_once.codes)


@given(set_judgements(), groups(least=3))
def test_merging_sets_step_by_step_is_merging_at_once(ratings, group):
    at_once = merge_categories(ratings, [group])
    first = merge_categories(ratings, [group[:2]])
    rest = sorted({places_after(5, [group[:2]]).tolist()[position] for position in group})
    stepwise = merge_categories(first, [rest])
    assert stepwise.categories == at_once.categories
    assert np.array_equal(stepwise.members, at_once.members)


@given(judgements(), groups())
def test_percent_agreement_never_falls_by_merging(ratings, group):
    before, after = describe(ratings), describe(merge_categories(ratings, [group]))
    for measure in PERCENTS:
        if before.figures[measure].value is not None and len(group) < 5:
            assert after.figures[measure].value >= before.figures[measure].value - 1e-12


@given(judgements(), groups(most=4))
def test_merging_others_leaves_a_category_as_it_was(ratings, group):
    places = places_after(5, [group])
    before = describe(ratings).categories
    after = describe(merge_categories(ratings, [group])).categories
    for position in set(range(5)) - set(group):
        one, other = before[position], after[places[position]]
        assert one.category == other.category
        assert one.figures[Measure.ALPHA_NOMINAL] == other.figures[Measure.ALPHA_NOMINAL]


@given(judgements(min_coders=2))
def test_with_everything_merged_every_figure_says_that_nothing_could_differ(ratings):
    assume((ratings.judged.sum(axis=1) > 1).any())
    merged = merge_categories(ratings, [range(5)])
    assert merged.categories == ("a + b + c + d + e",)
    reasons = {found.reason for found in describe(merged).figures.values()}
    assert reasons <= {Reason.ONE_CATEGORY_DECLARED, Reason.NO_VARIATION, Reason.NOT_COMPLETE}
    assert describe(merged).figures[Measure.ALPHA_NOMINAL].reason == Reason.ONE_CATEGORY_DECLARED


@given(judgements(), groups())
def test_missing_judgements_stay_missing(ratings, group):
    assert np.array_equal(merge_categories(ratings, [group]).judged, ratings.judged)


@given(set_judgements(), groups())
def test_a_merged_category_is_on_a_card_if_any_of_its_members_was(ratings, group):
    merged = merge_categories(ratings, [group])
    expected = ratings.members[..., group].any(axis=2)
    assert np.array_equal(merged.members[..., group[0]], expected)
    assert np.array_equal(merged.judged, ratings.judged)


def test_on_an_ordinal_scale_neighbours_become_one_rank_and_keep_the_order() -> None:
    ratings = Ratings([[0, 1], [2, 3]], ("low", "fair", "good", "high"), scale=Scale.ORDINAL)
    merged = merge_categories(ratings, [[2, 1]])
    assert merged.categories == ("low", "fair + good", "high")
    assert merged.codes.tolist() == [[0, 1], [1, 2]]
    assert merged.scale is Scale.ORDINAL


@pytest.mark.parametrize("group", [[0, 2], [0, 1, 3]])
def test_ranks_that_are_no_neighbours_are_not_merged(group: list[int]) -> None:
    ratings = Ratings([[0, 1]], ("low", "fair", "good", "high"), scale=Scale.ORDINAL)
    with pytest.raises(ValueError, match="only neighbours can be merged"):
        merge_categories(ratings, [group])


def test_numbers_are_not_merged() -> None:
    ratings = Ratings([[0, 1]], ("1", "2", "3"), scale=Scale.INTERVAL)
    with pytest.raises(ValueError, match="no number stands for two"):
        merge_categories(ratings, [[0, 1]])


@pytest.mark.parametrize(
    ("group", "sentence"),
    [
        ([[1]], "two categories or more"),
        ([[0, 3]], "between 0 and 2"),
        ([[-1, 0]], "between 0 and 2"),
        ([[0, 0]], "one other only"),
        ([[0, 1], [1, 2]], "one other only"),
    ],
)
def test_groups_that_cannot_be_are_refused(group: list[list[int]], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        merge_categories(example(), group)


@given(judgements(), st.integers(0, 4))
def test_a_category_against_the_rest_gives_the_figures_it_has_by_itself(ratings, category):
    table = count(against_the_rest(ratings, category)).pair_tables
    assert np.array_equal(table, collapse(count(ratings)).pair_tables[category])


@given(set_judgements(), st.integers(0, 4))
def test_against_the_rest_a_set_keeps_the_category_and_whether_it_had_others(ratings, category):
    rest = against_the_rest(ratings, category)
    others = [position for position in range(5) if position != category]
    assert rest.categories == (NAMES[category], ALL_OTHERS)
    assert np.array_equal(rest.members[..., 0], ratings.members[..., category])
    assert np.array_equal(rest.members[..., 1], ratings.members[..., others].any(axis=2))


def test_the_only_category_has_no_rest() -> None:
    only = against_the_rest(Ratings([[0, 0]], ("a",)), 0)
    alpha = describe(only).figures[Measure.ALPHA_NOMINAL]
    assert (alpha.value, alpha.reason) == (None, Reason.ONE_CATEGORY_DECLARED)


def test_a_category_called_all_others_can_stand_against_the_rest() -> None:
    rest = against_the_rest(Ratings([[0, 1]], (ALL_OTHERS, "b")), 0)
    assert rest.categories == (ALL_OTHERS, f"{ALL_OTHERS} (merged)")


def test_against_the_rest_there_is_no_order() -> None:
    ratings = Ratings([[0, 2]], ("low", "fair", "high"), scale=Scale.ORDINAL)
    assert against_the_rest(ratings, 1).scale is Scale.NOMINAL


@given(judgements(min_coders=3), st.data())
def test_without_a_coder_the_other_pairs_are_what_they_were(ratings, data):
    coder = data.draw(st.integers(0, len(ratings.coders) - 1))
    rest = without_coder(ratings, coder)
    before = {(p.first, p.second): p for p in describe(ratings).pairs}
    for pair in describe(rest).pairs:
        assert pair == before[pair.first, pair.second]
    assert ratings.coders[coder] not in rest.coders


def test_a_coder_of_sets_is_left_out_with_all_that_was_judged() -> None:
    members = np.zeros((2, 3, 2), dtype=bool)
    members[0, 1, 0] = members[1, 2, 1] = True
    ratings = SetRatings(members, np.ones((2, 3), dtype=bool), ("a", "b"), coders=("x", "y", "z"))
    rest = without_coder(ratings, 1)
    assert rest.coders == ("x", "z")
    assert np.array_equal(rest.members, members[:, [0, 2]])


def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        without_coder(example(), 2)
    with pytest.raises(ValueError, match="between 0 and 2"):
        against_the_rest(example(), 3)


def test_categories_group_under_the_top_of_their_branch() -> None:
    assert groups_by_top([None, 0, 1, None, None, 4]) == ((0, 1, 2), (4, 5))
    assert groups_by_top([1, None]) == ((1, 0),)
    assert groups_by_top([None, None]) == ()
    with pytest.raises(ValueError, match="above itself"):
        groups_by_top([1, 0])


def test_what_is_confused_most_comes_first_and_what_is_not_stays_out() -> None:
    found = most_confused(count(example()), Scale.NOMINAL, n_most=5)
    assert found == [(0, 1, 4), (1, 2, 2)]


@pytest.mark.parametrize(("scale", "n_found"), [(Scale.NOMINAL, 5), (Scale.ORDINAL, 3)])
def test_a_suggested_merge_has_the_figures_that_merging_gives(scale: Scale, n_found: int) -> None:
    codes = np.random.default_rng(3).integers(-1, 4, (60, 3))
    ratings = Ratings(codes, NAMES[:4], scale=scale)
    found = confused_merges(ratings)
    assert len(found) == n_found
    for merge in found:
        merged = merge_categories(ratings, [[merge.first, merge.second]])
        assert merge.supposed == describe(merged)


def test_nothing_is_suggested_where_merging_leaves_nothing_to_tell_apart() -> None:
    assert confused_merges(Ratings([[0, 1], [1, 1]], ("a", "b"))) == ()
    assert confused_merges(Ratings([[0, 1], [1, 2]], ("1", "2", "3"), scale="interval")) == ()
    assert confused_merges(Ratings([[0, 0], [1, 1]], ("a", "b", "c"))) == ()


def test_a_suggested_merge_that_leaves_no_variation_says_so() -> None:
    (merge,) = confused_merges(Ratings([[0, 1], [1, 0], [0, 0]], ("a", "b", "c")))
    alpha = merge.supposed.figures[Measure.ALPHA_NOMINAL]
    assert (alpha.value, alpha.reason) == (None, Reason.NO_VARIATION)
