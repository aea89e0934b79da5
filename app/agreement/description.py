"""From judgements to everything stored about one facet."""

from dataclasses import replace

import numpy as np

from app.agreement.alpha import krippendorff_alpha
from app.agreement.assessment import set_estimate
from app.agreement.coefficients import fleiss_kappa, gwet_ac, observed_agreement, pooled_agreement
from app.agreement.confusion import as_table, bias_index, prevalence_index
from app.agreement.counts import Counts, collapse, count, count_categories
from app.agreement.distances import Distance, Weighting
from app.agreement.facet import FacetAgreement, Margin, PairAgreement
from app.agreement.figures import (
    estimate,
    kappa_estimates,
    light_estimate,
    number_or_none,
    share_beside,
    share_estimate,
    unanimity,
)
from app.agreement.kappa import cohen_kappa
from app.agreement.notices import collect_notices
from app.agreement.percategory import describe_categories
from app.agreement.ratings import FloatArray, IntArray, Ratings, Scale, SetRatings
from app.agreement.sets import (
    Meetings,
    mean_similarity,
    meet,
    pair_similarity,
    pooled_similarity,
    set_alpha,
)
from app.agreement.undefined import Estimate, Reason


def _margins(
    coders: tuple[str, ...], counts: Counts, judged: IntArray, labels: IntArray
) -> tuple[Margin, ...]:
    own = dict(zip(counts.active.tolist(), labels.tolist(), strict=True))
    none = [0] * labels.shape[-1]
    return tuple(
        Margin(coder, n_units, tuple(own.get(column, none)))
        for column, (coder, n_units) in enumerate(zip(coders, judged.tolist(), strict=True))
    )


def _weighted(ratings: Ratings, counts: Counts, weighting: Weighting) -> list[Estimate | None]:
    if ratings.scale is not Scale.ORDINAL:
        return [None] * len(counts.pairs)
    return list(kappa_estimates(cohen_kappa(counts.pair_tables, weighting), counts.n_categories))


def _index(values: FloatArray, position: int, n_categories: int) -> float | None:
    return number_or_none(values[position]) if n_categories == 2 else None


def _describe_pairs(ratings: Ratings, counts: Counts) -> tuple[PairAgreement, ...]:
    q = counts.n_categories
    figures = cohen_kappa(counts.pair_tables)
    kappas = kappa_estimates(figures, q)
    linear = _weighted(ratings, counts, Weighting.LINEAR)
    quadratic = _weighted(ratings, counts, Weighting.QUADRATIC)
    prevalence = prevalence_index(counts.pair_tables) if q == 2 else np.zeros(0)
    bias = bias_index(counts.pair_tables) if q == 2 else np.zeros(0)
    null_error = np.where(figures.is_constant, np.nan, figures.null_standard_error)
    return tuple(
        PairAgreement(
            first=ratings.coders[first],
            second=ratings.coders[second],
            n_units=int(figures.n_units[position]),
            percent=share_beside(float(figures.observed[position]), kappas[position]),
            kappa=kappas[position],
            kappa_null_error=number_or_none(null_error[position]),
            kappa_linear=linear[position],
            kappa_quadratic=quadratic[position],
            prevalence_index=_index(prevalence, position, q),
            bias_index=_index(bias, position, q),
            confusion=as_table(counts.pair_tables[position]),
        )
        for position, (first, second) in enumerate(counts.pairs)
    )


def _describe_single(ratings: Ratings) -> FacetAgreement:
    counts = count(ratings)
    is_ordinal = ratings.scale is Scale.ORDINAL
    pairs = _describe_pairs(ratings, counts)
    judged = ratings.judged.sum(axis=0)
    nominal = estimate(counts, krippendorff_alpha(counts, Distance.NOMINAL))
    alpha = (
        estimate(counts, krippendorff_alpha(counts, Distance.ORDINAL)) if is_ordinal else nominal
    )
    return FacetAgreement(
        scale=ratings.scale,
        categories_declared=ratings.categories,
        n_units=ratings.n_units,
        n_pairable=counts.n_pairable,
        n_coders=counts.n_coders,
        n_labels=counts.n_labels,
        n_missing=ratings.codes.size - counts.n_labels,
        margins=_margins(ratings.coders, counts, judged, counts.coder_labels),
        percent=estimate(counts, observed_agreement(counts)),
        percent_of_pairs=estimate(counts, pooled_agreement(counts)),
        unanimous=unanimity(counts),
        light=light_estimate(counts, [pair.kappa for pair in pairs]),
        fleiss=estimate(counts, fleiss_kappa(counts)),
        ac1=estimate(counts, gwet_ac(counts)),
        alpha=alpha,
        alpha_distance=Distance(ratings.scale),
        alpha_companion=nominal if is_ordinal else None,
        companion_distance=Distance.NOMINAL if is_ordinal else None,
        jaccard=None,
        pairs=pairs,
        categories=describe_categories(ratings.categories, ratings.coders, collapse(counts)),
    )


