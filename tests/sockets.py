"""Closed sockets: a test that reaches for another host fails at once."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

LOCAL_NAMES = frozenset({"", "localhost", "testserver"})


class OtherHostError(RuntimeError):
    """A test tried to reach another machine."""


def is_loopback(host: object) -> bool:
    """True for this machine's own names and addresses."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@contextmanager
def closed_sockets() -> Iterator[None]:
    """Refuse every connection and every name look-up that would leave this machine."""
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def refuse_others(one: socket.socket, address: Any) -> None:
        is_network = one.family in {socket.AF_INET, socket.AF_INET6}
        if is_network and not is_loopback(address[0]):
            raise OtherHostError(f"a test tried to connect to {address[0]}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse_others(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse_others(self, address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *args: Any, **options: Any) -> Any:
        if not is_loopback(host):
            raise OtherHostError(f"a test tried to look up {host}")
        return look_up(host, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield
