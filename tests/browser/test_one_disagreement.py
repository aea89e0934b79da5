"""One disagreement in a browser: marking evidence, keys, and every stage for everybody."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.coding.rules import Protocol
from app.corpus.models import Card
from app.db import Database
from app.negotiation.models import Disagreement, Statement
from tests.browser.accessibility import COLOURS, barriers_on
from tests.browser.conftest import OpenPage
from tests.browser.visitors import sign_in_page
from tests.coding.world import World, make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    again,
    close,
    flagged,
    judge,
    on_table,
    visit,
)

TEXT = (
    "\U0001f9ad The table *cannot* be [sorted](http://old.example/by.name) by date.\n\n- one\n- two"
)
Open = Callable[..., Page]

# Select what lies between the beginning of one word and the end of another.
SELECT = """([first, last]) => {
  const card = document.getElementById("card-text");
  const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const [from, to] = [node.data.indexOf(first), node.data.indexOf(last)];
    if (from >= 0) range.setStart(node, from);
    if (to >= 0) range.setEnd(node, to + last.length);
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@pytest.fixture
def world(database: Database) -> World:
    """Six sealed cards that Ben and Cleo judged differently."""
    sealed = Protocol(has_statements=True)
    world = make_world(database, n_cards=6, coders=("ben", "cleo"), protocol=sealed)
    with database.transaction() as session:
        for card_id in world.card_ids:
            session.get_one(Card, card_id).text = TEXT
        for card in range(6):
            judge(session, world, "ben", card, STALE, memo="It was right once.")
            judge(session, world, "cleo", card, MISSING)
        close(session, world)
    return world


@pytest.fixture
def open_item(app: FastAPI, world: World, open_page: OpenPage, server_url: str) -> Open:
    """Open a page of the round as somebody."""

    def open_one(name: str, path: str, **options: object) -> Page:
        page = open_page(reduced_motion="reduce", **options)
        sign_in_page(app, page, f"{name}@example.org", server_url)
        page.goto(f"/studies/{world.study_id}/rounds/{world.round_id}{path}")
        return page

    return open_one


def marks(database: Database) -> list[str]:
    """The stretches of the stored text that Ben rests on."""
    with database.reading() as session:
        evidence = session.exec(select(Statement)).one().evidence
    return [TEXT[first:last] for first, last in evidence]


def test_selected_words_are_marked_and_found_in_the_stored_text(
    database: Database, world: World, open_item: Open
) -> None:
    found = flagged(database, world)[0]
    page = open_item("ben", f"/disagreements/{found.id}")
    mark = page.get_by_role("button", name="Mark as evidence")
    mark.click()
    expect(page.locator("#marking")).to_have_text("Select words of the card first.")
    for first, last in (("cannot", "sorted"), ("by date", "one"), ("The", "table")):
        page.evaluate(SELECT, [first, last])
        mark.click()
    expect(page.locator("#marked q")).to_have_text(
        ["cannot be sorted", "by date.\n\none", "The table"]
    )
    page.get_by_role("button", name="Take the mark away").nth(2).click()
    expect(page.locator("#marked li")).to_have_count(2)
    page.get_by_role("button", name="Seal it").click()
    expect(page.locator("#positions")).to_contain_text("Yours is sealed; waiting for Coder B")
    assert marks(database) == ["cannot* be [sorted", "by date.\n\n- one"]
    expect(page.locator("#card-text mark").first).to_have_text("cannot")


def test_a_refused_statement_keeps_its_marks(
    database: Database, world: World, open_item: Open, page_problems: object
) -> None:
    page_problems.allow("status of 422")  # type: ignore[attr-defined]
    found = flagged(database, world)[0]
    page = open_item("ben", f"/disagreements/{found.id}")
    page.evaluate(SELECT, ["cannot", "be"])
    page.get_by_role("button", name="Mark as evidence").click()
    page.locator("#statement-text").fill("It was right once.")
    page.locator("summary", has_text="Quote the words").click()
    page.locator("#statement-quote").fill("not in it")
    page.get_by_role("button", name="Seal it").click()
    expect(page.locator("#statement-quote-error")).to_be_visible()
    expect(page.locator("#marked q")).to_have_text(["cannot be"])


def test_without_scripts_words_are_quoted(
    database: Database, world: World, open_item: Open
) -> None:
    found = flagged(database, world)[0]
    page = open_item("ben", f"/disagreements/{found.id}", java_script_enabled=False)
    expect(page.get_by_role("button", name="Mark as evidence")).to_be_hidden()
    page.locator("summary", has_text="Quote the words").click()
    page.locator("#statement-quote").fill("cannot be sorted\nby date")
    page.get_by_role("button", name="Seal it").click()
    assert marks(database) == ["cannot* be [sorted", "by date"]


def test_arrows_lead_along_the_cards_but_not_while_somebody_writes(
    database: Database, world: World, open_item: Open
) -> None:
    by_card = {one.card_id: one for one in flagged(database, world)}
    first, second = (by_card[card] for card in world.card_ids[:2])
    page = open_item("ben", f"/disagreements/{first.id}")
    page.wait_for_load_state()
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_have_text("L-1")
    page.wait_for_load_state()
    page.keyboard.press(",")
    field = page.locator("#statement-text")
    expect(field).to_be_focused()
    page.keyboard.type(" and?")
    page.keyboard.press("ArrowLeft")
    expect(field).to_have_value("It was right once. and?")
    assert page.url.endswith(f"/{second.id}")


def stages(database: Database, app: FastAPI, world: World) -> list[Disagreement]:
    """One card in each stage: sealed, half sealed, proposed, decided, put off, handed over."""
    found = flagged(database, world)
    ben, cleo = visit(app, world, "ben"), visit(app, world, "cleo")
    ben.seal(found[1])
    for one in found[2:]:
        ben.seal(one, quote="cannot be sorted")
        cleo.seal(one, quote="be sorted by date")
        ben.say(one, "Is it?")
    cleo.say(found[2], "It is.", reply_to=1)
    missing = world.category_ids[world.single_id][MISSING]
    clause = {"clause_kind": "rule", "clause_category_id": missing, "clause_text": "A step."}
    for one in found[2:4]:
        ben.propose(again(database, one), **clause)
    cleo.dissent(found[3], on_table(database, found[3]), "I still miss a step.")
    ben.defer(again(database, found[4]))
    ben.escalate(again(database, found[5]))
    return found


@pytest.mark.parametrize("name", ["ben", "cleo", "ada", "ida", "odo"])
def test_no_stage_has_a_barrier_for_anybody(
    database: Database, app: FastAPI, world: World, open_item: Open, name: str
) -> None:
    found = stages(database, app, world)
    paths = [f"/disagreements/{one.id}" for one in found]
    paths += ["/statements", f"/clusters?facet={world.single_id}&pair={found[0].cluster}"]
    page = open_item(name, "/statements")
    wrong = []
    for path in paths:
        page.goto(f"/studies/{world.study_id}/rounds/{world.round_id}{path}")
        for summary in page.locator("main details:not([open]) > summary").all():
            if summary.is_visible():
                summary.click()
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            wrong += [f"{path} {width}: {one}" for one in barriers_on(page)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{path} scrolls sideways at {width}")
        page.emulate_media(color_scheme="dark")
        wrong += [f"{path} dark: {one}" for one in barriers_on(page, rules=COLOURS)]
        page.emulate_media(color_scheme="light")
    assert wrong == []
