"""Agreement on each category against all others."""

import numpy as np

from app.agreement.alpha import krippendorff_alpha
from app.agreement.coefficients import fleiss_kappa, gwet_ac, observed_agreement
from app.agreement.confusion import (
    as_table,
    bias_index,
    pair_specific_agreement,
    prevalence_index,
    specific_agreement,
)
from app.agreement.counts import Counts
from app.agreement.facet import CategoryAgreement, CategoryPair, Figures
from app.agreement.figures import (
    estimates,
    kappa_estimates,
    light_estimate,
    number_or_none,
    pair_estimates,
)
from app.agreement.kappa import cohen_kappa
from app.agreement.measures import Measure
from app.agreement.ratings import FloatArray, IntArray
from app.agreement.undefined import Estimate, Reason


def _describe_pair(
    first: str, second: str, tables: IntArray, n_declared: int
) -> list[CategoryPair]:
    """Return one entry for each category; tables have shape (q, 2, 2)."""
    figures = cohen_kappa(tables)
    n_units = figures.n_units

    def of_table(values: FloatArray, reason: Reason = Reason.NO_VARIATION) -> tuple[Estimate, ...]:
        return pair_estimates(values, n_units, n_declared, reason)

    specific = pair_specific_agreement(tables)
    found = {
        Measure.PERCENT: of_table(figures.observed),
        Measure.COHEN: kappa_estimates(figures, n_declared),
        Measure.SPECIFIC: of_table(specific[:, 0], Reason.CATEGORY_NOT_USED),
        Measure.NEGATIVE: of_table(specific[:, 1], Reason.CATEGORY_ALWAYS_USED),
        Measure.PREVALENCE_INDEX: of_table(prevalence_index(tables)),
        Measure.BIAS_INDEX: of_table(bias_index(tables)),
    }
    return [
        CategoryPair(first, second, as_table(cells), _of(found, category))
        for category, cells in enumerate(tables)
    ]


def _of(found: dict[Measure, tuple[Estimate, ...]], position: int) -> dict[Measure, Estimate]:
    return {measure: figures[position] for measure, figures in found.items()}


def describe_categories(
    categories: tuple[str, ...], coders: tuple[str, ...], counts: Counts
) -> tuple[CategoryAgreement, ...]:
    """Return the agreement on each category, used or not.

    Fleiss' kappa is that of the pooled judgements "this category" against "another"; Light's
    is the mean of the pairs, and for two coders Cohen's kappa stands beside them.

    Parameters
    ----------
    categories : tuple of str, length q
        Declared categories.
    coders : tuple of str
        Names of all columns.
    counts : Counts
        Two-category tables with a leading axis of length q, from `collapse` or
        `count_categories`.

    References
    ----------
    Fleiss, J. L. (1971). doi:10.1037/h0031619. Specific agreement: Cicchetti, D. V. &
    Feinstein, A. R. (1990). doi:10.1016/0895-4356(90)90159-M
    """
    by_pair = [
        _describe_pair(
            coders[first], coders[second], counts.pair_tables[:, position], counts.n_declared
        )
        for position, (first, second) in enumerate(counts.pairs)
    ]
    specific = specific_agreement(counts)
    found = {
        Measure.PERCENT: estimates(counts, observed_agreement(counts)),
        Measure.SPECIFIC: estimates(counts, specific[:, 0], Reason.CATEGORY_NOT_USED),
        Measure.NEGATIVE: estimates(counts, specific[:, 1], Reason.CATEGORY_ALWAYS_USED),
        Measure.CATEGORY_FLEISS: estimates(counts, fleiss_kappa(counts)),
        Measure.ALPHA_NOMINAL: estimates(counts, krippendorff_alpha(counts)),
        Measure.AC1: estimates(counts, gwet_ac(counts)),
    }
    n_labels = counts.size_labels[..., 0].sum(axis=-1).tolist()
    prevalence = np.broadcast_to(counts.shares[:, 0], len(categories)).tolist()
    return tuple(
        CategoryAgreement(
            category=category,
            n_labels=n_labels[position],
            prevalence=number_or_none(prevalence[position]),
            figures=_figures_of(counts, _of(found, position), [pair[position] for pair in by_pair]),
            pairs=tuple(pair[position] for pair in by_pair),
        )
        for position, category in enumerate(categories)
    )


def _figures_of(
    counts: Counts, found: dict[Measure, Estimate], pairs: list[CategoryPair]
) -> Figures:
    kappas = [pair.figures[Measure.COHEN] for pair in pairs]
    found[Measure.LIGHT] = light_estimate(counts, kappas)
    if len(kappas) == 1:
        found[Measure.CATEGORY_COHEN] = kappas[0]
    return found
