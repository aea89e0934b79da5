"""Cards that are open tell nothing about those that are still sealed.

Three coders judged; four cards of one facet and one of the other were opened by statements. Two
worlds differ only in what Cleo judged of the sealed cards, so that the confusions of the open ones
are frequent in one world and rare in the other.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import pytest

from app.coding.models import Round
from app.coding.rules import Protocol, Value
from app.db import open_database
from app.main import create_app
from app.negotiation.batches import propose_for_all
from app.negotiation.comments import add_comment
from app.negotiation.models import Disagreement
from app.negotiation.rules import Cause, Outcome
from app.negotiation.service import disagreements
from app.negotiation.settling import Settlement
from app.negotiation.statements import StatementDraft, seal_statement
from app.studies.models import Membership
from tests.coding.walk import Answer, ask, get_paths
from tests.coding.world import make_world
from tests.conftest import Clock
from tests.databases import SqliteTemplate, settings_for
from tests.negotiation.meetings import Table
from tests.negotiation.negotiations import MISSING, STALE, UNCLEAR, close, judge, settle_it
from tests.negotiation.test_sealed_worlds import CANARY, Side, differing

CODERS = ("cleo", "ben", "ada")
OPENED = (
    (MISSING, STALE, UNCLEAR),
    (STALE, STALE, MISSING),
    (UNCLEAR, UNCLEAR, STALE),
    (UNCLEAR, UNCLEAR, MISSING),
)
N_SEALED, N_AGREED = 4, 2
CLEO = {"one": MISSING, "other": UNCLEAR}
CLEO_SET = {"one": (1, 2), "other": (2,)}
SURE = {"one": 3, "other": 1}
SEALED = range(len(OPENED), len(OPENED) + N_SEALED)
N_CARDS = len(OPENED) + N_SEALED + N_AGREED

Found = dict[tuple[int, int], Disagreement]


def make_side(folder: Path, template: SqliteTemplate, which: str) -> Side:
    template.copy_into(folder / "data")
    settings = settings_for(folder / "data", None, allowed_hosts="testserver")
    database = open_database(settings)
    world = make_world(
        database,
        n_cards=N_CARDS,
        coders=("ada", "ben", "cleo"),
        protocol=Protocol(has_statements=True, owner_last=True),
    )
    side = Side(create_app(settings), database, world)
    code(side, which)
    talk(side)
    meet(side)
    return side


def code(side: Side, which: str) -> None:
    agreed = ((STALE, STALE, STALE),) * N_AGREED
    answers = (*OPENED, *((CLEO[which], STALE, STALE),) * N_SEALED, *agreed)
    with side.database.transaction() as session:
        for card, said in enumerate(answers):
            for name, answer in zip(CODERS, said, strict=True):
                is_hers = name == "cleo" and card in SEALED
                sure = SURE[which] if is_hers else 2
                memo = f"{CANARY} in {which}" if is_hers else "Plain."
                judge(session, side.world, name, card, answer, confidence=sure, memo=memo)
        several = side.world.several_id
        for card, said in {0: ((0,), (0, 1), (1,)), 1: (CLEO_SET[which], (0,), (0,))}.items():
            for name, answer in zip(CODERS, said, strict=True):
                judge(session, side.world, name, card, answer, facet_id=several, confidence=2)
        close(session, side.world)


def all_found(side: Side) -> Found:
    """The disagreements by facet and place of the card."""
    with side.database.reading() as session:
        rows = disagreements(session, session.get_one(Round, side.world.round_id))
        place = side.world.card_ids.index
        return {(one.facet_id, place(one.card_id)): one for one in rows}


def talk(side: Side) -> None:
    """State what opens some cards, propose for two of them at once, and settle another."""
    found, single = all_found(side), side.world.single_id
    opened = [found[single, card] for card in range(len(OPENED))]
    label = (side.world.category_ids[single][STALE],)
    settlement = Settlement(
        Value.CATEGORIES, label, Outcome.PERSUADED, Cause.OVERLAPPING_CODES, "It says so."
    )
    with side.database.transaction() as session:
        members = {n: session.get_one(Membership, side.world.member_ids[n]) for n in CODERS}
        for one in (*opened, found[side.world.several_id, 0]):
            row = session.get_one(Disagreement, one.id)
            for name in CODERS:
                seal_statement(session, row, StatementDraft("A statement."), by=members[name])
        rows = [session.get_one(Disagreement, one.id) for one in opened]
        add_comment(session, rows[2], members["ben"].id or 0, "Let us see.")
        propose_for_all(session, rows[:2], settlement, by=members["ben"])


def meet(side: Side) -> None:
    """Hold a meeting that decides a card and ends, and begin one that runs."""
    found, single = all_found(side), side.world.single_id
    table = Table(side.database, side.world)
    table.start("ben")
    table.join("ada")
    for place in (SEALED[0], 0, 3):
        table.move("ben", found[single, place])
    with side.database.transaction() as session:
        label = (side.world.category_ids[single][UNCLEAR],)
        settlement = Settlement(
            Value.CATEGORIES, label, Outcome.PERSUADED, Cause.SLIP, "The guide says so."
        )
        ben = session.get_one(Membership, side.world.member_ids["ben"])
        settle_it(session, session.get_one(Disagreement, found[single, 3].id), settlement, by=ben)
    table.end("ben")
    table.start("ada")
    table.move("ada", found[single, 1])


@pytest.fixture
def sides(
    tmp_path: Path, sqlite_template: SqliteTemplate, clock: Clock
) -> Iterator[tuple[Side, Side]]:
    made = []
    for which in CLEO:
        (tmp_path / which).mkdir()
        made.append(make_side(tmp_path / which, sqlite_template, which))
    yield made[0], made[1]
    for side in made:
        side.app.state.database.close()
        side.database.close()


def walk_of(side: Side, name: str) -> dict[str, Answer]:
    """Everything this person is sent, with each way to narrow the lists, and both meetings."""
    base = f"/studies/{side.world.study_id}/rounds/{side.world.round_id}"
    paths = {
        *get_paths(side.app, side.world),
        f"{base}/meetings/2",
        f"{base}/meetings/2/minutes.md",
    }
    paths |= {f"{base}/disagreements/{one.id}" for one in all_found(side).values()}
    for facet_id in (side.world.single_id, side.world.several_id):
        ids = side.world.category_ids[facet_id]
        pairs = [f"{one} | {two}" for one in ids for two in ids if one < two]
        narrowed = [f"flag={flag}" for flag in range(1, 10)]
        narrowed += [f"pair={quote(pair)}" for pair in (*pairs, "single", "sealed", "reviews")]
        narrowed += [f"state={state}" for state in ("open", "decided", "mine")]
        narrowed += [f"category={one}" for one in ids] + ["coder=Coder+C", "arrange=true"]
        paths |= {f"{base}/disagreements?facet={facet_id}&{one}" for one in narrowed}
        paths |= {f"{base}/clusters?facet={facet_id}&pair={quote(pair)}" for pair in pairs}
    browser = side.browser(name)
    return {path: unpacked(ask(browser, path)) for path in sorted(paths)}


def unpacked(answer: Answer) -> Answer:
    """A document by its parts: packed, it bears the time of the clock on the wall and no more."""
    status, headers, body = answer
    if not body.startswith(b"PK"):
        return answer
    with ZipFile(BytesIO(body)) as parts:
        named = sorted(parts.namelist())
        body = b"\n".join(name.encode() + b"\n" + parts.read(name) for name in named)
    return status, tuple(one for one in headers if one[0] != "content-length"), body


def test_the_open_cards_have_another_rank_in_each_world(sides: tuple[Side, Side]) -> None:
    """Else the tests below would be blind themselves."""
    one, other = (
        [
            (found.flag, found.flags, found.cluster_size, found.place)
            for (facet_id, card), found in sorted(all_found(side).items())
            if facet_id == side.world.single_id and card in range(len(OPENED))
        ]
        for side in sides
    )
    assert len(one) == len(other) == len(OPENED)
    for of_one, of_other in zip(zip(*one, strict=True), zip(*other, strict=True), strict=True):
        assert of_one != of_other


@pytest.mark.parametrize("viewer", ["ben", "ada", "odo", "ida", "mia"])
def test_open_cards_tell_nobody_what_sealed_cards_hold(
    sides: tuple[Side, Side], viewer: str
) -> None:
    one, other = (walk_of(side, viewer) for side in sides)
    assert differing(one, other) == []
    assert not any(CANARY.encode() in body for _, _, body in one.values())


def test_the_walk_reads_open_cards_and_both_meetings(sides: tuple[Side, Side]) -> None:
    """Else there would be nothing to compare."""
    base = f"/studies/{sides[0].world.study_id}/rounds/{sides[0].world.round_id}"
    read = walk_of(sides[0], "ben")
    found = all_found(sides[0])
    opened = found[sides[0].world.single_id, 2]
    for path in (f"disagreements/{opened.id}", "meeting", "meetings/1", "meetings/2"):
        assert read[f"{base}/{path}"][0] == 200, path
    text = read[f"{base}/disagreements/{opened.id}"][2].decode()
    assert "one differs from the rest" in text.lower()
    assert "again and again" not in text.partition("<main")[2]
