"""A round that has just closed, for tests about what comes after it.

Ben is Coder A and Cleo Coder B; Ada leads, Ida arbitrates, Odo observes, Dan is outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.coding.models import Round
from app.coding.placing import Judgement, place_card
from app.coding.rules import Value
from app.db import Database
from app.negotiation.models import Decision, Disagreement
from app.negotiation.rules import Cause, Outcome
from app.negotiation.service import (
    DecisionDraft,
    decisions_on,
    disagreements,
    record_decision,
)
from app.resolution.closing import close_round
from app.studies.models import Membership
from tests.coding.world import World, make_world, sign_in_as
from tests.conftest import BASE_URL, SAME_SITE
from tests.factories import fresh_id

MISSING, STALE, UNCLEAR = range(3)
Answer = int | tuple[int, ...] | Value | None
"""Place of a category in its facet, several places, an answer without a category, or nothing."""

FIVE = ((STALE, MISSING), (STALE, MISSING), (STALE, UNCLEAR), (STALE, STALE), (MISSING, MISSING))
"""Answers of Ben and Cleo: two cards of one confusion, one of another, two agreed."""


def judge(
    session: Session, world: World, name: str, card: int, answer: Answer, **said: object
) -> None:
    """Let a coder judge the card at this place, in the facet Smell unless `facet_id` is given."""
    if answer is None:
        return
    facet_id = int(said.pop("facet_id", world.single_id))  # type: ignore[call-overload]
    if isinstance(answer, Value):
        value, chosen = answer, ()
    else:
        places = answer if isinstance(answer, tuple) else (answer,)
        value, chosen = Value.CATEGORIES, tuple(world.category_ids[facet_id][i] for i in places)
    judgement = Judgement(world.card_ids[card], facet_id, value, chosen, **said)  # type: ignore[arg-type]
    place_card(session, world.round_id, world.member_ids[name], judgement)


def close(session: Session, world: World) -> None:
    round_ = session.get_one(Round, world.round_id)
    close_round(session, round_, reason="The time is up.", is_forced=True, by=None)


def make_negotiation(database: Database, answers: Sequence[tuple[Answer, Answer]] = FIVE) -> World:
    """A closed round in which Ben and Cleo gave these answers on Smell, card by card."""
    world = make_world(database, n_cards=len(answers), coders=("ben", "cleo"))
    with database.transaction() as session:
        for card, pair in enumerate(answers):
            for name, answer in zip(("ben", "cleo"), pair, strict=True):
                judge(session, world, name, card, answer)
        close(session, world)
    return world


def flagged(database: Database, world: World) -> list[Disagreement]:
    """The disagreements on Smell in the order of the agenda."""
    with database.reading() as session:
        round_ = session.get_one(Round, world.round_id)
        return list(disagreements(session, round_, facet_id=world.single_id))


def decide(
    database: Database,
    disagreement: Disagreement,
    *,
    by: int,
    outcome: Outcome = Outcome.PERSUADED,
    label: tuple[int, ...] = (),
    rationale: str = "The definition says so.",
) -> None:
    """Record a decision by a member; the label is category ids, none leaves it without one."""
    with database.transaction() as session:
        found = session.get_one(Disagreement, disagreement.id)
        draft = DecisionDraft(
            value=Value.CATEGORIES if label else Value.NOT_JUDGED,
            category_ids=label,
            outcome=outcome,
            cause=Cause.OVERLAPPING_CODES,
            rationale=rationale,
            revision=found.revision,
        )
        record_decision(session, found, draft, by=session.get_one(Membership, by))


def decisions(database: Database, disagreement: Disagreement) -> list[Decision]:
    with database.reading() as session:
        return list(decisions_on(session, disagreement))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody's browser at the round."""

    client: TestClient
    world: World

    @property
    def url(self) -> str:
        return f"/studies/{self.world.study_id}/rounds/{self.world.round_id}"

    def page(self, path: str = "/disagreements", *, status: int = 200) -> str:
        """The text of a page of the round."""
        answer = self.client.get(self.url + path)
        assert answer.status_code == status, answer.text
        return answer.text

    def comment(self, disagreement: Disagreement, text: str, *, status: int = 303) -> str:
        """Send a comment; returns the answer."""
        form = {"text": text, "operation_id": fresh_id()}
        answer = self.client.post(f"{self.url}/disagreements/{disagreement.id}/comments", data=form)
        assert answer.status_code == status, answer.text
        return answer.text

    def decide(
        self, disagreement: Disagreement, *, status: int = 303, **fields: object
    ) -> tuple[str, str]:
        """Send a decision; returns where the browser is sent, and the answer."""
        form: dict[str, object] = {
            "revision": 1,
            "answers": [self.world.category_ids[self.world.single_id][STALE]],
            "outcome": "persuaded",
            "cause": "overlapping_codes",
            "rationale": "The definition says so.",
            "operation_id": fresh_id(),
        }
        form |= fields
        form = {name: value for name, value in form.items() if value is not None}
        answer = self.client.post(f"{self.url}/disagreements/{disagreement.id}/decision", data=form)
        assert answer.status_code == status, answer.text
        return answer.headers.get("location", ""), answer.text


def visit(app: FastAPI, world: World, name: str) -> Visitor:
    """The browser of a person who is signed in."""
    client = TestClient(app, base_url=BASE_URL, headers=SAME_SITE, follow_redirects=False)
    return Visitor(sign_in_as(app, client, world, name), world)


def place(text: str, *words: str) -> list[int]:
    """Where the words stand in a page; each must be there."""
    places = [text.find(word) for word in words]
    assert -1 not in places, [word for word in words if word not in text]
    return places
