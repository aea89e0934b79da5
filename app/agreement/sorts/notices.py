"""What to keep in mind when reading the figures of open sorts, in plain words."""

from collections.abc import Iterator, Sequence

import numpy as np

from app.agreement.notices import Notice, NoticeKind
from app.agreement.sorts.sorting import Sorts

FEW_SORTS = 15
MOST_NAMES = 5
TIED = (
    "equal similarities leave more than one tree; the cards' names decide which is drawn, "
    "whatever the order of cards and participants"
)


def notices_of(sorts: Sorts, *, is_tied: bool) -> Iterator[Notice]:
    """Return what a reader should know of who sorted what.

    Parameters
    ----------
    sorts : Sorts
        The sorts.
    is_tied : bool
        Whether equal similarities left a choice in the dendrogram.

    References
    ----------
    How many sorts make a stable tree: Tullis, T. & Wood, L. (2004). How many users are enough for
    a card-sorting study? Usability Professionals Association 2004.
    """
    yield from _on_amount(sorts)
    yield from _on_gaps(sorts)
    yield from _on_bare_sorts(sorts)
    if is_tied:
        yield Notice(NoticeKind.TIED, f"{TIED[0].upper()}{TIED[1:]}.")


def _on_amount(sorts: Sorts) -> Iterator[Notice]:
    n_sorts = sorts.active.size
    if 1 < n_sorts < FEW_SORTS:
        yield Notice(
            NoticeKind.FEW_SORTS,
            f"Only {n_sorts} people sorted cards: with fewer than {FEW_SORTS} the similarities and "
            "the dendrogram can look quite different once others have sorted too.",
        )


def _on_gaps(sorts: Sorts) -> Iterator[Notice]:
    silent = np.setdiff1d(np.arange(len(sorts.participants)), sorts.active).tolist()
    if silent:
        are = "is" if len(silent) == 1 else "are"
        names = _listed([sorts.participants[column] for column in silent])
        yield Notice(
            NoticeKind.SILENT_CODER, f"{names} sorted no card and {are} left out of every figure."
        )
    by_somebody = sorts.sorted[:, sorts.active]
    unsorted = np.flatnonzero(~by_somebody.any(axis=1)).tolist()
    if unsorted and sorts.active.size:
        names = _listed([sorts.cards[card] for card in unsorted])
        they_are = "it is" if len(unsorted) == 1 else "they are"
        yield Notice(
            NoticeKind.MISSING, f"Nobody sorted {names}: {they_are} not in the dendrogram."
        )
    n_missing, n_all = int((~by_somebody).sum()), by_somebody.size
    if n_missing:
        yield Notice(
            NoticeKind.MISSING,
            f"{n_missing} of {n_all} placements are missing ({n_missing / n_all:.0%}): two people "
            "are compared on the cards both sorted, so edit distances in cards rest on different "
            "numbers of cards.",
        )


def _on_bare_sorts(sorts: Sorts) -> Iterator[Notice]:
    """Name those whose sort cannot tell what belongs together."""
    n_sorted = sorts.sorted.sum(axis=0)
    is_one_pile = (sorts.n_piles == 1) & (n_sorted > 1)
    is_all_alone = (sorts.n_piles == n_sorted) & (n_sorted > 1)
    for chosen, did in (
        (is_one_pile, "put all cards into one pile"),
        (is_all_alone, "left each card alone"),
    ):
        names = [sorts.participants[column] for column in np.flatnonzero(chosen).tolist()]
        if names:
            yield Notice(
                NoticeKind.CONSTANT_CODER,
                f"{_listed(names)} {did}: such a sort does not tell which cards belong together. "
                "Leave it out, or say why it stays.",
            )


def _listed(names: Sequence[str]) -> str:
    shown = [f"“{name[:60]}”" for name in names[:MOST_NAMES]]
    n_more = len(names) - len(shown)
    if n_more:
        return f"{', '.join(shown)} and {n_more} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
