"""Headers of every answer, the Host allowlist, the check against forged requests, size limits."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")
ONLY_HTTPS = "max-age=31536000"
MOST_HEADERS = 100
LARGEST_HEADERS = 32 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
KNOWN_METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
OTHER_NAME = (
    "This server does not answer to that name. Its keeper can allow it: CONCORD_BASE_URL or "
    "CONCORD_ALLOWED_HOSTS."
)
FORGED = (
    "This request did not come from a page of Concord, so it was not carried out. "
    "Open the page again and repeat what you did. Nothing was changed."
)


class Guard:
    """The outermost layer: decides on headers alone what is let in, marks what goes out."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._limit = settings.upload_megabytes * 1024 * 1024
        self._own_origins = {settings.base_url} if settings.base_url else set()
        self._headers = dict(HEADERS)
        if settings.is_https:
            self._headers["Strict-Transport-Security"] = ONLY_HTTPS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        marked = self._marking(send, no_store=not scope["path"].startswith("/static/"))
        refusal = self._refuse(scope)
        if refusal is not None:
            await refusal(scope, receive, marked)
            return
        if scope["method"] == "HEAD" and not scope["path"].startswith("/static/"):
            scope, marked = {**scope, "method": "GET"}, _headers_alone(marked)
        await self._app(scope, _Limited(receive, self._limit), marked)

    def _refuse(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        size = sum(len(name) + len(value) for name, value in scope["headers"])
        if len(headers) > MOST_HEADERS or size > LARGEST_HEADERS:
            return PlainTextResponse("The headers of this request are too long.", 431)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_own_host(hosts[0]):
            return PlainTextResponse(OTHER_NAME, 400)
        if scope["method"] not in KNOWN_METHODS:
            allowed = {"Allow": "GET, POST"}
            return PlainTextResponse("There is no such method.", 405, headers=allowed)
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._limit:
            return too_large(self._settings.upload_megabytes)
        if scope["method"] not in SAFE_METHODS and not self._is_same_origin(headers):
            return PlainTextResponse(FORGED, 403)
        return None

    def _is_same_origin(self, headers: Headers) -> bool:
        """Whether a browser says that one of our own pages sent this.

        Every browser in use sends Sec-Fetch-Site to https and to loopback addresses; over plain
        http to another machine it sends Origin. A request with neither is not a browser's form.
        """
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is None and origin is None:
            return False
        is_own = origin is None or self._is_own_origin(origin, headers.get("host", ""))
        return is_own and site in {None, "same-origin"}

    def _is_own_origin(self, origin: str, host: str) -> bool:
        return origin in self._own_origins or origin in {f"http://{host}", f"https://{host}"}

    def _marking(self, send: Send, *, no_store: bool) -> Send:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if no_store:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return marked

    def _is_own_host(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        return found is not None and found[1].lower() in self._settings.hosts


def _headers_alone(send: Send) -> Send:
    """Answer HEAD, which routes do not know of, by what GET would say; a stream ends at once."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return sent


def too_large(megabytes: int) -> PlainTextResponse:
    return PlainTextResponse(
        f"This is too large: the limit is {megabytes} MB. Nothing was changed.", 413
    )


class BodyTooLarge(Exception):
    """More bytes arrived than the limit allows, whatever Content-Length said."""


class _Limited:
    """Counts the bytes of a body as they come, for bodies without a length."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise BodyTooLarge
        return message
