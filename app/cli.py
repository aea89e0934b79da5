"""The `concord` command; each feature brings its own commands."""

import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from sqlalchemy.exc import DatabaseError

from app.accounts.commands import account
from app.calculator.commands import agreement
from app.calculator.open_sorts.commands import sorts
from app.coding.commands import plan
from app.console import Console
from app.corpus.commands import cards
from app.errors import ConcordError
from app.evolution.commands import codebook
from app.exports.commands import export
from app.reports.commands import report
from app.resolution.commands import placements
from app.settings import Settings
from app.sources.commands import sources
from app.studies.commands import study
from app.web.render import concord_version


class Commands(click.Group):
    """A group whose commands end with status 1 and one sentence when the work cannot be done."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ConcordError as error:
            _give_up(error.message, *getattr(error, "problems", ()))
        except DatabaseError as error:
            reason = str(error.orig).strip().splitlines()[0]
            _give_up(f"The database could not be used: {reason}")
        except BrokenPipeError:
            raise  # whoever read the output has gone; click ends quietly
        except OSError as error:
            what = error.filename or "Something the command needs"
            _give_up(f"{what} could not be used: {error.strerror or error}.")


def _give_up(sentence: str, *findings: str) -> NoReturn:
    click.echo(sentence, err=True)
    for finding in findings:
        click.echo(f"  {finding}", err=True)
    sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(concord_version(), prog_name="concord")
@click.pass_context
def main(context: click.Context) -> None:
    """Card sorting with negotiated agreement."""
    context.obj = Console(prepare=_prepare)


def _prepare(settings: Settings) -> None:
    from app.schema import prepare  # start-up of the other commands stays quick

    prepare(settings)


@click.group("import")
def import_group() -> None:
    """Bring cards, documents, codebooks and placements into a study."""


import_group.add_command(cards)
import_group.add_command(codebook)
import_group.add_command(placements)
import_group.add_command(sources)

main.add_command(account)
main.add_command(agreement)
main.add_command(export)
main.add_command(import_group)
main.add_command(plan)
main.add_command(report)
main.add_command(sorts)
main.add_command(study)


@main.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that answer; one is enough for a team.",
)
def serve(host: str, port: int, workers: int) -> None:
    """Answer browsers; on a new server, print the link to the first account."""
    from app.serving import Address
    from app.serving import serve as answer

    answer(Settings(), Address(host, port), workers=workers)


@main.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port."
)
def demo(host: str, port: int) -> None:
    """Serve a filled study from a throw-away folder, or from an empty CONCORD_DATA_DIR."""
    from app.demo.showing import show
    from app.serving import Address

    settings = Settings()
    named = settings.data_dir if "data_dir" in settings.model_fields_set else None
    show(Address(host, port), named)


@main.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole database into FILE while the server goes on."""
    from app.backup import back_up

    back_up(Settings(), file)
    click.echo(f"The database is kept in {file}.")


@main.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put a backup in the place of the database; the old one is kept beside it."""
    from app.backup import restore as put_back

    kept = put_back(Settings(), file)
    if kept is not None:
        click.echo(f"The database of before is kept as {kept}.")
    click.echo("The backup is in place. Everybody signs in anew; open invitations have ended.")


@main.command("migrate")
def migrate() -> None:
    """Bring the database to the schema of this version."""
    from app.schema import migrate as bring_up  # start-up of the other commands stays quick

    saved = bring_up(Settings())
    if saved is not None:
        click.echo(f"The database before the migration was kept as {saved}.")
    click.echo("The database is up to date.")
