"""A coder at work in tests: the forms of Focus and Board sent as a browser sends them."""

import uuid
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import col, select

from app.coding.models import Assignment, Parking, Placement, RoundCoder
from app.db import Database
from tests.coding.world import World, cards_of, sign_in_as
from tests.conftest import BASE_URL, SAME_SITE


def fresh_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's browser at the round of the world."""

    client: TestClient
    database: Database
    world: World
    name: str

    @property
    def base(self) -> str:
        return f"/studies/{self.world.study_id}/rounds/{self.world.round_id}"

    @property
    def cards(self) -> list[int]:
        return cards_of(self.database, self.world, self.name)

    @property
    def categories(self) -> tuple[int, ...]:
        return self.world.category_ids[self.world.single_id]

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(self.base + path, headers=headers)

    def place(self, card_id: int, *, script: bool = False, **fields: object) -> Response:
        """Send a placement; what is not given is what a page of a fresh card would send."""
        form = {
            "operation_id": fresh_id(),
            "card_id": card_id,
            "facet_id": self.world.single_id,
            "seen_turn": 0,
            "confidence": "",
            "memo": "",
            "view": "focus",
            **fields,
        }
        headers = {"HX-Request": "true"} if script else {}
        sent = {key: value for key, value in form.items() if value is not None}
        return self.client.post(f"{self.base}/placements", data=sent, headers=headers)

    def judge(self, card_id: int) -> None:
        """Judge a card on both facets."""
        for facet_id in (self.world.single_id, self.world.several_id):
            answer = self.place(card_id, facet_id=facet_id, value="cannot_judge")
            assert answer.status_code == 303, answer.text

    def park(self, card_id: int, *, is_parked: bool = True) -> Response:
        form = {"operation_id": fresh_id(), "card_id": card_id, "is_parked": str(is_parked).lower()}
        return self.client.post(f"{self.base}/parking", data=form)

    def send(self, act: str, **fields: object) -> Response:
        """Send a form that has no content: undo, hand-in, take-back."""
        return self.client.post(f"{self.base}/{act}", data={"operation_id": fresh_id(), **fields})

    @property
    def placements(self) -> list[Placement]:
        """Every row this person ever wrote, oldest first."""
        with self.database.reading() as session:
            statement = (
                select(Placement)
                .where(Placement.coder_id == self.world.member_ids[self.name])
                .order_by(col(Placement.act))
            )
            return list(session.exec(statement))

    @property
    def parkings(self) -> list[Parking]:
        with self.database.reading() as session:
            return list(session.exec(select(Parking).order_by(col(Parking.act))))

    def assignment(self, card_id: int) -> Assignment:
        with self.database.reading() as session:
            return session.exec(
                select(Assignment).where(
                    Assignment.coder_id == self.world.member_ids[self.name],
                    Assignment.card_id == card_id,
                )
            ).one()

    @property
    def has_submitted(self) -> bool:
        with self.database.reading() as session:
            key = (self.world.round_id, self.world.member_ids[self.name])
            return session.get_one(RoundCoder, key).submitted_at is not None


def desk_of(app: FastAPI, world: World, name: str) -> Desk:
    client = TestClient(app, base_url=BASE_URL, headers=SAME_SITE, follow_redirects=False)
    return Desk(sign_in_as(app, client, world, name), app.state.database, world, name)
