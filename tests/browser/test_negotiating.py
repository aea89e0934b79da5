"""Two coders, the owner of the study and an arbiter settle eight cards, each at a browser."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.coding.models import Round
from app.coding.rules import Phase, Protocol
from app.db import Database
from app.negotiation.models import Decision, Disagreement
from tests.browser.conftest import OpenPage
from tests.browser.visitors import sign_in_page
from tests.coding.world import World
from tests.negotiation.negotiations import MISSING, STALE, UNCLEAR, flagged, make_negotiation

SEALED = Protocol(has_statements=True, owner_last=True)
SAID = [(STALE, MISSING)] * 5 + [(STALE, UNCLEAR)] * 3
WHY = "A page that was right once is stale, not missing."
Visit = Callable[[str], Page]


@pytest.fixture
def world(database: Database) -> World:
    return make_negotiation(database, SAID, protocol=SEALED)


@pytest.fixture
def visit(app: FastAPI, world: World, open_page: OpenPage, server_url: str) -> Visit:
    def open_one(name: str) -> Page:
        page = open_page(reduced_motion="reduce")
        sign_in_page(app, page, f"{name}@example.org", server_url)
        return page

    return open_one


def go(page: Page, world: World, path: str = "/disagreements") -> None:
    page.goto(f"/studies/{world.study_id}/rounds/{world.round_id}{path}")


def item(page: Page, world: World, found: Disagreement) -> None:
    go(page, world, f"/disagreements/{found.id}")


def seal_everything(page: Page, world: World, words: str) -> None:
    go(page, world, "/statements")
    expect(page.locator(".run-title")).to_have_text("Statement 1 of 8")
    page.get_by_label("Why you chose it").fill(words)
    page.get_by_role("button", name="Seal and go on").click()
    expect(page.locator(".run-title")).to_have_text("Statement 2 of 8")
    page.get_by_role("button", name="Seal the rest as they are").click()
    page.locator("dialog[open]").get_by_role("button", name="Seal them").click()
    page.wait_for_url("**/disagreements**")


def fill_proposal(page: Page, label: str, outcome: str) -> None:
    form = page.locator("form#propose, form.cluster-form")
    form.get_by_role("radio", name=label).check()
    form.get_by_label("What came of the talk").select_option(label=outcome)
    form.get_by_label("What it came from").select_option(label="Overlapping categories")
    form.locator("textarea[name=rationale]").fill(WHY)


def propose(page: Page, label: str, outcome: str = "A coder was persuaded") -> None:
    fill_proposal(page, label, outcome)
    page.get_by_role("button", name="Propose it").click()
    expect(page.locator("#decision")).to_contain_text("waited for")


def unfold(page: Page, *words: str) -> None:
    for one in words:
        page.locator("summary", has_text=one).first.click()


def test_eight_cards_are_settled_over_four_browsers(
    app: FastAPI, database: Database, world: World, visit: Visit
) -> None:
    ben, cleo, ada, ida = (visit(name) for name in ("ben", "cleo", "ada", "ida"))
    first = flagged(database, world)[0]

    # Sealed: nobody sees a position, and both write their reasons.
    item(ada, world, first)
    expect(ada.locator("#positions")).not_to_contain_text("Missing")
    seal_everything(ben, world, "It was right in spring.")
    seal_everything(cleo, world, "The date is not there at all.")

    every = flagged(database, world)
    stale_missing, stale_unclear = every[:5], every[5:]

    # A talk, a proposal, a confirmation.
    item(ben, world, every[0])
    expect(ben.locator("#positions")).to_contain_text("Missing")
    ben.get_by_label("Say something").fill("When was it right?")
    ben.get_by_role("button", name="Send").click()
    expect(ben.locator("#talk")).to_contain_text("When was it right?")
    propose(ben, "Stale")
    item(cleo, world, every[0])
    cleo.get_by_role("button", name="Confirm Stale").click()
    cleo.wait_for_url("**/disagreements/*")

    # The rest of the pair with one reason, in one act.
    go(ben, world, f"/clusters?facet={world.single_id}&pair={every[1].cluster}")
    fill_proposal(ben, "Stale", "A coder was persuaded")
    ben.get_by_role("checkbox", name="L-4").uncheck()
    ben.get_by_role("button", name="Propose it for the ticked cards").click()
    ben.wait_for_url("**/disagreements**")
    item(cleo, world, every[1])
    cleo.get_by_role("button", name="Confirm all 3 cards").click()
    cleo.wait_for_url("**/disagreements**")

    # One withdrawn, proposed otherwise, and accepted with a dissent.
    last = stale_missing[4]
    item(ben, world, last)
    propose(ben, "Missing")
    ben.get_by_role("button", name="Withdraw it").click()
    propose(ben, "Stale")
    item(cleo, world, last)
    unfold(cleo, "Confirm with dissent")
    cleo.get_by_label("What you hold against it").fill("I would still look under Missing.")
    cleo.get_by_role("button", name="Accept with this dissent").click()
    cleo.wait_for_url("**/disagreements/*")
    item(ada, world, last)
    expect(ada.locator("#decision")).to_contain_text("I would still look under Missing.")

    # One for the arbiter, who reads reasons without letters.
    handed = stale_unclear[0]
    item(cleo, world, handed)
    cleo.get_by_label("Say something").fill("We go round in circles.")
    cleo.get_by_role("button", name="Send").click()
    unfold(cleo, "More", "Ask the arbiter")
    cleo.get_by_label("What you cannot agree on").fill("Is it out of date or badly said?")
    cleo.get_by_role("button", name="Hand it over").click()
    expect(cleo.locator("#decision")).to_contain_text("arbiter")
    item(ida, world, handed)
    expect(ida.locator("main")).not_to_contain_text("Coder A")
    expect(ida.locator("#positions")).to_contain_text("Another position")
    ida.get_by_role("radio", name="Unclear").check()
    ida.get_by_label("What it came from").select_option(label="Truly ambiguous")
    ida.locator("textarea[name=rationale]").fill("The sentence can be read in two ways.")
    ida.get_by_role("button", name="Decide").click()
    ida.wait_for_url("**/disagreements**")

    # One the owner puts off, one that stays unresolved.
    item(ada, world, stale_unclear[1])
    unfold(ada, "More", "Put it off")
    ada.get_by_label("Who takes care of it").select_option(str(world.member_ids["cleo"]))
    ada.get_by_label("Until when").fill("2999-01-31")
    ada.locator("#deferral-reason").fill("Cleo asks the maintainers.")
    ada.get_by_role("button", name="Put it off").click()
    ada.wait_for_url("**/disagreements**")
    item(cleo, world, stale_unclear[2])
    propose(cleo, "No label", "Unresolved")
    item(ben, world, stale_unclear[2])
    ben.get_by_role("button", name="Confirm").first.click()
    ben.wait_for_url("**/disagreements**")

    # Nothing is open: the owner finishes the round.
    go(ada, world)
    expect(ada.get_by_role("heading", level=1)).to_contain_text("8 disagreements")
    go(ada, world, "")
    ada.get_by_role("button", name="Finish the round").click()
    dialog = ada.locator("dialog[open]")
    if dialog.count():
        dialog.get_by_role("button").last.click()
    expect(ada.locator("main")).to_contain_text("Done: every disagreement")
    with database.reading() as session:
        outcomes = sorted(session.exec(select(Decision.outcome)).all())
        assert session.get_one(Round, world.round_id).phase == Phase.DONE
    assert outcomes == sorted(
        ["persuaded"] * 4 + ["with_dissent", "arbitrated", "deferred", "unresolved"]
    )
