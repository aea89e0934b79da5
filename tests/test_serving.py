"""`concord serve` as a process: how it starts, what it says, speaks and logs, how it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

# Of work, not of waiting, and against what loading the libraries takes, for machines differ a lot
# and so does one of them from hour to hour. Starting includes a migration.
TIMES_THE_LIBRARIES = 8
LIBRARIES = "import time, fastapi, sqlmodel, alembic; print(time.process_time())"
PROGRAM = [sys.executable, "-c", "from app.cli import main; main()"]


@dataclass(slots=True)
class Server:
    """A running server: its port, what it printed, and the work until its first answer."""

    process: subprocess.Popen[str]
    port: int
    log: Path
    seconds: float = 0.0

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def raw(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(request)
            answer = b""
            while part := connection.recv(65_536):
                answer += part
        return answer

    def get(self, path: str, *, host: str | None = None) -> bytes:
        name = host or f"localhost:{self.port}"
        head = f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"
        return self.raw(head.encode())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = folder / "log"
    settings = {"CONCORD_DATA_DIR": str(folder / "data"), "CONCORD_ACCESS_LOG": "true"}
    environment = {**os.environ, **settings, "PYTHONUNBUFFERED": "1"}
    start = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [*PROGRAM, "serve", "--port", str(port)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    server = Server(process, port, log)
    try:
        while True:
            try:
                server.get("/sign-in")
                break
            except OSError:
                assert process.poll() is None, server.said()
                assert time.monotonic() < start + 30, server.said()
                time.sleep(0.02)
        used = psutil.Process(process.pid).cpu_times()
        server.seconds = used.user + used.system
        yield server
    finally:
        process.kill()
        process.wait()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_the_first_answer_comes_soon_and_no_statistics_are_loaded_for_it(server: Server) -> None:
    floor = float(subprocess.run([sys.executable, "-c", LIBRARIES], capture_output=True).stdout)
    assert server.seconds < TIMES_THE_LIBRARIES * floor
    code = "import sys, app.serving; print(*{'sklearn', 'scipy', 'matplotlib'} & {*sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert loaded.stdout.strip() == b""


def test_a_new_server_prints_the_link_to_the_first_account(server: Server) -> None:
    found = re.search(r"http://localhost:\d+(/invitations/[\w-]{32})", server.said())
    assert found
    assert b"Make the first account" in server.get(found[1])


def test_the_log_holds_neither_links_nor_queries(server: Server) -> None:
    server.get("/invitations/not-to-be-written-down")
    server.get("/help?secret=not-to-be-written-down")
    log = server.said()
    assert "/invitations/…" in log
    assert "GET /help HTTP/1.1" in log
    assert "not-to-be-written-down" not in log


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_taken_port_is_told_in_one_sentence_and_the_first_link_stays(
    server: Server, workers: str
) -> None:
    environment = {**os.environ, "CONCORD_DATA_DIR": str(server.log.parent / "data")}
    second = subprocess.run(
        [*PROGRAM, "serve", "--port", str(server.port), "--workers", workers],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == (
        f"Another program answers at 127.0.0.1, port {server.port}, perhaps Concord itself. "
        "Stop it, or choose another port with --port.\n"
    )
    found = re.search(r"http://localhost:\d+(/invitations/[\w-]{32})", server.said())
    assert found
    assert status(server.get(found[1])) == 200


def test_the_server_does_not_say_what_it_is_made_of(server: Server) -> None:
    assert b"\r\nserver:" not in server.get("/sign-in").split(b"\r\n\r\n")[0].lower()


def test_B87_without_a_host_there_is_no_answer(server: Server) -> None:
    assert status(server.raw(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")) == 400
    assert status(server.get("/", host="evil.example")) == 400


@pytest.mark.parametrize(
    "headers",
    [
        b"X-Long: " + b"a" * 100_000 + b"\r\n",
        b"".join(b"X-%d: a\r\n" % number for number in range(1000)),
    ],
    ids=["100 kB", "1000 headers"],
)
def test_B88_headers_without_measure_are_refused(server: Server, headers: bytes) -> None:
    head = b"GET /help HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    assert status(server.raw(head + headers + b"\r\n")) == 431


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Content-Length : 5\r\n\r\nabcde",
    ],
    ids=["both", "negative", "two", "bad chunk", "two codings", "space"],
)
def test_B89_a_body_of_doubtful_length_is_refused_and_the_line_is_closed(
    server: Server, headers: bytes
) -> None:
    head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
    answer = server.raw(head + headers + b"GET /help HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert status(answer) in {400, 422}
    assert answer.count(b"HTTP/1.1") == 1


def test_the_server_ends_within_seconds_when_it_is_told_to(server: Server) -> None:
    start = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(timeout=10)
    assert time.monotonic() - start < 5
    assert "Traceback" not in server.said()
