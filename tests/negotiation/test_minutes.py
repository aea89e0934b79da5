"""Minutes write themselves, hold what was decided and why, and nothing that is sealed."""

import io
import re
import zipfile
from datetime import date

import pytest
from docx import Document
from fastapi import FastAPI
from markdown_it import MarkdownIt
from sqlmodel import Session

from app.coding.rules import Value
from app.db import Database
from app.negotiation.clauses import ClauseDraft, ClauseKind
from app.negotiation.deferring import DeferralDraft, defer
from app.negotiation.models import Disagreement
from app.negotiation.proposals import ProposalDraft, confirm, dissent, propose
from app.negotiation.rules import Cause, Outcome
from app.negotiation.settling import Settlement
from app.studies.models import Membership
from tests.coding.world import World
from tests.conftest import Clock
from tests.negotiation.meetings import Seat, Table, make_sealed
from tests.negotiation.negotiations import STALE, decide, flagged, make_negotiation

HOSTILE = (
    "<script>alert(1)</script> ![x](http://evil.example/p.png) [in](javascript:alert(1))\n"
    "# A heading\n- a point\n1. one\n    code\n{{7*7}} %s ${x} `tick` |cell| a_b_c\n"
    "\u202egnirts\u2066"
)


@pytest.fixture
def world(database: Database, clock: Clock) -> World:
    return make_negotiation(database)


@pytest.fixture
def table(database: Database, world: World) -> Table:
    return Table(database, world)


class Talk:
    """What the people at the table do about a card."""

    def __init__(self, database: Database, world: World) -> None:
        self.database, self.world = database, world

    def member(self, session: Session, name: str) -> Membership:
        return session.get_one(Membership, self.world.member_ids[name])

    def propose(self, found: Disagreement, name: str, rationale: str, *clauses: ClauseDraft) -> int:
        category = self.world.category_ids[self.world.single_id][STALE]
        settlement = Settlement(
            Value.CATEGORIES, (category,), Outcome.PERSUADED, Cause.OVERLAPPING_CODES, rationale
        )
        with self.database.transaction() as session:
            row = session.get_one(Disagreement, found.id)
            draft = ProposalDraft(settlement, row.revision, clauses)
            made = propose(session, row, draft, by=self.member(session, name))
            return made.id or 0

    def confirm(self, found: Disagreement, proposal_id: int, name: str, but: str = "") -> None:
        with self.database.transaction() as session:
            row = session.get_one(Disagreement, found.id)
            by = self.member(session, name)
            if but:
                dissent(session, row, proposal_id, but, by=by)
            else:
                confirm(session, row, proposal_id, by=by)

    def defer(self, found: Disagreement, name: str, owner: str, due_on: date) -> None:
        with self.database.transaction() as session:
            row = session.get_one(Disagreement, found.id)
            owner_id = self.world.member_ids[owner]
            draft = DeferralDraft("The source is offline.", owner_id, due_on, row.revision)
            defer(session, row, draft, by=self.member(session, name))


@pytest.fixture
def talk(database: Database, world: World) -> Talk:
    return Talk(database, world)


@pytest.fixture
def met(table: Table, talk: Talk, world: World, clock: Clock) -> Table:
    """A meeting that decided one card with a dissent, put one off, and left one with a proposal."""
    first, second, third = flagged(table.database, world)[:3]
    table.start("ben")
    table.join("cleo")
    clock.advance(minutes=10)
    category = world.category_ids[world.single_id][STALE]
    rule = ClauseDraft(ClauseKind.RULE, category, text="Also when the date is missing.")
    proposal = talk.propose(first, "ben", "The date is what makes it stale.", rule)
    talk.confirm(first, proposal, "cleo", but="Unclear fits as well.")
    table.move("ben", second)
    clock.advance(minutes=5)
    talk.defer(second, "cleo", "ada", date(2026, 3, 9))
    table.move("ben", third)
    clock.advance(minutes=2)
    talk.propose(third, "cleo", "It was stale all along.")
    clock.advance(minutes=1)
    table.end("ben")
    return table


@pytest.fixture
def seat(app: FastAPI, world: World) -> Seat:
    return Seat(app, world, "odo")


def minutes(seat: Seat, table: Table, ending: str = "") -> str:
    return seat.visitor.page(f"/meetings/{table.meeting.id}{ending}")


def words(seat: Seat, table: Table) -> list[str]:
    answer = seat.client.get(f"{seat.url}/meetings/{table.meeting.id}/minutes.docx")
    assert answer.status_code == 200
    return [one.text for one in Document(io.BytesIO(answer.content)).paragraphs]


def test_minutes_say_when_it_was_and_who_was_there(seat: Seat, met: Table) -> None:
    text = minutes(seat, met, "/minutes.md")
    assert "- 2026-03-02, 09:00 to 09:18 UTC (18 min)" in text
    assert "- Present: Ben, Cleo" in text


def test_minutes_hold_each_card_in_order_with_its_time_and_ending(seat: Seat, met: Table) -> None:
    text = minutes(seat, met, "/minutes.md")
    heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
    keys = [one.split(":")[0] for one in heads[:3]]
    assert [one.split(": ")[1] for one in heads[:3]] == [
        "Decided",
        "Deferred",
        "A proposal waits for an answer",
    ]
    assert len(set(keys)) == 3
    assert heads[3:] == ["For the codebook", "Left open"]
    assert re.findall(r"Time spent: (.+)", text) == ["10 min", "5 min", "3 min"]


def test_minutes_keep_the_reason_the_dissent_and_the_clause(seat: Seat, met: Table) -> None:
    text = minutes(seat, met, "/minutes.md")
    assert "Decided: Stale. Accepted with dissent. Cause: Overlapping categories" in text
    assert "> The date is what makes it stale." in text
    assert "- Dissent of Coder B" in text
    assert "> Unclear fits as well." in text
    assert "Codebook: Say when to use it: Stale" in text
    assert "> Also when the date is missing." in text


