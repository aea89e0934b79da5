"""What importing a table would do: which rows become cards, which replace some, which stay out."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from app.corpus.columns import Role, check_mapping, guess_columns
from app.corpus.drafts import CardDraft, DraftReport
from app.errors import Invalid
from app.tables.readers import DEFAULT_LIMITS, read_table
from app.tables.sheets import open_package
from app.tables.table import Table, TableFormat
from app.tables.workbook import open_workbook

Tell = Callable[[float, str], None]


class ColumnUse(StrEnum):
    """What becomes of a column."""

    ID = "id"
    TEXT = "text"
    TITLE = "title"
    SOURCE_URL = "source_url"
    ATTRIBUTE = "attribute"
    LEAVE_OUT = "leave_out"


class OnKnown(StrEnum):
    """What to do with a row whose id a card of the study, or an earlier row, has already."""

    ASK = "ask"
    SKIP = "skip"
    REPLACE = "replace"


class OnRepeat(StrEnum):
    """What to do with a row under a new id whose text is there already."""

    SKIP = "skip"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the file is read; what is None is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person importing decided about rows that are not simply new cards."""

    on_known: OnKnown = OnKnown.ASK
    on_repeat: OnRepeat = OnRepeat.SKIP
    leave_out_bad_rows: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that was chosen for one upload, as it is kept with it."""

    reading: Reading = Reading()
    uses: Mapping[str, ColumnUse] = field(default_factory=dict)
    choices: Choices = Choices()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Settings":
        choices = stored.get("choices", {})
        return cls(
            reading=Reading(**stored.get("reading", {})),
            uses={name: ColumnUse(use) for name, use in stored.get("uses", {}).items()},
            choices=Choices(
                on_known=OnKnown(choices.get("on_known", OnKnown.ASK)),
                on_repeat=OnRepeat(choices.get("on_repeat", OnRepeat.SKIP)),
                leave_out_bad_rows=bool(choices.get("leave_out_bad_rows", False)),
            ),
        )


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did."""

    created: int
    updated: int
    skipped: int
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "warnings": list(self.warnings)}


@dataclass(frozen=True, slots=True)
class Known:
    """The cards a study has: id by folded key, key by text hash, and the study's counter then."""

    seq: int
    keys: tuple[str, ...] = ()
    ids: Mapping[str, int] = field(default_factory=dict)
    key_of_text: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table read against a study; worked out before the database is locked for writing."""

    table: Table
    mapping: Mapping[Role, str | None]
    known: Known
    report: DraftReport


@dataclass(frozen=True, slots=True)
class Settled:
    """The rows sorted by what becomes of them under the choices."""

    new: tuple[CardDraft, ...]
    replacing: Mapping[int, CardDraft]
    n_skipped: int


def read(content: bytes, file_name: str, reading: Reading) -> Table:
    """Return the table of an upload, read in the way that was chosen."""
    return read_table(content, file_name=file_name, **asdict(reading))


def sheet_names(content: bytes, table: Table) -> tuple[str, ...]:
    """Return the sheets to choose from; none for a file that is no workbook."""
    if table.format is not TableFormat.XLSX:
        return ()
    package = open_package(content, DEFAULT_LIMITS)
    workbook = open_workbook(package, longest=0)
    return tuple(sheet.name for sheet in workbook.sheets)


def guess_uses(table: Table) -> dict[str, ColumnUse]:
    """Return the likely use of each column; a source column of mere names stays an attribute."""
    guess = guess_columns(table.columns, table.rows)
    source = guess[Role.SOURCE_URL]
    if source is not None and not _holds_addresses(table, source):
        guess[Role.SOURCE_URL] = None
    if guess[Role.TEXT] is None:  # a file of ids alone: then they are what there is to read
        guess[Role.TEXT], guess[Role.ID] = guess[Role.ID], None
    role_of = {column: role for role, column in guess.items() if column}
    return {
        name: ColumnUse(role_of[name]) if name in role_of else ColumnUse.ATTRIBUTE
        for name in table.columns
    }


def _holds_addresses(table: Table, column: str) -> bool:
    place = table.columns.index(column)
    filled = [row[place] for row in table.rows if row[place].strip()]
    n_addresses = sum(cell.lstrip().startswith(("http://", "https://")) for cell in filled)
    return n_addresses * 2 > len(filled)


def uses_of(table: Table, chosen: Sequence[ColumnUse]) -> dict[str, ColumnUse]:
    """Return the chosen uses by column; raises `Invalid` when one is chosen for two columns."""
    if len(chosen) != len(table.columns):
        raise Invalid("The columns of the file have changed. Choose what each of them is.")
    uses = dict(zip(table.columns, chosen, strict=True))
    for role in Role:
        named = [name for name, use in uses.items() if use == ColumnUse(role)]
        if len(named) > 1:
            words = role.replace("_", " ")
            raise Invalid(f"Two columns are chosen as {words}: {named[0]} and {named[1]}.")
    check_mapping(table.columns, mapping_of(uses))
    return uses


def mapping_of(uses: Mapping[str, ColumnUse]) -> dict[Role, str | None]:
    return {
        role: next((n for n, use in uses.items() if use == ColumnUse(role)), None) for role in Role
    }


def used(table: Table, uses: Mapping[str, ColumnUse]) -> Table:
    """Return the table without the columns that are left out."""
    kept = [i for i, name in enumerate(table.columns) if uses[name] is not ColumnUse.LEAVE_OUT]
    if len(kept) == len(table.columns):
        return table
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=[tuple(row[i] for i in kept) for row in table.rows],
    )


def fingerprint(settings: Settings) -> str:
    """Return what tells whether somebody imports what they were shown."""
    shown = {**asdict(settings), "choices": None}
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


def settle(prepared: Prepared, choices: Choices) -> Settled:
    """Go through the rows in order and return what becomes of each.

    Of rows that share an id the first stays when known ids are skipped, the last when replaced.
    """
    known = prepared.known
    new: dict[str, CardDraft] = {}
    replacing: dict[int, CardDraft] = {}
    texts = set(known.key_of_text)
    n_skipped = len(prepared.report.problems)
    for draft in prepared.report.drafts:
        is_known = draft.id_key in known.ids or draft.id_key in new
        is_left_out = (
            choices.on_known is not OnKnown.REPLACE
            if is_known
            else draft.text_hash in texts and choices.on_repeat is OnRepeat.SKIP
        )
        texts.add(draft.text_hash)
        if is_left_out:
            n_skipped += 1
        elif draft.id_key in known.ids:
            n_skipped += known.ids[draft.id_key] in replacing
            replacing[known.ids[draft.id_key]] = draft
        else:
            n_skipped += draft.id_key in new
            new[draft.id_key] = draft
    return Settled(tuple(new.values()), replacing, n_skipped)
