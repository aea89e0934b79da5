"""PURE: how many categories came into use, card by card, and since when no new one did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.coding.pace import CodedCard


@dataclass(frozen=True, slots=True)
class Saturation:
    """The cards in the order they were coded against the categories in use.

    `steps` holds (cards, categories) wherever a card brought something new, and the end; `run` is
    how many of the last cards brought nothing new.
    """

    steps: tuple[tuple[int, int], ...]
    run: int

    @property
    def n_cards(self) -> int:
        return self.steps[-1][0] if self.steps else 0

    @property
    def n_categories(self) -> int:
        return self.steps[-1][1] if self.steps else 0


def saturation(rounds: Iterable[Sequence[CodedCard]]) -> Saturation:
    """Return how categories came into use over rounds, each with its cards in order.

    A card that was coded before is no new evidence, so it does not lengthen the run; a category
    first used on it ends the run all the same.
    """
    cards: set[int] = set()
    categories: set[int] = set()
    steps: dict[int, int] = {}
    newest = 0
    for one in (card for cards_of_round in rounds for card in cards_of_round):
        cards.add(one.card_id)
        if one.category_ids - categories:
            categories |= one.category_ids
            newest = len(cards)
            steps[newest] = len(categories)
    if cards:
        steps[len(cards)] = len(categories)
    return Saturation(tuple(steps.items()), len(cards) - newest)
