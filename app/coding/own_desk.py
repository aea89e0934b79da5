"""Whose page asks: on a shared computer a page may outlive the sign-in of its coder.

A script names the desk of its page in a header. When somebody else is signed in by then, nothing
is stored as theirs and nothing of theirs is shown; the script keeps what waits. Forms without
scripts send no such header: what they send, the person who is signed in has just pressed.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from app.accounts.deps import account_id_of, signed_in
from app.errors import Conflict, Forbidden, NotFound
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.errors import problem
from app.web.forms import PathId
from app.web.render import Shell
from app.web.transaction import database

DESK = "Concord-Desk"


class OtherDesk(Conflict):
    """The page belongs to somebody who is not signed in any more."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else is signed in here now. What you did waits until you sign in again."
        )


def desk_name(account_id: int, round_id: int) -> str:
    """Return what a page calls the work of this person in this round."""
    return f"{account_id}-{round_id}"


# Without a wait for anything, so it need not go to a thread of its own.
async def _at_own_desk(
    request: Request, here: Annotated[Here, require(Action.SORT)], round_id: PathId
) -> Here:
    named = request.headers.get(DESK)
    if named is not None and named != desk_name(here.account_id, round_id):
        raise OtherDesk
    return here


AtWork = Annotated[Here, Depends(_at_own_desk)]


class SortRoute(APIRoute):
    """A route of sorting: tells the refusal of another person's page from every other one."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        carry_out = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await carry_out(request)
            except OtherDesk as refusal:
                return _refuse(request, refusal)
            except (Forbidden, NotFound):
                # Whoever signed in may not even be a coder of this study.
                if DESK in request.headers and await run_in_threadpool(_is_of_another, request):
                    return _refuse(request, OtherDesk())
                raise

        return answer


def _is_of_another(request: Request) -> bool:
    with database(request).reading() as session:
        account_id = account_id_of(signed_in(request, session))
    return not request.headers[DESK].startswith(f"{account_id}-")


def _refuse(request: Request, refusal: OtherDesk) -> Response:
    request.state.shell = Shell()  # not the name and the study of whoever is signed in
    return problem(request, refusal.status, refusal.message, headers={DESK: "other"})
