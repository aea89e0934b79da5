"""The tree of cards as lines: similarity 1 at the cards on the left, 0 at the right edge."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.agreement.sorts.dendrogram import Dendrogram
from app.agreement.sorts.pile_groups import cut_tree
from app.alignment.look_groups import HUNDREDTHS

MOST_LINES = 80
LONGEST_LABEL = 36
_WORDS, _PLOT, _ROW, _HEAD, _FOOT = 244, 440, 20, 28, 12


@dataclass(frozen=True, slots=True)
class Leaf:
    """What stands at the end of a branch: a card, or the first of several that are not drawn."""

    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: int
    label: str


@dataclass(frozen=True, slots=True)
class TreeDrawing:
    """A dendrogram in the units of its SVG; `n_folded` cards share their branch with others."""

    title: str
    width: int
    height: int
    top: int
    bottom: int
    words_end: int
    leaves: tuple[Leaf, ...]
    branches: tuple[str, ...]
    ticks: tuple[Tick, ...]
    cut_x: float
    n_folded: int


def branches_drawn(tree: Dendrogram) -> list[list[int]]:
    """Return the tree's cards at the end of each branch that is drawn, in its order."""
    group_of = cut_tree(tree, min(int(tree.leaf_order.size), MOST_LINES))
    members: dict[int, list[int]] = {}
    for card in tree.leaf_order.tolist():
        members.setdefault(int(group_of[card]), []).append(card)
    return [cards for _, cards in sorted(members.items())]


def draw_tree(tree: Dendrogram, labels: Mapping[int, str], *, cut: int, title: str) -> TreeDrawing:
    """Return the tree drawn; of more than `MOST_LINES` cards the joins that come last.

    `labels` has the first card of each branch that is drawn, `cut` is in hundredths of similarity.
    """
    drawn = branches_drawn(tree)
    n_leaves = len(drawn)
    leaves = tuple(
        Leaf(_HEAD + _ROW * number + _ROW // 2, _label(labels[cards[0]], len(cards)))
        for number, cards in enumerate(drawn)
    )
    bottom = _HEAD + _ROW * n_leaves
    return TreeDrawing(
        title=title,
        width=_WORDS + _PLOT + 20,
        height=bottom + _FOOT,
        top=_HEAD,
        bottom=bottom,
        words_end=_WORDS - 8,
        leaves=leaves,
        branches=tuple(_branches(tree, leaves, drawn)),
        ticks=tuple(Tick(round(_x(1 - at / 4)), f"{at / 4:.2f}") for at in (4, 3, 2, 1, 0)),
        # Between what joins at the cut and what just misses it.
        cut_x=round(_x(1 - (cut - 0.5) / HUNDREDTHS), 1),
        n_folded=int(tree.leaf_order.size) - n_leaves,
    )


def _label(words: str, n_cards: int) -> str:
    more = f" and {n_cards - 1} more" if n_cards > 1 else ""
    return _cut(words, LONGEST_LABEL - len(more)) + more


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"


def _x(height: float) -> float:
    return _WORDS + _PLOT * min(max(height, 0.0), 1.0)


def _branches(
    tree: Dendrogram, leaves: Sequence[Leaf], drawn: Sequence[Sequence[int]]
) -> Iterator[str]:
    """Yield the path of each join that is drawn."""
    n_cards = int(tree.leaf_order.size)
    at = {
        card: (_x(0), float(leaf.y))
        for leaf, cards in zip(leaves, drawn, strict=True)
        for card in cards
    }
    n_within = n_cards - len(leaves)  # joins within a branch come first
    steps = zip(tree.merges.tolist(), tree.heights.tolist(), strict=True)
    for step, ((one, other), height) in enumerate(steps):
        (x_one, y_one), (x_other, y_other) = at[one], at[other]
        x = _x(0 if step < n_within else height)
        at[n_cards + step] = (x, (y_one + y_other) / 2)
        if step >= n_within:
            yield f"M{x_one:.1f} {y_one:.1f}H{x:.1f}V{y_other:.1f}H{x_other:.1f}"
