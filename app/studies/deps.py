"""The study a request is about, and what the person asking may do there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlmodel import Session

from app.accounts.deps import account_id_of, look_for, shell_account, signed_in
from app.accounts.models import Account
from app.activity.service import Outcome, once
from app.errors import Forbidden, NotFound
from app.studies.models import Membership, Study
from app.studies.rules import Action, Role, may, refuse
from app.studies.service import study_and_membership, study_id_of
from app.web.forms import PathId, Write
from app.web.render import NavLink, Shell, ShellStudy, notices_of
from app.web.transaction import database

_SECTIONS = (
    ("Cards", "cards"),
    ("Codebook", "codebook"),
    ("Rounds", "rounds"),
    ("Agreement", "agreement"),
    ("Negotiation", "negotiation"),
    ("Export", "export"),
)


@dataclass(frozen=True, slots=True)
class Here:
    """Who asks, in which study, as what. Detached rows: reading them needs no session."""

    study: Study
    membership: Membership
    account: Account
    shell: Shell

    @property
    def study_id(self) -> int:
        return study_id_of(self.study)

    @property
    def account_id(self) -> int:
        return account_id_of(self.account)

    @property
    def member_id(self) -> int:
        if self.membership.id is None:
            raise RuntimeError("the membership was not saved")
        return self.membership.id

    @property
    def role(self) -> Role:
        return Role(self.membership.role)

    def may(self, action: Action) -> bool:
        return may(self.role, action)

    def url(self, *parts: object) -> str:
        """Return an address inside this study: `here.url("rounds", 3)`."""
        return "/".join(["/studies", str(self.study_id), *map(str, parts)])

    def once(self, session: Session, form: Write, kind: str, act: Callable[[], str]) -> Outcome:
        """Carry out a form's write unless it was carried out before (see `activity.once`)."""
        content: dict[str, Any] = {"kind": kind, "study": self.study_id, **form.content()}
        return once(
            session,
            account_id=self.account_id,
            operation_id=form.operation_id,
            content=content,
            act=act,
        )


def study_shell(request: Request, account: Account, study: Study) -> Shell:
    home = f"/studies/{study.id}"
    path = request.url.path
    nav = tuple(
        NavLink(label, f"{home}/{part}", current=path.startswith(f"{home}/{part}"))
        for label, part in _SECTIONS
    )
    return Shell(
        account=shell_account(account),
        look=look_for(account),
        study=ShellStudy(study.name, home, study.is_demo),
        nav=nav,
        notices=notices_of(request),
    )


def _here(request: Request, study_id: PathId) -> Here:
    # A session of its own, closed before the route opens one: see `accounts.deps`.
    with database(request).reading() as session:
        account = signed_in(request, session)
        found = study_and_membership(session, study_id, account_id_of(account))
    if found is None:
        raise NotFound
    study, membership = found
    shell = study_shell(request, account, study)
    request.state.shell = shell
    return Here(study, membership, account, shell)


InStudy = Annotated[Here, Depends(_here)]


def require(action: Action) -> Any:
    """Return a dependency that gives `Here`, or 403 with words when the role lacks the action."""

    # Without a wait for anything, so it need not go to a thread of its own.
    async def allowed(here: InStudy) -> Here:
        reason = refuse(here.role, action)
        if reason is not None:
            raise Forbidden(f"{reason} Nothing was changed.")
        return here

    return Depends(allowed)
