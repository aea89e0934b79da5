"""A resample is what describing the drawn cards would give, exactly and in distribution."""

import numpy as np
import pytest
from scipy import stats

from app.agreement import Measure, Ratings, Scale, SetRatings, describe
from app.agreement.counting import count
from app.agreement.grouping import Drawing, Unit, distinct_rows
from app.agreement.resampling import TooLarge, resample
from app.agreement.set_resampling import resample_sets
from app.agreement.values import evaluate
from tests.agreement.designs import Design, draw_codes, draw_ratings, draw_sets

SINGLE = (
    Design(40, 2, 2),
    Design(60, 2, 7, missing=0.3, skew=1),
    Design(80, 4, 5, missing=0.3, skew=1),
    Design(60, 3, 3, missing=0.2, agreement=1),
    Design(25, 5, 2, skew=3),
    Design(80, 4, 12, missing=0.7),
    Design(400, 3, 14, missing=0.1),
)
SETS = (
    {"n_coders": 2, "missing": 0},
    {"n_units": 60, "n_coders": 4, "missing": 0.4},
    {"n_units": 40, "n_categories": 70, "share": 0.04},
    {"n_units": 30, "n_categories": 1, "n_coders": 2},
)


def draw(ratings, *, n_resamples=3, seed=1, clusters=None):
    asked = {"n_resamples": n_resamples, "seed": seed, "clusters": clusters}
    if isinstance(ratings, SetRatings):
        return resample_sets(ratings, **asked)
    return resample(ratings, count(ratings), **asked)


def chosen(ratings, cards):
    """The judgements of these cards, some of them several times."""
    if isinstance(ratings, SetRatings):
        return SetRatings(ratings.members[cards], ratings.judged[cards], ratings.categories)
    return Ratings(ratings.codes[cards], ratings.categories, scale=ratings.scale)


def assert_values_are_figures(values, place, facet, names):
    """Compare one resample with the description of the same cards."""
    tolerance = 2e-6 if facet.is_of_sets else 1e-9  # distances between sets are summed in 32 bits

    def assert_same(found, estimate):
        if estimate.value is None:
            assert np.isnan(found)
        else:
            assert found == pytest.approx(estimate.value, abs=tolerance)

    for measure, found in values.over_all.items():
        assert_same(found[place], facet.figures[measure])
    pairs = {(pair.first, pair.second): pair for pair in facet.pairs}
    for measure, found in values.of_pairs.items():
        for position, name in enumerate(names):
            if name in pairs:  # a resample can lose a coder
                assert_same(found[place, position], pairs[name].figures[measure])
            else:
                assert np.isnan(found[place, position])
    if len(pairs) == len(names):
        for measure, found in values.of_categories.items():
            for position, entry in enumerate(facet.categories):
                assert_same(found[place, position], entry.figures[measure])


def names_of(ratings):
    return [(pair.first, pair.second) for pair in describe(ratings).pairs]


def with_a_coder_few_resamples_keep():
    codes = draw_codes(Design(40, 3, 3), 1)
    codes[1:, 2] = -1
    return Ratings(codes, ("0", "1", "2"), scale=Scale.INTERVAL)


each_design = pytest.mark.parametrize(
    "ratings",
    [
        pytest.param(draw_ratings(design, number, Scale.INTERVAL), id=str(design))
        for number, design in enumerate(SINGLE)
    ]
    + [pytest.param(with_a_coder_few_resamples_keep(), id="a coder of one card")]
    + [
        pytest.param(draw_sets(number, **design), id=f"sets-{number}")
        for number, design in enumerate(SETS)
    ],
)


def draw_each_once(self, n_resamples):
    once = self._n_cards if self._grouping.unit is Unit.CARDS else np.ones_like(self._n_cards)
    self.n_done = n_resamples
    yield np.tile(once.astype(np.float32), (n_resamples, 1))


