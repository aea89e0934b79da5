"""`concord account`: who can sign in, for the keeper of the server."""

import click

from app.accounts import service
from app.console import prepared_database, read_password


@click.group("account")
def account() -> None:
    """Who can sign in."""


@account.command("create")
@click.argument("email")
@click.option("--name", required=True, help="Name as the members of a study see it.")
@click.option("--admin", is_flag=True, help="Make the account a keeper of this server.")
def create(email: str, name: str, admin: bool) -> None:
    """Make an account; the password is asked for, or read from standard input."""
    new = service.new_account(email=email, name=name, password=read_password(), is_admin=admin)
    with prepared_database() as database, database.transaction() as session:
        service.add_account(session, new)
    click.echo(f"The account {new.email} is made.")


@account.command("password")
@click.argument("email")
def password(email: str) -> None:
    """Set a new password, asked for or read from standard input; every sign-in ends."""
    password_hash = service.hash_new_password(read_password())
    with prepared_database() as database, database.transaction() as session:
        service.set_password(session, service.require_account(session, email), password_hash)
    click.echo(f"The password of {email} is changed.")


@account.command("close")
@click.argument("email")
def close(email: str) -> None:
    """Let an account sign in no longer; what it did stays."""
    with prepared_database() as database, database.transaction() as session:
        service.set_disabled(session, service.require_account(session, email), disabled=True)
    click.echo(f"The account {email} is closed.")


@account.command("reopen")
@click.argument("email")
def reopen(email: str) -> None:
    """Let a closed account sign in again."""
    with prepared_database() as database, database.transaction() as session:
        service.set_disabled(session, service.require_account(session, email), disabled=False)
    click.echo(f"The account {email} is open again.")
