"""From judgements that are sets of categories to everything stored about one facet."""

import numpy as np

from app.agreement.counting import count_categories
from app.agreement.counts import Counts
from app.agreement.distances import Distance
from app.agreement.facet import FacetAgreement, Margin, PairAgreement
from app.agreement.figures import missing_basis, pair_estimates
from app.agreement.measures import Measure
from app.agreement.percategory import describe_categories
from app.agreement.ratings import FloatArray, SetRatings, ratio
from app.agreement.sets import (
    Meetings,
    mean_similarity,
    meet,
    pair_similarity,
    pooled_similarity,
    set_alpha,
)
from app.agreement.undefined import Estimate, Reason

SIMILARITIES = {
    Measure.PERCENT_EXACT_SET: Distance.EXACT_SET,
    Measure.MEAN_JACCARD: Distance.JACCARD,
    Measure.MEAN_MASI: Distance.MASI,
}
ALPHAS = {
    Measure.ALPHA_MASI: Distance.MASI,
    Measure.ALPHA_JACCARD: Distance.JACCARD,
    Measure.ALPHA_EXACT_SET: Distance.EXACT_SET,
}


def _values(met: Meetings) -> dict[Measure, FloatArray]:
    n_pairable = met.units_by_size[2:].sum()
    return {
        **{measure: mean_similarity(met, of) for measure, of in SIMILARITIES.items()},
        Measure.PERCENT_POOLED: pooled_similarity(met, Distance.EXACT_SET),
        Measure.UNANIMOUS: ratio(met.n_unanimous, n_pairable),
        **{measure: set_alpha(met, of) for measure, of in ALPHAS.items()},
    }


def _over_all(ratings: SetRatings, met: Meetings) -> dict[Measure, Estimate]:
    sizes = np.arange(met.units_by_size.size)
    n_coders, n_pairable = sizes.size - 1, int(met.units_by_size[2:].sum())
    n_labels = int(met.units_by_size @ sizes)
    why = missing_basis(n_labels, n_coders, n_pairable, 2 * len(ratings.categories))
    found = {}
    for measure, value in _values(met).items():
        if why is None and not np.isnan(value):
            found[measure] = Estimate(float(value), n_units=n_pairable, n_coders=n_coders)
        else:
            reason = why or Reason.NO_VARIATION
            found[measure] = Estimate(None, n_units=n_pairable, n_coders=n_coders, reason=reason)
    return found


def _describe_pairs(ratings: SetRatings, met: Meetings) -> tuple[PairAgreement, ...]:
    n_units = met.units_by_pair
    n_answers = 2 * len(ratings.categories)  # on the card or not, for each category
    found = {
        measure: pair_estimates(pair_similarity(met, distance), n_units, n_answers)
        for measure, distance in SIMILARITIES.items()
    }
    return tuple(
        PairAgreement(
            first=ratings.coders[first],
            second=ratings.coders[second],
            n_units=int(n_units[position]),
            figures={measure: estimates[position] for measure, estimates in found.items()},
        )
        for position, (first, second) in enumerate(met.pairs)
    )


def _margins(ratings: SetRatings, counts: Counts) -> tuple[Margin, ...]:
    judged = ratings.judged.sum(axis=0).tolist()
    chosen = np.zeros((len(ratings.coders), len(ratings.categories)), dtype=np.int64)
    chosen[counts.active] = counts.coder_labels[..., 0].T
    return tuple(
        Margin(coder, n_units, tuple(labels))
        for coder, n_units, labels in zip(ratings.coders, judged, chosen.tolist(), strict=True)
    )


def describe_sets(ratings: SetRatings) -> FacetAgreement:
    """Return the agreement on whole sets, and on each category of them.

    Kappa and AC1 compare single answers, so they exist for each category only.
    """
    met, counts = meet(ratings), count_categories(ratings)
    return FacetAgreement(
        scale=None,
        categories_declared=ratings.categories,
        n_units=ratings.n_units,
        n_pairable=counts.n_pairable,
        n_coders=counts.n_coders,
        n_labels=counts.n_labels,
        n_missing=ratings.judged.size - counts.n_labels,
        margins=_margins(ratings, counts),
        figures=_over_all(ratings, met),
        pairs=_describe_pairs(ratings, met),
        categories=describe_categories(ratings.categories, ratings.coders, counts),
    )
