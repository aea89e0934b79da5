"""Independent programs agree on random judgements, with and without gaps."""

from collections import Counter

import numpy as np
import pytest
from nltk.metrics import agreement as nltk_agreement
from nltk.metrics import distance as nltk_distance

from app.agreement import Measure, Ratings, Scale, SetRatings, Weighting, assess, describe
from app.agreement.counts import count
from app.agreement.distances import agreement_weights
from app.agreement.expectation import expected_meetings, pack_sets
from app.agreement.kappa import cohen_kappa

SEEDS = range(8)


def random_ratings(seed, *, n_coders, missing=0.0, n_categories=4, scale=Scale.NOMINAL):
    """Coders who mostly see the same, so that agreement lies well above chance."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, n_categories, (60, 1))
    noise = generator.integers(0, n_categories, (60, n_coders))
    codes = np.where(generator.random((60, n_coders)) < 0.6, truth, noise)
    codes[generator.random(codes.shape) < missing] = -1
    return Ratings(codes, tuple("abcdefgh"[:n_categories]), scale=scale)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("measure", "weights"),
    [
        (Measure.COHEN_KAPPA, None),
        (Measure.COHEN_KAPPA_LINEAR, "linear"),
        (Measure.COHEN_KAPPA_QUADRATIC, "quadratic"),
    ],
)
def test_kappa_equals_scikit_learn(seed, measure, weights):
    metrics = pytest.importorskip("sklearn.metrics")
    ratings = random_ratings(seed, n_coders=2, scale=Scale.ORDINAL)
    expected = metrics.cohen_kappa_score(*ratings.codes.T, labels=[0, 1, 2, 3], weights=weights)
    assert assess(ratings, measure).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("weighting", [Weighting.IDENTITY, Weighting.LINEAR, Weighting.QUADRATIC])
def test_the_errors_of_kappa_equal_statsmodels(seed, weighting):
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
    cells = count(random_ratings(seed, n_coders=2)).pair_tables[0]
    expected = inter_rater.cohens_kappa(cells, weights=1 - agreement_weights(4, weighting))
    figures = cohen_kappa(cells, weighting)
    assert float(figures.value) == pytest.approx(expected.kappa, abs=1e-12)
    assert float(figures.standard_error) == pytest.approx(expected.std_kappa, abs=1e-8)
    assert float(figures.null_standard_error) == pytest.approx(expected.std_kappa0, abs=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_fleiss_kappa_equals_statsmodels(seed):
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
    ratings = random_ratings(seed, n_coders=5)
    profiles = (ratings.codes[:, :, None] == np.arange(4)).sum(axis=1)
    expected = inter_rater.fleiss_kappa(profiles)
    assert assess(ratings, Measure.FLEISS_KAPPA).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_alpha_equals_the_krippendorff_package(seed, scale, missing):
    krippendorff = pytest.importorskip("krippendorff")
    ratings = random_ratings(seed, n_coders=4, missing=missing, scale=scale)
    columns = np.where(ratings.judged, ratings.codes, np.nan).T
    expected = krippendorff.alpha(
        columns, level_of_measurement=scale.value, value_domain=[0, 1, 2, 3]
    )
    assert assess(ratings, Measure.KRIPPENDORFF_ALPHA).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_alpha_of_a_category_in_sets_equals_the_krippendorff_package(seed):
    krippendorff = pytest.importorskip("krippendorff")
    members, judged = random_sets(seed)
    facet = describe(SetRatings(members, judged, tuple("abcde")))
    for position, entry in enumerate(facet.categories):
        columns = np.where(judged, members[:, :, position], np.nan).T
        expected = krippendorff.alpha(columns, level_of_measurement="nominal", value_domain=[0, 1])
        assert entry.alpha.value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("measure", "distance"),
    [
        (Measure.KRIPPENDORFF_ALPHA, "masi_distance"),
        (Measure.KRIPPENDORFF_ALPHA_JACCARD, "jaccard_distance"),
    ],
)
def test_the_alpha_of_sets_equals_nltk(seed, measure, distance):
    members, judged = random_sets(seed, can_be_empty=False)
    triples = [
        (coder, card, frozenset(np.flatnonzero(members[card, coder]).tolist()))
        for card, coder in np.argwhere(judged)
    ]
    between = getattr(nltk_distance, distance)
    task = nltk_agreement.AnnotationTask(triples, distance=between)
    found = assess(SetRatings(members, judged, tuple("abcde")), measure)
    assert found.value == pytest.approx(task.alpha(), abs=1e-12)


def random_sets(seed, *, can_be_empty=True):
    generator = np.random.default_rng(seed)
    truth = generator.random((50, 1, 5)) < 0.3
    members = truth ^ (generator.random((50, 3, 5)) < 0.15)
    if not can_be_empty:
        members[..., 0] |= ~members.any(axis=2)
    judged = generator.random((50, 3)) < 0.85
    members &= judged[..., None]
    return members, judged


def alpha_by_hand(members, judged, distance):
    """Krippendorff's definition, pair by pair."""
    units = [
        [frozenset(np.flatnonzero(row[coder]).tolist()) for coder in np.flatnonzero(seen)]
        for row, seen in zip(members, judged, strict=True)
        if seen.sum() >= 2
    ]
    labels = [label for unit in units for label in unit]
    n = len(labels)
    found = sum(
        distance(one, other) / (len(unit) - 1) for unit in units for one in unit for other in unit
    )
    expected = sum(distance(one, other) for one in labels for other in labels)
    return 1 - (found / n) / (expected / (n * (n - 1)))


