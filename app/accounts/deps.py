"""Who is asking: the account behind the session cookie."""

from typing import Annotated

from fastapi import Depends, Request, Response
from sqlmodel import Session

from app.accounts.models import Account
from app.accounts.preferences import from_stored
from app.accounts.service import account_of
from app.errors import SignInNeeded
from app.settings import Settings
from app.web.render import Look, Shell, ShellAccount, notices_of
from app.web.transaction import database


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


def carries_session_cookie(request: Request) -> bool:
    """Whether the browser sent a sign-in cookie, of whatever worth."""
    return cookie_name(request.app.state.settings) in request.cookies


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
    return ShellAccount(account.name, account.email, initials_of(account.name), account.is_admin)


def look_for(account: Account | None) -> Look:
    return from_stored(account.preferences).look if account else Look()


def initials_of(name: str) -> str:
    """Return one or two letters that stand for a name beside it."""
    words = [word for word in name.split() if word[0].isalnum()] or [name.strip() or "?"]
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in ends).upper()[:2]


def _maybe_account(request: Request) -> Account | None:
    account = _account_behind(request)
    request.state.shell = _shell_around(request, account)
    return account


def _shell_around(request: Request, account: Account | None) -> Shell:
    known = shell_account(account) if account else None
    return Shell(account=known, look=look_for(account), notices=notices_of(request))


def shell_for(request: Request) -> Shell:
    """Return the frame for a page outside of every route, such as that of an unknown address."""
    return _shell_around(request, _account_behind(request))


def _account_behind(request: Request) -> Account | None:
    # A session of its own: kept open beside the route's, two connections per request could
    # leave every request waiting for a second one.
    with database(request).reading() as session:
        return _account_in(request, session)


def _account_in(request: Request, session: Session) -> Account | None:
    token = token_in(request)
    return account_of(session, token) if token else None


def signed_in(request: Request, session: Session) -> Account:
    """Return the account of a signed-in person, read in this session; 401 for anybody else."""
    account = _account_in(request, session)
    request.state.shell = _shell_around(request, account)
    return _require(account)


MaybeAccount = Annotated[Account | None, Depends(_maybe_account)]


async def _current_account(account: MaybeAccount) -> Account:
    return _require(account)


def _require(account: Account | None) -> Account:
    if account is None:
        raise SignInNeeded(
            "You are not signed in, or your sign-in has run out. Nothing was changed; "
            "sign in in another tab and send this page again."
        )
    return account


CurrentAccount = Annotated[Account, Depends(_current_account)]


async def _shell(request: Request, _account: MaybeAccount) -> Shell:
    shell: Shell = request.state.shell
    return shell


PageShell = Annotated[Shell, Depends(_shell)]
