"""Sign-in, sign-out and the own account. Links that invite are in `studies.invitation_routes`."""

import logging
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData
from sqlmodel import Session
from starlette.routing import Match

from app.accounts import service
from app.accounts.deps import (
    CurrentAccount,
    MaybeAccount,
    PageShell,
    carries_session_cookie,
    clear_session_cookie,
    set_session_cookie,
    token_in,
)
from app.accounts.models import Account
from app.errors import ConcordError, Conflict, Invalid, SignInNeeded
from app.settings import Settings
from app.web.forms import Form, Line, Password, Write
from app.web.render import Shell, declare_notice, go, respond
from app.web.transaction import database

log = logging.getLogger(__name__)
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
    path = plain.partition("?")[0]
    is_odd = plain != unquote(plain) or any(c in "\\#" or c.isspace() for c in target + plain)
    if is_odd or not plain.isprintable() or not path.startswith("/") or "//" in path:
        return "/"
    scope = {"type": "http", "path": path, "method": "GET", "headers": []}
    known = any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)
    return target if known else "/"


@router.get("/sign-in", name="sign_in")
def sign_in_page(
    request: Request, account: MaybeAccount, shell: PageShell, next: str = ""
) -> Response:
    if account is not None:
        return go(own_page(request, next))
    page = SignInPage("", own_page(request, next), "")
    response = respond(request, "accounts/sign_in.html", page, shell)
    if carries_session_cookie(request):
        log.info("a sign-in cookie that belongs to no running sign-in was cleared")
        clear_session_cookie(request, response)
    return response


@router.post("/sign-in")
def sign_in(request: Request, form: Annotated[SignInForm, FormData()]) -> Response:
    credentials = service.Credentials(form.email, form.password, _address(request))
    try:
        token = _sign_in(request, credentials)
    except ConcordError as error:
        page = SignInPage(form.email, own_page(request, form.next), error.message)
        retry = getattr(error, "retry_after", None)
        headers = {"Retry-After": str(retry)} if retry else None
        return respond(
            request, "accounts/sign_in.html", page, Shell(), status=error.status, headers=headers
        )
    response = go(own_page(request, form.next))
    set_session_cookie(request, response, token)
    return response


def _sign_in(request: Request, credentials: service.Credentials) -> str:
    """Check the password outside any transaction: it takes an eighth of a second."""
    data = database(request)
    with data.transaction() as session:
        service.take_attempt(session, credentials)
    with data.reading() as look:
        account = service.identify(look, credentials)
    if account is None:
        raise SignInNeeded(NOT_RIGHT)
    with data.transaction() as session:
        service.give_attempt_back(session, credentials)
        return start_sign_in(request, session, account)


def start_sign_in(request: Request, session: Session, account: Account) -> str:
    """Begin a sign-in in this browser and return its token; the one before it ends."""
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
    form: Annotated[PasswordForm, FormData()],
) -> Response:
    try:
        token = _change_password(request, account, form)
    except ConcordError as error:
        field = error.field or "" if isinstance(error, Invalid) else ""
        page = AccountPage(account.name, account.email, error.message, field)
        return respond(request, "accounts/account.html", page, shell, status=error.status)
    response = go("/account", notice=PASSWORD_CHANGED)
    set_session_cookie(request, response, token)
    return response


def _change_password(request: Request, account: Account, form: PasswordForm) -> str:
    service.check_password(account, form.old_password)
    password_hash = service.hash_new_password(form.new_password, field="new_password")
    with database(request).transaction() as session:
        mine = session.get_one(Account, account.id, with_for_update={"key_share": True})
        if mine.password_hash != account.password_hash:
            raise Conflict("Your password was changed elsewhere just now. Nothing was changed.")
        service.set_password(session, mine, password_hash)
        return start_sign_in(request, session, mine)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
