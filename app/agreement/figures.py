"""Values made into estimates: with interval and note, or the reason for having no value."""

from collections.abc import Sequence

import numpy as np

from app.agreement.counts import Counts
from app.agreement.kappa import KappaFigures, ratio
from app.agreement.ratings import FloatArray
from app.agreement.undefined import Estimate, Note, Reason

_NORMAL_95 = 1.959963984540054  # two-sided 95 % point of the normal distribution
MINIMUM_FOR_INTERVAL = 10  # below, a large-sample interval promises what it cannot keep


def number_or_none(value: float) -> float | None:
    """Return a plain number, or None for NaN."""
    return None if np.isnan(value) else float(value)


def missing_basis(
    n_labels: int, n_coders: int, n_pairable: int, n_categories: int
) -> Reason | None:
    """Return why no coefficient at all can be given, or None if nothing is in the way.

    Parameters
    ----------
    n_labels : int
        Judgements in all.
    n_coders : int
        Coders who judged at least one card.
    n_pairable : int
        Cards judged by at least two coders.
    n_categories : int
        Declared categories.
    """
    if n_categories == 0:
        return Reason.NO_CATEGORY_DECLARED
    if n_labels == 0:
        return Reason.NO_JUDGEMENTS
    if n_coders < 2:
        return Reason.FEWER_THAN_TWO_CODERS
    if n_pairable == 0:
        return Reason.NOTHING_PAIRABLE
    return Reason.ONE_CATEGORY_DECLARED if n_categories == 1 else None


def basis_of(counts: Counts) -> Reason | None:
    """Return why no coefficient can be given on these tables, or None."""
    return missing_basis(counts.n_labels, counts.n_coders, counts.n_pairable, counts.n_declared)


def estimate(
    counts: Counts, value: FloatArray | float, reason: Reason = Reason.NO_VARIATION
) -> Estimate:
    """Return a value over all coders as an estimate.

    Parameters
    ----------
    counts : Counts
        The tables the value comes from.
    value : float
        NaN if undefined.
    reason : Reason
        Why the value is undefined if the tables as such are sufficient.
    """
    why = basis_of(counts)
    number = float(value)
    n_units, n_coders = counts.n_pairable, counts.n_coders
    if why is not None or np.isnan(number):
        return Estimate(None, reason=why or reason, n_units=n_units, n_coders=n_coders)
    return Estimate(number, n_units=n_units, n_coders=n_coders)


def estimates(
    counts: Counts, values: FloatArray, reason: Reason = Reason.NO_VARIATION
) -> tuple[Estimate, ...]:
    """Return one estimate for each value of a stack of tables."""
    return tuple(estimate(counts, value, reason) for value in values.tolist())


def share_estimate(
    share: float, n_units: int, reason: Reason = Reason.NOTHING_PAIRABLE
) -> Estimate:
    """Return a share two coders reached on their common cards, NaN becoming the reason."""
    if np.isnan(share):
        return Estimate(None, reason=reason, n_units=n_units, n_coders=2)
    return Estimate(share, n_units=n_units, n_coders=2)


def share_beside(
    share: float, kappa: Estimate, reason: Reason = Reason.NOTHING_PAIRABLE
) -> Estimate:
    """Return a share of two coders' common cards, undefined if only one category is declared.

    Parameters
    ----------
    share : float
        NaN if undefined.
    kappa : Estimate
        Kappa of the same cards; its reason tells whether anything could have differed.
    reason : Reason
        Why the share is undefined if there are common cards.
    """
    if kappa.n_units == 0 or kappa.reason == Reason.ONE_CATEGORY_DECLARED:
        return Estimate(None, reason=kappa.reason, n_units=kappa.n_units, n_coders=2)
    return share_estimate(share, kappa.n_units, reason)


def _withheld_interval(value: float, n_units: int, is_constant: bool) -> str | None:
    if is_constant:
        return Note.CONSTANT_CODER
    if value == 1:
        return f"{Note.PERFECT}; up to {min(3 / n_units, 1):.0%} disagreement fits them (3/n)"
    return Note.TOO_FEW if n_units < MINIMUM_FOR_INTERVAL else None


def _kappa_estimate(
    value: float, standard_error: float, n_units: int, n_categories: int, is_constant: bool
) -> Estimate:
    if np.isnan(value) or n_categories < 2:
        why = Reason.NO_VARIATION if n_categories > 1 else Reason.ONE_CATEGORY_DECLARED
        reason = Reason.NOTHING_PAIRABLE if n_units == 0 else why
        return Estimate(None, reason=reason, n_units=n_units, n_coders=2)
    note = _withheld_interval(value, n_units, is_constant)
    if note is not None:
        return Estimate(value, n_units=n_units, n_coders=2, note=note)
    reach = _NORMAL_95 * standard_error
    return Estimate(value, value - reach, value + reach, standard_error, n_units, 2)


def kappa_estimates(figures: KappaFigures, n_categories: int) -> tuple[Estimate, ...]:
    """Return each pair's kappa with its 95 % interval, kappa ± 1.96 standard errors.

    The interval is not clipped to ±1: limits beyond say how little the cards tell. It is left
    out, with a note, for a constant coder, for perfect agreement and below 10 cards.

    Parameters
    ----------
    figures : KappaFigures
        Fields of shape (n_pairs,).
    n_categories : int
        Declared categories.
    """
    columns = (figures.value, figures.standard_error, figures.n_units, figures.is_constant)
    return tuple(
        _kappa_estimate(value, error, n_units, n_categories, is_constant)
        for value, error, n_units, is_constant in zip(
            *(column.tolist() for column in columns), strict=True
        )
    )


def light_estimate(counts: Counts, kappas: Sequence[Estimate]) -> Estimate:
    """Return Light's kappa: the mean of the pairwise kappas that are defined.

    Parameters
    ----------
    counts : Counts
        The tables the pairs come from.
    kappas : sequence of Estimate
        One for each pair of coders.

    Returns
    -------
    Estimate
        Between -1 and 1, its note "mean of k of m pairs"; undefined if no pair is.

    References
    ----------
    Light, R. J. (1971). Measures of response agreement for qualitative data. Psychological
    Bulletin 76(5), 365-377. doi:10.1037/h0031643
    """
    defined = [kappa.value for kappa in kappas if kappa.value is not None]
    if not defined:
        reasons = {kappa.reason for kappa in kappas}
        reason = Reason(str(reasons.pop())) if len(reasons) == 1 else Reason.NO_PAIR_DEFINED
        return estimate(counts, np.nan, reason)
    pairs = "pair" if len(kappas) == 1 else "pairs"
    return Estimate(
        float(np.mean(defined)),
        n_units=counts.n_pairable,
        n_coders=counts.n_coders,
        note=f"mean of {len(defined)} of {len(kappas)} {pairs}",
    )


def unanimity(counts: Counts) -> Estimate:
    """Return the share of cards judged at least twice on which all coders agree."""
    return estimate(counts, ratio(np.asarray(counts.n_unanimous), np.asarray(counts.n_pairable)))