@pytest.mark.parametrize("clusters", [None, 7])
@each_design
def test_drawing_every_card_once_gives_the_figures_themselves(monkeypatch, ratings, clusters):
    monkeypatch.setattr(Drawing, "batches", draw_each_once)
    sources = None if clusters is None else np.arange(ratings.n_units) % clusters
    values = draw(ratings, n_resamples=1, clusters=sources).values
    assert_values_are_figures(values, 0, describe(ratings), names_of(ratings))


def remember_draws(monkeypatch):
    """Keep the weights and the columns of the cards they belong to."""
    kept, plain = [], Drawing.batches

    def batches(self, n_resamples):
        for drawn in plain(self, n_resamples):
            kept.append((self._grouping, drawn))
            yield drawn

    monkeypatch.setattr(Drawing, "batches", batches)
    return kept


def cards_of(grouping, drawn):
    """Cards that show the drawn patterns, or all cards of the drawn documents, in a list."""
    if grouping.unit is Unit.CARDS:
        _, first = np.unique(grouping.column, return_index=True)
        return np.repeat(first, drawn.astype(int))
    return np.repeat(np.arange(grouping.column.size), drawn[grouping.column].astype(int))


@pytest.mark.parametrize("clusters", [None, 9])
@each_design
def test_a_resample_gives_the_figures_of_the_drawn_cards(monkeypatch, ratings, clusters):
    kept = remember_draws(monkeypatch)
    sources = None if clusters is None else np.arange(ratings.n_units) % clusters
    found = draw(ratings, n_resamples=5, clusters=sources)
    drawn = np.concatenate([weights for _, weights in kept])
    assert drawn.shape == (5, kept[0][0].n_columns)
    for place in range(5):
        assert drawn[place].sum() == found.n_drawn
        facet = describe(chosen(ratings, cards_of(kept[0][0], drawn[place])))
        assert_values_are_figures(found.values, place, facet, names_of(ratings))


def naive_values(ratings, measures, n_resamples, clusters=None):
    """Draw cards, or whole documents, one resample after the other and count them anew."""
    chance = np.random.default_rng(99)
    found = []
    for _ in range(n_resamples):
        if clusters is None:
            cards = chance.integers(0, ratings.n_units, ratings.n_units)
        else:
            n_clusters = clusters.max() + 1
            documents = chance.integers(0, n_clusters, n_clusters)
            cards = np.concatenate([np.flatnonzero(clusters == one) for one in documents])
        found.append(of_cards(chosen(ratings, cards), measures))
    return dict(zip(measures, np.array(found).T, strict=True))


def of_cards(ratings, measures):
    if isinstance(ratings, SetRatings):
        values = {key: one.value for key, one in describe(ratings).figures.items()}
    else:
        values = evaluate(count(ratings), ratings.scale, ratings.values).over_all
    return [float(values[measure]) for measure in measures]


OF_SINGLE = (
    *(Measure.PERCENT, Measure.FLEISS, Measure.LIGHT, Measure.CONGER, Measure.AC1),
    *(Measure.ALPHA_NOMINAL, Measure.ALPHA_ORDINAL, Measure.AC2_LINEAR, Measure.UNANIMOUS),
)
OF_SETS = (Measure.ALPHA_MASI, Measure.ALPHA_JACCARD, Measure.MEAN_MASI, Measure.UNANIMOUS)


