"""A real `concord serve` in a process of its own, and a plain HTTP connection to it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

COMMAND = [sys.executable, "-c", "from app.cli import main; main()"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Server:
    """A running server; `kill` is the plug pulled."""

    process: subprocess.Popen[bytes]
    port: int
    seconds_to_first_answer: float

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=15)

    def resident_megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


def start_server(
    variables: Mapping[str, str], *, port: int | None = None, command: list[str] | None = None
) -> Server:
    """Start `concord serve` and wait for its first answer."""
    port = port or free_port()
    started = time.monotonic()
    process = subprocess.Popen(
        command or [*COMMAND, "serve", "--port", str(port)],
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _wait_for_answer(process, port)
    return Server(process, port, time.monotonic() - started)


def _wait_for_answer(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        try:
            with Browser(port).opened() as browser:
                browser.get("/sign-in")
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the server did not answer within 30 seconds")


class Browser:
    """One keep-alive connection that sends what a browser sends."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}

    @contextmanager
    def opened(self) -> Iterator["Browser"]:
        try:
            yield self
        finally:
            self._connection.close()

    def get(self, path: str) -> tuple[int, bytes]:
        self._connection.request("GET", path, headers=self._headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def script(self, path: str, form: Mapping[str, object]) -> tuple[int, bytes]:
        """Send a form as the page's own scripts do: the answer is the next page itself."""
        return self.post(path, form, {"HX-Request": "true"})

    def post(
        self, path: str, form: Mapping[str, object], more: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        headers = {
            **self._headers,
            **(more or {}),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._connection.request("POST", path, urlencode(form).encode(), headers)
        response = self._connection.getresponse()
        return response.status, response.read()
