"""Pages and fragments: Jinja, the frame around every page, and the filters for figures."""

import hashlib
import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.db import now
from app.web import markdown

_HERE = Path(__file__).resolve()
_CHECKOUT = _HERE.parents[2]
_BUNDLE = _HERE.parents[1] / "_bundle"
NOTICE_COOKIE = "concord_notice"


def resource(name: str) -> Path:
    """Return the folder `static`, `templates`, `migrations` or `seed_data`, installed or not."""
    bundled = _BUNDLE / name
    return bundled if bundled.is_dir() else _CHECKOUT / name


@cache
def concord_version() -> str:
    return version("concord")


@dataclass(frozen=True, slots=True)
class NavLink:
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class ShellStudy:
    name: str
    url: str
    is_demo: bool


@dataclass(frozen=True, slots=True)
class ShellAccount:
    name: str
    email: str
    initials: str
    is_admin: bool


@dataclass(frozen=True, slots=True)
class Look:
    """How the reader likes pages to look: names and values of data attributes on <html>."""

    attributes: tuple[tuple[str, str], ...] = ()

    def __getitem__(self, name: str) -> str:
        return dict(self.attributes).get(name, "")


@dataclass(frozen=True, slots=True)
class Notice:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds the content of every page."""

    account: ShellAccount | None = None
    look: Look = Look()
    study: ShellStudy | None = None
    nav: tuple[NavLink, ...] = ()
    notices: tuple[Notice, ...] = ()
    version: str = field(default_factory=concord_version)
    operation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    theme_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    now_iso: str = field(default_factory=lambda: now().isoformat(timespec="seconds"))


@cache
def _content_hash(path: str) -> str:
    content = (resource("static") / path).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]


def static(path: str) -> str:
    """Return the address of a static file; it changes when the file does."""
    return f"/static/{path}?v={_content_hash(path)}"


# Macros see no request, yet they draw links; so the application being drawn for is kept here.
_drawn_for: ContextVar[FastAPI] = ContextVar("_drawn_for")


def _url(name: str, /, **params: Any) -> str:
    return str(_drawn_for.get().url_path_for(name, **params))


def two_digits(value: float) -> str:
    """Return a coefficient as it is printed: two digits, a true minus."""
    shown = f"{value:.2f}"
    return "0.00" if shown == "-0.00" else shown.replace("-", "−")


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def count(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def moment(value: datetime) -> Markup:
    """Return a <time> in UTC; scripts may show it in the reader's own zone."""
    shown = value.strftime("%Y-%m-%d %H:%M")
    return Markup('<time datetime="{}">{} UTC</time>').format(value.isoformat(), shown)


def day_and_time(value: datetime) -> Markup:
    """Return a <time> in UTC that is short enough for a line with two of them."""
    said = f"{value.day} {value:%b %H:%M}"
    whole = f"{value:%Y-%m-%d %H:%M} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), whole, said)


@cache
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(resource("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(static=static, url=_url)
    env.filters.update(
        two_digits=two_digits,
        percent=percent,
        count=count,
        moment=moment,
        day_and_time=day_and_time,
        markdown=markdown.to_html,
        plural=plural,
    )
    return env


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return "1 card" or "3 cards"."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def draw(request: Request, template: str, page: object, shell: Shell) -> str:
    token = _drawn_for.set(request.app)
    try:
        return environment().get_template(template).render(page=page, shell=shell)
    finally:
        _drawn_for.reset(token)


def respond(
    request: Request,
    template: str,
    page: object,
    shell: Shell,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Return the template as a page or fragment; a notice carried by the cookie is spent."""
    html = draw(request, template, page, shell)
    response = HTMLResponse(html, status_code=status, headers=dict(headers or {}))
    # A fragment draws no notices, so it leaves them for the next page.
    if shell.notices and "hx-request" not in request.headers:
        response.delete_cookie(NOTICE_COOKIE, path="/")
    return response


def notices_of(request: Request) -> tuple[Notice, ...]:
    """Return what the previous answer wanted said on this page."""
    said = _NOTICES.get(request.cookies.get(NOTICE_COOKIE, ""))
    return (said,) if said else ()


# The cookie holds only a key of this table, so nobody can put words into a page.
_NOTICES: dict[str, Notice] = {}


def declare_notice(key: str, kind: str, text: str) -> str:
    """Make a sentence known that `go` may show on the next page; returns its key."""
    _NOTICES[key] = Notice(kind, text)
    return key


def go(url: str, *, notice: str | None = None) -> Response:
    """Send the browser on after a form was carried out."""
    response = RedirectResponse(url, status_code=303)
    if notice is not None:
        response.set_cookie(
            NOTICE_COOKIE, notice, max_age=60, httponly=True, samesite="lax", path="/"
        )
    return response
