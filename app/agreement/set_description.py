"""From judgements that are sets of categories to everything stored about one facet."""

from app.agreement.counting import count_categories
from app.agreement.distances import Distance
from app.agreement.facet import FacetAgreement, PairAgreement, margins_of_coders
from app.agreement.figures import estimate, pair_estimates
from app.agreement.measures import Measure
from app.agreement.percategory import describe_categories
from app.agreement.ratings import FloatArray, SetRatings, ratio
from app.agreement.sets import (
    ALPHAS,
    SIMILARITIES,
    Meetings,
    mean_similarity,
    meet,
    pair_similarity,
    pooled_similarity,
    set_alpha,
)


def _values(met: Meetings) -> dict[Measure, FloatArray]:
    n_pairable = met.units_by_size[2:].sum()
    return {
        **{measure: mean_similarity(met, of) for measure, of in SIMILARITIES.items()},
        Measure.PERCENT_POOLED: pooled_similarity(met, Distance.EXACT_SET),
        Measure.UNANIMOUS: ratio(met.n_unanimous, n_pairable),
        **{measure: set_alpha(met, of) for measure, of in ALPHAS.items()},
    }


def _describe_pairs(
    ratings: SetRatings, met: Meetings, n_declared: int
) -> tuple[PairAgreement, ...]:
    n_units = met.units_by_pair
    found = {
        measure: pair_estimates(pair_similarity(met, distance), n_units, n_declared)
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
        margins=margins_of_coders(ratings, counts.active, counts.coder_labels[..., 0].T),
        figures={measure: estimate(counts, value) for measure, value in _values(met).items()},
        pairs=_describe_pairs(ratings, met, counts.n_declared),
        categories=describe_categories(ratings.categories, ratings.coders, counts),
    )
