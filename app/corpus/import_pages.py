"""What the pages of an import show: the upload, its preview, its progress, its result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.corpus.drafts import CardDraft
from app.corpus.findings import (
    known_in_words,
    listed,
    new_ids_with_known_texts,
    other_ids_with_one_text,
    repeated_in_words,
    repeated_texts_in_words,
)
from app.corpus.imports import (
    ColumnUse,
    ImportResult,
    OnKnown,
    Prepared,
    Settings,
    fingerprint,
    settle,
)
from app.corpus.pages import CardView, view
from app.tables.decoding import ENCODINGS
from app.tables.separated import NAMES_OF_DELIMITERS
from app.tables.table import Table, TableFormat

ROWS_SHOWN = 8
CARDS_SHOWN = 20
CELL_SHOWN = 200
TEXT_SHOWN = 2_000

USES = (
    (ColumnUse.ID, "Card id"),
    (ColumnUse.TEXT, "Text"),
    (ColumnUse.TITLE, "Title"),
    (ColumnUse.SOURCE_URL, "Source address"),
    (ColumnUse.ATTRIBUTE, "Attribute"),
    (ColumnUse.LEAVE_OUT, "Leave out"),
)
_FORMATS = {
    TableFormat.CSV: "CSV",
    TableFormat.TSV: "TSV",
    TableFormat.XLSX: "a workbook",
    TableFormat.JSON: "JSON",
    TableFormat.JSONL: "JSON Lines",
}

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UploadPage:
    """The form that takes a file."""

    url: str
    cards_url: str
    megabytes: int
    encodings: Options
    encoding: str
    sheet: str
    error: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the file that has to be seen before it is imported."""

    kind: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the file has it, and why it is left out, if it is."""

    number: int
    cells: tuple[str, ...]
    left_out: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the import was not carried out."""

    sentence: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What importing the file would do, with everything that can be changed about it."""

    url: str
    upload_url: str
    file_name: str
    said: str
    n_rows: int
    n_ready: int
    columns: tuple[tuple[str, ColumnUse], ...]
    encodings: Options
    delimiters: Options
    sheets: Options
    settings: Settings
    delimiter: str
    rows: tuple[ShownRow, ...]
    cards: tuple[CardView, ...]
    findings: tuple[Finding, ...]
    asks_known: int
    asks_repeat: int
    asks_bad: int
    n_frozen: int
    shown: str
    error: Refusal | None

    @property
    def uses(self) -> Options:
        return USES


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """An import under way."""

    url: str
    file_name: str
    progress: float
    step: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class ResultPage:
    """What an import did."""

    file_name: str
    result: ImportResult
    cards_url: str
    upload_url: str


def encoding_options() -> Options:
    return tuple((name, name.upper()) for name in ENCODINGS)


def preview_page(
    table: Table,
    settings: Settings,
    prepared: Prepared,
    *,
    url: str,
    upload_url: str,
    file_name: str,
    sheets: tuple[str, ...],
    n_frozen: int,
    error: Refusal | None,
) -> PreviewPage:
    report = prepared.report
    choices = settings.choices
    if choices.on_known is OnKnown.ASK:
        choices = replace(choices, on_known=OnKnown.SKIP)
    settled = settle(prepared, choices)
    coming = sorted((*settled.new, *settled.replacing.values()), key=_row_number)
    is_text = table.format in {TableFormat.CSV, TableFormat.TSV}
    reading = settings.reading
    return PreviewPage(
        url=url,
        upload_url=upload_url,
        file_name=file_name,
        said=_said(table),
        n_rows=len(table.rows),
        n_ready=len(coming),
        columns=tuple(settings.uses.items()),
        encodings=encoding_options() if reading.encoding else (),
        delimiters=tuple((n, n.capitalize()) for n in NAMES_OF_DELIMITERS.values())
        if is_text
        else (),
        sheets=tuple((name, name) for name in sheets) if len(sheets) > 1 else (),
        settings=replace(settings, choices=choices),
        delimiter=NAMES_OF_DELIMITERS.get(reading.delimiter or "", ""),
        rows=_rows(table, _left_out(prepared, coming)),
        cards=tuple(map(_card, coming[:CARDS_SHOWN])),
        findings=_findings(prepared),
        asks_known=len(report.known_ids) + len(report.repeated_ids),
        asks_repeat=len(new_ids_with_known_texts(report)) + len(other_ids_with_one_text(report)),
        asks_bad=len({problem.row_number for problem in report.problems}),
        n_frozen=n_frozen,
        shown=fingerprint(settings),
        error=error,
    )


def _said(table: Table) -> str:
    words = [_FORMATS[table.format]]
    if table.delimiter:
        words.append(f"{NAMES_OF_DELIMITERS[table.delimiter]} separated")
    if table.encoding:
        words.append(table.encoding.upper())
    if table.sheet:
        words.append(f"sheet “{table.sheet}”")
    return ", ".join(words)


def _row_number(draft: CardDraft) -> int:
    return draft.row_number


def _rows(table: Table, left_out: Mapping[int, str]) -> tuple[ShownRow, ...]:
    numbered = zip(table.row_numbers[:ROWS_SHOWN], table.rows, strict=False)
    return tuple(
        ShownRow(number, tuple(map(_short, row)), left_out.get(number, ""))
        for number, row in numbered
    )


def _short(cell: str) -> str:
    return cell if len(cell) <= CELL_SHOWN else f"{cell[:CELL_SHOWN]}…"


def _left_out(prepared: Prepared, coming: Sequence[CardDraft]) -> dict[int, str]:
    kept = set(map(_row_number, coming))
    reasons = {problem.row_number: "cannot be a card" for problem in prepared.report.problems}
    for draft in prepared.report.drafts:
        if draft.row_number not in kept:
            same = prepared.known.key_of_text.get(draft.text_hash)
            is_known = draft.id_key in prepared.known.ids or same is None
            reasons[draft.row_number] = "is there already" if is_known else f"same as {same}"
    return reasons


def _card(draft: CardDraft) -> CardView:
    text = _cut(draft.text)
    return view(draft.id, draft.title, text, draft.source_url or "", draft.attributes)


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_SHOWN else f"{text[:TEXT_SHOWN]} …"


def _findings(prepared: Prepared) -> tuple[Finding, ...]:
    report = prepared.report
    n_bad = len({problem.row_number for problem in report.problems})
    bad = [f"Row {problem.row_number}: {problem.sentence}" for problem in report.problems]
    known, repeated = known_in_words(report.known_ids), repeated_in_words(report.repeated_ids)
    hash_of = {draft.row_number: draft.text_hash for draft in report.drafts}
    texts = [
        f"Row {row} ({found.card_id}) says the same as {prepared.known.key_of_text[hash_of[row]]}."
        for found in new_ids_with_known_texts(report)
        for row in found.row_numbers
    ]
    same = repeated_texts_in_words(other_ids_with_one_text(report))
    every = (
        _finding("bad", bad, "row cannot become a card", "rows cannot become cards", n_bad),
        _finding("warn", known, "id is here already", "ids are here already"),
        _finding("warn", repeated, "id stands in several rows", "ids stand in several rows"),
        _finding("warn", texts, "text is here already", "texts are here already"),
        _finding("warn", same, "text stands in several rows", "texts stand in several rows"),
    )
    notices = [Finding("info", notice, ()) for notice in prepared.table.notices]
    return (*(found for found in every if found is not None), *notices)


def _finding(
    kind: str, lines: list[str], one: str, many: str, count: int | None = None
) -> Finding | None:
    if not lines:
        return None
    n = len(lines) if count is None else count
    title = f"{n:,} {one if n == 1 else many}."
    return Finding(kind, title, tuple(listed(lines)))
