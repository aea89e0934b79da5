"""Every figure of two sorts, with the reason where there is none."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from app.agreement.resampling import Progress
from app.agreement.sorts.card_pairs import adjusted_rand, count_pairs, pair_jaccard, rand
from app.agreement.sorts.information import (
    Information,
    adjusted_mutual_information,
    completeness,
    homogeneity,
    v_measure,
)
from app.agreement.sorts.measures import SortMeasure, SortReason
from app.agreement.sorts.moves import edit_distance
from app.agreement.sorts.overlaps import Overlap, overlap_of
from app.agreement.sorts.sorting import Sorts
from app.agreement.undefined import Estimate


@dataclass(frozen=True, slots=True)
class SortPair:
    """How far two participants agree on what belongs together.

    Parameters
    ----------
    first, second : str
        Names of the participants, in the order of the columns.
    n_cards : int
        Cards both sorted: only these are compared.
    figures : mapping of SortMeasure to Estimate
        Each with a value or a reason.
    """

    first: str
    second: str
    n_cards: int
    figures: Mapping[SortMeasure, Estimate]


def compare_sorts(sorts: Sorts, progress: Progress | None = None) -> tuple[SortPair, ...]:
    """Return the figures of each two participants who sorted any card.

    Parameters
    ----------
    sorts : Sorts
        The sorts.
    progress : callable, optional
        Told the share of pairs done.

    Examples
    --------
    >>> sorts = Sorts([[0, 5], [0, 5], [1, 2], [1, 2]], tuple("abcd"), ("Ada", "Ben"))
    >>> (pair,) = compare_sorts(sorts)
    >>> pair.figures[SortMeasure.ADJUSTED_RAND].value
    1.0
    """
    columns = list(combinations(sorts.active.tolist(), 2))
    found = []
    for first, second in columns:
        found.append(_compared(sorts, first, second))
        if progress is not None and (len(found) % 100 == 0 or len(found) == len(columns)):
            progress(len(found) / len(columns))
    return tuple(found)


def _compared(sorts: Sorts, first: int, second: int) -> SortPair:
    overlap = overlap_of(sorts, first, second)
    n_cards = overlap.n_cards
    figures = {
        measure: Estimate(None, n_units=n_cards, n_coders=2, reason=why)
        if math.isnan(value)
        else Estimate(value, n_units=n_cards, n_coders=2)
        for measure, value, why in _values(overlap)
    }
    names = sorts.participants
    return SortPair(names[first], names[second], n_cards, figures)


def _values(overlap: Overlap) -> Iterator[tuple[SortMeasure, float, SortReason]]:
    """Return each value, NaN where undefined, with the reason it then has."""
    if overlap.n_cards == 0:
        yield from ((measure, math.nan, SortReason.NOTHING_PAIRABLE) for measure in SortMeasure)
        return
    is_single = overlap.n_cards == 1
    same = SortReason.TOO_FEW_CARDS if is_single else SortReason.NO_VARIATION
    apart = SortReason.TOO_FEW_CARDS if is_single else SortReason.NO_CARDS_TOGETHER
    pairs, told, moves = count_pairs(overlap), Information(overlap), edit_distance(overlap)
    share = math.nan if is_single else moves / (overlap.n_cards - 1)
    yield SortMeasure.ADJUSTED_RAND, adjusted_rand(pairs), same
    yield SortMeasure.RAND, rand(pairs), same
    yield SortMeasure.V_MEASURE, v_measure(told), same
    yield SortMeasure.HOMOGENEITY, homogeneity(told), same
    yield SortMeasure.COMPLETENESS, completeness(told), same
    yield SortMeasure.AMI, adjusted_mutual_information(told), same
    yield SortMeasure.PAIR_JACCARD, pair_jaccard(pairs), apart
    yield SortMeasure.EDIT_DISTANCE, moves, same
    yield SortMeasure.EDIT_DISTANCE_SHARE, share, same
