"""JSON and JSON Lines: a list of objects, one row each."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import isinf
from typing import Any

from app.errors import WrongType
from app.tables.decoding import Decoded, decode
from app.tables.table import (
    Limits,
    Record,
    Table,
    TableFormat,
    build_table,
    check_width,
    refuse,
)

LIST_NAMES = ("cards", "rows", "data", "items", "records")
LONGEST_NUMBER = 300

Row = tuple[int, dict[str, Any]]


class _OutOfBoundsError(ValueError):
    """Well-formed JSON that no table can hold; its text is a sentence without an end."""


def read_json(content: bytes, *, encoding: str | None, limits: Limits) -> Table:
    """Return the table of a JSON file: a list of objects, or an object that holds one.

    Several objects one after another are read as JSON Lines, whatever the file is called.
    """
    decoded = decode(content, encoding)
    try:
        document = _parse(decoded.text)
    except json.JSONDecodeError as problem:
        if problem.msg == "Extra data" and decoded.text.lstrip().startswith("{"):
            return _read_lines(decoded, limits)
        raise refuse(f"The file is not sound JSON: {_wording(problem)}.") from None
    except _OutOfBoundsError as problem:
        raise refuse(f"The file cannot be read: {problem}.") from None
    items, notices = _list_of_objects(document)
    table = _tabulate(list(enumerate(items, 1)), TableFormat.JSON, limits)
    return replace(table, encoding=decoded.encoding, notices=notices)


def read_json_lines(content: bytes, *, encoding: str | None, limits: Limits) -> Table:
    """Return the table of a JSON Lines file; one bad line refuses all, and is named."""
    return _read_lines(decode(content, encoding), limits)


def _read_lines(decoded: Decoded, limits: Limits) -> Table:
    if decoded.text.lstrip().startswith("["):
        raise WrongType("The file looks like JSON, not JSON Lines. Name it .json.")
    rows = list(_parsed_lines(decoded.text, limits))
    table = _tabulate(rows, TableFormat.JSONL, limits)
    return replace(table, encoding=decoded.encoding)


def _parsed_lines(text: str, limits: Limits) -> Iterator[Row]:
    n_rows = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        n_rows += 1
        if n_rows > limits.rows:
            raise refuse(f"The file has too many rows. The limit is {limits.rows:,}. Split it.")
        try:
            item = _parse(line)
        except json.JSONDecodeError as problem:
            raise refuse(f"Line {number} is not sound JSON: {problem.msg}.") from None
        except _OutOfBoundsError as problem:
            raise refuse(f"Line {number} cannot be read: {problem}.") from None
        if not isinstance(item, dict):
            raise refuse(f"Line {number} is not an object: it has to start with {{.")
        yield number, item


def _parse(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_refuse_constant,
        )
    except RecursionError:
        raise _OutOfBoundsError("it is nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = counted.most_common(1)[0][0]
        first, value = pairs[0]
        raise _OutOfBoundsError(
            f"the name “{twice}” stands more than once in the object that begins with "
            f"“{first}”: {str(value)[:40]}"
        )
    return found


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise _OutOfBoundsError(f"it holds a number of {len(digits):,} digits")
    return int(digits)


def _number(literal: str) -> float:
    value = float(literal)
    if isinf(value):
        raise _OutOfBoundsError(f"the number {literal[:40]} is too large")
    return value


def _refuse_constant(name: str) -> Any:
    raise _OutOfBoundsError(f"{name} is not a value JSON knows")


def _wording(problem: json.JSONDecodeError) -> str:
    return f"{problem.msg} on line {problem.lineno}"


def _list_of_objects(document: Any) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    if isinstance(document, dict):
        name = _name_of_list(document)
        notices: tuple[str, ...] = ()
        if len(document) > 1:
            notices = (f"Only the list “{name}” was read; the file holds more beside it.",)
        return document[name], notices
    if not isinstance(document, list):
        raise refuse("The file has to hold a list of objects, one for each row.")
    for number, item in enumerate(document, 1):
        if not isinstance(item, dict):
            raise refuse(f"Row {number} is not an object with named values.")
    return document, ()


def _name_of_list(document: dict[str, Any]) -> str:
    names = [name for name, value in document.items() if _is_list_of_objects(value)]
    known = [name for name in LIST_NAMES if name in names]
    if known or len(names) == 1:
        return (known or names)[0]
    found = f" It holds several: {', '.join(names[:10])}." if names else ""
    raise refuse(
        f"The file has to hold one list of objects, named “cards”, “rows” or “data”.{found}"
    )


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _tabulate(rows: list[Row], kind: TableFormat, limits: Limits) -> Table:
    columns = _columns(rows, limits)
    return build_table(_records(rows, columns), kind, limits)


def _columns(rows: Iterable[Row], limits: Limits) -> list[str]:
    columns: dict[str, None] = {}
    for number, item in rows:
        if any(not name.strip() for name in item):
            raise refuse(f"Row {number} holds a value without a name.")
        columns.update(dict.fromkeys(item))
        check_width(len(columns), limits)
    return list(columns)


def _records(rows: Iterable[Row], columns: list[str]) -> Iterator[Record]:
    yield 0, columns
    for number, item in rows:
        yield number, [_as_text(item.get(name)) for name in columns]


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    try:
        return _compact(value)
    except RecursionError:
        raise refuse("The file cannot be read: it is nested too deeply.") from None


_compact: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
