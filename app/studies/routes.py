"""The list of studies, a new study, a study's home, its trail and its settings."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData
from sqlmodel import Session

from app.accounts.deps import CurrentAccount, PageShell, account_id_of, initials_of
from app.accounts.models import Account
from app.activity.service import latest, once
from app.errors import ConcordError, Invalid
from app.studies import service
from app.studies.activity_words import Line, lines
from app.studies.deps import Here, InStudy, require
from app.studies.progress import NextStep, Panel, Stage, next_step, panels, reached, stages, voices
from app.studies.rules import Action, Stance
from app.studies.study_form import StudyErrors, StudyForm, StudyFormPage, StudyValues, values_of
from app.web.render import Shell, declare_notice, go, plural, respond
from app.web.transaction import Look, database

router = APIRouter()

STUDY_STARTED = declare_notice("study-started", "good", "The study is started. You lead it.")
STUDY_CHANGED = declare_notice("study-changed", "good", "The study's settings are saved.")
STANCES = {
    Stance.RELIABILITY: "reliability",
    Stance.CONSENSUS_ONLY: "consensus only",
    Stance.JOINT_SORT: "joint sort",
}
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
LINES_AT_HOME = 6
LINES_ON_PAGE = 500


@dataclass(frozen=True, slots=True)
class StudyEntry:
    """A study in the list of somebody's studies."""

    name: str
    url: str
    about: str
    step: NextStep
    stages: tuple[Stage, ...]
    reached: int
    is_joint: bool
    voices: str


@dataclass(frozen=True, slots=True)
class HomePage:
    title: str
    first: StudyEntry | None
    others: tuple[StudyEntry, ...]


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    initials: str
    role: str


@dataclass(frozen=True, slots=True)
class StudyHomePage:
    name: str
    description: str
    about: str
    stages: tuple[Stage, ...]
    reached: int
    is_joint: bool
    step: NextStep
    panels: tuple[Panel, ...]
    lines: tuple[Line, ...]
    people: tuple[Person, ...]
    may_manage: bool


@dataclass(frozen=True, slots=True)
class ActivityPage:
    lines: tuple[Line, ...]


@router.get("/", name="home")
def home(request: Request, account: CurrentAccount, shell: PageShell, look: Look) -> Response:
    entries = [
        _entry(request, look, Here(study, membership, account, shell))
        for study, membership in service.memberships_of(look, account_id_of(account))
    ]
    entries.sort(key=lambda entry: not entry.step.is_primary)
    page = HomePage(_home_title(entries), entries[0] if entries else None, tuple(entries[1:]))
    return respond(request, "studies/home.html", page, shell)


def _entry(request: Request, look: Session, here: Here) -> StudyEntry:
    state = request.app.state
    line = stages(look, here, state.stages)
    return StudyEntry(
        name=here.study.name,
        url=here.url(),
        about=_about(look, here),
        step=next_step(look, here, state.next_steps),
        stages=line,
        reached=reached(line),
        is_joint=here.study.stance == Stance.JOINT_SORT,
        voices=voices(here, line),
    )


def _about(look: Session, here: Here) -> str:
    people = [member for member in service.members(look, here.study_id) if not member.has_left]
    others = [member.name for member in people if member.id != here.member_id]
    role = here.role.value.capitalize()
    if not others:
        return f"{role} · only you so far"
    if len(others) > 3:
        return f"{role} · {plural(len(people), 'person', 'people')}"
    return f"{role} · with {' and '.join([', '.join(others[:-1]), others[-1]][len(others) == 1 :])}"


def _home_title(entries: list[StudyEntry]) -> str:
    waiting = sum(entry.step.is_primary for entry in entries)
    if not entries:
        return "Start your first study"
    if waiting == 0:
        return "Nothing waits for you today"
    number = NUMBERS[waiting] if waiting < len(NUMBERS) else str(waiting)
    return f"{number} {'study waits' if waiting == 1 else 'studies wait'} for you"


