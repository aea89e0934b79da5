"""Everything a closing round stores about the agreement on one facet."""

from dataclasses import dataclass
from typing import NamedTuple

from app.agreement.confusion import Table
from app.agreement.distances import Distance
from app.agreement.notices import Notice
from app.agreement.ratings import Scale
from app.agreement.undefined import Estimate

ALGORITHM_VERSION = 2
"""Stored with every figure; raised whenever a stored figure would come out differently."""


class Margin(NamedTuple):
    """What one coder judged: how many cards, and how often each category."""

    coder: str
    n_units: int
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How far two coders agree on the cards both judged.

    Parameters
    ----------
    first, second : str
        Names of the coders, in the order of the columns.
    n_units : int
        Cards both judged.
    percent : Estimate
        Share of those cards with the same category (or the same whole set).
    kappa : Estimate
        Cohen's kappa with its 95 % interval; undefined for sets.
    kappa_null_error : float or None
        Standard error of kappa if the coders were independent; `None` where kappa has no value
        or a coder is constant.
    kappa_linear, kappa_quadratic : Estimate or None
        Weighted kappas; `None` unless the categories are ordered.
    jaccard : Estimate or None
        Mean Jaccard similarity of the sets; `None` unless cards carry sets.
    prevalence_index, bias_index : float or None
        |a - d| / n and |b - c| / n; `None` unless exactly two categories are declared.
    confusion : tuple of tuple of int, or None
        Cards by the first coder's category (row) and the second's (column); `None` for sets.
    """

    first: str
    second: str
    n_units: int
    percent: Estimate
    kappa: Estimate
    kappa_null_error: float | None = None
    kappa_linear: Estimate | None = None
    kappa_quadratic: Estimate | None = None
    jaccard: Estimate | None = None
    prevalence_index: float | None = None
    bias_index: float | None = None
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
    percent : Estimate
        Share of those cards on which both say or both do not say the category.
    kappa : Estimate
        Cohen's kappa of the two-by-two table, with its interval.
    positive, negative : Estimate
        Specific agreement 2a / (2a + b + c) and 2d / (2d + b + c).
    prevalence_index, bias_index : float or None
        |a - d| / n and |b - c| / n; `None` without common cards.
    """

    first: str
    second: str
    confusion: Table
    percent: Estimate
    kappa: Estimate
    positive: Estimate
    negative: Estimate
    prevalence_index: float | None
    bias_index: float | None


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
    percent : Estimate
        Percent agreement on "this category" against "another".
    kappa : Estimate
        For two coders Cohen's kappa with its interval; for more, Fleiss' pooled kappa.
    kappa_definition : str
        "Cohen" or "Fleiss", saying which of the two `kappa` is.
    light : Estimate
        Mean of the pairwise kappas that are defined.
    alpha, ac1 : Estimate
        Krippendorff's nominal alpha and Gwet's AC1 of the two-category judgements.
    positive, negative : Estimate
        How likely another coder's judgement repeats "this category", or "another".
    pairs : tuple of CategoryPair
        The same for each two coders.
    """

    category: str
    n_labels: int
    prevalence: float | None
    percent: Estimate
    kappa: Estimate
    kappa_definition: str
    light: Estimate
    alpha: Estimate
    ac1: Estimate
    positive: Estimate
    negative: Estimate
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
    percent : Estimate
        Mean over cards of the share of agreeing pairs (for sets: of equal whole sets).
    percent_of_pairs : Estimate
        Agreeing pairs of judgements as a share of all pairs.
    unanimous : Estimate
        Share of pairable cards on which all coders agree.
    light : Estimate
        Mean of the pairwise Cohen's kappas that are defined, "k of m" in its note.
    fleiss, ac1 : Estimate
        Fleiss' kappa and Gwet's AC1; undefined for sets, where each category has its own.
    alpha : Estimate
        Krippendorff's alpha with `alpha_distance`: nominal, ordinal, or MASI for sets.
    alpha_distance : Distance
        The distance of `alpha`.
    alpha_companion : Estimate or None
        Alpha with `companion_distance`: nominal beside ordinal, Jaccard beside MASI.
    companion_distance : Distance or None
        The distance of `alpha_companion`; `None` for nominal categories.
    jaccard : Estimate or None
        Mean Jaccard similarity; `None` unless cards carry sets.
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
    percent: Estimate
    percent_of_pairs: Estimate
    unanimous: Estimate
    light: Estimate
    fleiss: Estimate
    ac1: Estimate
    alpha: Estimate
    alpha_distance: Distance
    alpha_companion: Estimate | None
    companion_distance: Distance | None
    jaccard: Estimate | None
    pairs: tuple[PairAgreement, ...]
    categories: tuple[CategoryAgreement, ...]
    notices: tuple[Notice, ...] = ()
