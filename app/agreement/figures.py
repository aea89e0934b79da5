"""Values made into estimates: with interval and note, or the reason for having no value."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.agreement.counts import Counts
from app.agreement.kappa import KappaFigures
from app.agreement.ratings import FloatArray, IntArray
from app.agreement.undefined import Estimate, Method, Note, Reason

NORMAL_95 = 1.959963984540054  # two-sided 95 % point of the normal distribution
NO_WIDTH = 1e-12  # an interval narrower than this is rounding, not precision
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


def withheld_interval(value: float, n_units: int) -> str | None:
    """Return why a value has no interval that could be relied on, or None if it may have one."""
    if value == 1:
        return f"{Note.PERFECT}; up to {min(3 / n_units, 1):.0%} disagreement fits them (3/n)"
    return Note.TOO_FEW if n_units < MINIMUM_FOR_INTERVAL else None


def with_error(found: Estimate, standard_error: float, *, is_constant: bool = False) -> Estimate:
    """Return an estimate with its standard error and the interval value ± 1.96 of them.

    The interval is not clipped to ±1: limits beyond say how little the cards tell. It is left
    out, with a note, for a constant coder, for perfect agreement and below 10 cards.

    Parameters
    ----------
    found : Estimate
        The value.
    standard_error : float
        NaN if there is none.
    is_constant : bool
        Whether one of two coders used a single category.
    """
    if found.value is None or np.isnan(standard_error):
        return found
    error = float(standard_error)
    note = Note.CONSTANT_CODER if is_constant else withheld_interval(found.value, found.n_units)
    if note is None and error < NO_WIDTH:
        note = Note.NO_SPREAD
    if note is not None:
        return replace(found, standard_error=error, note=note)
    low, high = found.value - NORMAL_95 * error, found.value + NORMAL_95 * error
    return replace(found, low=low, high=high, standard_error=error, method=Method.LARGE_SAMPLE)


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
    (found,) = estimates(counts, np.asarray([value]), reason)
    return found


def estimates(
    counts: Counts, values: FloatArray, reason: Reason = Reason.NO_VARIATION
) -> tuple[Estimate, ...]:
    """Return one estimate for each value of a stack of tables."""
    why = missing_basis(counts.n_labels, counts.n_coders, counts.n_pairable, counts.n_declared)
    return tuple(
        _estimate(value, why, reason, n_units=counts.n_pairable, n_coders=counts.n_coders)
        for value in values.tolist()
    )


def _estimate(
    value: float, why: Reason | None, reason: Reason, *, n_units: int, n_coders: int
) -> Estimate:
    """Return an estimate, undefined if there is no basis (`why`) or no value (`reason`)."""
    if why is None and not np.isnan(value):
        return Estimate(value, n_units=n_units, n_coders=n_coders)
    return Estimate(None, n_units=n_units, n_coders=n_coders, reason=why or reason)


def pair_estimates(
    values: FloatArray,
    n_units: IntArray,
    n_declared: int,
    reason: Reason = Reason.NO_VARIATION,
) -> tuple[Estimate, ...]:
    """Return a figure of each two coders as estimates.

    Parameters
    ----------
    values : ndarray of float, shape (n_pairs,)
        NaN where undefined.
    n_units : ndarray of int, shape (n_pairs,)
        Cards both judged.
    n_declared : int
        Answers a coder could choose from.
    reason : Reason
        Why a value is undefined although the two have cards in common and could differ.
    """
    return tuple(
        _estimate(
            value, _missing_basis_of_pair(shared, n_declared), reason, n_units=shared, n_coders=2
        )
        for value, shared in zip(values.tolist(), n_units.tolist(), strict=True)
    )


def _missing_basis_of_pair(n_shared: int, n_declared: int) -> Reason | None:
    if n_shared == 0:
        return Reason.NOTHING_PAIRABLE
    return Reason.ONE_CATEGORY_DECLARED if n_declared < 2 else None


def kappa_estimates(figures: KappaFigures, n_declared: int) -> tuple[Estimate, ...]:
    """Return each pair's kappa with both standard errors and its interval.

    Parameters
    ----------
    figures : KappaFigures
        Fields of shape (n_pairs,).
    n_declared : int
        Answers a coder could choose from.
    """
    found = pair_estimates(figures.value, figures.n_units, n_declared)
    errors = zip(
        found,
        figures.standard_error.tolist(),
        figures.null_standard_error.tolist(),
        figures.is_constant.tolist(),
        strict=True,
    )
    return tuple(
        one
        if one.value is None
        else replace(with_error(one, error, is_constant=constant), null_error=null)
        for one, error, null, constant in errors
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
