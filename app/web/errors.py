"""Every refusal as a page in plain words with the right status."""

import logging
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from app.errors import ConcordError, Invalid, NotFound, SignInNeeded, TooMany, Unavailable
from app.settings import Settings
from app.web.render import Shell, respond
from app.web.security import BodyTooLarge

log = logging.getLogger(__name__)

NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """A refusal: its heading, its sentence, single findings, and where to go from here."""

    status: int
    title: str
    sentence: str
    problems: tuple[str, ...]
    back: str


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
) -> Response:
    """Return the page that tells of a refusal."""
    page = ProblemPage(
        status=status,
        title=_TITLES.get(status, HTTPStatus(status).phrase),
        sentence=sentence,
        problems=problems[:20],
        back=_own_referer(request),
    )
    shell = getattr(request.state, "shell", None) or Shell()
    return respond(request, "errors/problem.html", page, shell, status=status, headers=headers)


def _own_referer(request: Request) -> str:
    referer = request.headers.get("referer", "")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}/"
    return referer if referer.startswith(own) else "/"


def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, ConcordError):
        raise error
    if isinstance(error, SignInNeeded):
        return _to_sign_in(request, error)
    retry = isinstance(error, TooMany | Unavailable)
    headers = {"Retry-After": str(getattr(error, "retry_after", 5))} if retry else None
    problems = error.problems if isinstance(error, Invalid) else ()
    return problem(request, error.status, error.message, problems=problems, headers=headers)


def _to_sign_in(request: Request, error: SignInNeeded) -> Response:
    if request.method in {"GET", "HEAD"} and "hx-request" not in request.headers:
        target = request.url.path
        if request.url.query:
            target = f"{target}?{request.url.query}"
        query = "" if target == "/" else f"?next={quote(target, safe='/')}"
        return RedirectResponse(f"/sign-in{query}", status_code=303)
    return problem(request, 401, error.message)


def _unreadable(request: Request, error: Exception) -> Response:
    """Answer a form that does not have the right shape, without repeating what was typed."""
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
        )
    problems = tuple(dict.fromkeys(_finding(item["loc"], item) for item in found))
    return problem(request, 422, NOTHING_CHANGED, problems=problems)


def _finding(place: tuple[int | str, ...], item: dict[str, object]) -> str:
    kind, said = str(item["type"]), str(item["msg"])
    name = str(place[-1]).replace("_", " ")
    words = {
        "missing": "is missing",
        "extra_forbidden": "is not a field of this form",
        "json_invalid": "is not valid JSON",
        "string_too_long": _too_long(item),
    }.get(kind)
    return f"“{name[:60]}” {words}." if words else f"“{name[:60]}”: {said}"


def _too_long(item: dict[str, object]) -> str:
    context = item.get("ctx")
    limit = context.get("max_length") if isinstance(context, dict) else None
    typed = item.get("input")
    length = f" and has {len(typed):,}" if isinstance(typed, str) else ""
    return f"may have at most {limit} characters{length}"


def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if isinstance(error.__cause__, BodyTooLarge):  # wrapped by whoever read the body
        return _too_much(request, error)
    sentence = {
        404: NotFound().message,
        405: f"This address does not take {request.method}. {NOTHING_CHANGED}",
    }.get(error.status_code, f"The request could not be read. {NOTHING_CHANGED}")
    headers = dict(error.headers or {})
    if not hasattr(request.state, "shell"):  # no route was reached, so nobody asked who it is
        request.state.shell = request.app.state.shell_for(request)
    return problem(request, error.status_code, sentence, headers=headers)


def _too_much(request: Request, _error: Exception) -> Response:
    settings: Settings = request.app.state.settings
    limit = f"The limit is {settings.upload_megabytes} MB. {NOTHING_CHANGED}"
    return problem(request, 413, limit, headers={"Connection": "close"})


def _database_trouble(request: Request, error: Exception) -> Response:
    log.error("database: %s", type(getattr(error, "orig", error)).__name__)
    said = str(getattr(error, "orig", error))
    if "disk is full" in said or "No space left" in said:
        return problem(request, 507, "The server's disk is full. This was not saved.")
    sentence = f"The database is busy or restarting. Try again in a moment. {NOTHING_CHANGED}"
    return problem(request, 503, sentence, headers={"Retry-After": "5"})


def _collision(request: Request, error: Exception) -> Response:
    log.error("constraint: %s", type(getattr(error, "orig", error)).__name__)
    sentence = (
        "Somebody changed the same thing at the same moment. Open the page again. "
        f"{NOTHING_CHANGED}"
    )
    return problem(request, 409, sentence)


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