def test_minutes_say_who_takes_care_of_what_was_deferred_and_until_when(
    seat: Seat, met: Table
) -> None:
    assert "- Deferred: Ada until 2026-03-09" in minutes(seat, met, "/minutes.md")


def test_minutes_say_what_was_left_open(seat: Seat, met: Table) -> None:
    page = minutes(seat, met)
    assert "In the whole round 1 open disagreement was left." in page


def test_what_is_put_off_is_named_under_what_was_left_open(
    seat: Seat, met: Table, world: World
) -> None:
    key = "L-1"
    for text in (minutes(seat, met), minutes(seat, met, "/minutes.md")):
        rest = text.split("Left open")[-1]
        assert key in rest.replace("\\", "")
        assert "put off until 2026-03-09" in rest
        assert "Ada" in rest
    assert any("L-1: put off until 2026-03-09; Ada takes care" in one for one in words(seat, met))


def test_where_only_deferrals_are_left_the_minutes_do_not_say_that_nothing_is(
    seat: Seat, table: Table, talk: Talk, world: World, clock: Clock
) -> None:
    table.start("ben")
    for one in flagged(table.database, world):
        clock.advance(minutes=1)
        talk.defer(one, "cleo", "ada", date(2026, 3, 9))
    table.end("ben")
    rest = minutes(seat, table, "/minutes.md").split("Left open")[-1]
    assert "left open but what was put off." in rest
    assert rest.count("put off until 2026-03-09") == 3


def test_what_people_said_stays_under_their_letters(seat: Seat, met: Table) -> None:
    text = minutes(seat, met, "/minutes.md")
    assert "Coder B proposed: Stale" in text
    assert not re.search(r"(Ben|Cleo) (proposed|confirmed|dissented)|Dissent of (Ben|Cleo)", text)


def test_what_happens_after_the_end_does_not_change_the_minutes(
    seat: Seat, met: Table, clock: Clock, world: World
) -> None:
    before = [minutes(seat, met, "/minutes.md"), words(seat, met)]
    third = flagged(met.database, world)[2]
    clock.advance(hours=1)
    decide(met.database, third, by=world.member_ids["ben"], outcome=Outcome.DROPPED)
    assert [minutes(seat, met, "/minutes.md"), words(seat, met)] == before


def test_minutes_of_a_meeting_that_runs_hold_what_there_is_so_far(seat: Seat, table: Table) -> None:
    table.start("ben")
    assert "Minutes so far" in minutes(seat, table)
    assert "the meeting is still running" in minutes(seat, table, "/minutes.md")


def test_the_word_file_holds_the_same_words(seat: Seat, met: Table) -> None:
    found = words(seat, met)
    assert found[0].startswith("Minutes: Round 1")
    for expected in ("The date is what makes it stale.", "Dissent of Coder B", "Left open"):
        assert expected in found


def test_B62_B63_B64_hostile_text_comes_out_inert(
    seat: Seat, table: Table, talk: Talk, world: World
) -> None:
    first = flagged(table.database, world)[0]
    table.start("ben")
    talk.propose(first, "ben", HOSTILE)
    table.end("ben")
    page = minutes(seat, table)
    assert "<script>alert" not in page
    assert "evil.example/p.png" not in re.sub(r"<[^>]*>", "", page) or "<img" not in page
    text = minutes(seat, table, "/minutes.md")
    quoted = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    quoted = quoted.split("<blockquote>")[1].split("</blockquote>")[0]
    assert set(re.findall(r"<(\w+)", quoted)) == {"p"}
    assert not re.search("[\u202e\u2066]", text)
    assert "\\{\\{7\\*7\\}\\}" in text
    found = "\n".join(words(seat, table))
    assert "<script>alert(1)</script>" in found
    assert "\u202e" not in found
    assert "{{7*7}} %s ${x}" in found


def test_a_word_file_is_sound_xml_without_links_or_macros(
    seat: Seat, table: Table, talk: Talk, world: World
) -> None:
    first = flagged(table.database, world)[0]
    table.start("ben")
    talk.propose(first, "ben", HOSTILE + "\nعنوان النص")
    answer = seat.client.get(f"{seat.url}/meetings/{table.meeting.id}/minutes.docx")
    assert answer.headers["content-disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        assert package.testzip() is None
        names = package.namelist()
        links = [one for one in names if one.endswith(".rels")]
        assert not any(b'TargetMode="External"' in package.read(one) for one in links)
        assert not any("vba" in one.lower() for one in names)
        assert b"<w:bidi/>" in package.read("word/document.xml")


def test_of_a_sealed_card_the_minutes_tell_only_that_it_is(
    app: FastAPI, database: Database, clock: Clock
) -> None:
    world = make_sealed(database)
    table = Table(database, world)
    table.start("ben")
    table.end("ben")
    for name in ("ada", "ben", "odo"):
        text = minutes(Seat(app, world, name), table, "/minutes.md")
        assert "Statements were missing, so it stayed sealed" in text
        assert "On some cards statements were missing" in text
        assert not re.search("Stale|Missing|Unclear|Coder", text)


def test_an_arbiter_reads_nothing_of_cards_that_were_not_handed_over(
    app: FastAPI, met: Table, world: World
) -> None:
    text = minutes(Seat(app, world, "ida"), met, "/minutes.md")
    assert "Coder" not in text
    heads = re.findall(r"^## .+: (.+)$", text, re.MULTILINE)
    assert heads == ["Decided", "Deferred"]  # the third card, left open, is not told of
