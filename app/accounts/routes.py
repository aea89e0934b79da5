"""Sign-in, sign-out and the own account. Invitations are accepted in `studies.routes`."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData
from starlette.routing import Match

from app.accounts import service
from app.accounts.deps import (
    CurrentAccount,
    MaybeAccount,
    PageShell,
    clear_session_cookie,
    set_session_cookie,
    token_in,
)
from app.accounts.models import Account
from app.errors import ConcordError, SignInNeeded
from app.settings import Settings
from app.web.forms import Form, Line, Password, Write
from app.web.render import Shell, declare_notice, go, respond
from app.web.transaction import Look, database

router = APIRouter()

SIGNED_OUT = declare_notice("signed-out", "info", "You are signed out.")
PASSWORD_CHANGED = declare_notice(
    "password-changed", "good", "Your password is changed. Every other sign-in has ended."
)
NOT_RIGHT = "Email and password do not belong together. Check both."


class SignInForm(Form):
    email: Line
    password: Password
    next: Line = ""


class PasswordForm(Write):
    old_password: Password
    new_password: Password


@dataclass(frozen=True, slots=True)
class SignInPage:
    email: str
    next: str
    error: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    name: str
    email: str
    error: str
    field: str


def own_page(request: Request, target: str) -> str:
    """Return `target` if it is a page of this server that exists, else the home page."""
    plain = unquote(target)
    if plain != unquote(plain) or any(c in plain for c in "\\\t\r\n\0"):
        return "/"
    parts = urlsplit(plain)
    if parts.scheme or parts.netloc or not plain.startswith("/") or plain.startswith("//"):
        return "/"
    scope = {"type": "http", "path": parts.path, "method": "GET", "headers": []}
    known = any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)
    return target if known else "/"


@router.get("/sign-in", name="sign_in")
def sign_in_page(
    request: Request, account: MaybeAccount, shell: PageShell, next: str = ""
) -> Response:
    if account is not None:
        return go(own_page(request, next))
    return respond(request, "accounts/sign_in.html", SignInPage("", next, ""), shell)


@router.post("/sign-in")
def sign_in(request: Request, form: Annotated[SignInForm, FormData()]) -> Response:
    credentials = service.Credentials(form.email, form.password, _address(request))
    try:
        token = _sign_in(request, credentials)
    except ConcordError as error:
        page = SignInPage(form.email, form.next, error.message)
        retry = getattr(error, "retry_after", None)
        headers = {"Retry-After": str(retry)} if retry else None
        return respond(
            request, "accounts/sign_in.html", page, Shell(), status=error.status, headers=headers
        )
    response = go(own_page(request, form.next))
    set_session_cookie(request, response, token)
    return response


def _sign_in(request: Request, credentials: service.Credentials) -> str:
    """Check the password outside any write transaction: it takes an eighth of a second."""
    data = database(request)
    with data.reading() as look:
        service.check_attempts_left(look, credentials)
        account = service.identify(look, credentials)
    with data.transaction() as session:
        if account is None:
            service.note_failure(session, credentials)
            session.commit()
            raise SignInNeeded(NOT_RIGHT)
        old = token_in(request)
        if old:
            service.sign_out(session, old)
        settings: Settings = request.app.state.settings
        return service.sign_in(session, account, days=settings.session_days)


@router.post("/sign-out", name="sign_out")
def sign_out(request: Request) -> Response:
    token = token_in(request)
    if token:
        with database(request).transaction() as session:
            service.sign_out(session, token)
    response = go("/sign-in", notice=SIGNED_OUT)
    clear_session_cookie(request, response)
    return response


@router.get("/account", name="account")
def account_page(request: Request, account: CurrentAccount, shell: PageShell) -> Response:
    page = AccountPage(account.name, account.email, "", "")
    return respond(request, "accounts/account.html", page, shell)


@router.post("/account/password", name="change_password")
def change_password(
    request: Request,
    account: CurrentAccount,
    shell: PageShell,
    look: Look,
    form: Annotated[PasswordForm, FormData()],
) -> Response:
    look.rollback()
    settings: Settings = request.app.state.settings
    try:
        with database(request).transaction() as session:
            mine = session.get_one(Account, account.id)
            service.change_password(session, mine, old=form.old_password, new=form.new_password)
            token = service.sign_in(session, mine, days=settings.session_days)
    except ConcordError as error:
        page = AccountPage(
            account.name, account.email, error.message, getattr(error, "field", None) or ""
        )
        return respond(request, "accounts/account.html", page, shell, status=error.status)
    response = go("/account", notice=PASSWORD_CHANGED)
    set_session_cookie(request, response, token)
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
