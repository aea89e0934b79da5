"""PURE: refusals of a table whose sentence names a row."""

from collections.abc import Iterable

from app.errors import Invalid
from app.tables.table import refuse


def refuse_rows(findings: Iterable[str]) -> Invalid:
    """Return the refusal of a table: the first finding is the sentence, the others follow."""
    first, *others = findings
    return refuse(first, others)
