"""What a one-time link leads to: joining a study, with a new account or with one's own."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi import Form as FormData
from sqlmodel import Session

from app.accounts import service as accounts
from app.accounts.deps import (
    CurrentAccount,
    MaybeAccount,
    PageShell,
    account_id_of,
    set_session_cookie,
)
from app.accounts.invitations import find_invitation
from app.accounts.models import Account, Invitation
from app.accounts.routes import start_sign_in
from app.activity.service import once
from app.errors import ConcordError, Conflict, Gone, Invalid, NotFound
from app.studies.models import Study
from app.studies.people import accept_invitation
from app.web.forms import Line, Name, Password, Write
from app.web.render import Shell, declare_notice, go, respond
from app.web.transaction import Look, Tx, database

router = APIRouter()

JOINED = declare_notice("joined", "good", "Welcome. You are a member of this study now.")
FIRST_ACCOUNT = declare_notice(
    "first-account", "good", "Your account is made. It keeps this server; start a study with it."
)
Token = Annotated[str, Path(max_length=100)]


class NewAccountForm(Write):
    name: Name
    email: Line
    password: Password


class JoinForm(Write):
    pass


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """Where the link leads, and the form; `study` is empty for the first account of a server."""

    token: str
    study: str
    description: str
    role: str
    name: str = ""
    email: str = ""
    error: str = ""
    field: str = ""


@router.get("/invitations/{token}", name="invitation")
def invitation_page(
    request: Request, token: Token, _account: MaybeAccount, shell: PageShell, look: Look
) -> Response:
    page = _page(look, token, find_invitation(look, token))
    return respond(request, "accounts/invitation.html", page, shell)


def _page(look: Session, token: str, invitation: Invitation) -> InvitationPage:
    study = look.get(Study, invitation.study_id) if invitation.study_id else None
    return InvitationPage(
        token=token,
        study=study.name if study else "",
        description=study.description if study else "",
        role=invitation.role or "",
    )


@router.post("/invitations/{token}")
def make_account(
    request: Request,
    token: Token,
    account: MaybeAccount,
    form: Annotated[NewAccountForm, FormData()],
) -> Response:
    try:
        url, sign_in = _make_account(request, token, account, form)
    except (Gone, NotFound):
        raise
    except ConcordError as error:
        return _refused(request, token, form, error)
    response = go(url, notice=FIRST_ACCOUNT if url == "/" else JOINED)
    set_session_cookie(request, response, sign_in)
    return response


def _make_account(
    request: Request, token: str, account: Account | None, form: NewAccountForm
) -> tuple[str, str]:
    data = database(request)
    with data.reading() as look:
        find_invitation(look, token)
    if account is not None:
        raise Conflict(f"You are signed in as {account.name}. Sign out to make another account.")
    new = accounts.new_account(email=form.email, name=form.name, password=form.password)
    with data.transaction() as session:
        invitation = find_invitation(session, token)
        made = accounts.add_account(session, new)
        made.is_admin = invitation.makes_admin
        study = accept_invitation(session, invitation, made)
        url = f"/studies/{study.id}" if study else "/"
        return url, start_sign_in(request, session, made)


def _refused(request: Request, token: str, form: NewAccountForm, error: ConcordError) -> Response:
    with database(request).reading() as look:
        known = _page(look, token, find_invitation(look, token))
    page = InvitationPage(
        token=token,
        study=known.study,
        description=known.description,
        role=known.role,
        name=form.name,
        email=form.email,
        error=error.message,
        field=error.field or "" if isinstance(error, Invalid) else "",
    )
    return respond(request, "accounts/invitation.html", page, Shell(), status=error.status)


@router.post("/invitations/{token}/join", name="join_study")
def join_study(
    token: Token,
    account: CurrentAccount,
    tx: Tx,
    form: Annotated[JoinForm, FormData()],
) -> Response:
    def join() -> str:
        invitation = find_invitation(tx, token)
        if invitation.makes_admin:
            raise Conflict("This link makes a new account. Sign out, then open it again.")
        mine = tx.get_one(Account, account.id)
        study = accept_invitation(tx, invitation, mine)
        return f"/studies/{study.id}" if study else "/"

    done = once(
        tx,
        account_id=account_id_of(account),
        operation_id=form.operation_id,
        content={"kind": "join study", "link": accounts.hash_token(token)},
        act=join,
    )
    return go(done.result, notice=JOINED)
