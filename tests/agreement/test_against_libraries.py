"""Independent programs agree on random judgements, with and without gaps."""

from collections import Counter
from functools import cache
from itertools import combinations

import krippendorff
import numpy as np
import pytest
from nltk.metrics import agreement as nltk_agreement
from nltk.metrics import distance as nltk_distance
from sklearn import metrics
from statsmodels.stats import inter_rater

from app.agreement import Measure, Scale, Weighting, describe
from app.agreement.distances import agreement_weights
from app.agreement.expectation import expected_meetings, pack_sets
from app.agreement.kappa import cohen_kappa
from tests.agreement.designs import DESIGNS, SMALL, draw_ratings, draw_sets, in_words

VARIED = [d for d in DESIGNS if d.n_units >= 9]  # other programs fail on fewer
COMPLETE = [d for d in VARIED if not d.missing]
WEIGHTS = {
    Measure.COHEN: None,
    Measure.COHEN_LINEAR: "linear",
    Measure.COHEN_QUADRATIC: "quadratic",
}
LEVELS = {
    Measure.ALPHA_NOMINAL: "nominal",
    Measure.ALPHA_ORDINAL: "ordinal",
    Measure.ALPHA_INTERVAL: "interval",
    Measure.ALPHA_RATIO: "ratio",
}


@cache
def described(design, scale=Scale.INTERVAL):
    ratings = draw_ratings(design, scale=scale)
    return describe(ratings), ratings


@pytest.mark.parametrize("measure", WEIGHTS)
@pytest.mark.parametrize("design", VARIED, ids=str)
def test_kappa_of_two_coders_equals_scikit_learn(design, measure):
    facet, ratings = described(design)
    for pair in facet.pairs[:6]:
        columns = ratings.codes[:, [int(pair.first) - 1, int(pair.second) - 1]]
        both = columns[(columns >= 0).all(axis=1)]
        if pair.figures[measure].value is None:
            assert len(both) == 0 or len(np.unique(both)) == 1
            continue
        expected = metrics.cohen_kappa_score(
            *both.T, labels=range(design.n_categories), weights=WEIGHTS[measure]
        )
        assert pair.figures[measure].value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("weighting", [Weighting.IDENTITY, Weighting.LINEAR, Weighting.QUADRATIC])
@pytest.mark.parametrize("design", [d for d in VARIED if d.agreement < 1], ids=str)
def test_the_errors_of_kappa_equal_statsmodels(design, weighting):
    weights = 1 - agreement_weights(design.n_categories, weighting)
    for pair in described(design)[0].pairs[:3]:
        cells = np.array(pair.confusion)
        figures = cohen_kappa(cells, weighting)
        if np.isnan(figures.value) or figures.standard_error == 0:
            continue  # statsmodels divides by its errors
        expected = inter_rater.cohens_kappa(cells, weights=weights)
        assert float(figures.value) == pytest.approx(expected.kappa, abs=1e-12)
        assert float(figures.standard_error) == pytest.approx(expected.std_kappa, abs=1e-8)
        assert float(figures.null_standard_error) == pytest.approx(expected.std_kappa0, abs=1e-8)


@pytest.mark.parametrize("design", COMPLETE, ids=str)
def test_fleiss_kappa_equals_statsmodels(design):
    facet, ratings = described(design)
    profiles = (ratings.codes[:, :, None] == np.arange(design.n_categories)).sum(axis=1)
    expected = inter_rater.fleiss_kappa(profiles)
    assert facet.figures[Measure.FLEISS].value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("design", [d for d in COMPLETE if d.n_units <= 150], ids=str)
def test_brennan_prediger_equals_statsmodels(design):
    facet, ratings = described(design)
    profiles = (ratings.codes[:, :, None] == np.arange(design.n_categories)).sum(axis=1)
    expected = inter_rater.fleiss_kappa(profiles, method="randolph")
    assert facet.figures[Measure.BRENNAN_PREDIGER].value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("measure", LEVELS)
@pytest.mark.parametrize("design", VARIED, ids=str)
def test_alpha_equals_the_krippendorff_package(design, measure):
    facet, ratings = described(design)
    numbers = np.append(ratings.values, np.nan)
    expected = krippendorff.alpha(
        numbers[ratings.codes].T,
        level_of_measurement=LEVELS[measure],
        value_domain=ratings.values.tolist(),
    )
    assert facet.figures[measure].value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("design", [d for d in SMALL if d.n_units >= 9], ids=str)
