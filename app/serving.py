"""`concord serve`: one or more processes that answer browsers."""

import errno
import logging
import logging.config
import os
import socket
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

import click
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from app.accounts.invitations import invite_first_admin
from app.db import open_database
from app.errors import Conflict
from app.main import create_app
from app.schema import prepare
from app.settings import LOOPBACK_HOSTS, Settings
from app.web.protocol import CappedProtocol

BACKLOG = 2048
# A name such as localhost may have an IPv6 address on a machine that speaks none.
NO_SUCH_KIND = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
SECONDS_TO_FINISH = 3
SECONDS_BETWEEN_REQUESTS = 30
# Set for the worker processes, which read their settings anew.
HOSTS_VARIABLE = "CONCORD_ALLOWED_HOSTS"
SECRET_PATHS = ("/invitations/",)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK_HOSTS | {"::1"}

    @property
    def url(self) -> str:
        name = "localhost" if self.is_loopback or self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}"


def serve(settings: Settings, address: Address, *, workers: int) -> None:
    """Answer browsers until told to stop; refuse an address at which another program listens."""
    prepare(settings)
    settings = _answering_to(address, settings)
    sockets = _listen(address)  # first: a second server must not spend the link of the first
    try:
        _welcome(settings, address)
        _run(settings, sockets, workers)
    finally:
        for one in sockets:
            one.close()


def _listen(address: Address) -> list[socket.socket]:
    """Return sockets that listen, one for each kind of address that the host has here."""
    try:
        return _sockets_at(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Conflict(
                f"Another program answers at {address.host}, port {address.port}, perhaps Concord "
                "itself. Stop it, or choose another port with --port."
            ) from error
        reason = error.strerror or error
        raise Conflict(
            f"Concord cannot listen at {address.host}, port {address.port}: {reason}."
        ) from error


def _sockets_at(address: Address) -> list[socket.socket]:
    kinds = socket.getaddrinfo(
        address.host or None, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    missing = OSError()
    with ExitStack() as opened:
        sockets = []
        for family, kind, protocol, _, place in dict.fromkeys(kinds):
            try:
                one = opened.enter_context(socket.socket(family, kind, protocol))
                _bind(one, place)
            except OSError as error:
                if error.errno not in NO_SUCH_KIND:
                    raise
                missing = error
            else:
                sockets.append(one)
        if not sockets:
            raise missing
        opened.pop_all()
    return sockets


def _bind(one: socket.socket, place: Any) -> None:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if one.family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    one.bind(place)
    one.listen(BACKLOG)  # two that are bound can still be one too many


def _run(settings: Settings, sockets: list[socket.socket], workers: int) -> None:
    options: dict[str, Any] = {
        "server_header": False,
        "ws": "none",
        "timeout_graceful_shutdown": SECONDS_TO_FINISH,
        "timeout_keep_alive": SECONDS_BETWEEN_REQUESTS,
        "http": CappedProtocol,
        "log_config": LOGGING,
        "access_log": settings.access_log,
    }
    if workers > 1:
        several = uvicorn.Config("app.serving:worker_app", factory=True, workers=workers, **options)
        Multiprocess(several, sockets=sockets).run()
        return
    server = uvicorn.Server(uvicorn.Config(create_app(settings), **options))
    with suppress(KeyboardInterrupt):
        server.run(sockets)
    if not server.started:
        sys.exit(1)


def worker_app() -> FastAPI:
    """Return the application of one worker process."""
    return create_app(Settings())


def _answering_to(address: Address, settings: Settings) -> Settings:
    """Return settings by which the server answers to the address it was told to listen on."""
    if address.is_loopback or address.host in {"0.0.0.0", "::"}:  # noqa: S104
        return settings
    host = f"[{address.host}]" if ":" in address.host else address.host.lower()
    hosts = settings.allowed_hosts | {host}
    os.environ[HOSTS_VARIABLE] = ",".join(sorted(hosts))
    return settings.model_copy(update={"allowed_hosts": hosts})


def _welcome(settings: Settings, address: Address) -> None:
    base = settings.base_url or address.url
    click.echo(f"Concord answers at {base}")
    if not address.is_loopback and not settings.is_https:
        click.echo(
            "Warning: this is plain http, and not only for this machine. Passwords and cards "
            "travel unencrypted. Put a proxy with https in front and set CONCORD_BASE_URL to "
            "its address.",
            err=True,
        )
    database = open_database(settings)
    try:
        with database.transaction() as session:
            token = invite_first_admin(session, days=settings.invitation_days)
    finally:
        database.close()
    if token is not None:
        click.echo(
            f"Nobody can sign in yet. Make the first account here: {base}/invitations/{token}"
        )


class WithoutSecrets(logging.Filter):
    """Takes query strings and one-time links out of the lines of the access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, target, version, status = record.args
            record.args = (client, method, _without_secrets(str(target)), version, status)
        return True


def _without_secrets(target: str) -> str:
    path = target.partition("?")[0]
    for start in SECRET_PATHS:
        if path.startswith(start):
            return f"{start}…"
    return path


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": "app.serving.WithoutSecrets"}},
    "formatters": {
        "plain": {
            "()": "uvicorn.logging.DefaultFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            "use_colors": False,
        },
        "access": {
            "()": "uvicorn.logging.AccessFormatter",
            "fmt": "%(asctime)s %(client_addr)s %(request_line)s %(status_code)s",
            "use_colors": False,
        },
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "plain"},
        "access": {
            "class": "logging.StreamHandler",
            "formatter": "access",
            "filters": ["without_secrets"],
        },
    },
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {
        "app": {"level": "INFO"},
        "uvicorn": {"level": "WARNING"},
        "uvicorn.access": {"level": "INFO", "handlers": ["access"], "propagate": False},
    },
}
