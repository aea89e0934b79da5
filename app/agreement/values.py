"""Every value of a design at once: what a point estimate, a resample and a what-if share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

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
from app.agreement.confusion import specific_agreement
from app.agreement.counts import Counts, Margins
from app.agreement.distances import Distance, Weighting, agreement_weights
from app.agreement.kappa import kappa_of_margins, scott_pi, weighted_kappa_values
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
_AC2 = {
    Measure.AC2_LINEAR: Weighting.LINEAR,
    Measure.AC2_QUADRATIC: Weighting.QUADRATIC,
    Measure.AC2_ORDINAL: Weighting.ORDINAL,
}
_WEIGHTED_KAPPAS = {
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


@cache
def weights_of(n_categories: int, weighting: Weighting) -> FloatArray:
    """Return the agreement weights of a named form, made once."""
    weights = agreement_weights(n_categories, weighting)
    weights.setflags(write=False)
    return weights


def mean_of_defined(values: FloatArray) -> FloatArray:
    """Return the mean along the last axis of what is not NaN; NaN where everything is.

    Of the pairwise kappas this is Light's kappa.

    References
    ----------
    Light, R. J. (1971). Measures of response agreement for qualitative data. Psychological
    Bulletin 76(5), 365-377. doi:10.1037/h0031643
    """
    is_defined = ~np.isnan(values)
    return ratio(np.where(is_defined, values, 0).sum(axis=-1), is_defined.sum(axis=-1))


def category_fleiss(counts: Counts) -> FloatArray:
    """Return Fleiss' kappa of each category against all others, shape (..., q).

    The same as `fleiss_kappa(collapse(counts))`, made from agreeing pairs and labels: a card of
    size s on which n judgements name the category holds n (s - n) pairs that differ on it.

    References
    ----------
    Fleiss, J. L. (1971). doi:10.1037/h0031619
    """
    others = (counts.sizes[2:] - 1)[:, None]
    differing = others * counts.size_labels[..., 2:, :] - 2 * counts.agreeing[..., 2:, :]
    per_card = (differing / ((others + 1) * others)).sum(axis=-2)
    observed = ratio(2 * per_card, counts.pairable_units[..., None])
    expected = 2 * counts.shares * (1 - counts.shares)
    is_varied = (counts.shares > 0) & counts.is_varied[..., None]
    return 1 - ratio(observed, np.where(is_varied, expected, 0))


def category_alpha(counts: Counts) -> FloatArray:
    """Return Krippendorff's alpha of each category against all others, shape (..., q).

    The same as `krippendorff_alpha(collapse(counts))`.
    """
    labels = counts.size_labels[..., 2:, :]
    per_partner = 2 * counts.agreeing[..., 2:, :] / (counts.sizes[2:] - 1)[:, None]
    differing = 2 * (labels - per_partner).sum(axis=-2)
    named = labels.sum(axis=-2)
    n_labels = named.sum(axis=-1)[..., None]
    return 1 - ratio(differing * (n_labels - 1), 2 * named * (n_labels - named))


def category_cohen(counts: Counts) -> FloatArray:
    """Return two coders' kappa on each category against all others, shape (..., q)."""
    first, second = counts.pair_margins.first[..., 0, :], counts.pair_margins.second[..., 0, :]
    n_units, both = first.sum(axis=-1)[..., None], counts.agreeing[..., 2, :]
    margins = Margins(
        np.stack([first, n_units - first], axis=-1),
        np.stack([second, n_units - second], axis=-1),
        n_units - first - second + 2 * both,
    )
    return kappa_of_margins(margins)


def complete_fleiss(counts: Counts) -> FloatArray:
    """Return Fleiss' kappa of the cards every coder judged, others left out."""
    only = np.zeros_like(counts.units_by_size)
    only[..., -1] = counts.units_by_size[..., -1]
    is_last = (counts.sizes == counts.n_coders)[:, None]
    return fleiss_kappa(
        replace(
            counts,
            units_by_size=only,
            agreeing=counts.agreeing * is_last,
            size_labels=counts.size_labels * is_last,
        )
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
    """
    over_all = {measure: find(counts) for measure, find in _NOMINAL.items()}
    of_pairs = {
        Measure.COHEN: kappa_of_margins(counts.pair_margins),
        Measure.SCOTT: scott_pi(counts.pair_margins),
    }
    over_all[Measure.LIGHT] = mean_of_defined(of_pairs[Measure.COHEN])
    if scale.is_ordered:
        over_all[Measure.ALPHA_ORDINAL] = krippendorff_alpha(counts, Distance.ORDINAL)
        for measure, weighting in _AC2.items():
            over_all[measure] = gwet_ac(counts, weights_of(counts.n_categories, weighting))
        for measure, weighting in _WEIGHTED_KAPPAS.items():
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


def ratio_alpha(counts: Counts, numbers: FloatArray) -> FloatArray:
    """Return alpha with the ratio distance, NaN where a category lies below 0."""
    if (numbers < 0).any():
        return np.full(counts.pairable_units.shape, np.nan)
    return krippendorff_alpha(counts, Distance.RATIO, numbers)
