"""Words selected in a document become a card: exactly these words, wherever they lie."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from sqlmodel import Session, col, select

from app.corpus.models import Card
from app.sources.models import Excerpt, Source
from app.sources.service import add_documents, find_source, text_of
from tests.browser.conftest import OpenPage
from tests.browser.visitors import sign_in_page
from tests.coding.world import World
from tests.sources.files import read

TEXT = "# 😀 Guide\n\nFirst 😀 words of it.\n\nSecond 😀 and its last words.\n"

# Selects from the first to the last words given, over whatever elements lie between.
SELECT = """([first, last]) => {
  const find = (words, isEnd) => {
    const text = document.getElementById("source-text");
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.data.indexOf(words);
      if (at >= 0) return [node, isEnd ? at + words.length : at];
    }
  };
  const selection = document.getSelection();
  selection.setBaseAndExtent(...find(first, false), ...find(last, true));
}"""

OpenSource = Callable[..., Page]


@pytest.fixture
def source(session: Session, world: World) -> Source:
    document = read("guide.md", TEXT)
    (source_id,) = add_documents(session, world.study_id, [document], by=None).source_ids
    found = find_source(session, world.study_id, source_id)
    session.commit()
    return found


@pytest.fixture
def open_source(
    app: FastAPI, world: World, source: Source, open_page: OpenPage, server_url: str
) -> OpenSource:
    def open_one(name: str = "ada", **options: Any) -> Page:
        page = open_page(**options)
        sign_in_page(app, page, f"{name}@example.org", server_url)
        page.goto(f"/studies/{world.study_id}/sources/{source.id}")
        return page

    return open_one


def newest(session: Session, source: Source) -> tuple[str, str]:
    """The text of the newest card, and the words of the document at its place."""
    excerpt = session.exec(select(Excerpt).order_by(col(Excerpt.id).desc())).first()
    assert excerpt is not None
    words = text_of(session, source)[excerpt.start : excerpt.stop]
    text = session.get_one(Card, excerpt.card_id).text
    session.commit()
    return text, words


def make(page: Page, first: str, last: str) -> None:
    page.evaluate(SELECT, [first, last])
    form = page.locator("#passage-form")
    expect(form).to_be_visible()
    form.get_by_role("button", name="Make it a card").click()
    expect(page.get_by_text("The passage is a card now.")).to_be_visible()


def test_selected_words_become_a_card_and_those_after_it_are_counted_right(
    open_source: OpenSource, session: Session, source: Source
) -> None:
    page = open_source()
    make(page, "😀 words", "of it")
    assert newest(session, source) == ("😀 words of it",) * 2
    # The key of the first card stands in the page now, and is no part of the text.
    make(page, ".", ".")
    make(page, "First", "😀 and")
    assert newest(session, source) == ("First 😀 words of it.\n\nSecond 😀 and",) * 2


def test_a_selection_that_is_dropped_makes_no_card(open_source: OpenSource) -> None:
    page = open_source()
    page.evaluate(SELECT, ["First", "words"])
    page.locator("#passage-form").get_by_role("button", name="Not now").click()
    expect(page.locator("#passage-form")).to_be_hidden()
    expect(page.locator("mark")).to_have_count(0)


def test_without_scripts_paragraphs_are_chosen_by_their_numbers(
    open_source: OpenSource, session: Session, source: Source
) -> None:
    page = open_source(java_script_enabled=False)
    page.get_by_text("choose paragraphs").click()
    page.get_by_label("From paragraph").select_option(index=1)
    page.get_by_label("To the end of paragraph").select_option(index=2)
    page.get_by_label("Ending with the words").fill("and its")
    page.get_by_role("button", name="Make it a card").click()
    expect(page.get_by_text("The passage is a card now.")).to_be_visible()
    assert newest(session, source) == ("First 😀 words of it.\n\nSecond 😀 and its",) * 2


def test_who_does_not_lead_reads_without_the_form(open_source: OpenSource) -> None:
    page = open_source("ben", viewport={"width": 390, "height": 844})
    expect(page.get_by_text("Second 😀 and its last words.")).to_be_visible()
    page.evaluate(SELECT, ["First", "words"])
    expect(page.locator("#passage-form")).to_have_count(0)
