"""A meeting in two browsers: pages follow, nothing typed is lost, sealed cards open on both."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from app.coding.rules import Value
from app.db import Database
from app.negotiation.comments import add_comment
from app.negotiation.models import Disagreement
from app.negotiation.proposals import ProposalDraft, propose
from app.negotiation.rules import Cause, Outcome
from app.negotiation.settling import Settlement
from app.settings import Settings
from app.studies.models import Membership
from tests.browser.accessibility import barriers_on
from tests.browser.conftest import OpenPage, PageProblems
from tests.browser.visitors import sign_in_page
from tests.coding.world import World
from tests.databases import settings_for
from tests.negotiation.meetings import Table, make_sealed
from tests.negotiation.negotiations import STALE, flagged, make_negotiation

SOON = 3000  # milliseconds in which a page follows
Visit = Callable[..., Page]


@pytest.fixture
def settings(database_url: None, tmp_path: Path) -> Settings:
    return settings_for(
        tmp_path / "data", database_url, allowed_hosts="testserver", live_seconds=15
    )


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found


@pytest.fixture
def world(database: Database) -> World:
    return make_negotiation(database)


@pytest.fixture
def table(database: Database, world: World) -> Table:
    table = Table(database, world)
    table.start("ben")
    table.join("cleo")
    return table


@pytest.fixture
def visit(app: FastAPI, open_page: OpenPage, server_url: str) -> Visit:
    """Open a page of the round as somebody; each has a browser of their own."""

    def open_one(world: World, name: str, path: str = "/meeting", **options: object) -> Page:
        page = open_page(**options)
        sign_in_page(app, page, f"{name}@example.org", server_url)
        with page.expect_request(re.compile("/live")):
            page.goto(f"/studies/{world.study_id}/rounds/{world.round_id}{path}")
        return page

    return open_one


def key_of(page: Page) -> str:
    return page.locator("#item-title").inner_text()


def say(table: Table, found: Disagreement, name: str, text: str) -> None:
    with table.database.transaction() as session:
        row = session.get_one(Disagreement, found.id)
        add_comment(session, row, table.world.member_ids[name], text)


def propose_stale(table: Table, found: Disagreement, name: str) -> None:
    category = table.world.category_ids[table.world.single_id][STALE]
    settlement = Settlement(
        Value.CATEGORIES, (category,), Outcome.PERSUADED, Cause.SLIP, "The date is old."
    )
    with table.database.transaction() as session:
        row = session.get_one(Disagreement, found.id)
        by = session.get_one(Membership, table.world.member_ids[name])
        propose(session, row, ProposalDraft(settlement, row.revision), by=by)


def test_the_followers_page_shows_the_next_card_when_the_presenter_moves_on(
    visit: Visit, world: World, table: Table
) -> None:
    ben, cleo = visit(world, "ben"), visit(world, "cleo")
    first = key_of(ben)
    ben.keyboard.press("ArrowRight")
    expect(ben.locator("#item-title")).not_to_have_text(first)
    expect(cleo.locator("#item-title")).to_have_text(key_of(ben), timeout=SOON)
    ben.keyboard.press("ArrowLeft")
    expect(cleo.locator("#item-title")).to_have_text(first, timeout=SOON)


def test_a_follower_does_not_move_the_card(visit: Visit, world: World, table: Table) -> None:
    cleo = visit(world, "cleo")
    first = key_of(cleo)
    cleo.keyboard.press("ArrowRight")
    cleo.wait_for_timeout(300)
    assert key_of(cleo) == first


def test_a_comment_that_is_being_typed_stays_when_the_meeting_goes_on(
    visit: Visit, world: World, table: Table
) -> None:
    ben, cleo = visit(world, "ben"), visit(world, "cleo")
    first = key_of(cleo)
    field = cleo.get_by_label("Say something", exact=True)
    field.type("I am not done")
    ben.keyboard.press("ArrowRight")
    notice = cleo.get_by_text("The meeting went on to another card.", exact=False)
    expect(notice.first).to_be_visible(timeout=SOON)
    expect(field).to_have_value("I am not done")
    assert key_of(cleo) == first
    field.press("End")
    cleo.keyboard.type(" yet")
    expect(field).to_have_value("I am not done yet")
    cleo.get_by_role("button", name="Send").click()
    expect(cleo.locator("#item-title")).not_to_have_text(first, timeout=SOON)


def test_what_others_say_appears_around_the_comment_that_is_being_typed(
    visit: Visit, world: World, table: Table
) -> None:
    found = flagged(table.database, world)[0]
    cleo = visit(world, "cleo", f"/disagreements/{found.id}")
    field = cleo.get_by_label("Say something", exact=True)
    field.type("Half a sen")
    say(table, found, "ben", "I looked it up.")
    expect(cleo.get_by_text("I looked it up.")).to_be_visible(timeout=SOON)
    expect(cleo.locator("#live-said")).to_have_text("Coder A said something.")
    cleo.keyboard.type("tence")
    expect(field).to_have_value("Half a sentence")
    expect(field).to_be_focused()


def test_a_proposal_form_in_use_is_not_swapped_and_its_text_moves_along_when_asked(
    visit: Visit, world: World, table: Table
) -> None:
    found = flagged(table.database, world)[0]
    cleo = visit(world, "cleo", f"/disagreements/{found.id}")
    why = cleo.locator("#proposal-rationale")
    why.fill("My own reason")
    cleo.get_by_role("radio", name="Missing").check()
    propose_stale(table, found, "ben")
    expect(cleo.get_by_text("The proposal changed", exact=False).first).to_be_visible(timeout=SOON)
    expect(why).to_have_value("My own reason")
    expect(cleo.get_by_text("Proposal by", exact=False)).to_have_count(0)
    cleo.get_by_role("button", name="Show it").click()
    expect(cleo.get_by_text("Proposal by", exact=False)).to_be_visible()
    expect(why).to_have_value("My own reason")
    expect(cleo.get_by_role("radio", name="Missing")).to_be_checked()


def test_a_page_nobody_writes_on_shows_the_proposal_by_itself(
    visit: Visit, world: World, table: Table
) -> None:
    found = flagged(table.database, world)[0]
    cleo = visit(world, "cleo", f"/disagreements/{found.id}")
    propose_stale(table, found, "ben")
    expect(cleo.get_by_role("button", name="Confirm Stale")).to_be_visible(timeout=SOON)
    expect(cleo.locator("#live-said")).to_have_text("Coder A proposed something.")


def test_the_agenda_that_is_open_follows_too(visit: Visit, world: World, table: Table) -> None:
    found = flagged(table.database, world)[0]
    cleo = visit(world, "cleo", "/disagreements")
    propose_stale(table, found, "ben")
    expect(cleo.get_by_text("Proposal waits for you").first).to_be_visible(timeout=5000)


def test_the_last_sealed_statement_opens_the_card_on_the_others_page(
    visit: Visit, database: Database
) -> None:
    world = make_sealed(database)
    found = flagged(database, world)[0]
    ben = visit(world, "ben", f"/disagreements/{found.id}")
    cleo = visit(world, "cleo", f"/disagreements/{found.id}")
    for page, words in ((ben, "The date is old."), (cleo, "It cannot be read.")):
        page.locator("textarea[name=text]").fill(words)
        page.get_by_role("button", name="Seal").first.click()
    expect(cleo.get_by_text("The date is old.")).to_be_visible()
    expect(ben.get_by_text("It cannot be read.")).to_be_visible(timeout=SOON)


def test_a_voice_given_in_the_meeting_stays_in_the_meeting(
    visit: Visit, world: World, table: Table
) -> None:
    found = flagged(table.database, world)[0]
    propose_stale(table, found, "ben")
    ben, cleo = visit(world, "ben"), visit(world, "cleo", viewport={"width": 390, "height": 844})
    cleo.keyboard.press("Enter")
    confirm = cleo.get_by_role("button", name="Confirm Stale")
    expect(confirm).to_be_focused()
    cleo.keyboard.press("Enter")
    expect(cleo.locator("#decision-title")).to_have_text("Decided")
    assert cleo.url.endswith("/meeting")
    expect(ben.locator("#decision-title")).to_have_text("Decided", timeout=SOON)


def test_what_is_refused_in_the_meeting_keeps_its_words_there(
    visit: Visit, world: World, table: Table, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 422")
    ben = visit(world, "ben")
    found = flagged(table.database, world)[0]
    ben.get_by_role("radio", name="Missing").check()
    ben.select_option("#proposal-outcome", "third_code")
    ben.select_option("#proposal-cause", "slip")
    ben.fill("#proposal-rationale", "Neither of us was right.")
    ben.get_by_role("button", name="Propose it").click()
    expect(ben.get_by_text("This was chosen by a coder", exact=False)).to_be_visible()
    assert ben.url.endswith("/meeting")
    expect(ben.locator("#proposal-rationale")).to_have_value("Neither of us was right.")
    say(table, found, "cleo", "Wait a moment.")
    expect(ben.get_by_text("Wait a moment.")).to_be_visible(timeout=SOON)
    expect(ben.locator("#proposal-rationale")).to_have_value("Neither of us was right.")
    ben.select_option("#proposal-outcome", "persuaded")
    ben.get_by_role("button", name="Propose it").click()
    expect(ben.get_by_text("Proposal by", exact=False)).to_be_visible()
    assert ben.url.endswith("/meeting")


def test_a_letter_chooses_the_label_in_ones_own_proposal(
    visit: Visit, world: World, table: Table
) -> None:
    ben = visit(world, "ben")
    choice = ben.locator("#propose .answer-grid label").nth(1)
    letter = choice.locator(".swatch").inner_text()
    ben.keyboard.press(letter)
    expect(choice.locator("input")).to_be_checked()


def test_the_meeting_works_without_scripts(
    visit: Visit, world: World, table: Table, open_page: OpenPage, app: FastAPI, server_url: str
) -> None:
    page = open_page(java_script_enabled=False)
    sign_in_page(app, page, "ben@example.org", server_url)
    page.goto(f"/studies/{world.study_id}/rounds/{world.round_id}/meeting")
    first = key_of(page)
    page.get_by_role("button", name="Next").click()
    assert key_of(page) != first
    page.get_by_role("link", name="Refresh").click()
    assert page.url.endswith("/meeting")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_meeting_are_sound(
    visit: Visit, world: World, table: Table, width: int, scheme: str
) -> None:
    found = flagged(table.database, world)[0]
    say(table, found, "ben", "I looked it up.")
    propose_stale(table, found, "ben")
    size = {"width": width, "height": 844}
    ben = visit(world, "ben", viewport=size, color_scheme=scheme, reduced_motion="reduce")
    for path in ("/meeting", "/meetings", f"/meetings/{table.meeting.id}"):
        ben.goto(f"/studies/{world.study_id}/rounds/{world.round_id}{path}")
        assert ben.locator("h1").count() == 1
        assert barriers_on(ben) == []
        assert ben.evaluate("document.documentElement.scrollWidth") <= width


def test_streams_end_when_the_tab_goes_to_the_background(
    visit: Visit, world: World, table: Table, app: FastAPI
) -> None:
    page = visit(world, "ben")
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_timeout(1500)
    assert app.state.streams.by_account.total() == 0
