"""Who is asking: the account behind the session cookie."""

from typing import Annotated

from fastapi import Depends, Request, Response

from app.accounts.models import Account
from app.accounts.service import account_of
from app.errors import SignInNeeded
from app.settings import Settings
from app.web.render import Shell, ShellAccount, notices_of
from app.web.transaction import Look


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name: bound to the host where https makes that possible."""
    return "__Host-concord" if settings.is_https else "concord"


def token_in(request: Request) -> str | None:
    """Return the session token; two cookies of the name are as good as none."""
    name = cookie_name(request.app.state.settings)
    found = [
        part.split("=", 1)[1]
        for header in request.headers.getlist("cookie")
        for part in (piece.strip() for piece in header.split(";"))
        if part.startswith(f"{name}=")
    ]
    return found[0] if len(found) == 1 and 0 < len(found[0]) <= 100 else None


def set_session_cookie(request: Request, response: Response, token: str) -> None:
    settings: Settings = request.app.state.settings
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=settings.session_days * 86_400,
        httponly=True,
        secure=settings.is_https,
        samesite="lax",
        path="/",
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    settings: Settings = request.app.state.settings
    response.delete_cookie(
        cookie_name(settings), path="/", secure=settings.is_https, httponly=True, samesite="lax"
    )


def account_id_of(account: Account) -> int:
    if account.id is None:
        raise RuntimeError("the account was not saved")
    return account.id


def shell_account(account: Account) -> ShellAccount:
    words = account.name.split()
    initials = "".join(word[0] for word in (words[:1] + words[-1:] if words[1:] else words))
    return ShellAccount(account.name, account.email, initials.upper()[:2], account.is_admin)


def _maybe_account(request: Request, look: Look) -> Account | None:
    token = token_in(request)
    account = account_of(look, token) if token else None
    request.state.shell = Shell(
        account=shell_account(account) if account else None, notices=notices_of(request)
    )
    return account


MaybeAccount = Annotated[Account | None, Depends(_maybe_account)]


def _current_account(account: MaybeAccount) -> Account:
    if account is None:
        raise SignInNeeded(
            "You are not signed in, or your sign-in has run out. Nothing was changed; "
            "sign in in another tab and send this page again."
        )
    return account


CurrentAccount = Annotated[Account, Depends(_current_account)]


def _shell(request: Request, _account: MaybeAccount) -> Shell:
    shell: Shell = request.state.shell
    return shell


PageShell = Annotated[Shell, Depends(_shell)]