def test_alpha_equals_nltk_under_awkward_names(design):
    facet, ratings = described(design, Scale.NOMINAL)
    triples = [
        (coder, card, label)
        for card, row in enumerate(in_words(ratings))
        for coder, label in enumerate(row)
        if label is not None
    ]
    expected = nltk_agreement.AnnotationTask(triples).alpha()
    assert facet.figures[Measure.ALPHA_NOMINAL].value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("design", [d for d in COMPLETE if d.n_units <= 150], ids=str)
def test_the_mean_of_pairwise_kappas_and_pi_equal_nltk(design):
    facet, ratings = described(design, Scale.NOMINAL)
    if any(pair.figures[Measure.COHEN].value is None for pair in facet.pairs):
        pytest.skip("nltk takes an undefined kappa for 1")
    rows = in_words(ratings)
    triples = [
        (coder, card, label) for card, row in enumerate(rows) for coder, label in enumerate(row)
    ]
    task = nltk_agreement.AnnotationTask(triples)
    assert facet.figures[Measure.LIGHT].value == pytest.approx(task.kappa(), abs=1e-12)
    assert facet.figures[Measure.FLEISS].value == pytest.approx(task.pi(), abs=1e-12)
    assert facet.figures[Measure.PERCENT].value == pytest.approx(task.avg_Ao(), abs=1e-12)


@pytest.mark.parametrize("design", COMPLETE, ids=str)
def test_specific_agreement_of_two_coders_equals_the_f1_score(design):
    facet, ratings = described(design)
    if len(facet.pairs) != 1:
        first, second = ratings.codes.T[:2]
        facet = describe(type(ratings)(ratings.codes[:, :2], ratings.categories))
    else:
        first, second = ratings.codes.T
    labels = range(design.n_categories)
    expected = metrics.f1_score(first, second, labels=labels, average=None, zero_division=np.nan)
    for entry, score in zip(facet.categories, expected, strict=True):
        found = entry.figures[Measure.SPECIFIC]
        assert found.value is None if np.isnan(score) else found.value == pytest.approx(score)


@pytest.mark.parametrize("seed", range(4))
def test_the_alpha_of_a_category_in_sets_equals_the_krippendorff_package(seed):
    ratings = draw_sets(seed)
    for position, entry in enumerate(describe(ratings).categories):
        columns = np.where(ratings.judged, ratings.members[:, :, position], np.nan).T
        expected = krippendorff.alpha(columns, level_of_measurement="nominal", value_domain=[0, 1])
        found = entry.figures[Measure.ALPHA_NOMINAL]
        assert found.value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("measure", "distance"),
    [
        (Measure.ALPHA_MASI, nltk_distance.masi_distance),
        (Measure.ALPHA_JACCARD, nltk_distance.jaccard_distance),
        (Measure.ALPHA_EXACT_SET, nltk_distance.binary_distance),
    ],
)
def test_the_alpha_of_sets_equals_nltk(seed, measure, distance):
    ratings = draw_sets(seed, can_be_empty=False, n_coders=3 + seed)
    triples = [
        (coder, card, frozenset(np.flatnonzero(ratings.members[card, coder]).tolist()))
        for card, coder in np.argwhere(ratings.judged)
    ]
    task = nltk_agreement.AnnotationTask(triples, distance=distance)
    assert describe(ratings).figures[measure].value == pytest.approx(task.alpha(), abs=1e-12)


def test_a_pair_exists_for_each_two_coders():
    facet, _ = described(DESIGNS[-5])
    names = [margin.coder for margin in facet.margins]
    assert [(pair.first, pair.second) for pair in facet.pairs] == list(combinations(names, 2))


def test_both_ways_to_count_how_sets_meet_give_the_same_table():
    members = np.random.default_rng(4).random((500, 60)) < 0.08
    packed = pack_sets(members)
    spread = np.concatenate([packed, np.zeros_like(packed)], axis=1)  # two words: pair by pair
    table = table_of(packed)
    assert table == table_of(spread)
    assert table.total() == 500**2


def table_of(words):
    """How often each kind of meeting occurs, over all parts."""
    table = Counter()
    for first, second, shared, times in expected_meetings(words):
        for *kind, number in zip(first, second, shared, times, strict=True):
            table[tuple(map(int, kind))] += int(number)
    return table
