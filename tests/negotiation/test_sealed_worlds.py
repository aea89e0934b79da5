"""Until every statement on a card is sealed, no byte sent depends on what others said of it.

Two worlds are made that differ only in what Cleo judged and wrote on the cards that are sealed;
everybody else is sent the same in both. Then Cleo acts, and only her acting may be seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.coding.models import Round
from app.coding.rules import Protocol
from app.db import Database, open_database
from app.main import create_app
from app.negotiation.models import Disagreement
from app.negotiation.service import disagreements
from app.negotiation.statements import StatementDraft, seal_statement
from app.studies.models import Membership
from tests.coding.walk import Answer, ask, walk
from tests.coding.world import World, sign_in_as
from tests.conftest import Clock
from tests.databases import SqliteTemplate, settings_for
from tests.factories import browser_of
from tests.negotiation.negotiations import MISSING, STALE, UNCLEAR, close, judge, make_world

CANARY = "a canary sang in Cleo"
BEN = (STALE, STALE, MISSING, STALE, MISSING, UNCLEAR)
# The last two cards are agreed in both worlds; on the others the pairs, their sizes and the flags
# differ between the worlds, and so does how sure Cleo was.
CLEO = {
    "one": (MISSING, MISSING, STALE, MISSING, MISSING, UNCLEAR),
    "other": (UNCLEAR, MISSING, UNCLEAR, UNCLEAR, MISSING, UNCLEAR),
}
SURE = {"one": 3, "other": 1}
SEALED = range(4)
PARTIES_AND_READERS = ("ben", "odo", "ida", "mia")
# A lead who did not code may read figures while statements are written, and nothing else.
OF_FIGURES = ("/agreement", "/report.", "/course")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two worlds with its application."""

    app: FastAPI
    database: Database
    world: World

    def browser(self, name: str) -> TestClient:
        return sign_in_as(self.app, browser_of(self.app), self.world, name)

    def walk(self, name: str) -> dict[str, Answer]:
        return walk(self.app, self.browser(name), self.world)

    def sealed(self) -> list[Disagreement]:
        with self.database.reading() as session:
            round_ = session.get_one(Round, self.world.round_id)
            return list(disagreements(session, round_, facet_id=self.world.single_id))

    def state(self, name: str, card_id: int, text: str) -> bool:
        with self.database.transaction() as session:
            found = next(one for one in self.sealed() if one.card_id == card_id)
            member = session.get_one(Membership, self.world.member_ids[name])
            row = session.get_one(Disagreement, found.id)
            return seal_statement(session, row, StatementDraft(text), by=member)


def make_side(folder: Path, template: SqliteTemplate, which: str) -> Side:
    template.copy_into(folder / "data")
    settings = settings_for(folder / "data", None, allowed_hosts="testserver")
    database = open_database(settings)
    world = make_world(
        database,
        n_cards=len(BEN),
        coders=("ben", "cleo"),
        protocol=Protocol(has_statements=True, owner_last=True),
    )
    with database.transaction() as session:
        for card, (ben, cleo) in enumerate(zip(BEN, CLEO[which], strict=True)):
            judge(session, world, "ben", card, ben, confidence=2, memo="Ben's own memo.")
            is_sealed = card in SEALED
            said = {"confidence": SURE[which] if is_sealed else 2}
            memo = f"{CANARY} in {which}" if is_sealed else "Plain."
            judge(session, world, "cleo", card, cleo, memo=memo, **said)
        close(session, world)
    return Side(create_app(settings), database, world)


@pytest.fixture
def sides(
    tmp_path: Path, sqlite_template: SqliteTemplate, clock: Clock
) -> Iterator[tuple[Side, Side]]:
    folders = [tmp_path / which for which in CLEO]
    for folder in folders:
        folder.mkdir()
    one, other = (
        make_side(folder, sqlite_template, which)
        for folder, which in zip(folders, CLEO, strict=True)
    )
    yield one, other
    for side in (one, other):
        side.app.state.database.close()
        side.database.close()


def differing(one: dict[str, Answer], other: dict[str, Answer]) -> list[str]:
    assert one.keys() == other.keys()
    return [path for path in one if one[path] != other[path]]


def test_the_worlds_differ_in_everything_an_agenda_is_made_of(sides: tuple[Side, Side]) -> None:
    """Else the tests below would be blind themselves."""
    one, other = ([(r.cluster, r.flag, r.cluster_size) for r in side.sealed()] for side in sides)
    assert len(one) == len(other) == len(SEALED)
    assert not set(one) & set(other)


@pytest.mark.parametrize("viewer", PARTIES_AND_READERS)
def test_nobody_is_sent_anything_that_depends_on_sealed_judgements(
    sides: tuple[Side, Side], viewer: str
) -> None:
    one, other = (side.walk(viewer) for side in sides)
    assert differing(one, other) == []
    assert not any(CANARY.encode() in body for _, _, body in one.values())


def test_a_lead_who_did_not_code_sees_figures_and_no_position(sides: tuple[Side, Side]) -> None:
    one, other = (side.walk("ada") for side in sides)
    differ = differing(one, other)
    assert [path for path in differ if not any(part in path for part in OF_FIGURES)] == []
    assert any(path.endswith("/agreement") for path in differ)
    assert not any(CANARY.encode() in body for _, _, body in one.values())


@pytest.mark.parametrize("viewer", PARTIES_AND_READERS)
def test_what_a_sealed_statement_says_is_sent_to_nobody(
    sides: tuple[Side, Side], viewer: str
) -> None:
    for side, text in zip(sides, (f"{CANARY}, long and loud", "Short."), strict=True):
        for place in SEALED:
            side.state("cleo", side.world.card_ids[place], text)
    one, other = (side.walk(viewer) for side in sides)
    assert differing(one, other) == []
    assert not any(CANARY.encode() in body for _, _, body in one.values())


def test_when_the_last_statement_is_sealed_all_open_at_once(sides: tuple[Side, Side]) -> None:
    side = sides[0]
    card_id = side.world.card_ids[0]
    assert not side.state("cleo", card_id, f"{CANARY}, sealed")
    assert side.state("ben", card_id, "Mine.")
    found = next(one for one in side.sealed() if one.card_id == card_id)
    base = f"/studies/{side.world.study_id}/rounds/{side.world.round_id}"
    for viewer in ("ben", "ada", "odo"):
        body = ask(side.browser(viewer), f"{base}/disagreements/{found.id}")[2]
        assert CANARY.encode() in body, viewer
    # The other cards of the round stay as they were.
    rest = [one for one in side.sealed() if one.card_id != card_id]
    for one in rest:
        body = ask(side.browser("ben"), f"{base}/disagreements/{one.id}")[2]
        assert CANARY.encode() not in body


@pytest.mark.parametrize("viewer", ["ben", "odo", "ida", "ada"])
@pytest.mark.parametrize("path", ["labels", "placements.csv", "labels.csv", "report.check"])
def test_files_of_positions_and_labels_wait_for_the_statements(
    sides: tuple[Side, Side], viewer: str, path: str
) -> None:
    side = sides[0]
    base = f"/studies/{side.world.study_id}/rounds/{side.world.round_id}"
    answer = side.browser(viewer).get(f"{base}/{path}")
    assert answer.status_code == 409
    # An arbiter has to wait longer, and is told so for the files that tell coders apart.
    assert "sealed" in answer.text or (viewer == "ida" and "handed over to you" in answer.text)
    assert CANARY not in answer.text
