"""Every figure of open sorts under the keys that commands and files use."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from app.agreement.facet import ALGORITHM_VERSION
from app.agreement.notices import Notice
from app.agreement.ratings import FloatArray
from app.agreement.resampling import Progress
from app.agreement.sorts.dendrogram import Dendrogram, Linkage, build_dendrogram
from app.agreement.sorts.measures import SortMeasure, SortReason
from app.agreement.sorts.moves import spanning_weight
from app.agreement.sorts.notices import TIED, notices_of
from app.agreement.sorts.pairs import SortPair, compare_sorts
from app.agreement.sorts.similarity import cooccurrence
from app.agreement.sorts.sorting import Sorts
from app.agreement.sorts.ties import MOST_CARDS, correlation_range
from app.agreement.undefined import Estimate


@dataclass(frozen=True, slots=True, eq=False)
class SortCalculation:
    """All figures of a set of open sorts.

    Parameters
    ----------
    figures : dict
        From the key of a figure to a number, to figures by two participants ("first|second"), to
        rows of the similarity matrix in the order of the cards, or to {"undefined": why}.
        `tied_distances`, a sentence, and `cophenetic_correlation_range`, lowest and highest, are
        there only if ties had to be broken.
    notices : tuple of Notice
        What to keep in mind, in plain words.
    pairs : tuple of SortPair
        The figures of each two participants as values.
    linkage : Linkage
        How groups of cards were joined.
    tree : Dendrogram or None
        Of the cards at `sorted_cards`; None if there is none.
    sorted_cards : tuple of int
        Positions of the cards that anybody sorted: what the tree calls card 0, 1, ...
    algorithm_version : int
        Of the program that computed them.
    """

    figures: dict[str, Any]
    notices: tuple[Notice, ...]
    pairs: tuple[SortPair, ...]
    linkage: Linkage
    tree: Dendrogram | None
    sorted_cards: tuple[int, ...]
    algorithm_version: int = ALGORITHM_VERSION


def calculate_sorts(
    sorts: Sorts,
    *,
    linkage: Linkage = Linkage.AVERAGE,
    n_orders: int = 0,
    progress: Progress | None = None,
) -> SortCalculation:
    """Return every figure of open sorts.

    Participants who sorted no card are left out, with a notice. The order of cards and
    participants changes no figure, only the order in which figures stand.

    Parameters
    ----------
    sorts : Sorts
        The sorts.
    linkage : Linkage
        How the dendrogram joins groups of cards.
    n_orders : int
        Orders of the cards to try where ties leave a choice of trees, for the range of the
        cophenetic correlation; none if 0. Up to 100 cards only.
    progress : callable, optional
        Told the share of pairs of participants done, which is most of the work.

    Examples
    --------
    >>> sorts = Sorts([[0, 0], [0, 0], [0, 1], [1, 1]], tuple("abcd"), ("Ada", "Ben"))
    >>> found = calculate_sorts(sorts).figures
    >>> found["edit_distance"], found["nmst_per_edge"], found["nmst_per_sort"]
    ({'Ada|Ben': 1}, 1.0, 0.5)
    >>> calculate_sorts(Sorts([[0], [1]], ("a", "b"), ("Ada",))).figures["rand"]
    {'undefined': 'fewer_than_two_coders'}
    """
    similarity = cooccurrence(sorts)
    pairs = compare_sorts(sorts, progress)
    anybody = np.flatnonzero(sorts.sorted.any(axis=1))
    among = similarity[np.ix_(anybody, anybody)]
    names = [sorts.cards[card] for card in anybody]
    tree = None
    if anybody.size and not np.isnan(among).any():
        tree = build_dendrogram(among, names, linkage=linkage)
    figures: dict[str, Any] = {
        **figures_of_sorts(sorts, pairs),
        "cooccurrence": _rows(similarity),
        "cophenetic_correlation": _correlation(sorts, tree, anybody.size),
    }
    if tree is not None and tree.is_tied:
        figures["tied_distances"] = TIED
        if n_orders and len(names) <= MOST_CARDS:
            found = correlation_range(among, names, linkage=linkage, n_orders=n_orders)
            figures["cophenetic_correlation_range"] = list(found)
    return SortCalculation(
        figures=figures,
        notices=tuple(notices_of(sorts, is_tied="tied_distances" in figures)),
        pairs=pairs,
        linkage=linkage,
        tree=tree,
        sorted_cards=tuple(anybody.tolist()),
    )


def figures_of_sorts(sorts: Sorts, pairs: Sequence[SortPair]) -> dict[str, Any]:
    """Return the figures that compare participants: all but those of cards and their tree.

    Parameters
    ----------
    sorts : Sorts
        The sorts.
    pairs : sequence of SortPair
        What `compare_sorts` says of them.

    Examples
    --------
    >>> sorts = Sorts([[0, 0], [0, 0], [0, 1], [1, 1]], tuple("abcd"), ("Ada", "Ben"))
    >>> figures_of_sorts(sorts, compare_sorts(sorts))["mst_weight"]
    1
    """
    return {
        "n_cards": sorts.n_cards,
        "n_sorts": int(sorts.active.size),
        **_of_pairs(sorts, pairs),
        **_spread(sorts, pairs),
    }


def _undefined(reason: SortReason) -> dict[str, str]:
    return {"undefined": reason.name.lower()}


def _rows(similarity: FloatArray) -> list[list[Any]]:
    rows: list[list[Any]] = similarity.tolist()
    for row, column in np.argwhere(np.isnan(similarity)).tolist():
        rows[row][column] = _undefined(SortReason.NOT_SORTED_TOGETHER)
    return rows


def _missing_basis(sorts: Sorts) -> SortReason | None:
    """Return why no two sorts can be compared at all, or None."""
    if sorts.active.size == 0:
        return SortReason.NO_JUDGEMENTS
    return SortReason.FEWER_THAN_TWO_CODERS if sorts.active.size == 1 else None


def _of_pairs(sorts: Sorts, pairs: Sequence[SortPair]) -> dict[str, Any]:
    why = _missing_basis(sorts)
    if why is not None:
        return {measure.value: _undefined(why) for measure in SortMeasure}
    return {
        measure.value: dict(_by_pair((pair, pair.figures[measure]) for pair in pairs))
        for measure in SortMeasure
    }


def _by_pair(found: Iterable[tuple[SortPair, Estimate]]) -> Iterator[tuple[str, Any]]:
    for pair, estimate in found:
        key = f"{pair.first}|{pair.second}"
        reason = estimate.reason
        yield key, estimate.value if reason is None else _undefined(SortReason(reason))


def _spread(sorts: Sorts, pairs: Sequence[SortPair]) -> Mapping[str, Any]:
    """Return the spanning tree's figures; each two sorts must have a distance."""
    why = _missing_basis(sorts)
    found = [pair.figures[SortMeasure.EDIT_DISTANCE].value for pair in pairs]
    if why is None and None in found:
        why = SortReason.NOT_CONNECTED
    if why is not None:
        return dict.fromkeys(("mst_weight", "nmst_per_edge", "nmst_per_sort"), _undefined(why))
    n_sorts = sorts.active.size
    distances = np.zeros((n_sorts, n_sorts), dtype=np.int64)
    for (first, second), moved in zip(combinations(range(n_sorts), 2), found, strict=True):
        distances[first, second] = distances[second, first] = int(moved or 0)
    weight = spanning_weight(distances)
    return {
        "mst_weight": weight,
        "nmst_per_edge": weight / (n_sorts - 1),
        "nmst_per_sort": weight / n_sorts,
    }


def _correlation(sorts: Sorts, tree: Dendrogram | None, n_sorted: int) -> Any:
    if sorts.active.size == 0:
        return _undefined(SortReason.NO_JUDGEMENTS)
    if n_sorted < 2:
        return _undefined(SortReason.TOO_FEW_CARDS)
    if tree is None:
        return _undefined(SortReason.NOT_SORTED_TOGETHER)
    if np.isnan(tree.correlation):
        return _undefined(SortReason.EQUAL_DISTANCES)
    return tree.correlation
