"""PURE: the figures of open sorts as lines of text for a terminal."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from app.agreement.names import NAMES
from app.agreement.sorts.dendrogram import Dendrogram
from app.agreement.sorts.measures import SortMeasure, SortReason
from app.agreement.sorts.pairs import SortPair
from app.agreement.undefined import Estimate
from app.calculator.open_sorts.answer import SortAnswer
from app.calculator.printing import NOT_DEFINED, as_columns, fit
from app.calculator.table import number

MOST_PAIRS = 60
MOST_CARDS = 200
_BAR = 20
_OVER_ALL = ("mst_weight", "nmst_per_edge", "nmst_per_sort", "cophenetic_correlation")
_RANGE = "cophenetic_correlation_range"
_HEADS = {
    SortMeasure.ADJUSTED_RAND: "Adj. Rand",
    SortMeasure.RAND: "Rand",
    SortMeasure.AMI: "AMI",
    SortMeasure.V_MEASURE: "V",
    SortMeasure.HOMOGENEITY: "Homog.",
    SortMeasure.COMPLETENESS: "Compl.",
    SortMeasure.PAIR_JACCARD: "Jaccard",
    SortMeasure.EDIT_DISTANCE: "Moves",
    SortMeasure.EDIT_DISTANCE_SHARE: "Share",
}


def as_text(answer: SortAnswer) -> str:
    """Return counts, notices, the figures of each two participants, and the tree of cards."""
    found = answer.calculation
    sentences = [*answer.read.notices, *(notice.sentence for notice in found.notices)]
    parts = [
        as_columns([[NAMES[key], number(found.figures[key])] for key in ("n_cards", "n_sorts")]),
        "\n".join(f"Note: {sentence}" for sentence in sentences),
        _people(answer),
        _pairs(answer),
        _over_all(answer),
        _tree(answer),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _people(answer: SortAnswer) -> str:
    sorts = answer.read.sorts
    rows = [
        [name, number(n_cards), number(n_piles)]
        for name, n_cards, n_piles in zip(
            sorts.participants,
            sorts.sorted.sum(axis=0).tolist(),
            sorts.n_piles.tolist(),
            strict=True,
        )
    ]
    return as_columns([["Participant", "Cards sorted", "Piles"], *rows])


def _pairs(answer: SortAnswer) -> str:
    pairs = answer.calculation.pairs
    if not pairs:
        return ""
    rows = [_row(pair) for pair in pairs[:MOST_PAIRS]]
    reasons = list(_reasons(pairs[:MOST_PAIRS]))
    if len(pairs) > MOST_PAIRS:
        n_more = number(len(pairs) - MOST_PAIRS)
        reasons.insert(0, f"… and {n_more} more pairs: --json has them all.")
    return as_columns(
        [["Participants", "Cards", *_HEADS.values()], *_spread(pairs), *rows],
        says="Moves: edit distance in cards; Share: of the largest possible, the cards less one.",
        reasons=reasons,
    )


def _row(pair: SortPair) -> list[str]:
    shown = [_shown(pair.figures[measure]) for measure in _HEADS]
    return [f"{pair.first} and {pair.second}", number(pair.n_cards), *shown]


def _shown(found: Estimate) -> str:
    return NOT_DEFINED if found.value is None else number(found.value)


def _spread(pairs: Sequence[SortPair]) -> Iterator[list[str]]:
    """Return where the pairs lie, if there are several; those without a value are left out."""
    if len(pairs) < 3:
        return
    columns = [
        [found for pair in pairs if (found := pair.figures[measure].value) is not None]
        for measure in _HEADS
    ]
    for name, of_all in (("Lowest", min), ("Median", _middle), ("Highest", max)):
        yield [name, "", *(number(of_all(column)) if column else "" for column in columns)]


def _middle(column: Sequence[float]) -> float:
    """Return the median; where a count is the middle one, it stays a count."""
    middle = median(column)
    return next((value for value in column if value == middle), middle)


def _reasons(pairs: Sequence[SortPair]) -> Iterator[str]:
    for pair in pairs:
        terms: dict[str, list[str]] = {}
        for measure in _HEADS:
            reason = pair.figures[measure].reason
            if reason is not None:
                terms.setdefault(reason, []).append(NAMES[measure])
        for reason, names in terms.items():
            what = "No figure" if len(names) == len(_HEADS) else ", ".join(names)
            is_defined = "is defined" if len(names) == len(_HEADS) else "not defined"
            yield f"{fit(pair.first)} and {fit(pair.second)}: {what} {is_defined}: {reason}."


def _over_all(answer: SortAnswer) -> str:
    figures = answer.calculation.figures
    rows, reasons = [["Figure", "Value"]], []
    for key in _OVER_ALL:
        found = figures[key]
        if isinstance(found, dict):
            rows.append([NAMES[key], NOT_DEFINED])
            reason = SortReason[found["undefined"].upper()].value
            reasons.append(f"{NAMES[key]} is not defined: {reason}.")
        else:
            rows.append([NAMES[key], number(found)])
    if _RANGE in figures:
        low, high = map(number, figures[_RANGE])
        rows.append([NAMES[_RANGE], f"{low} to {high}"])
    return as_columns(rows, reasons=reasons)


def _tree(answer: SortAnswer) -> str:
    """Return the cards in the order of the tree, each with how near it joins the one above."""
    tree = answer.calculation.tree
    if tree is None or len(tree.leaf_order) < 2:
        return ""
    if len(tree.leaf_order) > MOST_CARDS:
        return f"The dendrogram of {number(len(tree.leaf_order))} cards is in --json."
    cards = answer.calculation.sorted_cards
    names = [answer.read.sorts.cards[cards[leaf]] for leaf in tree.leaf_order]
    rows = [[names[0], "", ""]]
    rows += [
        [name, number(alike), "#" * round(_BAR * alike) + " " * (_BAR - round(_BAR * alike))]
        for name, alike in zip(names[1:], _similarities(tree), strict=True)
    ]
    head = ["Card", "Joins the above at", ""]
    return as_columns(
        [head, *rows],
        says=f"Similarity at which groups join, {answer.calculation.linkage} linkage.",
    )


def _similarities(tree: Dendrogram) -> list[float]:
    """Return how near each two neighbours in the tree's order join."""
    n_cards = len(tree.leaf_order)
    ends = [(leaf, leaf) for leaf in range(n_cards)]
    met: dict[tuple[int, int], float] = {}
    for (one, other), height in zip(tree.merges.tolist(), tree.heights.tolist(), strict=True):
        met[ends[one][1], ends[other][0]] = 1 - height
        ends.append((ends[one][0], ends[other][1]))
    return [met[pair] for pair in pairwise(tree.leaf_order.tolist())]
