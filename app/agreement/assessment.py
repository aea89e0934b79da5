"""One measure at a time: the question a page or a command asks."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from app.agreement.alpha import krippendorff_alpha
from app.agreement.coefficients import (
    brennan_prediger,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    observed_agreement,
    pooled_agreement,
)
from app.agreement.confusion import bias_index, prevalence_index
from app.agreement.counts import Counts, count
from app.agreement.distances import Distance, Weighting
from app.agreement.figures import (
    estimate,
    kappa_estimates,
    light_estimate,
    missing_basis,
    unanimity,
)
from app.agreement.kappa import cohen_kappa, scott_pi
from app.agreement.ratings import FloatArray, Ratings, Scale, SetRatings
from app.agreement.sets import Meetings, mean_similarity, meet, set_alpha
from app.agreement.undefined import Estimate, Reason


class Measure(StrEnum):
    """What to measure."""

    PERCENT = "percent agreement"
    PERCENT_OF_PAIRS = "percent agreement of all pairs"
    UNANIMOUS = "share of cards all coders agree on"
    COHEN_KAPPA = "Cohen's kappa"
    COHEN_KAPPA_LINEAR = "Cohen's kappa, linear weights"
    COHEN_KAPPA_QUADRATIC = "Cohen's kappa, quadratic weights"
    SCOTT_PI = "Scott's pi"
    LIGHT_KAPPA = "Light's kappa"
    FLEISS_KAPPA = "Fleiss' kappa"
    CONGER_KAPPA = "Conger's kappa"
    KRIPPENDORFF_ALPHA = "Krippendorff's alpha"
    KRIPPENDORFF_ALPHA_NOMINAL = "Krippendorff's alpha, nominal"
    KRIPPENDORFF_ALPHA_EXACT = "Krippendorff's alpha, exact sets"
    KRIPPENDORFF_ALPHA_JACCARD = "Krippendorff's alpha, Jaccard distance"
    GWET_AC1 = "Gwet's AC1"
    BRENNAN_PREDIGER = "Brennan-Prediger coefficient"
    PABAK = "prevalence-adjusted bias-adjusted kappa"
    PREVALENCE_INDEX = "prevalence index"
    BIAS_INDEX = "bias index"
    MEAN_JACCARD = "mean Jaccard similarity"
    MEAN_MASI = "mean MASI similarity"


_OVER_ALL: dict[Measure, Callable[[Counts], FloatArray]] = {
    Measure.PERCENT: observed_agreement,
    Measure.PERCENT_OF_PAIRS: pooled_agreement,
    Measure.FLEISS_KAPPA: fleiss_kappa,
    Measure.CONGER_KAPPA: conger_kappa,
    Measure.KRIPPENDORFF_ALPHA_NOMINAL: krippendorff_alpha,
    Measure.GWET_AC1: gwet_ac,
    Measure.BRENNAN_PREDIGER: brennan_prediger,
}
_WEIGHTINGS = {
    Measure.COHEN_KAPPA: Weighting.IDENTITY,
    Measure.COHEN_KAPPA_LINEAR: Weighting.LINEAR,
    Measure.COHEN_KAPPA_QUADRATIC: Weighting.QUADRATIC,
}
_OF_TWO_BY_TWO: dict[Measure, Callable[[Counts], FloatArray]] = {
    Measure.PABAK: brennan_prediger,
    Measure.PREVALENCE_INDEX: lambda counts: prevalence_index(counts.pair_tables[0]),
    Measure.BIAS_INDEX: lambda counts: bias_index(counts.pair_tables[0]),
}
_OF_SETS: dict[Measure, Callable[[Meetings], FloatArray]] = {
    Measure.PERCENT: lambda met: mean_similarity(met, Distance.EXACT_SET),
    Measure.KRIPPENDORFF_ALPHA: lambda met: set_alpha(met, Distance.MASI),
    Measure.KRIPPENDORFF_ALPHA_JACCARD: lambda met: set_alpha(met, Distance.JACCARD),
    Measure.KRIPPENDORFF_ALPHA_EXACT: lambda met: set_alpha(met, Distance.EXACT_SET),
    Measure.MEAN_JACCARD: lambda met: mean_similarity(met, Distance.JACCARD),
    Measure.MEAN_MASI: lambda met: mean_similarity(met, Distance.MASI),
    Measure.UNANIMOUS: lambda met: np.asarray(met.n_unanimous / met.units_by_size[2:].sum()),
}


def set_estimate(ratings: SetRatings, met: Meetings, value: Callable[[], FloatArray]) -> Estimate:
    """Return a measure on sets as an estimate; the value is only asked for if there is a basis."""
    sizes = np.arange(met.units_by_size.size)
    n_labels = int(met.units_by_size @ sizes)
    n_coders, n_pairable = sizes.size - 1, int(met.units_by_size[2:].sum())
    why = missing_basis(n_labels, n_coders, n_pairable, 2 * len(ratings.categories))
    number = float("nan") if why is not None else float(value())
    if np.isnan(number):
        reason = why or Reason.NO_VARIATION
        return Estimate(None, reason=reason, n_units=n_pairable, n_coders=n_coders)
    return Estimate(number, n_units=n_pairable, n_coders=n_coders)


def _assess_two_coders(ratings: Ratings, counts: Counts, measure: Measure) -> Estimate:
    if counts.n_coders > 2:
        return estimate(counts, np.nan, Reason.NOT_TWO_CODERS)
    if not counts.pairs:
        return estimate(counts, np.nan)
    if measure in _OF_TWO_BY_TWO:
        if counts.n_categories != 2:
            return estimate(counts, np.nan, Reason.NOT_TWO_CATEGORIES)
        return estimate(counts, _OF_TWO_BY_TWO[measure](counts))
    if measure is Measure.SCOTT_PI:
        return estimate(counts, scott_pi(counts.pair_tables[0]))
    weighting = _WEIGHTINGS[measure]
    if weighting is not Weighting.IDENTITY and ratings.scale is not Scale.ORDINAL:
        return estimate(counts, np.nan, Reason.NOT_ORDERED)
    return kappa_estimates(cohen_kappa(counts.pair_tables, weighting), counts.n_categories)[0]


def _assess_single(ratings: Ratings, counts: Counts, measure: Measure) -> Estimate:
    if measure is Measure.UNANIMOUS:
        return unanimity(counts)
    if measure is Measure.KRIPPENDORFF_ALPHA:
        return estimate(counts, krippendorff_alpha(counts, Distance(ratings.scale)))
    if measure is Measure.LIGHT_KAPPA:
        figures = cohen_kappa(counts.pair_tables)
        return light_estimate(counts, kappa_estimates(figures, counts.n_categories))
    if measure in _OVER_ALL:
        return estimate(counts, _OVER_ALL[measure](counts))
    if measure in _OF_SETS:
        return estimate(counts, np.nan, Reason.ONLY_FOR_SETS)
    return _assess_two_coders(ratings, counts, measure)


def assess(ratings: Ratings | SetRatings, measure: Measure) -> Estimate:
    """Return one measure of agreement, or the reason why it has no value.

    Parameters
    ----------
    ratings : Ratings or SetRatings
        The judgements.
    measure : Measure
        `KRIPPENDORFF_ALPHA` follows the judgements: nominal or ordinal by their scale, MASI for
        sets. `PERCENT` and `UNANIMOUS` mean whole sets if cards carry sets. Measures of two
        coders are undefined, with the reason, for more; `LIGHT_KAPPA` averages over pairs.

    Returns
    -------
    Estimate
        The interval is given for Cohen's kappa.

    Examples
    --------
    >>> ratings = Ratings([[0, 0]] * 20 + [[0, 1]] * 5 + [[1, 0]] * 10 + [[1, 1]] * 15, ("y", "n"))
    >>> kappa = assess(ratings, Measure.COHEN_KAPPA)
    >>> round(kappa.value, 3), round(kappa.low, 3), round(kappa.high, 3)
    (0.4, 0.151, 0.649)
    >>> assess(Ratings([[0, 0], [0, 0]], ("y", "n")), Measure.FLEISS_KAPPA).reason.name
    'NO_VARIATION'
    """
    if isinstance(ratings, Ratings):
        return _assess_single(ratings, count(ratings), measure)
    met = meet(ratings)
    if measure not in _OF_SETS:
        n_pairable = int(met.units_by_size[2:].sum())
        n_coders = met.units_by_size.size - 1
        reason = Reason.NOT_FOR_SETS
        return Estimate(None, reason=reason, n_units=n_pairable, n_coders=n_coders)
    return set_estimate(ratings, met, lambda: _OF_SETS[measure](met))
