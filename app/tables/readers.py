"""From an uploaded file to a table, or to a refusal that says what to do."""

from pathlib import PurePosixPath

from app.errors import Invalid, WrongType
from app.tables.json_rows import read_json, read_json_lines
from app.tables.separated import DELIMITERS, NAMES_OF_DELIMITERS, read_separated
from app.tables.sheets import open_package, read_sheet
from app.tables.signatures import kind_of
from app.tables.table import Limits, Table, refuse
from app.text import shown_file_name

DEFAULT_LIMITS = Limits()

_SEPARATED = frozenset({"csv", "tsv", "tab", "txt"})
_JSON_LINES = frozenset({"jsonl", "ndjson"})
_SHEETS = frozenset({"xlsx", "xlsm"})
_OTHER_SHEETS = frozenset({"xls", "xlsb", "ods", "numbers"})
_KNOWN = _SEPARATED | _JSON_LINES | _SHEETS | {"json"}


def read_table(
    content: bytes,
    *,
    file_name: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Table:
    """Return the table in a CSV, TSV, XLSX, JSON or JSON Lines file.

    What is None is found out; the table says what was taken. Raises `WrongType` when the content
    is not what the name promises, and `Invalid` with row and column for what cannot be read.
    """
    if not content.strip():
        raise refuse("The file is empty. It needs a line of column names and rows below it.")
    ending = _ending(file_name)
    _check_kind(content, ending, limits)
    if ending in _SHEETS:
        return read_sheet(content, sheet=sheet, limits=limits)
    if ending == "json":
        return read_json(content, encoding=encoding, limits=limits)
    if ending in _JSON_LINES:
        return read_json_lines(content, encoding=encoding, limits=limits)
    if delimiter is not None and delimiter not in DELIMITERS:
        names = ", ".join(NAMES_OF_DELIMITERS.values())
        raise Invalid(f"Cells can be separated by: {names}.", field="delimiter")
    return read_separated(content, encoding=encoding, delimiter=delimiter, limits=limits)


def _ending(file_name: str) -> str:
    shown = shown_file_name(file_name)
    ending = PurePosixPath(shown).suffix.removeprefix(".").lower()
    if ending in _OTHER_SHEETS:
        raise WrongType(
            f"“{shown}” is in a format Concord does not read. "
            "Open it in a spreadsheet program and save it as XLSX."
        )
    if ending not in _KNOWN:
        raise WrongType(
            f"“{shown}” is not a table Concord reads. "
            "Give it as CSV, TSV, XLSX, JSON or JSON Lines, with that ending in its name."
        )
    return ending


def _check_kind(content: bytes, ending: str, limits: Limits) -> None:
    kind = kind_of(content)
    if ending in _SHEETS:
        if kind not in {"zip", "ole"}:
            raise _mismatch("CSV" if kind == "text" else kind, ending)
        return
    if kind in {"zip", "ole"}:
        open_package(content, limits)
        kind = "XLSX"
    expected = "JSON" if ending == "json" or ending in _JSON_LINES else "text"
    is_bare = kind == "text" and expected == "JSON" and _may_be_json(content)
    if kind != expected and not is_bare:
        raise _mismatch("CSV" if kind == "text" else kind, ending)


def _may_be_json(content: bytes) -> bool:
    """Whether a file without objects may still be JSON: then it is told so, line and all."""
    start = content.lstrip()[:1]
    if start == b'"':
        return b"\n" not in content.strip()
    return start in b"{[-0123456789tfnNI" or start > b"\x7f" or b"\0" in content[:4]


def _mismatch(kind: str, ending: str) -> WrongType:
    return WrongType(
        f"The file looks like {kind}, not {ending.upper()}. Rename it, or save it anew."
    )
