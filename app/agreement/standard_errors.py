"""Standard errors of coefficients of any number of coders, by linearisation over cards.

Each card gets a value whose mean is the coefficient; their spread gives its standard error. Unlike
the counts these values belong to single cards, so they are made for all cards at once, one coder
or pair of coders after the other.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from app.agreement.ratings import CodeArray, FloatArray


@dataclass(frozen=True, slots=True)
class LinearisedErrors:
    """Standard errors over cards; NaN where the coefficient is undefined.

    Parameters
    ----------
    fleiss, conger, gwet_ac, brennan_prediger : float
        Of the coefficients of these names, weighted if weights were given.
    alpha : float
        Of Krippendorff's alpha with the distances 1 - w.
    """

    fleiss: float
    conger: float
    gwet_ac: float
    brennan_prediger: float
    alpha: float


class JudgedCards:
    """The cards somebody judged, ready for the standard errors of any weights.

    Memory grows with cards times coders, eight bytes for each judgement.

    Parameters
    ----------
    codes : ndarray of int, shape (n_units, n_coders)
        Positions of categories; -1 = not judged.
    q : int
        Declared categories.

    Examples
    --------
    >>> codes = np.array([[0, 0]] * 20 + [[0, 1]] * 5 + [[1, 0]] * 10 + [[1, 1]] * 15)
    >>> round(JudgedCards(codes, 2).errors(np.eye(2)).gwet_ac, 4)
    0.1315
    """

    def __init__(self, codes: CodeArray, q: int) -> None:
        judged = codes >= 0
        sizes = np.count_nonzero(judged, axis=1)
        columns = codes[sizes > 0][:, judged.any(axis=0)].T
        self.q, self.sizes = q, sizes[sizes > 0]
        # Position 0 = not judged: looked up in a table that begins with 0, it adds nothing.
        self._columns = [column.astype(np.intp) + 1 for column in columns]
        self._n_judged = np.array([np.count_nonzero(column) for column in self._columns])
        self.is_pairable = self.sizes >= 2

    @cached_property
    def shares(self) -> FloatArray:
        """Each category's mean share of a card's judgements."""
        found: FloatArray = self._total(1 / self.sizes) / self.sizes.size
        return found

    @cached_property
    def own_shares(self) -> FloatArray:
        """Each coder's share of each category, shape (m, q)."""
        named = [np.bincount(column, minlength=self.q + 1)[1:] for column in self._columns]
        found: FloatArray = np.array(named) / self._n_judged[:, None]
        return found

    @cached_property
    def pairable_margins(self) -> FloatArray:
        """Judgements of each category on cards judged at least twice."""
        return self._total(self.is_pairable.astype(np.float64))

    def _total(self, of_card: FloatArray) -> FloatArray:
        found = np.zeros(self.q + 1)
        for column in self._columns:
            found += np.bincount(column, weights=of_card, minlength=self.q + 1)
        return found[1:]

    def sum_of(self, values: FloatArray) -> FloatArray:
        """Return for each card the sum over its judgements of a value of their categories."""
        table, found = np.concatenate([[0.0], values]), np.zeros(self.sizes.size)
        for column in self._columns:
            found += table[column]
        return found

    def sum_of_own(self, values: FloatArray) -> FloatArray:
        """Return the same sum where each coder has values of their own, shape (m, q)."""
        found = np.zeros(self.sizes.size)
        for column, own in zip(self._columns, values, strict=True):
            found += np.concatenate([[0.0], own])[column]
        return found

    def alike(self, weights: FloatArray) -> FloatArray:
        """Return for each card sum over k, l of w_kl n_uk n_ul, less the judgements themselves."""
        width = self.q + 1
        table = np.zeros((width, width))
        table[1:, 1:] = 2 * weights
        found, flat = np.zeros(self.sizes.size), table.ravel()
        for first, second in combinations(self._columns, 2):
            found += flat[first * width + second]
        return found

    def errors(self, weights: FloatArray) -> LinearisedErrors:
        """Return the standard errors of the coefficients over all coders.

        With p_a(u) the share of agreeing pairs on card u (0 if judged once), n the judged cards,
        n' of them judged twice, and p_e(u) the card's part in chance agreement, each card's value
        is n/n' (p_a(u) - p_e [judged twice]) / (1 - p_e)
        - 2 (1 - kappa) (p_e(u) - p_e) / (1 - p_e), and the variance is their sum of squares about
        kappa over n (n - 1).

        Parameters
        ----------
        weights : ndarray of float, shape (q, q)
            Agreement weights; the identity for unweighted coefficients.

        Returns
        -------
        LinearisedErrors
            0 or more each; NaN (undefined) with fewer than two cards judged twice, or without
            chance of disagreement (p_e = 1).

        References
        ----------
        Gwet, K. L. (2008). doi:10.1348/000711006X126600. Gwet, K. L. (2014). Handbook of
        Inter-Rater Reliability, 4th ed., ch. 5. Alpha: Gwet, K. L. (2015). On Krippendorff's
        alpha coefficient.
        """
        if np.count_nonzero(self.is_pairable) < 2:
            return LinearisedErrors(*[np.nan] * 5)
        symmetric = (weights + weights.T) / 2
        alike = self.alike(symmetric)
        return LinearisedErrors(
            fleiss=self._error(alike, *self._fleiss(symmetric)),
            conger=self._error(alike, *self._conger(symmetric)),
            gwet_ac=self._error(alike, *self._gwet_ac(symmetric)),
            brennan_prediger=self._error(alike, *self._brennan_prediger(symmetric)),
            alpha=self._alpha_error(alike, symmetric),
        )

    def _error(self, alike: FloatArray, expected: float, parts: FloatArray | float) -> float:
        """Return the error of (p_a - p_e) / (1 - p_e), given p_e and each card's part in it."""
        if np.isclose(expected, 1) or self.q < 2:
            return float("nan")
        n = self.sizes.size
        agreement = alike / np.maximum(self.sizes * (self.sizes - 1), 1)
        scale = n / np.count_nonzero(self.is_pairable)
        values = scale * (agreement - expected * self.is_pairable) / (1 - expected)
        kappa = values.mean()
        values = values - 2 * (1 - kappa) * (parts - expected) / (1 - expected)
        return float(np.sqrt(((values - kappa) ** 2).sum() / (n * (n - 1))))

    def _fleiss(self, weights: FloatArray) -> tuple[float, FloatArray]:
        alike = weights @ self.shares
        return float(self.shares @ alike), self.sum_of(alike) / self.sizes

    def _gwet_ac(self, weights: FloatArray) -> tuple[float, FloatArray]:
        factor = float(weights.sum()) / max(self.q * (self.q - 1), 1)
        rest = 1 - self.shares
        return float(factor * (self.shares @ rest)), factor * self.sum_of(rest) / self.sizes

    def _brennan_prediger(self, weights: FloatArray) -> tuple[float, float]:
        expected = float(weights.sum()) / self.q**2
        return expected, expected

    def _conger(self, weights: FloatArray) -> tuple[float, FloatArray]:
        # A coder's share is a ratio, so cards the coder did not judge move it, too.
        own, n_coders = self.own_shares, len(self._columns)
        others = (own.sum(axis=0) - own) @ weights / max(n_coders * (n_coders - 1), 1)
        usual = (own * others).sum(axis=1)
        scale = (self.sizes.size / self._n_judged)[:, None]
        parts = usual.sum() + self.sum_of_own((others - usual[:, None]) * scale)
        return float(usual.sum()), parts

    def _alpha_error(self, alike: FloatArray, weights: FloatArray) -> float:
        sizes, alike = self.sizes[self.is_pairable], alike[self.is_pairable]
        n, mean_size = sizes.size, sizes.mean()
        shares = self.pairable_margins / sizes.sum()
        expected = float(shares @ weights @ shares)
        if np.isclose(expected, 1):
            return float("nan")
        excess = (sizes - mean_size) / mean_size
        found = alike / (mean_size * (sizes - 1))
        observed = found.mean()
        small = 1 / sizes.sum()
        corrected = (1 - small) * observed + small  # in Gwet's formula for cards of unequal size
        uncorrected = (observed - expected) / (1 - expected)  # alpha before its small-sample term
        values = (found - corrected * excess - expected) / (1 - expected)
        parts = self.sum_of(weights @ shares)[self.is_pairable] / mean_size - expected * excess
        values = values - 2 * (1 - uncorrected) * (parts - expected) / (1 - expected)
        return float(np.sqrt(((values - uncorrected) ** 2).sum() / (n * (n - 1))))
