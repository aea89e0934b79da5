"""A bar on a terminal while figures are worked out."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def show_progress(of_what: str, *, is_long: bool) -> Iterator[Callable[[float], None] | None]:
    """Give what moves a bar by the share that is done; None where nobody would see or need one."""
    if not is_long or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=100, label=of_what, file=sys.stderr) as bar:
        yield lambda share: bar.update(max(0, round(100 * share) - bar.pos))
