"""A file, a pipe or standard input as a table, within the limits of one's own machine."""

import sys
from pathlib import Path

import click

from app.errors import Invalid
from app.tables.readers import read_table
from app.tables.table import Limits, Table

# One's own machine may take its time: far more than a page would.
LIMITS = Limits(
    rows=5_000_000,
    cells=100_000_000,
    characters=2_000_000_000,
    unpacked_bytes=2_000_000_000,
)


def read_file(file: Path) -> Table:
    """Return the table a command was given; raises `Invalid` for what cannot be read."""
    if str(file) == "-":
        if sys.stdin is None:
            raise Invalid("Standard input is closed: there is no table to read.")
        with click.open_file("-", "rb") as stream:
            return read_table(stream.read(), file_name="table.csv", limits=LIMITS)
    # A pipe such as /dev/stdin or <(...) has no ending that could tell the format.
    name = file.name if file.is_file() else "table.csv"
    return read_table(file.read_bytes(), file_name=name, limits=LIMITS)
