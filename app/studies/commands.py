"""`concord study`: starting and listing studies."""

import json
from typing import Any

import click

from app.accounts.service import require_account
from app.console import prepared_database
from app.studies import service
from app.studies.rules import Stance
from app.web.render import plural

STANCES = {word: stance for stance in Stance for word in (stance.value, stance.replace("_", "-"))}


@click.group("study")
def study() -> None:
    """Studies of this server."""


@study.command("create")
@click.argument("name")
@click.option("--lead", required=True, metavar="EMAIL", help="Account that leads the study.")
@click.option(
    "--stance",
    type=click.Choice(sorted(STANCES)),
    metavar="[reliability|consensus-only|joint-sort]",
    default="reliability",
    show_default=True,
    help="Whether coefficients are computed, and who sorts.",
)
@click.option("--description", default="", help="The question the study asks.")
def create(name: str, lead: str, stance: str, description: str) -> None:
    """Start a study and print its number."""
    new = service.NewStudy(name, description, STANCES[stance])
    with prepared_database() as database, database.transaction() as session:
        made = service.create_study(session, new, lead=require_account(session, lead))
        number = service.study_id_of(made)
    click.echo(number)


@study.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_studies(as_json: bool) -> None:
    """List every study: number, name, stance, members."""
    with prepared_database() as database, database.reading() as session:
        found: list[dict[str, Any]] = [
            {
                "id": each.id,
                "name": each.name,
                "stance": each.stance,
                "threshold": each.threshold,
                "members": sum(not m.has_left for m in service.members(session, each.id or 0)),
                "created_at": each.created_at.isoformat(),
                "is_demo": each.is_demo,
            }
            for each in service.every_study(session)
        ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for row in found:
        members = plural(row["members"], "member")
        click.echo(f"{row['id']:>5}  {row['name']}  ({row['stance']}, {members})")
