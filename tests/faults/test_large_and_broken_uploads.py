"""Uploads over the limit and uploads that break off, at a running server."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.accounts.deps import cookie_name
from app.accounts.service import sign_in
from app.corpus.models import StagedImport
from app.db import Database
from app.settings import Settings
from tests.factories import make_account, make_study
from tests.rows import contents
from tests.serving import Browser, Server, start_server

MEGABYTE = 1024 * 1024
HEAD = (
    b'--b\r\nContent-Disposition: form-data; name="operation_id"\r\n\r\n12345678\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nid,text\n'
)


@dataclass(frozen=True, slots=True)
class Line:
    """A connection to the upload page of a study, for a lead who is signed in."""

    server: Server
    path: str
    cookie: str

    def begin(self, *headers: str) -> socket.socket:
        """Send the head of an upload and leave the body to the test."""
        lines = (
            f"POST {self.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.server.port}",
            f"Cookie: {self.cookie}",
            "Sec-Fetch-Site: same-origin",
            "Content-Type: multipart/form-data; boundary=b",
            "Connection: close",
            *headers,
        )
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=10)
        connection.sendall("\r\n".join((*lines, "", "")).encode())
        return connection

    def others_are_served(self) -> None:
        start = time.monotonic()
        with Browser(self.server.port, self.cookie).opened() as browser:
            status, _ = browser.get("/")
        assert status == 200
        assert time.monotonic() < start + 1


@pytest.fixture
def line(settings: Settings, database_url: str | None, session: Session) -> Iterator[Line]:
    team = make_study(session)
    token = sign_in(session, make_account(session), days=1)
    session.commit()
    variables = {"CONCORD_DATA_DIR": str(settings.data_dir)}
    if database_url:
        variables["CONCORD_DATABASE_URL"] = database_url
    server = start_server(variables)
    yield Line(server, f"{team.url}/cards/import", f"{cookie_name(settings)}={token}")
    server.stop()


def answer_of(connection: socket.socket) -> bytes:
    answer = b""
    try:
        while part := connection.recv(65_536):
            answer += part
    except ConnectionResetError:
        pass  # closed while the rest of the body was on its way
    return answer


def staged(session: Session) -> list[str]:
    found = list(session.exec(select(StagedImport.id)))
    session.rollback()
    return found


def test_B03_an_upload_that_says_it_is_too_large_is_refused_before_its_body(
    line: Line, database: Database
) -> None:
    before = contents(database)
    with line.begin(f"Content-Length: {500 * MEGABYTE}") as connection:
        answer = answer_of(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"the limit is 20 MB" in answer
    line.others_are_served()
    assert contents(database) == before


def test_B04_an_upload_without_a_length_is_stopped_at_the_limit(
    line: Line, database: Database
) -> None:
    before, memory = contents(database), line.server.resident_megabytes()
    piece = f"{MEGABYTE:x}\r\n".encode() + b"x" * MEGABYTE + b"\r\n"
    sent = 0
    with line.begin("Transfer-Encoding: chunked") as connection:
        connection.sendall(f"{len(HEAD):x}\r\n".encode() + HEAD + b"\r\n")
        try:
            while sent < 200:
                connection.sendall(piece)
                sent += 1
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server has stopped reading, as it should
        answer = answer_of(connection)
    assert sent < 60
    assert not answer or answer.startswith(b"HTTP/1.1 413")
    line.others_are_served()
    assert line.server.resident_megabytes() < memory + 64
    assert contents(database) == before


def test_B04_whoever_stops_at_the_limit_reads_what_it_is(line: Line, database: Database) -> None:
    before = contents(database)
    piece = f"{MEGABYTE:x}\r\n".encode() + b"x" * MEGABYTE + b"\r\n"
    with line.begin("Transfer-Encoding: chunked") as connection:
        connection.sendall(f"{len(HEAD):x}\r\n".encode() + HEAD + b"\r\n" + piece * 20)
        answer = answer_of(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"The limit is 20 MB" in answer
    assert b"Nothing was changed" in answer
    assert contents(database) == before


@pytest.mark.parametrize("share", [0.0, 0.1, 0.9, 0.9999])
def test_B10_an_upload_that_breaks_off_leaves_nothing(
    line: Line, session: Session, database: Database, share: float
) -> None:
    body = HEAD + b"1,a\n" * 100_000 + b"\r\n--b--\r\n"
    before = contents(database)
    connection = line.begin(f"Content-Length: {len(body)}")
    connection.sendall(body[: int(len(body) * share)])
    connection.close()
    line.others_are_served()
    assert staged(session) == []
    assert contents(database) == before
    assert temporary_files(line) == []


def temporary_files(line: Line) -> list[str]:
    """Temporary files that the server still holds."""
    found = []
    for path in Path(f"/proc/{line.server.process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            found.append(str(path.readlink()))
    return [path for path in found if path.endswith("(deleted)")]


def test_B10_the_same_upload_whole_is_taken(line: Line, session: Session) -> None:
    """The counter-check: what breaks off above is an upload that would have been taken."""
    body = HEAD + b"1,a\n" * 100 + b"\r\n--b--\r\n"
    with line.begin(f"Content-Length: {len(body)}") as connection:
        connection.sendall(body)
        answer = answer_of(connection)
    assert answer.startswith(b"HTTP/1.1 303")
    assert len(staged(session)) == 1
