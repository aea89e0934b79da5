"""Every refusal as a page in plain words with the right status."""

import logging
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Match

from app.errors import ConcordError, Invalid, NotFound, SignInNeeded, TooMany, Unavailable
from app.settings import Settings
from app.web.render import Shell, respond
from app.web.security import KNOWN_METHODS, BodyTooLarge
from app.web.sent import SentForm, sent_form

log = logging.getLogger(__name__)

NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """A refusal: heading, sentence, single findings, what was typed, where to go from here."""

    status: int
    title: str
    sentence: str
    problems: tuple[str, ...]
    back: str
    sent: SentForm | None = None


_TITLES = {
    400: "This request could not be read",
    403: "This is not yours to do",
    404: "Nothing here",
    405: "This address does not take that",
    409: "The world has moved on",
    410: "This link is over",
    413: "Too large",
    415: "Another kind of file",
    422: "Something needs another look",
    428: "The page is missing a part",
    429: "Too many tries",
    503: "Busy just now",
    507: "The disk is full",
}


def problem(
    request: Request,
    status: int,
    sentence: str,
    *,
    problems: tuple[str, ...] = (),
    headers: dict[str, str] | None = None,
    sent: SentForm | None = None,
) -> Response:
    """Return the page that tells of a refusal and keeps what was typed."""
    page = ProblemPage(
        status=status,
        title=_TITLES.get(status, HTTPStatus(status).phrase),
        sentence=sentence,
        problems=problems[:20],
        back=_own_referer(request),
        sent=sent,
    )
    shell = getattr(request.state, "shell", None) or Shell()
    return respond(request, "errors/problem.html", page, shell, status=status, headers=headers)


def _own_referer(request: Request) -> str:
    referer = request.headers.get("referer", "")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}/"
    return referer if referer.startswith(own) else "/"


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, ConcordError):
        raise error
    if isinstance(error, SignInNeeded):
        return await _to_sign_in(request, error)
    retry = isinstance(error, TooMany | Unavailable)
    headers = {"Retry-After": str(getattr(error, "retry_after", 5))} if retry else None
    problems = error.problems if isinstance(error, Invalid) else ()
    sent = await sent_form(request, error.status)
    return problem(
        request, error.status, error.message, problems=problems, headers=headers, sent=sent
    )


async def _to_sign_in(request: Request, error: SignInNeeded) -> Response:
    if request.method in {"GET", "HEAD"} and "hx-request" not in request.headers:
        target = request.url.path
        if request.url.query:
            target = f"{target}?{request.url.query}"
        query = "" if target == "/" else f"?next={quote(target, safe='/')}"
        return RedirectResponse(f"/sign-in{query}", status_code=303)
    return problem(request, 401, error.message, sent=await sent_form(request, 401))


async def _unreadable(request: Request, error: Exception) -> Response:
    """Answer a form that does not have the right shape."""
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    if any(item["loc"][0] == "path" for item in found):
        return problem(request, 404, NotFound().message)
    if any(item["loc"][-1] == "operation_id" for item in found):
        return problem(
            request,
            428,
            "The form came without its operation id. Open the page again and repeat your "
            f"change. {NOTHING_CHANGED}",
            sent=await sent_form(request, 428),
        )
    problems = tuple(dict.fromkeys(_finding(item["loc"], item) for item in found))
    sent = await sent_form(request, 422, wrong=frozenset(_field(item["loc"]) for item in found))
    return problem(request, 422, NOTHING_CHANGED, problems=problems, sent=sent)


def _finding(place: tuple[int | str, ...], item: dict[str, object]) -> str:
    kind, said = str(item["type"]), str(item["msg"])
    name = _field(place).replace("_", " ")
    words = {
        "missing": "is missing",
        "extra_forbidden": "is not a field of this form",
        "json_invalid": "is not valid JSON",
        "string_too_long": _too_long(item),
        # What pydantic says of a limit that stands after a validator, in words about lists.
        "too_long": _too_long(item) if isinstance(item.get("input"), str) else None,
    }.get(kind)
    return f"“{name[:60]}” {words}." if words else f"“{name[:60]}”: {said}"


def _field(place: tuple[int | str, ...]) -> str:
    """Return the name of the field; of a list, the last part is only a place in it."""
    return next((part for part in reversed(place) if isinstance(part, str)), "")


def _too_long(item: dict[str, object]) -> str:
    context = item.get("ctx")
    limit = context.get("max_length", 0) if isinstance(context, dict) else 0
    typed = item.get("input")
    length = f" and has {len(typed):,}" if isinstance(typed, str) else ""
    return f"may have at most {limit:,} characters{length}"


def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if isinstance(error.__cause__, BodyTooLarge):  # wrapped by whoever read the body
        return _too_much(request, error)
    if "exceeded maximum size" in str(error.detail):
        return problem(request, 413, _one_field_too_long(request))
    sentence = {
        404: NotFound().message,
        405: f"This address does not take {request.method}. {NOTHING_CHANGED}",
    }.get(error.status_code, f"The request could not be read. {NOTHING_CHANGED}")
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = _methods_at(request) or headers.get("Allow", "GET, HEAD")
    if not hasattr(request.state, "shell"):  # no route was reached, so nobody asked who it is
        request.state.shell = request.app.state.shell_for(request)
    return problem(request, error.status_code, sentence, headers=headers)


def _methods_at(request: Request) -> str:
    """Return every method of the address; the router names those of the first route only."""
    router: APIRouter = request.app.router
    return ", ".join(
        method
        for method in sorted(KNOWN_METHODS)
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in router.routes
        )
    )


def _one_field_too_long(request: Request) -> str:
    length = request.headers.get("content-length", "")
    sent = f" This form has {int(length) / 1_000_000:,.1f} MB." if length.isdigit() else ""
    return f"One field of a form may hold at most 1 MB of text.{sent} {NOTHING_CHANGED}"


def _too_much(request: Request, _error: Exception) -> Response:
    settings: Settings = request.app.state.settings
    limit = f"The limit is {settings.upload_megabytes} MB. {NOTHING_CHANGED}"
    return problem(request, 413, limit, headers={"Connection": "close"})


async def _database_trouble(request: Request, error: Exception) -> Response:
    log.error("database: %s", type(getattr(error, "orig", error)).__name__)
    said = str(getattr(error, "orig", error))
    sent = await sent_form(request, 503)
    if "disk is full" in said or "No space left" in said:
        return problem(request, 507, "The server's disk is full. This was not saved.", sent=sent)
    sentence = f"The database is busy or restarting. Try again in a moment. {NOTHING_CHANGED}"
    return problem(request, 503, sentence, headers={"Retry-After": "5"}, sent=sent)


async def _collision(request: Request, error: Exception) -> Response:
    log.error("constraint: %s", type(getattr(error, "orig", error)).__name__)
    sentence = (
        "Somebody changed the same thing at the same moment. Open the page again. "
        f"{NOTHING_CHANGED}"
    )
    return problem(request, 409, sentence, sent=await sent_form(request, 409))


def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("unforeseen error at %s", request.url.path, exc_info=error)
    sentence = (
        "Something went wrong on the server, and the change you were making was not saved. "
        "What was saved before is safe. The server's log has the details."
    )
    return problem(request, 500, sentence)


def install(app: FastAPI) -> None:
    """Make the application answer every refusal with a page."""
    app.add_exception_handler(ConcordError, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(BodyTooLarge, _too_much)
    app.add_exception_handler(OperationalError, _database_trouble)
    app.add_exception_handler(IntegrityError, _collision)
    app.add_exception_handler(Exception, _unforeseen)
