"""Everything a closing round stores about the agreement on one facet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app.agreement.confusion import Table
from app.agreement.measures import Measure
from app.agreement.notices import Notice
from app.agreement.ratings import IntArray, Ratings, Scale, SetRatings
from app.agreement.undefined import Estimate

ALGORITHM_VERSION = 3
"""Stored with every figure; raised whenever a stored figure would come out differently."""

Figures = Mapping[Measure, Estimate]


class Margin(NamedTuple):
    """What one coder judged: how many cards, and how often each category."""

    coder: str
    n_units: int
    labels: tuple[int, ...]


def margins_of_coders(
    ratings: Ratings | SetRatings, active: IntArray, labels: IntArray
) -> tuple[Margin, ...]:
    """Return what each coder judged, also those who judged nothing.

    Parameters
    ----------
    ratings : Ratings or SetRatings
        The judgements.
    active : ndarray of int, shape (m,)
        Columns of the coders who judged anything.
    labels : ndarray of int, shape (m, q)
        Their judgements of each category.
    """
    found = np.zeros((len(ratings.coders), len(ratings.categories)), dtype=np.int64)
    found[active] = labels
    n_units = ratings.judged.sum(axis=0).tolist()
    return tuple(
        Margin(coder, judged, tuple(own))
        for coder, judged, own in zip(ratings.coders, n_units, found.tolist(), strict=True)
    )


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How far two coders agree on the cards both judged.

    Parameters
    ----------
    first, second : str
        Names of the coders, in the order of the columns.
    n_units : int
        Cards both judged.
    figures : mapping of Measure to Estimate
        Percent agreement, Cohen's kappa (weighted too if the categories have an order), Scott's
        pi and the largest kappa the margins allow; with two categories PABAK, prevalence and
        bias index. For sets the share of equal sets and the mean similarities.
    confusion : tuple of tuple of int, or None
        Cards by the first coder's category (row) and the second's (column); `None` for sets.
    """

    first: str
    second: str
    n_units: int
    figures: Figures
    confusion: Table | None = None


@dataclass(frozen=True, slots=True)
class CategoryPair:
    """How far two coders agree on one category against all others.

    Parameters
    ----------
    first, second : str
        Names of the coders, in the order of the columns.
    confusion : tuple of tuple of int
        ((both, only first), (only second, neither)) in cards both judged.
    figures : mapping of Measure to Estimate
        Percent agreement, Cohen's kappa, specific agreement on "this category" and on "another",
        prevalence and bias index of the two-by-two table.
    """

    first: str
    second: str
    confusion: Table
    figures: Figures


@dataclass(frozen=True, slots=True)
class CategoryAgreement:
    """How far the coders agree on one category against all others.

    Parameters
    ----------
    category : str
        Name of the category.
    n_labels : int
        Judgements that name it.
    prevalence : float or None
        Mean over judged cards of the share of judgements that name it; `None` if nothing was
        judged.
    figures : mapping of Measure to Estimate
        Percent agreement, Fleiss' kappa, Light's kappa, alpha and AC1 of the two-category
        judgements, specific agreement on "this category" and on "another"; for two coders Cohen's
        kappa.
    pairs : tuple of CategoryPair
        The same for each two coders.
    """

    category: str
    n_labels: int
    prevalence: float | None
    figures: Figures
    pairs: tuple[CategoryPair, ...]


@dataclass(frozen=True, slots=True)
class FacetAgreement:
    """The agreement of all coders on one facet.

    Parameters
    ----------
    scale : Scale or None
        How the categories are ordered; `None` if cards carry sets.
    categories_declared : tuple of str
        All categories, in codebook order.
    n_units : int
        Cards handed in, judged or not.
    n_pairable : int
        Cards judged by at least two coders.
    n_coders : int
        Coders who judged at least one card.
    n_labels : int
        Judgements.
    n_missing : int
        Cells of the table of cards and coders without a judgement.
    margins : tuple of Margin
        For every coder handed in, the cards judged and the judgements of each category.
    figures : mapping of Measure to Estimate
        Figures of all coders together; which ones, the scale and kind of the facet decide.
    pairs : tuple of PairAgreement
        Each two coders who judged anything.
    categories : tuple of CategoryAgreement
        Each declared category, used or not.
    notices : tuple of Notice
        What to keep in mind, as (kind, sentence).
    """

    scale: Scale | None
    categories_declared: tuple[str, ...]
    n_units: int
    n_pairable: int
    n_coders: int
    n_labels: int
    n_missing: int
    margins: tuple[Margin, ...]
    figures: Figures
    pairs: tuple[PairAgreement, ...]
    categories: tuple[CategoryAgreement, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def is_of_sets(self) -> bool:
        """Whether cards may carry several categories."""
        return self.scale is None
