"""The people of a study: who they are, inviting, changing a role, leaving."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData
from pydantic import Field
from sqlmodel import Session

from app.accounts.deps import initials_of
from app.accounts.invitations import open_invitations
from app.settings import Settings
from app.studies import people, service
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action, Role
from app.web.forms import Line, PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx, database

router = APIRouter()

ROLE_CHANGED = declare_notice("role-changed", "good", "The role is changed.")
REMOVED = declare_notice(
    "member-removed", "good", "The membership is ended. What was sorted and written stays."
)
LEFT = declare_notice("member-left", "info", "You have left the study.")
REVOKED = declare_notice("invitation-revoked", "good", "The link does not work any more.")
SHOWN_BEFORE = declare_notice(
    "link-shown-before",
    "warn",
    "This link was shown already, and only once. If it is lost, take it back and make another.",
)
Lead = Annotated[Here, require(Action.MANAGE_MEMBERS)]


class InviteForm(Write):
    role: Role
    note: Annotated[Line, Field(max_length=200)] = ""


class RoleForm(Write):
    role: Role


class PlainForm(Write):
    pass


def _fresh_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class MemberRow:
    id: int
    name: str
    initials: str
    email: str
    role: str
    is_you: bool
    is_pseudonym: bool
    role_id: str = field(default_factory=_fresh_id)
    removal_id: str = field(default_factory=_fresh_id)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    id: int
    role: str
    note: str
    expires_at: datetime
    operation_id: str = field(default_factory=_fresh_id)


@dataclass(frozen=True, slots=True)
class MembersPage:
    """The list of members; `link` is an invitation just made, which is shown this once."""

    members: tuple[MemberRow, ...]
    left: tuple[MemberRow, ...]
    invitations: tuple[InvitationRow, ...]
    roles: tuple[tuple[str, str], ...]
    may_manage: bool
    link: str
    link_role: str
    link_days: int
    leave_id: str = field(default_factory=_fresh_id)


def _page(
    look: Session, here: Here, *, link: str = "", role: str = "", days: int = 0
) -> MembersPage:
    everybody = service.members(look, here.study_id)
    may_manage = here.may(Action.MANAGE_MEMBERS)
    return MembersPage(
        members=_rows(here, [m for m in everybody if not m.has_left]),
        left=_rows(here, [m for m in everybody if m.has_left]),
        invitations=_invitations(look, here) if may_manage else (),
        roles=tuple((role.value, role.value.capitalize()) for role in Role),
        may_manage=may_manage,
        link=link,
        link_role=role,
        link_days=days,
    )


def _rows(here: Here, members: Sequence[service.Member]) -> tuple[MemberRow, ...]:
    return tuple(
        MemberRow(
            id=member.id,
            name=member.name,
            initials=initials_of(member.name),
            email=member.email,
            role=member.role.value,
            is_you=member.id == here.member_id,
            is_pseudonym=member.account_id is None,
        )
        for member in members
    )


def _invitations(look: Session, here: Here) -> tuple[InvitationRow, ...]:
    return tuple(
        InvitationRow(found.id or 0, found.role or "", found.note, found.expires_at)
        for found in open_invitations(look, here.study_id)
    )


@router.get("/studies/{study_id}/members", name="members")
def members(request: Request, here: InStudy, look: Look) -> Response:
    return respond(request, "studies/members.html", _page(look, here), here.shell)


@router.get("/studies/{study_id}/invitations", name="invitations")
def invitations(here: InStudy) -> Response:
    """Lead to the members: the page that shows a new link stands at this address."""
    return go(here.url("members"))


@router.post("/studies/{study_id}/invitations", name="invite_member")
def invite_member(
    request: Request, here: Lead, form: Annotated[InviteForm, FormData()]
) -> Response:
    settings: Settings = request.app.state.settings
    made: list[str] = []  # the token itself is kept nowhere, so a repeat cannot show it again

    def invite() -> str:
        study = service.locked_study(session, here.study_id)
        by, days = here.account_id, settings.invitation_days
        made.append(
            people.invite_member(session, study, role=form.role, note=form.note, by=by, days=days)
        )
        return here.url("members")

    with database(request).transaction() as session:
        done = here.once(session, form, "invite member", invite)
    if done.is_repeat:
        return go(done.result, notice=SHOWN_BEFORE)
    link = f"{own_address(request)}/invitations/{made[0]}"
    with database(request).reading() as look:
        page = _page(look, here, link=link, role=form.role, days=settings.invitation_days)
    return respond(request, "studies/members.html", page, here.shell)


def own_address(request: Request) -> str:
    """Return the address links start with: the one set, else the one asked for just now."""
    settings: Settings = request.app.state.settings
    return settings.base_url or str(request.base_url).rstrip("/")


@router.post("/studies/{study_id}/invitations/{invitation_id}/revoke", name="revoke_invitation")
def revoke_invitation(
    here: Lead, invitation_id: PathId, tx: Tx, form: Annotated[PlainForm, FormData()]
) -> Response:
    def revoke() -> str:
        people.revoke_invitation(tx, here.study_id, invitation_id, by=here.account_id)
        return here.url("members")

    done = here.once(tx, form, f"revoke invitation {invitation_id}", revoke)
    return go(done.result, notice=REVOKED)


@router.post("/studies/{study_id}/members/{member_id}/role", name="change_role")
def change_role(
    here: Lead, member_id: PathId, tx: Tx, form: Annotated[RoleForm, FormData()]
) -> Response:
    def change() -> str:
        people.change_role(tx, here.study_id, member_id, role=form.role, by=here.account_id)
        return here.url("members")

    done = here.once(tx, form, f"change role {member_id}", change)
    return go(done.result, notice=ROLE_CHANGED)


@router.post("/studies/{study_id}/members/{member_id}/remove", name="remove_member")
def remove_member(
    here: Lead, member_id: PathId, tx: Tx, form: Annotated[PlainForm, FormData()]
) -> Response:
    def remove() -> str:
        people.remove_member(tx, here.study_id, member_id, by=here.account_id)
        return "/" if member_id == here.member_id else here.url("members")

    done = here.once(tx, form, f"remove member {member_id}", remove)
    return go(done.result, notice=REMOVED)


@router.post("/studies/{study_id}/leave", name="leave_study")
def leave_study(here: InStudy, tx: Tx, form: Annotated[PlainForm, FormData()]) -> Response:
    def leave() -> str:
        people.remove_member(tx, here.study_id, here.member_id, by=here.account_id)
        return "/"

    return go(here.once(tx, form, "leave study", leave).result, notice=LEFT)