def jaccard(one, other):
    return 1 - len(one & other) / len(one | other) if one | other else 0.0


def masi(one, other):
    if one == other:
        return 0.0
    monotonicity = 2 / 3 if one < other or other < one else 1 / 3
    return 1 - (1 - jaccard(one, other)) * monotonicity if one & other else 1.0


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("measure", "distance"),
    [
        (Measure.KRIPPENDORFF_ALPHA, masi),
        (Measure.KRIPPENDORFF_ALPHA_JACCARD, jaccard),
        (Measure.KRIPPENDORFF_ALPHA_EXACT, lambda one, other: float(one != other)),
    ],
)
def test_the_alpha_of_sets_equals_its_definition(seed, measure, distance):
    members, judged = random_sets(seed)
    found = assess(SetRatings(members, judged, tuple("abcde")), measure)
    assert found.value == pytest.approx(alpha_by_hand(members, judged, distance), abs=1e-12)


def test_sets_over_more_categories_than_a_machine_word_holds():
    generator = np.random.default_rng(3)
    truth = generator.random((40, 1, 70)) < 0.05
    members = truth ^ (generator.random((40, 3, 70)) < 0.01)
    judged = np.ones((40, 3), dtype=bool)
    categories = tuple(str(number) for number in range(70))
    found = assess(SetRatings(members, judged, categories), Measure.KRIPPENDORFF_ALPHA)
    assert found.value == pytest.approx(alpha_by_hand(members, judged, masi), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "distance", [Measure.KRIPPENDORFF_ALPHA, Measure.KRIPPENDORFF_ALPHA_JACCARD]
)
def test_many_different_small_sets_give_the_alpha_of_the_definition(seed, distance):
    generator = np.random.default_rng(seed)
    truth = generator.random((60, 1, 40)) < 0.05
    members = truth ^ (generator.random((60, 3, 40)) < 0.02)
    judged = generator.random((60, 3)) < 0.9
    members &= judged[..., None]
    categories = tuple(str(number) for number in range(40))
    found = assess(SetRatings(members, judged, categories), distance)
    by_hand = masi if distance is Measure.KRIPPENDORFF_ALPHA else jaccard
    assert found.value == pytest.approx(alpha_by_hand(members, judged, by_hand), abs=1e-12)


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
