"""Which cards of a study are meant: words, an attribute, a source."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal
from sqlmodel import Session, col, select

from app.corpus.models import Card
from app.errors import Invalid
from app.text import comparable

LONGEST_SEARCH = 500


@dataclass(frozen=True, slots=True)
class CardFilter:
    """What the wanted cards have in common; without anything, all cards are wanted.

    `search` is looked for as plain text in id, title, text and attributes, in any case. Cards
    that were set aside are wanted only when asked for: True for them alone, None for all.
    """

    search: str = ""
    attribute: str = ""
    value: str = ""
    has_source: bool | None = None
    is_set_aside: bool | None = False

    @property
    def is_empty(self) -> bool:
        return self == EVERY_CARD

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "CardFilter":
        return cls(**stored)


EVERY_CARD = CardFilter()


def search_text(key: str, title: str, text: str, attributes: Mapping[str, str]) -> str:
    """Return all that a search looks through, each part on a line of its own."""
    return "\n".join(map(comparable, (key, title, text, *attributes.values())))


def conditions(session: Session, study_id: int, wanted: CardFilter) -> list[ColumnElement[bool]]:
    """Return what a card's row has to fulfil; raises `Invalid` for a search that is too long."""
    if len(wanted.search) > LONGEST_SEARCH:
        raise Invalid(
            f"Search for at most {LONGEST_SEARCH} characters; these are {len(wanted.search):,}.",
            field="search",
        )
    found: list[ColumnElement[bool]] = [col(Card.study_id) == study_id]
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    needle = comparable(wanted.search)
    if needle:
        # Not LIKE: it has wildcards and on SQLite a longest pattern; this has neither.
        position = func.instr if is_sqlite else func.strpos
        found.append(position(col(Card.search_text), needle) > 0)
    if wanted.attribute:
        pairs = pairs_of(session)
        same = (pairs.c.key == wanted.attribute) & (pairs.c.value == wanted.value)
        found.append(exists(select(literal(1)).select_from(pairs).where(same)))
    if wanted.has_source is not None:
        found.append((col(Card.source_url) != "") == wanted.has_source)
    if wanted.is_set_aside is not None:
        found.append(col(Card.set_aside_at).is_not(None) == wanted.is_set_aside)
    return found


def pairs_of(session: Session) -> Any:
    """Return the attributes of a card as rows of key and value, alike on both databases."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    each = func.json_each if is_sqlite else func.json_each_text
    return each(Card.attributes).table_valued("key", "value")