def _describe_set_pairs(ratings: SetRatings, met: Meetings) -> tuple[PairAgreement, ...]:
    exact = pair_similarity(met, Distance.EXACT_SET).tolist()
    jaccard = pair_similarity(met, Distance.JACCARD).tolist()
    shared = met.units_by_pair.tolist()
    return tuple(
        PairAgreement(
            first=ratings.coders[first],
            second=ratings.coders[second],
            n_units=n_units,
            percent=share_estimate(same, n_units),
            kappa=Estimate(None, n_units=n_units, n_coders=2, reason=Reason.NOT_FOR_SETS),
            jaccard=share_estimate(alike, n_units),
        )
        for (first, second), same, alike, n_units in zip(
            met.pairs, exact, jaccard, shared, strict=True
        )
    )


def _describe_sets(ratings: SetRatings) -> FacetAgreement:
    met, counts = meet(ratings), count_categories(ratings)
    beside = Estimate(
        None, n_units=counts.n_pairable, n_coders=counts.n_coders, reason=Reason.NOT_FOR_SETS
    )
    chosen = counts.coder_labels[..., 0].T
    return FacetAgreement(
        scale=None,
        categories_declared=ratings.categories,
        n_units=ratings.n_units,
        n_pairable=counts.n_pairable,
        n_coders=counts.n_coders,
        n_labels=counts.n_labels,
        n_missing=ratings.judged.size - counts.n_labels,
        margins=_margins(ratings.coders, counts, ratings.judged.sum(axis=0), chosen),
        percent=set_estimate(ratings, met, lambda: mean_similarity(met, Distance.EXACT_SET)),
        percent_of_pairs=set_estimate(
            ratings,
            met,
            lambda: pooled_similarity(met, Distance.EXACT_SET),
        ),
        unanimous=set_estimate(
            ratings, met, lambda: np.asarray(met.n_unanimous / counts.n_pairable)
        ),
        light=beside,
        fleiss=beside,
        ac1=beside,
        alpha=set_estimate(ratings, met, lambda: set_alpha(met, Distance.MASI)),
        alpha_distance=Distance.MASI,
        alpha_companion=set_estimate(ratings, met, lambda: set_alpha(met, Distance.JACCARD)),
        companion_distance=Distance.JACCARD,
        jaccard=set_estimate(ratings, met, lambda: mean_similarity(met, Distance.JACCARD)),
        pairs=_describe_set_pairs(ratings, met),
        categories=describe_categories(ratings.categories, ratings.coders, counts),
    )


def describe(ratings: Ratings | SetRatings) -> FacetAgreement:
    """Return everything a closing round stores about the agreement on one facet.

    Parameters
    ----------
    ratings : Ratings or SetRatings
        The judgements, independent ones: agreement after discussion is not reliability.

    Returns
    -------
    FacetAgreement
        Figures over all coders, for each pair and each category, and notices in plain words.
        Whatever cannot be computed is an estimate with a reason; nothing is ever NaN.

    Examples
    --------
    >>> ratings = Ratings([[0, 0]] * 20 + [[0, 1]] * 5 + [[1, 0]] * 10 + [[1, 1]] * 15, ("y", "n"))
    >>> facet = describe(ratings)
    >>> facet.percent.value, round(facet.pairs[0].kappa.value, 3), facet.pairs[0].confusion
    (0.7, 0.4, ((20, 5), (10, 15)))
    """
    facet = _describe_single(ratings) if isinstance(ratings, Ratings) else _describe_sets(ratings)
    return replace(facet, notices=collect_notices(facet))
