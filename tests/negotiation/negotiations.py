"""A round that has just closed, for tests about what comes after it.

Ben is Coder A and Cleo Coder B; Ada leads, Ida arbitrates, Odo observes, Dan is outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.coding.desks import Judgement
from app.coding.drafts import NO_RULES
from app.coding.models import Round
from app.coding.placing import place_card
from app.coding.rules import Protocol, Value
from app.db import Database, now
from app.negotiation.arbitrating import Award, arbitrate, escalate
from app.negotiation.comments import add_comment
from app.negotiation.deferring import DeferralDraft, defer
from app.negotiation.models import Decision, Disagreement
from app.negotiation.on_the_table import open_proposal
from app.negotiation.parties import parties_of
from app.negotiation.proposals import ProposalDraft, confirm, dissent, propose
from app.negotiation.rules import Cause, Outcome
from app.negotiation.service import decisions_on, disagreements
from app.negotiation.settling import Settlement
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


def make_negotiation(
    database: Database,
    answers: Sequence[tuple[Answer, Answer]] = FIVE,
    *,
    protocol: Protocol = NO_RULES,
) -> World:
    """A closed round in which Ben and Cleo gave these answers on Smell, card by card."""
    coders = ("ben", "cleo")
    world = make_world(database, n_cards=len(answers), coders=coders, protocol=protocol)
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
    """Bring a talk to its end; the label is category ids, none leaves the card without one.

    A member proposes and every party confirms, with a dissent by the last where one is wanted;
    what is deferred or arbitrated goes that way.
    """
    with database.transaction() as session:
        found = session.get_one(Disagreement, disagreement.id)
        settlement = Settlement(
            value=Value.CATEGORIES if label else Value.NOT_JUDGED,
            category_ids=label,
            outcome=outcome,
            cause=Cause.OVERLAPPING_CODES,
            rationale=rationale,
        )
        settle_it(session, found, settlement, by=session.get_one(Membership, by))


def settle_it(
    session: Session, found: Disagreement, settlement: Settlement, *, by: Membership
) -> None:
    """Settle a disagreement through the acts of its parties."""
    round_ = session.get_one(Round, found.round_id)
    parties = [session.get_one(Membership, one) for one in parties_of(session, round_, found)]
    if settlement.outcome is Outcome.DEFERRED:
        until = (now() + timedelta(days=7)).date()
        draft = DeferralDraft(settlement.rationale, by.id, until, found.revision)
        defer(session, found, draft, by=by)
        return
    if settlement.outcome is Outcome.ARBITRATED:
        add_comment(session, found, parties[0].id or 0, "We do not agree.")
        escalate(session, found, "Please decide.", revision=found.revision, by=parties[0])
        arbitrate(session, found, Award(settlement, found.revision), by=by)
        return
    with_dissent = settlement.outcome is Outcome.WITH_DISSENT
    if with_dissent:
        settlement = replace(settlement, outcome=Outcome.PERSUADED)
    proposal = propose(session, found, ProposalDraft(settlement, found.revision), by=by)
    rest = [one for one in parties if one.id != by.id]
    for party in rest:
        if with_dissent and party is rest[-1]:
            dissent(session, found, proposal.id or 0, "I still read it otherwise.", by=party)
        else:
            confirm(session, found, proposal.id or 0, by=party)


def again(database: Database, disagreement: Disagreement) -> Disagreement:
    """The disagreement as it is by now."""
    with database.reading() as session:
        return session.get_one(Disagreement, disagreement.id)


def on_table(database: Database, disagreement: Disagreement) -> int:
    """The id of the proposal that waits for voices."""
    with database.reading() as session:
        row = open_proposal(session, disagreement)
        assert row is not None
        return row.id or 0


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

    def item(self, disagreement: Disagreement, *, status: int = 200) -> str:
        """The page of a disagreement."""
        return self.page(f"/disagreements/{disagreement.id}", status=status)

    def send(
        self, disagreement: Disagreement, act: str, *, status: int = 303, **fields: object
    ) -> tuple[str, str]:
        """Send a form of the page; returns where the browser is sent, and the answer.

        Fields that are None stay out of the form.
        """
        form = {"operation_id": fresh_id(), **fields}
        sent = {name: value for name, value in form.items() if value is not None}
        answer = self.client.post(f"{self.url}/disagreements/{disagreement.id}/{act}", data=sent)
        assert answer.status_code == status, answer.text
        return answer.headers.get("location", ""), answer.text

    def try_to(self, found: Disagreement, act: str, **fields: object) -> int:
        """Send a form of the page that may well be refused; returns the status."""
        form = {"operation_id": fresh_id(), **fields}
        url = f"{self.url}/disagreements/{found.id}/{act}"
        return self.client.post(url, data=form).status_code

    def seal(
        self, found: Disagreement, text: str = "It is out of date.", **said: object
    ) -> tuple[str, str]:
        return self.send(found, "statements", **{"text": text, **said})

    def say(self, found: Disagreement, text: str, **said: object) -> tuple[str, str]:
        return self.send(found, "comments", **{"text": text, **said})

    def propose(self, found: Disagreement, **said: object) -> tuple[str, str]:
        """Propose Stale, one of the first answers, at the revision of the disagreement given."""
        return self.send(
            found, "proposals", **{"outcome": "persuaded", **self._label(found), **said}
        )

    def _label(self, found: Disagreement) -> dict[str, object]:
        return {
            "revision": found.revision,
            "answers": [self.world.category_ids[self.world.single_id][STALE]],
            "cause": "overlapping_codes",
            "rationale": "The definition says so.",
        }

    def confirm(self, found: Disagreement, proposal_id: int, **said: object) -> tuple[str, str]:
        return self.send(found, "confirmations", **{"proposal_id": proposal_id, **said})

    def dissent(
        self, found: Disagreement, proposal_id: int, text: str, **said: object
    ) -> tuple[str, str]:
        form = {"proposal_id": proposal_id, "dissent": text, **said}
        return self.send(found, "dissents", **form)

    def withdraw(self, found: Disagreement, proposal_id: int, **said: object) -> tuple[str, str]:
        return self.send(found, "withdrawals", **{"proposal_id": proposal_id, **said})

    def defer(self, found: Disagreement, **said: object) -> tuple[str, str]:
        """Put it off for a week; Cleo takes care of it."""
        form: dict[str, object] = {
            "revision": found.revision,
            "in_charge": self.world.member_ids["cleo"],
            "due_on": (now() + timedelta(days=7)).date().isoformat(),
            "reason": "We ask the maintainers.",
        }
        return self.send(found, "deferral", **{**form, **said})

    def escalate(self, found: Disagreement, **said: object) -> tuple[str, str]:
        form = {"revision": found.revision, "reason": "We do not agree."}
        return self.send(found, "escalation", **{**form, **said})

    def arbitrate(self, found: Disagreement, **said: object) -> tuple[str, str]:
        return self.send(found, "award", **{**self._label(found), **said})


def visit(app: FastAPI, world: World, name: str) -> Visitor:
    """The browser of a person who is signed in."""
    client = TestClient(app, base_url=BASE_URL, headers=SAME_SITE, follow_redirects=False)
    return Visitor(sign_in_as(app, client, world, name), world)


def place(text: str, *words: str) -> list[int]:
    """Where the words stand in a page; each must be there."""
    places = [text.find(word) for word in words]
    assert -1 not in places, [word for word in words if word not in text]
    return places
