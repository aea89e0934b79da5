"""Which column of an uploaded table is what: a guess the person importing it can change."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import islice

from app.errors import Invalid
from app.text import comparable

N_ROWS_WEIGHED = 1_000


class Role(StrEnum):
    """What a column can hold of a card; all other columns become its attributes."""

    ID = "id"
    TITLE = "title"
    TEXT = "text"
    SOURCE_URL = "source_url"


SYNONYMS: Mapping[Role, tuple[str, ...]] = {
    Role.ID: ("cardid", "id", "excerptid", "unitid", "itemid", "identifier", "uid", "key"),
    Role.TEXT: (
        "text",
        "cardtext",
        "excerpt",
        "content",
        "body",
        "quote",
        "quotation",
        "passage",
        "snippet",
        "segment",
        "description",
        "cardlabel",
        "label",
    ),
    Role.TITLE: ("title", "cardtitle", "heading", "headline", "name"),
    Role.SOURCE_URL: ("sourceurl", "url", "link", "source", "sourcelink", "permalink", "uri"),
}

Mapped = Mapping[Role, str | None]


def guess_columns(
    columns: Sequence[str], rows: Iterable[Sequence[str]] = ()
) -> dict[Role, str | None]:
    """Return the likely column of each role, by its name.

    A column that is empty in all the rows given holds no text, whatever its name. Without a
    telling name the text is the column with the longest cells; should that be the title, the
    cards have a text and no title.
    """
    lengths = _lengths(columns, rows)
    by_key: dict[str, str] = {}
    for column in columns:
        by_key.setdefault(_key(column), column)
    guess = {role: _first_known(SYNONYMS[role], by_key) for role in Role}
    filled = {key: column for key, column in by_key.items() if lengths[column]}
    guess[Role.TEXT] = _first_known(SYNONYMS[Role.TEXT], filled or by_key)
    if guess[Role.TEXT] is None:
        free = [c for c in columns if c not in (guess[Role.ID], guess[Role.SOURCE_URL])]
        guess[Role.TEXT] = max(free, key=lengths.__getitem__, default=None)
    if guess[Role.TITLE] == guess[Role.TEXT]:
        guess[Role.TITLE] = None
    return guess


def check_mapping(columns: Sequence[str], mapping: Mapped) -> None:
    """Raise `Invalid` unless the mapping names a text and each of the table's columns once."""
    if not mapping.get(Role.TEXT):
        raise Invalid("Choose the column that holds the text of the cards.", field=Role.TEXT)
    seen: dict[str, Role] = {}
    for role, column in mapping.items():
        if not column:
            continue
        if column not in columns:
            raise Invalid(f"The file has no column “{column}”.", field=role)
        if column in seen:
            raise Invalid(
                f"The column “{column}” is chosen twice, as {seen[column]} and as {role}.",
                field=role,
            )
        seen[column] = role


def _key(column: str) -> str:
    return "".join(filter(str.isalnum, comparable(column)))


def _first_known(synonyms: Iterable[str], by_key: Mapping[str, str]) -> str | None:
    return next((by_key[name] for name in synonyms if name in by_key), None)


def _lengths(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> dict[str, int]:
    lengths = dict.fromkeys(columns, 0)
    for row in islice(rows, N_ROWS_WEIGHED):
        for column, cell in zip(columns, row, strict=True):
            lengths[column] += len(cell)
    return lengths
