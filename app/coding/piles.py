"""The coder's own piles on one facet: what the board shows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app.codebook.content import Choice, FacetContent
from app.coding.lying import Lying, own_on_facet
from app.coding.pile_rules import OwnPile, key_of, on_facet
from app.coding.rules import WORDS_FOR_VALUE, Value
from app.coding.sorting import Seat
from app.corpus.models import Card
from app.corpus.pages import language_of

MOST_OF_A_PILE = 30
FEWEST_OF_A_PILE = 6
MOST_ON_A_BOARD = 400
LONGEST_EXCERPT = 480
READ_AT_ONCE = 30
WHOLE_TEXT = 100_000

_EMPHASIS = re.compile(r"(\*\*|\*|`)(?=\S)([^*`\n]+)(?<=\S)\1")
_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\s]+\)")
_LINE_MARK = re.compile(r"^(?:#{1,6}|>) ", re.MULTILINE)

UNSORTED = Value.NOT_JUDGED.value
KEYS_WITHOUT = {Value.NONE_APPLIES: "0", Value.NOT_APPLICABLE: "9", Value.CANNOT_JUDGE: "8"}


@dataclass(frozen=True, slots=True)
class Pile:
    """The cards of one category, of an own pile, or of one way to have none, in the coder's order.

    `key` is the category's id, a `Value`, or that of the own pile, which then is `own`; `field` is
    the form field that lays a card here.
    """

    key: str
    field: str
    name: str
    letter: str
    tone: int | None
    cards: Sequence[Lying]
    own: OwnPile | None = None

    @property
    def is_unsorted(self) -> bool:
        return self.key == UNSORTED

    @property
    def n(self) -> int:
        return len(self.cards)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """As much of a card as a pile shows."""

    key: str
    title: str
    text: str
    lang: str | None


def piles_of(session: Session, seat: Seat, facet: FacetContent) -> list[Pile]:
    """Return the piles of a facet: not sorted, one for each category, those without one."""
    lying = own_on_facet(session, seat.round_, seat.coder_id, facet.id)
    by_key: dict[str, list[Lying]] = {}
    for card in lying:
        for key in keys_of(card):
            by_key.setdefault(key, []).append(card)
    unsorted, *rest = [
        Pile(key, field, name, letter, tone, by_key.get(key, []))
        for key, field, name, letter, tone in _places(facet)
    ]
    n_categories = len(facet.categories)
    own = [
        Pile(one.key, "piles", one.name, one.letter, one.tone, by_key.get(one.key, []), one)
        for one in on_facet(seat.piles, facet.id)
    ]
    return [unsorted, *rest[:n_categories], *own, *rest[n_categories:]]


def named_piles(seat: Seat, facet: FacetContent) -> dict[str, str]:
    """Return the names of a facet's piles by key, in the codebook's order, without their cards."""
    unsorted, *rest = [(key, name) for key, _field, name, _letter, _tone in _places(facet)]
    n_categories = len(facet.categories)
    own = [(one.key, one.name) for one in on_facet(seat.piles, facet.id)]
    return dict([unsorted, *rest[:n_categories], *own, *rest[n_categories:]])


def keys_of(card: Lying) -> tuple[str, ...]:
    """Return the keys of the piles a card lies in: several where a facet takes several."""
    if card.value == Value.CATEGORIES:
        return (*map(str, card.category_ids), *map(key_of, card.pile_numbers))
    return (card.value or UNSORTED,)


def _places(facet: FacetContent) -> list[tuple[str, str, str, str, int | None]]:
    without = [
        (value.value, "value", WORDS_FOR_VALUE[value], key, None)
        for value, key in KEYS_WITHOUT.items()
    ]
    return [
        (UNSORTED, "value", "Not sorted", "", None),
        *(
            (str(one.id), "category_ids", one.name, one.letter, one.tone)
            for one in facet.categories
        ),
        *without,
    ]


def n_shown(n_piles: int) -> int:
    """Return how many cards of each pile a board draws, so that many piles stay quick."""
    return max(FEWEST_OF_A_PILE, min(MOST_OF_A_PILE, MOST_ON_A_BOARD // max(1, n_piles)))


def is_multiple(facet: FacetContent) -> bool:
    return facet.choice is Choice.MULTIPLE


def excerpts(session: Session, card_ids: Sequence[int], *, longest: int) -> dict[int, Excerpt]:
    """Return the beginnings of cards, read in one statement."""
    statement = select_columns(
        col(Card.id),
        col(Card.key),
        col(Card.title),
        func.substr(col(Card.text), 1, longest + 1),
        col(Card.attributes),
    ).where(col(Card.id).in_(card_ids))
    return {
        row[0]: Excerpt(row[1], row[2], _cut(row[3], longest), language_of(row[4]))
        for row in session.execute(statement).all()
    }


def plain(text: str) -> str:
    """Return Markdown without its commonest marks, for a text too small to be set."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", _LINE_MARK.sub("", text)))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest].rstrip()}…"
