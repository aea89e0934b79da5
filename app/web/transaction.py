"""One transaction for each request, committed before the answer leaves."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from app.db import Database


def database(request: Request) -> Database:
    found: Database = request.app.state.database
    return found


def _look(request: Request) -> Iterator[Session]:
    with database(request).reading() as session:
        yield session


def _transaction(request: Request) -> Iterator[Session]:
    with database(request).writing() as session:
        yield session
        session.commit()


# scope="function": with the default scope a failing commit would still answer 200.
Look = Annotated[Session, Depends(_look, scope="function")]
Tx = Annotated[Session, Depends(_transaction, scope="function")]
