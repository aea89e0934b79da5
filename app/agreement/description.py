"""From judgements to everything stored about one facet."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from app.agreement.coefficients import complete_fleiss, fleiss_null_standard_error
from app.agreement.confusion import as_table, bias_index, prevalence_index
from app.agreement.counting import count
from app.agreement.counts import Counts, collapse
from app.agreement.distances import agreement_weights
from app.agreement.facet import FacetAgreement, PairAgreement, margins_of_coders
from app.agreement.figures import (
    estimate,
    kappa_estimates,
    light_estimate,
    pair_estimates,
    with_error,
)
from app.agreement.kappa import cohen_kappa, largest_kappa
from app.agreement.measures import Measure
from app.agreement.notices import collect_notices
from app.agreement.percategory import describe_categories
from app.agreement.ratings import FloatArray, IntArray, Ratings, SetRatings
from app.agreement.set_description import describe_sets
from app.agreement.standard_errors import JudgedCards
from app.agreement.undefined import Estimate, Reason
from app.agreement.values import AC2, WEIGHTED_KAPPAS, Values, evaluate

_OF_TWO_BY_TWO: Mapping[Measure, Callable[[IntArray], FloatArray]] = {
    Measure.PREVALENCE_INDEX: prevalence_index,
    Measure.BIAS_INDEX: bias_index,
}


def _describe_pairs(ratings: Ratings, counts: Counts, values: Values) -> tuple[PairAgreement, ...]:
    q, tables = counts.n_categories, counts.pair_tables
    unweighted = cohen_kappa(tables)
    n_units = unweighted.n_units
    found = {
        Measure.PERCENT: pair_estimates(unweighted.observed, n_units, q),
        Measure.COHEN: kappa_estimates(unweighted, q),
        Measure.SCOTT: pair_estimates(values.of_pairs[Measure.SCOTT], n_units, q),
        Measure.KAPPA_MAX: pair_estimates(largest_kappa(tables), n_units, q),
    }
    if ratings.scale.is_ordered:
        for measure, weighting in WEIGHTED_KAPPAS.items():
            found[measure] = kappa_estimates(cohen_kappa(tables, weighting), q)
    if q == 2:
        found[Measure.PABAK] = pair_estimates(2 * unweighted.observed - 1, n_units, q)
        for measure, index in _OF_TWO_BY_TWO.items():
            found[measure] = pair_estimates(index(tables), n_units, q)
    return tuple(
        PairAgreement(
            first=ratings.coders[first],
            second=ratings.coders[second],
            n_units=int(n_units[position]),
            figures={measure: estimates[position] for measure, estimates in found.items()},
            confusion=as_table(tables[position]),
        )
        for position, (first, second) in enumerate(counts.pairs)
    )


def _reason(ratings: Ratings, measure: Measure) -> Reason:
    numbers = ratings.values
    if measure is Measure.ALPHA_RATIO and numbers is not None and (numbers < 0).any():
        return Reason.NEGATIVE_NUMBER
    return Reason.NO_VARIATION


def _over_all(ratings: Ratings, counts: Counts, values: Values) -> dict[Measure, Estimate]:
    found = {
        measure: estimate(counts, value, _reason(ratings, measure))
        for measure, value in values.over_all.items()
    }
    cards = JudgedCards(ratings.codes, counts.n_categories)
    errors = cards.errors(np.eye(counts.n_categories))
    by_measure = {
        Measure.FLEISS: errors.fleiss,
        Measure.CONGER: errors.conger,
        Measure.ALPHA_NOMINAL: errors.alpha,
        Measure.AC1: errors.gwet_ac,
        Measure.BRENNAN_PREDIGER: errors.brennan_prediger,
    }
    if ratings.scale.is_ordered:
        for measure, weighting in AC2.items():
            weights = agreement_weights(counts.n_categories, weighting)
            by_measure[measure] = cards.errors(weights).gwet_ac
    for measure, error in by_measure.items():
        found[measure] = with_error(found[measure], error)
    null = float(fleiss_null_standard_error(counts))
    if found[Measure.FLEISS].value is not None and not np.isnan(null):
        found[Measure.FLEISS] = replace(found[Measure.FLEISS], null_error=null)
    if counts.units_by_size[-1] < counts.judged_units:
        n_complete = int(counts.units_by_size[-1])
        listwise = estimate(
            counts,
            complete_fleiss(counts),
            Reason.NO_VARIATION if n_complete else Reason.NOT_COMPLETE,
        )
        found[Measure.FLEISS_LISTWISE] = replace(listwise, n_units=n_complete)
    return found


def _describe_single(ratings: Ratings) -> FacetAgreement:
    counts = count(ratings)
    values = evaluate(counts, ratings.scale, ratings.values)
    pairs = _describe_pairs(ratings, counts, values)
    over_all = _over_all(ratings, counts, values)
    kappas = [pair.figures[Measure.COHEN] for pair in pairs]
    over_all[Measure.LIGHT] = light_estimate(counts, kappas)
    return FacetAgreement(
        scale=ratings.scale,
        categories_declared=ratings.categories,
        n_units=ratings.n_units,
        n_pairable=counts.n_pairable,
        n_coders=counts.n_coders,
        n_labels=counts.n_labels,
        n_missing=ratings.codes.size - counts.n_labels,
        margins=margins_of_coders(ratings, counts.active, counts.coder_labels),
        figures=over_all,
        pairs=pairs,
        categories=describe_categories(ratings.categories, ratings.coders, collapse(counts)),
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
    >>> kappa = facet.pairs[0].figures[Measure.COHEN]
    >>> facet.figures[Measure.PERCENT].value, round(kappa.value, 3), facet.pairs[0].confusion
    (0.7, 0.4, ((20, 5), (10, 15)))
    """
    facet = _describe_single(ratings) if isinstance(ratings, Ratings) else describe_sets(ratings)
    return replace(facet, notices=collect_notices(facet))
