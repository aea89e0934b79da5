"""How often cards lie in one pile: the similarity matrix of open sorts."""

import numpy as np

from app.agreement.ratings import FloatArray, IntArray, ratio
from app.agreement.sorts.sorting import Sorts


def count_together(sorts: Sorts) -> IntArray:
    """Return how many participants put each two cards into one pile, shape (n_cards, n_cards)."""
    together = np.zeros((sorts.n_cards, sorts.n_cards), dtype=np.int64)
    for piles in sorts.piles.T:
        for pile in range(int(piles.max(initial=-1)) + 1):
            cards = np.flatnonzero(piles == pile)
            together[np.ix_(cards, cards)] += 1
    return together


def cooccurrence(sorts: Sorts) -> FloatArray:
    """Return for each two cards the share of participants who put them into one pile.

    Participants who did not sort both cards do not count: leaving a card out says nothing of
    where it belongs.

    Parameters
    ----------
    sorts : Sorts
        The sorts.

    Returns
    -------
    ndarray of float, shape (n_cards, n_cards)
        Symmetric, between 0 and 1, 1 on the diagonal; NaN (undefined) where no participant sorted
        both cards.

    Examples
    --------
    >>> sorts = Sorts([[0, 0], [0, 1], [1, -1]], ("ant", "bee", "cow"), ("Ada", "Ben"))
    >>> cooccurrence(sorts).tolist()
    [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    is_sorted = sorts.sorted.astype(np.float64)
    return ratio(count_together(sorts), is_sorted @ is_sorted.T)
