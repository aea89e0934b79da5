"""A question is answered for the button that was pressed, whatever the page does meanwhile."""

import re

import pytest
from fastapi import FastAPI
from playwright.sync_api import Dialog, Page, expect

from app.coding.drafts import RoundDraft, create_round
from app.coding.models import Round
from app.coding.rules import Plan
from tests.browser.conftest import OpenPage
from tests.browser.visitors import sign_in_page
from tests.coding.world import World, make_world

REDRAW = "document.getElementById('plan').outerHTML = document.getElementById('plan').outerHTML"


@pytest.fixture
def world(app: FastAPI) -> World:
    return make_world(app.state.database)


@pytest.fixture
def draft(app: FastAPI, world: World, open_page: OpenPage, server_url: str) -> Page:
    """The draft of a second round, before its lead, who was just asked whether to open it."""
    with app.state.database.transaction() as session:
        first = session.get_one(Round, world.round_id)
        given = RoundDraft(
            name="Second",
            plan=Plan(),
            coder_ids=(world.member_ids["ben"], world.member_ids["cleo"]),
            facet_ids=tuple(first.facet_ids),
            codebook_version_id=world.version_id,
            seed=1,
        )
        round_id = create_round(session, world.study_id, given, by=None).id
    page = open_page()
    sign_in_page(app, page, "ada@example.org", server_url)
    page.goto(f"/studies/{world.study_id}/rounds/{round_id}/draft")
    page.get_by_role("button", name="Open the round").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    return page


def confirm(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Open the round").click()


def test_the_round_opens_although_its_plan_was_drawn_anew_under_the_question(draft: Page) -> None:
    draft.evaluate(REDRAW)
    confirm(draft)
    expect(draft.locator("main")).to_contain_text("The coders are at work")


def test_nothing_is_sent_when_the_button_went_away_under_the_question(draft: Page) -> None:
    draft.evaluate("document.getElementById('open-round').remove()")
    asked: list[str] = []
    draft.on("request", lambda request: asked.append(request.method))
    confirm(draft)
    expect(draft.get_by_role("dialog")).to_be_hidden()
    expect(draft.locator("#notices")).to_contain_text("Nothing was sent.")
    draft.wait_for_timeout(200)
    assert asked == []


@pytest.fixture
def leaving(app: FastAPI, world: World, open_page: OpenPage, server_url: str) -> Page:
    """The members' page before Odo, who was just asked whether to leave by a nameless button."""
    page = open_page()
    sign_in_page(app, page, "odo@example.org", server_url)
    page.goto(f"/studies/{world.study_id}/members")
    page.locator("form[data-confirm^=Leave] button").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    return page


def leave(page: Page) -> None:
    page.get_by_role("dialog").locator("button[value=yes]").click()


def test_a_form_that_was_drawn_anew_under_the_question_is_sent_as_it_stands(leaving: Page) -> None:
    leaving.evaluate(
        "document.getElementById('main').innerHTML = document.getElementById('main').innerHTML"
    )
    leave(leaving)
    expect(leaving).not_to_have_url(re.compile("/studies/[0-9]+"))


def test_that_a_confirmed_form_is_gone_is_said(leaving: Page) -> None:
    leaving.evaluate("document.querySelector('form[data-confirm^=Leave]').remove()")
    left = leaving.url
    leave(leaving)
    expect(leaving.locator("#notices")).to_contain_text("Nothing was sent.")
    expect(leaving).to_have_url(left)


def test_a_form_that_asks_something_else_by_now_is_not_sent(leaving: Page) -> None:
    leaving.evaluate(
        "const form = document.querySelector('form[data-confirm^=Leave]');"
        "const other = form.cloneNode(true);"
        "other.dataset.confirm = 'Leave another study?';"
        "form.replaceWith(other);"
    )
    left = leaving.url
    leave(leaving)
    expect(leaving.locator("#notices")).to_contain_text("Nothing was sent.")
    expect(leaving).to_have_url(left)


def test_a_text_that_was_not_sent_is_not_left_without_a_question(
    app: FastAPI, world: World, open_page: OpenPage, server_url: str
) -> None:
    page = open_page()
    sign_in_page(app, page, "ada@example.org", server_url)
    asked: list[str] = []

    def refuse_to_leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", refuse_to_leave)
    page.goto(f"/studies/{world.study_id}/codebook")
    page.get_by_label("Not when", exact=False).first.fill("Never when a date is given.")
    page.locator("nav").get_by_role("link", name="Cards").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.get_by_label("Not when", exact=False).first).to_have_value(
        "Never when a date is given."
    )
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("main")).to_contain_text("Never when a date is given.")
    page.locator("nav").get_by_role("link", name="Cards").click()
    expect(page.locator("h1")).to_contain_text("cards")
    assert asked == ["beforeunload"]
