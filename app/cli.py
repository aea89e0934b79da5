"""The `concord` command; each feature brings its own commands."""

import sys
from typing import Any

import click

from app.errors import ConcordError
from app.settings import Settings
from app.web.render import concord_version


class Commands(click.Group):
    """A group whose commands end with status 1 and one sentence when the work cannot be done."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ConcordError as error:
            click.echo(error.message, err=True)
            for finding in getattr(error, "problems", ()):
                click.echo(f"  {finding}", err=True)
            sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(concord_version(), prog_name="concord")
def main() -> None:
    """Card sorting with negotiated agreement."""


@main.command("migrate")
def migrate() -> None:
    """Bring the database to the schema of this version."""
    from app.schema import migrate as bring_up  # start-up of the other commands stays quick

    saved = bring_up(Settings())
    if saved is not None:
        click.echo(f"The database before the migration was kept as {saved}.")
    click.echo("The database is up to date.")