@pytest.mark.parametrize(
    ("ratings", "measures", "n_naive", "n_clusters"),
    [
        pytest.param(
            Ratings(draw_codes(Design(60, 2, 3), 1), tuple("abc"), scale="ordinal"),
            *(OF_SINGLE, 1_000, None),
            id="two coders",
        ),
        pytest.param(
            Ratings(draw_codes(Design(60, 4, 3, missing=0.3), 2), tuple("abc"), scale="ordinal"),
            *(OF_SINGLE, 1_000, None),
            id="four coders with gaps",
        ),
        pytest.param(
            Ratings(draw_codes(Design(80, 4, 3, missing=0.2), 3), tuple("abc"), scale="ordinal"),
            *(OF_SINGLE, 1_000, 16),
            id="four coders, documents",
        ),
        pytest.param(
            Ratings(draw_codes(Design(800, 2, 2), 3), tuple("ab"), scale="ordinal"),
            *(OF_SINGLE, 600, None),
            id="few patterns",
        ),
        pytest.param(
            draw_sets(4, n_units=40, n_coders=3, n_categories=3),
            *(OF_SETS, 300, None),
            id="sets",
        ),
    ],
)
def test_resamples_are_spread_like_those_of_a_plain_loop(ratings, measures, n_naive, n_clusters):
    n_resamples = 2_000
    clusters = None if n_clusters is None else np.arange(ratings.n_units) % n_clusters
    fast = draw(ratings, n_resamples=n_resamples, seed=11, clusters=clusters).values.over_all
    slow = naive_values(ratings, measures, n_naive, clusters)
    for measure in measures:
        one, other = fast[measure], slow[measure]
        spread, share = np.std(other), 1 / n_naive + 1 / n_resamples
        assert np.mean(one) == pytest.approx(np.mean(other), abs=4 * spread * np.sqrt(share))
        assert np.std(one) == pytest.approx(spread, rel=4 * np.sqrt(share / 2))
        assert stats.ks_2samp(one, other).pvalue > 1e-3, measure


def test_rows_of_many_columns_are_told_apart_like_rows_of_few():
    chance = np.random.default_rng(2)
    for shape, highest in (((200, 3), 4), ((200, 40), 200), ((0, 3), 2)):
        rows = chance.integers(-1, highest, shape)
        rows = np.concatenate([rows, rows[:50]])
        found, which = distinct_rows(rows)
        assert np.array_equal(found[which], rows)
        assert len(found) == len(np.unique(rows, axis=0))


def test_more_tables_than_memory_holds_are_refused_with_a_sentence():
    names = tuple(str(number) for number in range(1_500))
    ratings = Ratings([[0, 1], [2, 3]], names, scale=Scale.ORDINAL)
    with pytest.raises(ValueError, match=r"too many categories.*\.$"):
        draw(ratings)


def test_a_resample_is_exact_where_32_bits_cannot_count_its_pairs():
    codes = np.zeros((40_001, 30), dtype=int)  # 435 pairs of coders: 17 million agree on a card
    codes[::4000] = 1
    values = draw(Ratings(codes, ("usual", "rare")), n_resamples=20).values.over_all
    for measure in (Measure.PERCENT, Measure.PERCENT_POOLED, Measure.ALPHA_NOMINAL):
        assert set(values[measure].tolist()) == {1.0}


def test_groups_with_very_many_categories_are_tabulated_without_their_zeros(monkeypatch):
    ratings = Ratings(
        draw_codes(Design(90, 3, 5, missing=0.2), 4), tuple("abcde"), scale=Scale.ORDINAL
    )
    clusters = np.arange(90) // 4
    full = draw(ratings, clusters=clusters).values
    monkeypatch.setattr("app.agreement.resampling._MOST_DENSE", 0)
    sparse = draw(ratings, clusters=clusters).values
    for part in ("over_all", "of_pairs", "of_categories"):
        for measure, found in getattr(full, part).items():
            np.testing.assert_allclose(getattr(sparse, part)[measure], found, rtol=1e-12)


def test_sets_too_large_to_be_resampled_are_refused(monkeypatch):
    monkeypatch.setattr("app.agreement.set_resampling._MOST_SUMS", 10)
    with pytest.raises(TooLarge, match="too many coders and categories"):
        draw(draw_sets(1, n_units=20))


def test_too_many_different_sets_to_be_resampled_are_refused(monkeypatch):
    monkeypatch.setattr("app.agreement.set_resampling.MOST_MEETINGS", 10)
    with pytest.raises(TooLarge, match="too many different sets"):
        draw(draw_sets(1, n_units=20))
