"""Bootstrap intervals: reproducible, honest about what is undefined, and as wide as they should."""

import numpy as np
import pytest

from app.agreement import (
    Estimate,
    Measure,
    Note,
    Ratings,
    Scale,
    SetRatings,
    Unit,
    as_dict,
    bootstrap,
    describe,
    intervals_as_dict,
    with_intervals,
)
from app.agreement.intervals import percentile_interval
from tests.agreement.designs import Design, draw_codes, draw_sets

ALPHA = Measure.ALPHA_NOMINAL


def draw(ratings, *, seed=1, n_resamples=500, **options):
    return bootstrap(ratings, describe(ratings), n_resamples=n_resamples, seed=seed, **options)


def ratings_of(design, seed=1, scale=Scale.NOMINAL):
    return Ratings(draw_codes(design, seed), tuple("abcdefgh"[: design.n_categories]), scale=scale)


SINGLE = ratings_of(Design(60, 3, 3, missing=0.1))
SETS = draw_sets(1)


@pytest.mark.parametrize("ratings", [SINGLE, SETS], ids=["single", "sets"])
def test_the_same_seed_gives_the_same_intervals_and_another_seed_others(ratings):
    assert draw(ratings, seed=7) == draw(ratings, seed=7)
    assert draw(ratings, seed=7).figures != draw(ratings, seed=8).figures


@pytest.mark.parametrize("ratings", [SINGLE, SETS], ids=["single", "sets"])
def test_what_was_drawn_is_said(ratings):
    found = draw(ratings, seed=7, n_resamples=90)
    assert (found.seed, found.n_resamples, found.unit) == (7, 90, Unit.CARDS)
    assert found.n_drawn == ratings.n_units


@pytest.mark.parametrize("ratings", [SINGLE, SETS], ids=["single", "sets"])
def test_sources_are_drawn_where_cards_share_them(ratings):
    clusters = np.arange(ratings.n_units) // 4 * 100  # numbers need not follow each other
    found = draw(ratings, clusters=clusters)
    assert found.unit == "source documents"
    assert found.n_drawn == np.unique(clusters).size


@pytest.mark.parametrize("ratings", [SINGLE, SETS], ids=["single", "sets"])
@pytest.mark.parametrize("n_resamples", [1, 64, 300])
def test_progress_grows_up_to_one(ratings, n_resamples):
    told = []
    draw(ratings, n_resamples=n_resamples, progress=told.append)
    assert told[-1] == 1.0
    assert told == sorted(told)
    assert told[0] > 0


def test_progress_is_told_on_the_way():
    told = []
    draw(SINGLE, n_resamples=640, progress=told.append)
    assert len(told) >= 10


@pytest.mark.parametrize("ratings", [SINGLE, SETS], ids=["single", "sets"])
def test_there_is_an_interval_for_every_kind_of_figure(ratings):
    found, facet = draw(ratings), describe(ratings)
    assert len(found.pairs) == len(facet.pairs)
    assert len(found.categories) == len(facet.categories)
    for own, figures in (
        (found.figures, facet.figures),
        *((one, pair.figures) for one, pair in zip(found.pairs, facet.pairs, strict=True)),
        *((one, at.figures) for one, at in zip(found.categories, facet.categories, strict=True)),
    ):
        assert own
        assert own.keys() <= figures.keys()
        for measure, interval in own.items():
            assert interval.low <= figures[measure].value <= interval.high


def test_the_limits_are_percentiles_of_the_defined_values():
    values = np.append(np.linspace(0, 1, 1_001), [np.nan] * 5)
    found = percentile_interval(values, Estimate(0.5, n_units=40))
    assert (found.low, found.high) == (pytest.approx(0.025), pytest.approx(0.975))
    assert (found.n_undefined, found.note) == (5, None)


def test_a_figure_with_a_value_in_few_resamples_has_no_interval():
    values = np.array([0.1, 0.2, np.nan, np.nan, np.nan])
    found = percentile_interval(values, Estimate(0.5, n_units=40))
    assert (found.low, found.high, found.n_undefined) == (None, None, 3)
    assert found.note == Note.RARELY_DEFINED


def test_a_figure_that_never_varies_has_no_interval():
    found = percentile_interval(np.full(50, 0.0), Estimate(0.0, n_units=40))
    assert (found.low, found.high, found.note) == (None, None, Note.NO_SPREAD)


def test_a_rarely_used_category_is_undefined_in_the_resamples_without_it():
    """A single card is missing from a resample of n with probability (1 - 1/n)^n."""
    codes = [[0, 0], [1, 1]] * 18 + [[0, 1]] * 3 + [[2, 0]]
    found = draw(Ratings(codes, tuple("abc")), n_resamples=4_000)
    rare = found.categories[2][Measure.SPECIFIC]
    assert rare.n_undefined / 4_000 == pytest.approx((1 - 1 / 40) ** 40, abs=0.03)
    assert found.categories[0][Measure.SPECIFIC].n_undefined == 0


def test_two_coders_who_seldom_differ_from_one_answer_have_undefined_resamples():
    codes = [[0, 0]] * 47 + [[0, 1], [1, 0], [1, 1]]
    found = draw(Ratings(codes, ("a", "b")), n_resamples=4_000)
    expected = (1 - 3 / 50) ** 50
    assert found.figures[ALPHA].n_undefined / 4_000 == pytest.approx(expected, abs=0.02)
    assert found.pairs[0][Measure.COHEN].n_undefined == found.figures[ALPHA].n_undefined


