"""Every value of a design at once: what a point estimate, a resample and a what-if share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.agreement.alpha import category_alpha, krippendorff_alpha, ratio_alpha
from app.agreement.coefficients import (
    brennan_prediger,
    category_fleiss,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    observed_agreement,
    pooled_agreement,
)
from app.agreement.confusion import specific_agreement
from app.agreement.counts import Counts
from app.agreement.distances import Distance, Weighting, agreement_weights
from app.agreement.kappa import (
    category_cohen,
    kappa_of_margins,
    mean_of_defined,
    scott_pi,
    weighted_kappa_values,
)
from app.agreement.measures import Measure
from app.agreement.ratings import FloatArray, Scale, ratio

Coefficient = Callable[[Counts], FloatArray]

_NOMINAL: Mapping[Measure, Coefficient] = {
    Measure.PERCENT: observed_agreement,
    Measure.PERCENT_POOLED: pooled_agreement,
    Measure.UNANIMOUS: lambda counts: ratio(counts.n_unanimous, counts.pairable_units),
    Measure.FLEISS: fleiss_kappa,
    Measure.CONGER: conger_kappa,
    Measure.ALPHA_NOMINAL: krippendorff_alpha,
    Measure.AC1: gwet_ac,
    Measure.BRENNAN_PREDIGER: brennan_prediger,
}
AC2: Mapping[Measure, Weighting] = {
    Measure.AC2_LINEAR: Weighting.LINEAR,
    Measure.AC2_QUADRATIC: Weighting.QUADRATIC,
    Measure.AC2_ORDINAL: Weighting.ORDINAL,
}
WEIGHTED_KAPPAS: Mapping[Measure, Weighting] = {
    Measure.COHEN_LINEAR: Weighting.LINEAR,
    Measure.COHEN_QUADRATIC: Weighting.QUADRATIC,
}


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Figures without reasons, NaN where undefined.

    Parameters
    ----------
    over_all : mapping of Measure to ndarray of float, shape (...)
        Of all coders together.
    of_pairs : mapping of Measure to ndarray of float, shape (..., n_pairs)
        Of each two coders.
    of_categories : mapping of Measure to ndarray of float, shape (..., q)
        Of each category against all others.
    """

    over_all: Mapping[Measure, FloatArray]
    of_pairs: Mapping[Measure, FloatArray]
    of_categories: Mapping[Measure, FloatArray]


def joined(parts: Sequence[Values]) -> Values:
    """Return the values of several stacks of tables as those of one."""

    def of(mappings: Sequence[Mapping[Measure, FloatArray]]) -> dict[Measure, FloatArray]:
        return {
            measure: np.concatenate([one[measure] for one in mappings]) for measure in mappings[0]
        }

    return Values(
        of([part.over_all for part in parts]),
        of([part.of_pairs for part in parts]),
        of([part.of_categories for part in parts]),
    )


def evaluate(counts: Counts, scale: Scale, numbers: FloatArray | None = None) -> Values:
    """Return the figures that resampling gives intervals for.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).
    scale : Scale
        Nominal figures always; the weighted forms on an ordinal scale; interval and ratio alpha
        as well on an interval scale.
    numbers : ndarray of float, shape (q,), optional
        The categories as numbers, on an interval scale.

    Returns
    -------
    Values
        One for each set of tables; NaN where a figure is undefined. Pairs and categories have
        what each of them is resampled for; all their figures are in `description`.

    Examples
    --------
    >>> from app.agreement.counting import count
    >>> from app.agreement.ratings import Ratings
    >>> values = evaluate(count(Ratings([[0, 0], [0, 1], [1, 1]], ("a", "b"))), Scale.NOMINAL)
    >>> [round(float(values.over_all[one]), 3) for one in (Measure.FLEISS, Measure.ALPHA_NOMINAL)]
    [0.333, 0.444]
    """
    over_all = {measure: find(counts) for measure, find in _NOMINAL.items()}
    of_pairs = {
        Measure.COHEN: kappa_of_margins(counts.pair_margins),
        Measure.SCOTT: scott_pi(counts.pair_margins),
    }
    over_all[Measure.LIGHT] = mean_of_defined(of_pairs[Measure.COHEN])
    if scale.is_ordered:
        over_all[Measure.ALPHA_ORDINAL] = krippendorff_alpha(counts, Distance.ORDINAL)
        for measure, weighting in AC2.items():
            over_all[measure] = gwet_ac(counts, agreement_weights(counts.n_categories, weighting))
        for measure, weighting in WEIGHTED_KAPPAS.items():
            of_pairs[measure] = weighted_kappa_values(counts.pair_tables, weighting)
    if numbers is not None:
        over_all[Measure.ALPHA_INTERVAL] = krippendorff_alpha(counts, Distance.INTERVAL, numbers)
        over_all[Measure.ALPHA_RATIO] = ratio_alpha(counts, numbers)
    of_categories = {
        Measure.SPECIFIC: specific_agreement(counts),
        Measure.CATEGORY_FLEISS: category_fleiss(counts),
        Measure.ALPHA_NOMINAL: category_alpha(counts),
    }
    if len(counts.pairs) == 1:
        of_categories[Measure.CATEGORY_COHEN] = category_cohen(counts)
    return Values(over_all, of_pairs, of_categories)
