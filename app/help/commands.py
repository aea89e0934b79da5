"""The commands of `concord`, as the installed command itself describes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

import click


@dataclass(frozen=True, slots=True)
class Command:
    """A command: how it is written, what it does, and its options."""

    usage: str
    summary: str
    options: tuple[tuple[str, str], ...]


@cache
def commands() -> tuple[Command, ...]:
    """Return every command below `concord`, in the order of their names."""
    (entry,) = entry_points(group="console_scripts", name="concord")
    program = entry.load()
    return tuple(_described(program, click.Context(program, info_name="concord")))


def _described(command: click.Command, context: click.Context) -> Iterator[Command]:
    if not isinstance(command, click.Group):
        yield Command(
            usage=" ".join([context.command_path, *command.collect_usage_pieces(context)]),
            summary=(command.help or "").split("\f")[0].strip(),
            options=tuple(_options(command, context)),
        )
        return
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        if below is not None and not below.hidden:
            yield from _described(below, click.Context(below, context, info_name=name))


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1] and "--help" not in parameter.opts:
            yield record
