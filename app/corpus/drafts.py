"""From a table to cards not yet stored, with everything that speaks against storing them."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from urllib.parse import urlsplit

from app.corpus.columns import Mapped, Role, check_mapping
from app.tables.table import Table
from app.text import comparable, is_blank

LONGEST_ID = 200
LONGEST_ID_KEY = 400
LONGEST_TITLE = 500
LONGEST_TEXT = 100_000
LONGEST_URL = 2_000

_GENERATED_ID = re.compile(r"C-([0-9]{1,12})")


@dataclass(frozen=True, slots=True)
class CardDraft:
    """One card as the file has it; cards of one `id_key` have the same id to a reader."""

    row_number: int
    id: str
    id_key: str
    title: str
    text: str
    text_hash: str
    source_url: str | None
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot become a card."""

    row_number: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Repetition:
    """An id or a text that several rows share, or that the study has already."""

    card_id: str
    row_numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DraftReport:
    """The cards of a file, and what has to be settled before they are imported.

    `drafts` holds every row without a problem of its own, repeated ones too. The `repeated_*`
    lie within the file (`card_id` is the first row's), the `known_*` are in the study already.
    """

    drafts: tuple[CardDraft, ...]
    problems: tuple[RowProblem, ...]
    repeated_ids: tuple[Repetition, ...]
    known_ids: tuple[Repetition, ...]
    repeated_texts: tuple[Repetition, ...]
    known_texts: tuple[Repetition, ...]


def text_hash(text: str) -> str:
    """Return the key two texts share when they differ in case and spacing only."""
    return sha256(comparable(text).encode()).hexdigest()


def drafts(
    table: Table,
    mapping: Mapped,
    existing_ids: Collection[str] = (),
    existing_text_hashes: Collection[str] = (),
) -> DraftReport:
    """Return the cards of a table, their problems and their repetitions, in the file's order.

    Without an id column the cards are numbered on from the highest `C-0001` of the study.
    Raises `Invalid` when the mapping does not fit the table.
    """
    check_mapping(table.columns, mapping)
    found: list[CardDraft] = []
    problems: list[RowProblem] = []
    for draft in _read(table, mapping, existing_ids):
        sentences = list(objections(draft))
        problems += [RowProblem(draft.row_number, sentence) for sentence in sentences]
        if not sentences:
            found.append(draft)
    ids = [(draft.id_key, draft) for draft in found]
    texts = [(draft.text_hash, draft) for draft in found]
    return DraftReport(
        drafts=tuple(found),
        problems=tuple(problems),
        repeated_ids=_repeated(ids),
        known_ids=_known(ids, set(map(comparable, existing_ids))),
        repeated_texts=_repeated(texts),
        known_texts=_known(texts, set(existing_text_hashes)),
    )


def _read(table: Table, mapping: Mapped, existing_ids: Iterable[str]) -> Iterator[CardDraft]:
    place = {role: table.columns.index(name) for role, name in mapping.items() if name}
    others = [(i, name) for i, name in enumerate(table.columns) if i not in place.values()]
    new_ids = _new_ids(existing_ids)

    def cell(row: tuple[str, ...], role: Role) -> str:
        return row[place[role]].strip() if role in place else ""

    for number, row in zip(table.row_numbers, table.rows, strict=True):
        card_id = cell(row, Role.ID) if Role.ID in place else next(new_ids)
        text = cell(row, Role.TEXT)
        yield CardDraft(
            row_number=number,
            id=card_id,
            id_key=comparable(card_id),
            title=cell(row, Role.TITLE),
            text=text,
            text_hash=text_hash(text),
            source_url=cell(row, Role.SOURCE_URL) or None,
            attributes={name: row[i] for i, name in others},
        )


def _new_ids(existing_ids: Iterable[str]) -> Iterator[str]:
    matches = map(_GENERATED_ID.fullmatch, existing_ids)
    highest = max((int(match.group(1)) for match in matches if match), default=0)
    return (f"C-{n:04}" for n in count(highest + 1))


def objections(draft: CardDraft) -> Iterator[str]:
    """Yield in sentences why a draft cannot become a card."""
    if is_blank(draft.id):
        yield "The id is empty."
    elif len(draft.id) <= LONGEST_ID and len(draft.id_key) > LONGEST_ID_KEY:
        yield "The id has letters that take too much room. Choose a shorter one."
    if is_blank(draft.text):
        yield "The text is empty."
    for name, value, most in (
        ("id", draft.id, LONGEST_ID),
        ("title", draft.title, LONGEST_TITLE),
        ("text", draft.text, LONGEST_TEXT),
        ("source address", draft.source_url or "", LONGEST_URL),
    ):
        if len(value) > most:
            yield f"The {name} is longer than {most:,} characters ({len(value):,})."
    if draft.source_url and not is_web_address(draft.source_url):
        yield "The source address does not start with http:// or https://."


def is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    is_web = parts.scheme in {"http", "https"} and bool(host)
    return is_web and not any(c.isspace() for c in address)


def _repeated(keyed: Iterable[tuple[str, CardDraft]]) -> tuple[Repetition, ...]:
    groups: dict[str, list[CardDraft]] = {}
    for key, draft in keyed:
        groups.setdefault(key, []).append(draft)
    return tuple(
        Repetition(group[0].id, tuple(draft.row_number for draft in group))
        for group in groups.values()
        if len(group) > 1
    )


def _known(
    keyed: Iterable[tuple[str, CardDraft]], existing: Collection[str]
) -> tuple[Repetition, ...]:
    return tuple(
        Repetition(draft.id, (draft.row_number,)) for key, draft in keyed if key in existing
    )
