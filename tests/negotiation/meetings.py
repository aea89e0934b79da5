"""A round in negotiation with people around a table, for tests about meetings."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, select

from app.coding.models import Round
from app.db import Database
from app.negotiation.meeting import meetings
from app.negotiation.models import Disagreement, Meeting, TalkEvent
from app.studies.models import Membership
from tests.coding.world import World, make_world
from tests.factories import fresh_id
from tests.negotiation.negotiations import FIVE, Answer, Visitor, close, judge, visit

T = TypeVar("T")


def make_sealed(database: Database, answers: tuple[tuple[Answer, Answer], ...] = FIVE) -> World:
    """A round that asks for statements and has just closed: Ben and Cleo differ, all is sealed."""
    world = make_world(database, n_cards=len(answers), coders=("ben", "cleo"))
    with database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        round_.protocol = {**round_.protocol, "has_statements": True}
        session.add(round_)
        for card, pair in enumerate(answers):
            for name, answer in zip(("ben", "cleo"), pair, strict=True):
                judge(session, world, name, card, answer)
        close(session, world)
    return world


class Table:
    """What people do in the meeting of a round, each act in a transaction of its own."""

    def __init__(self, database: Database, world: World) -> None:
        self.database, self.world = database, world

    def start(self, name: str) -> Meeting:
        return self._act(
            lambda session, round_, by: meetings.start_meeting(session, round_, by=by), name
        )

    def join(self, name: str) -> None:
        self._in_meeting(meetings.join_meeting, name)

    def leave(self, name: str) -> None:
        self._in_meeting(meetings.leave_meeting, name)

    def end(self, name: str) -> None:
        self._in_meeting(meetings.end_meeting, name)

    def hand_over(self, name: str, to: str) -> None:
        to_id = self.world.member_ids[to]
        self._in_meeting(
            lambda session, round_, meeting, *, by: meetings.hand_over(
                session, round_, meeting, to_id, by=by
            ),
            name,
        )

    def move(self, name: str, to: Disagreement) -> None:
        def act(session: Session, round_: Round, meeting: Meeting, *, by: Membership) -> None:
            found = session.get_one(Disagreement, to.id)
            meetings.move_to(session, round_, meeting, found, by=by)

        self._in_meeting(act, name)

    @property
    def meeting(self) -> Meeting:
        """The newest meeting."""
        with self.database.reading() as session:
            return meetings.meetings_of(session, session.get_one(Round, self.world.round_id))[0]

    @property
    def presenter(self) -> str:
        return self._name(self.meeting.presenter_id)

    @property
    def here(self) -> list[str]:
        with self.database.reading() as session:
            return sorted(self._name(one) for one in meetings.who_is_here(session, self.meeting))

    def events(self) -> list[str]:
        """What the minutes know of, in order."""
        with self.database.reading() as session:
            rows = session.exec(
                select(TalkEvent)
                .where(TalkEvent.round_id == self.world.round_id)
                .order_by(TalkEvent.id)  # type: ignore[arg-type]
            )
            return [one.kind for one in rows]

    def _name(self, member_id: int) -> str:
        return next(name for name, one in self.world.member_ids.items() if one == member_id)

    def _in_meeting(self, act: Callable[..., None], name: str) -> None:
        def with_meeting(session: Session, round_: Round, by: Membership) -> None:
            meeting = meetings.meetings_of(session, round_)[0]
            act(session, round_, meeting, by=by)

        self._act(with_meeting, name)

    def _act(self, act: Callable[[Session, Round, Membership], T], name: str) -> T:
        with self.database.transaction() as session:
            session.expire_on_commit = False
            round_ = session.get_one(Round, self.world.round_id)
            return act(session, round_, session.get_one(Membership, self.world.member_ids[name]))


class Seat:
    """Somebody's browser at the meeting."""

    def __init__(self, app: FastAPI, world: World, name: str) -> None:
        self.visitor: Visitor = visit(app, world, name)
        self.client: TestClient = self.visitor.client
        self.url = self.visitor.url

    def page(self, *, status: int = 200) -> str:
        return self.visitor.page("/meeting", status=status)

    def send(self, path: str, **fields: object) -> Response:
        """Post a form to an address below the round."""
        form = {"operation_id": fresh_id(), **fields}
        return self.client.post(f"{self.url}/{path}", data=form)
