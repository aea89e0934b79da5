"""How much the tree of cards owes to the order in which equal similarities are taken."""

from collections.abc import Sequence

import numpy as np

from app.agreement.ratings import FloatArray
from app.agreement.sorts.dendrogram import Linkage, build_dendrogram

N_ORDERS = 300
MOST_CARDS = 100  # beyond, hundreds of trees would take longer than all other figures together


def correlation_range(
    similarity: FloatArray,
    cards: Sequence[str],
    *,
    linkage: Linkage = Linkage.AVERAGE,
    n_orders: int = N_ORDERS,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the lowest and highest cophenetic correlation of trees that ties leave open.

    The cards are put into orders drawn by chance, and for each the tree is drawn in which these
    orders, and not the names, decide among equals. The tree by names is one of them. With few
    cards all trees there are come up; with many, the range can be a little too narrow.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_cards, n_cards)
        As for `build_dendrogram`.
    cards : sequence of str, length n_cards
        Distinct names; the draws begin from their order as text, so that the order of the rows
        makes no difference.
    linkage : Linkage
        How groups are joined.
    n_orders : int
        Orders to draw.
    seed : int
        Where chance begins.

    Returns
    -------
    tuple of float
        Both up to 1; NaN (undefined) if the distances do not vary.

    Examples
    --------
    >>> chain = np.array([[1, 0.5, 0.2, 0], [0.5, 1, 0.5, 0], [0.2, 0.5, 1, 0], [0, 0, 0, 1]])
    >>> low, high = correlation_range(chain, "abcd")
    >>> low <= build_dendrogram(chain, "abcd").correlation <= high
    True
    """
    order = sorted(range(len(cards)), key=cards.__getitem__)
    by_name = similarity[np.ix_(order, order)]
    chance = np.random.default_rng(seed)
    places = [np.arange(len(cards)), *(chance.permutation(len(cards)) for _ in range(n_orders))]
    found = [
        build_dendrogram(by_name, [f"{n:09}" for n in place], linkage=linkage).correlation
        for place in places
    ]
    return min(found), max(found)