def test_a_constant_coder_has_no_interval_of_kappa():
    codes = [[0, 0], [0, 1], [0, 0]] * 10
    ratings = Ratings(codes, ("a", "b"))
    kappa = draw(ratings).pairs[0][Measure.COHEN]
    assert (kappa.low, kappa.high, kappa.note) == (None, None, Note.NO_SPREAD)


@pytest.mark.parametrize("scale", Scale)
def test_perfect_agreement_has_no_interval_but_a_bound(scale):
    ratings = Ratings([[0] * 3, [1] * 3] * 30, ("1", "2"), scale=scale)
    found = draw(ratings)
    for own in (found.figures, *found.pairs, *found.categories):
        for interval in own.values():
            assert (interval.low, interval.high) == (None, None)
            assert interval.note.startswith(Note.PERFECT)
    assert "5% disagreement" in found.figures[ALPHA].note


def test_below_ten_cards_there_is_no_interval():
    codes = [[0, 1], *[[0, 0], [1, 1]] * 4]
    found = draw(Ratings(codes, ("a", "b")))
    assert {(one.low, one.note) for one in found.figures.values()} == {(None, Note.TOO_FEW)}


def test_an_undefined_figure_has_no_interval_and_no_note():
    found = draw(Ratings([[0, 0]] * 20, ("a", "b")))
    alpha = found.figures[ALPHA]
    assert (alpha.low, alpha.note, alpha.n_undefined) == (None, None, 500)


@pytest.mark.parametrize("codes", [[[0, 1], [2, 3]] * 10, [[0, 1, 2]] * 20, [[0, 1]] * 11])
def test_an_interval_has_a_width(codes):
    found = draw(Ratings(codes, tuple("abcd")))
    for own in (found.figures, *found.pairs, *found.categories):
        for measure, interval in own.items():
            assert interval.low is None or interval.high - interval.low > 1e-6, measure


@pytest.mark.parametrize("clusters", [None, np.zeros(4, dtype=int)])
def test_where_nothing_is_drawn_progress_still_ends_and_the_unit_is_said(clusters):
    told = []
    found = draw(Ratings([[0, 1]] * 4, ("a", "b")), clusters=clusters, progress=told.append)
    assert told[-1:] == [1.0]
    assert found.unit == (Unit.CARDS if clusters is None else Unit.CLUSTERS)
    assert all(one.low is None for one in found.figures.values())


@pytest.mark.parametrize("ratings", [SINGLE, SETS], ids=["single", "sets"])
def test_copies_of_cards_narrow_the_interval_only_if_their_source_is_not_given(ratings):
    measure = Measure.ALPHA_MASI if isinstance(ratings, SetRatings) else ALPHA

    def spread(found):
        return found.figures[measure].high - found.figures[measure].low

    cards = np.arange(ratings.n_units).repeat(4)
    copies = (
        SetRatings(ratings.members[cards], ratings.judged[cards], ratings.categories)
        if isinstance(ratings, SetRatings)
        else Ratings(ratings.codes[cards], ratings.categories)
    )
    alone, of_sources = spread(draw(copies)), spread(draw(copies, clusters=cards))
    assert of_sources == pytest.approx(2 * alone, rel=0.15)
    assert of_sources == pytest.approx(spread(draw(ratings)), rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("n_coders", [2, 4])
def test_nearly_all_intervals_cover_the_true_alpha(n_coders):
    """Coders who see the truth with probability c and else guess by the same habit: alpha = c²."""
    design = Design(60, n_coders, 3, skew=0.5, agreement=0.75)
    covered = 0
    for study in range(200):
        found = draw(ratings_of(design, study), seed=study, n_resamples=300).figures[ALPHA]
        covered += found.low <= design.agreement**2 <= found.high
    assert 0.89 <= covered / 200 <= 0.99


def stored(ratings, **options):
    facet = describe(ratings)
    drawn = bootstrap(ratings, facet, n_resamples=200, seed=1, **options)
    return as_dict(facet), intervals_as_dict(drawn)


def test_stored_intervals_replace_those_of_all_but_cohens_kappa():
    facet, drawn = stored(ratings_of(Design(60, 2, 3), scale=Scale.ORDINAL))
    shown = with_intervals(facet, drawn)
    alpha = shown["figures"][ALPHA]
    assert (alpha["method"], alpha["low"]) == ("bootstrap", drawn["figures"][ALPHA]["low"])
    for measure in (Measure.COHEN, Measure.COHEN_LINEAR, Measure.COHEN_QUADRATIC):
        assert shown["pairs"][0]["figures"][measure] == facet["pairs"][0]["figures"][measure]
    assert shown["pairs"][0]["figures"][Measure.SCOTT]["method"] == "bootstrap"
    assert shown["categories"][0]["figures"][Measure.SPECIFIC]["method"] == "bootstrap"


def test_where_cards_share_sources_cohens_kappa_is_resampled_too():
    clusters = np.arange(60) // 5
    facet, drawn = stored(ratings_of(Design(60, 2, 3)), clusters=clusters)
    assert facet["pairs"][0]["figures"][Measure.COHEN]["method"] == "large-sample"
    shown = with_intervals(facet, drawn)
    assert shown["pairs"][0]["figures"][Measure.COHEN]["method"] == "bootstrap"


def test_a_withheld_interval_takes_the_place_of_a_computed_one():
    facet, drawn = stored(Ratings([[0, 0], [0, 1], [0, 0]] * 10, ("a", "b")))
    figures = with_intervals(facet, drawn)["categories"][0]["figures"]
    assert figures[Measure.LIGHT] == facet["categories"][0]["figures"][Measure.LIGHT]
    assert figures[Measure.CATEGORY_COHEN]["note"] == Note.CONSTANT_CODER
