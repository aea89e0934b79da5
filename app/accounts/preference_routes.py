"""Preferences: how pages look, when to rest, which key does what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData

from app.accounts import preferences as prefs
from app.accounts.deps import CurrentAccount, PageShell, account_id_of
from app.accounts.keyboard import ACTS, KeyMap, key_map, refuse_keys
from app.accounts.models import Account
from app.accounts.preferences import Preferences, from_stored, to_stored
from app.activity.service import once
from app.web.forms import Line, Write
from app.web.render import Shell, declare_notice, go, respond
from app.web.transaction import database

router = APIRouter(prefix="/preferences")

PAGE = "/preferences"
KEPT = declare_notice("preferences kept", "good", "Your preferences are saved, for every browser.")
KEYS_KEPT = declare_notice("keys kept", "good", "Your keys are saved.")
KEYS_USUAL = declare_notice("keys usual", "info", "All keys are as they were at first.")
NO_REST = declare_notice("no rest", "info", "You are not reminded of breaks any more.")


class LookForm(Write):
    text: prefs.TextSize
    spacing: prefs.Spacing
    contrast: prefs.Contrast
    theme: prefs.Theme
    motion: prefs.Motion
    rest: prefs.Rest
    clock: prefs.Clock


class ThemeForm(Write):
    theme: prefs.Theme


class KeysForm(Write):
    """A key for each of `keyboard.ACTS`."""

    none_applies: Line
    not_applicable: Line
    cannot_judge: Line
    unsure: Line
    fairly: Line
    sure: Line
    find: Line
    go_on: Line
    previous: Line
    next: Line
    up: Line
    down: Line
    previous_facet: Line
    next_facet: Line
    pick: Line
    new_pile: Line
    park: Line
    memo: Line
    like_it: Line
    suggest: Line
    undo: Line
    redo: Line
    view: Line
    map: Line


@dataclass(frozen=True, slots=True)
class KeyField:
    """An act, its key as it stands in its field, and what is wrong with it."""

    name: str
    words: str
    key: str
    error: str | None


@dataclass(frozen=True, slots=True)
class PreferencesPage:
    """Every choice, and the keys; after a refusal as they were typed."""

    chosen: Preferences
    keys: tuple[KeyField, ...]
    has_own_keys: bool

    @property
    def errors(self) -> list[tuple[str, str]]:
        return [(f"f-{one.name}", f"{one.words}: {one.error}") for one in self.keys if one.error]


@router.get("", name="preferences")
def preferences_page(request: Request, account: CurrentAccount, shell: PageShell) -> Response:
    return _draw(request, account, shell, {}, {})


@router.post("", name="change_preferences")
def change_preferences(
    request: Request, account: CurrentAccount, form: Annotated[LookForm, FormData()]
) -> Response:
    chosen = form.content()
    return _keep(request, account, form, lambda now: replace(now, **chosen), KEPT)


@router.post("/theme", name="choose_theme")
def choose_theme(
    request: Request, account: CurrentAccount, form: Annotated[ThemeForm, FormData()]
) -> Response:
    return _keep(request, account, form, lambda now: replace(now, theme=form.theme), KEPT)


@router.post("/no-rest", name="stop_reminding")
def stop_reminding(
    request: Request, account: CurrentAccount, form: Annotated[Write, FormData()]
) -> Response:
    return _keep(request, account, form, lambda now: replace(now, rest="off"), NO_REST)


@router.post("/keys", name="change_keys")
def change_keys(
    request: Request,
    account: CurrentAccount,
    shell: PageShell,
    form: Annotated[KeysForm, FormData()],
) -> Response:
    typed = form.content()
    wrong = refuse_keys(typed)
    if wrong:
        return _draw(request, account, shell, typed, wrong)
    own = key_map(typed)
    return _keep(request, account, form, lambda now: replace(now, keys=own), KEYS_KEPT)


@router.post("/keys/usual", name="reset_keys")
def reset_keys(
    request: Request, account: CurrentAccount, form: Annotated[Write, FormData()]
) -> Response:
    return _keep(request, account, form, lambda now: replace(now, keys=KeyMap()), KEYS_USUAL)


def _keep(
    request: Request,
    account: Account,
    form: Write,
    change: Callable[[Preferences], Preferences],
    notice: str,
) -> Response:
    account_id = account_id_of(account)

    def act() -> str:
        mine = session.get_one(Account, account_id, with_for_update={"key_share": True})
        mine.preferences = to_stored(change(from_stored(mine.preferences)))
        session.add(mine)
        return PAGE

    with database(request).transaction() as session:
        content = {"kind": notice, **form.content()}
        operation_id = form.operation_id
        done = once(
            session, account_id=account_id, operation_id=operation_id, content=content, act=act
        )
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204)  # a script shows its choice itself
    return go(done.result, notice=notice)


def _draw(
    request: Request,
    account: Account,
    shell: Shell,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
) -> Response:
    chosen = from_stored(account.preferences)
    page = PreferencesPage(
        chosen=chosen,
        keys=tuple(
            KeyField(
                name=act.name,
                words=act.words,
                key=typed.get(act.name, chosen.keys.key(act.name)),
                error=wrong.get(act.name),
            )
            for act in ACTS
        ),
        has_own_keys=bool(chosen.keys.own),
    )
    status = 422 if wrong else 200
    return respond(request, "accounts/preferences.html", page, shell, status=status)