@router.get("/studies/new", name="new_study")
def new_study(request: Request, _account: CurrentAccount, shell: PageShell) -> Response:
    return respond(request, "studies/new.html", StudyFormPage(), shell)


@router.post("/studies/new")
def start_study(
    request: Request,
    account: CurrentAccount,
    shell: PageShell,
    form: Annotated[StudyForm, FormData()],
) -> Response:
    try:
        with database(request).transaction() as session:
            url = _start_study(session, account, form)
    except ConcordError as error:
        return _refused(request, "studies/new.html", form, shell, error)
    return go(url, notice=STUDY_STARTED)


def _start_study(session: Session, account: Account, form: StudyForm) -> str:
    def start() -> str:
        new = service.NewStudy(
            form.name,
            form.description,
            form.stance,
            form.threshold_value(),
            stop_rule=form.stop_rule(),
        )
        study = service.create_study(session, new, lead=account)
        return f"/studies/{service.study_id_of(study)}"

    return once(
        session,
        account_id=account_id_of(account),
        operation_id=form.operation_id,
        content={"kind": "new study", **form.content()},
        act=start,
    ).result


def _refused(
    request: Request, template: str, form: StudyForm, shell: Shell, error: ConcordError
) -> Response:
    """Show the form again with what was typed and why it was refused."""
    values = StudyValues(**form.content())
    place = error.field if isinstance(error, Invalid) else None
    errors = replace(StudyErrors(), **{place: error.message}) if place else StudyErrors()
    page = StudyFormPage(values, errors, "" if place else error.message)
    return respond(request, template, page, shell, status=error.status)


@router.get("/studies/{study_id}", name="study_home")
def study_home(request: Request, here: InStudy, look: Look) -> Response:
    state, study = request.app.state, here.study
    line = stages(look, here, state.stages)
    people = [member for member in service.members(look, here.study_id) if not member.has_left]
    page = StudyHomePage(
        name=study.name,
        description=study.description,
        about=f"Stance: {STANCES[Stance(study.stance)]} · since {study.created_at:%Y-%m-%d}",
        stages=line,
        reached=reached(line),
        is_joint=study.stance == Stance.JOINT_SORT,
        step=next_step(look, here, state.next_steps),
        panels=panels(look, here, state.panels),
        lines=_trail(look, here, LINES_AT_HOME),
        people=tuple(Person(m.name, initials_of(m.name), m.role.value) for m in people),
        may_manage=here.may(Action.MANAGE_MEMBERS),
    )
    return respond(request, "studies/study_home.html", page, here.shell)


@router.get("/studies/{study_id}/activity", name="study_activity")
def study_activity(request: Request, here: InStudy, look: Look) -> Response:
    page = ActivityPage(_trail(look, here, LINES_ON_PAGE))
    return respond(request, "studies/activity.html", page, here.shell)


def _trail(look: Session, here: Here, limit: int) -> tuple[Line, ...]:
    trail = latest(look, here.study_id, limit=limit)
    return lines(trail, service.account_names(look, trail), reader=here.account_id)


@router.get("/studies/{study_id}/settings", name="study_settings")
def study_settings(
    request: Request, here: Annotated[Here, require(Action.MANAGE_STUDY)]
) -> Response:
    page = StudyFormPage(values_of(here.study))
    return respond(request, "studies/settings.html", page, here.shell)


@router.post("/studies/{study_id}/settings")
def change_settings(
    request: Request,
    here: Annotated[Here, require(Action.MANAGE_STUDY)],
    form: Annotated[StudyForm, FormData()],
) -> Response:
    def change() -> str:
        new = service.StudySettings(
            form.name,
            form.description,
            form.stance,
            form.threshold_value(),
            form.stop_rule(),
        )
        study = service.locked_study(session, here.study_id)
        service.change_study(session, study, new, by=here.account_id)
        return here.url("settings")

    try:
        with database(request).transaction() as session:
            done = here.once(session, form, "change study", change)
    except ConcordError as error:
        return _refused(request, "studies/settings.html", form, here.shell, error)
    return go(done.result, notice=STUDY_CHANGED)
