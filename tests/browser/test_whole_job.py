"""The whole job by keyboard alone: from the first link to the files of a negotiated round."""

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from playwright.sync_api import expect
from sklearn.metrics import cohen_kappa_score

from app.accounts.invitations import invite_first_admin
from tests.browser.conftest import OpenPage
from tests.browser.hands import Hands

PASSWORD = "nine careful owls"
CARDS = {
    "L-01": "The table cannot be sorted by any column.",
    "L-02": "排行榜只显示最后一次提交的结果。",
    "L-03": "The last run is from 2023 👩🏽‍🔬🔁.",
    "L-04": "الجدول لا يقول متى أُضيفت النتائج.",
    "L-05": "Who may submit, is said nowhere.",
    "L-06": "結果の単位が書かれていません。",
    "L-07": "Scores are rounded, we are told; not how.",
    "L-08": "הקישור לדף ההגשה שבור.",
    "L-09": 'A cell says "see below", and nothing is below.',
    "L-10": "The maintainers answer after weeks.",
    "L-11": "Ергебнисе ohne Datum — ‘irgendwann’.",
    "L-12": "Two rows bear the same name 🏁.",
}
NAMES = ("Missing", "Stale", "Unclear")
SAID = {
    "Ben": "M S S M M U U S M S M U",
    "Cleo": "M S S U M U M S M S S U",
}
# The same key twice within a quarter of a second counts once: nobody has read the next card.
LOOK_MS = 260
PARKED, UNDONE, NOTED = "L-05", "L-08", "L-04"
MEMO = "It says nothing of a date, ich bin unsicher."
REASON = "The date is missing altogether, so nothing can be unclear."

WHY = "A page that was right once is stale, not missing."


def answers_of(name: str) -> dict[str, str]:
    full = {category[0]: category for category in NAMES}
    return {key: full[said] for key, said in zip(CARDS, SAID[name].split(), strict=True)}


def cards_file() -> str:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerows([("id", "text", "project"), *((key, text, "A") for key, text in CARDS.items())])
    return out.getvalue()


@pytest.fixture
def first_link(app: FastAPI) -> str:
    with app.state.database.transaction() as session:
        return f"/invitations/{invite_first_admin(session, days=1)}"


def make_first_account(hands: Hands, link: str) -> None:
    hands.page.goto(link)
    hands.write("Your name", "Ada")
    hands.write("Email", "ada@example.org")
    hands.secret(PASSWORD)
    hands.press("Enter")
    expect(hands.page.get_by_role("heading", level=1)).to_be_visible()


def start_study(hands: Hands) -> None:
    hands.follow("New study")
    hands.write("Name", "Leaderboards")
    hands.write("Description", "What goes wrong on leaderboards?")
    hands.use("Start the study")
    expect(hands.page.locator("h1")).to_have_text("Leaderboards")


def invite_coder(hands: Hands, note: str) -> str:
    hands.choose("Role", "Coder")
    hands.write("Note", note)
    hands.press("Enter")
    expect(hands.page.get_by_text("Coder, " + note)).to_be_visible()
    return hands.page.get_by_label("Invitation link").input_value()


def join(hands: Hands, link: str, name: str) -> None:
    hands.page.goto(link)
    hands.write("Your name", name)
    hands.write("Email", f"{name.lower()}@example.org")
    hands.secret(PASSWORD)
    hands.use("Make my account and join")
    expect(hands.page.locator("h1")).to_have_text("Leaderboards")


def bring_cards(hands: Hands) -> None:
    hands.follow("Cards", within="nav")
    hands.follow("Import cards")
    hands.attach("cards.csv", cards_file())
    hands.use("Look at the cards")
    expect(hands.page.locator("h1")).to_have_text("12 cards are ready")
    expect(hands.page.locator(".card-list")).to_contain_text(CARDS["L-02"])
    hands.use("Import 12 cards")
    expect(hands.page.locator("main")).to_contain_text("12 cards")


def write_codebook(hands: Hands) -> None:
    hands.follow("Codebook", within="nav")
    hands.write("Name of the facet", "Smell")
    hands.press("Enter")
    for name in NAMES:
        hands.unfold("Add a category")
        hands.write("Name of the category", name)
        hands.press("Enter")
        expect(hands.page.locator(".tree")).to_contain_text(name)
    hands.write("Definition", "Hard to understand.")
    hands.use("Save the draft")
    hands.follow("Publish…")
    hands.use(re.compile("^Publish"))
    expect(hands.page.locator("h1")).to_have_text("Codebook, version 1")


def open_round(hands: Hands) -> None:
    hands.follow("Rounds", within="nav")
    hands.use("Prepare a round")
    hands.write("Name", "Pilot")
    for name in ("Ben", "Cleo"):
        hands.tick(re.compile(name))
    hands.tick(re.compile("Smell"))
    expect(hands.page.locator("#plan")).to_contain_text("12 judged by every coder")
    hands.use("Open the round")
    hands.confirm("Open the round")
    expect(hands.page.locator("main")).to_contain_text("The coders are at work")


def sort_cards(hands: Hands, name: str) -> None:
    """Every card by its letter; one is parked first, one is undone, one gets a memo."""
    page, answers = hands.page, answers_of(name)
    title = page.locator("h1")
    page.goto("/")
    hands.follow("Begin to sort")
    expect(title).to_contain_text("Card 1 of 12")
    page.wait_for_load_state()
    once = {PARKED, UNDONE}
    while "are judged" not in (stands := title.inner_text()):
        key = page.locator("#card-title bdi").inner_text()
        if key == PARKED and key in once:
            hands.press(".")
            # The last card that is left comes back at once, so its number may stay.
            expect(page.locator("#thread")).to_contain_text("1 parked")
        elif key == UNDONE and key in once:
            press_letter(hands, "Unclear")
            expect(title).not_to_have_text(stands)
            hands.press("Backspace")
            expect(title).to_have_text(stands)
        else:
            if key == NOTED:
                hands.press(",")
                page.keyboard.type(MEMO)
                hands.press("Escape", "1")
            press_letter(hands, answers[key])
            expect(title).not_to_have_text(stands)
        once.discard(key)
    hands.use("Hand in")
    expect(title).to_have_text("You have handed this round in")


def press_letter(hands: Hands, category: str) -> None:
    choice = hands.page.locator(f'.choice[data-name="{category}"]')
    hands.page.wait_for_timeout(LOOK_MS)
    hands.press(choice.get_attribute("data-letter") or "")


def close_round(hands: Hands) -> None:
    hands.page.goto("/")
    hands.follow("Look at the round")
    hands.use("Close the round")
    hands.confirm("Close the round")
    expect(hands.page.locator("main")).to_contain_text("3 disagreements are open")


def read_kappa(hands: Hands) -> float:
    hands.follow("Agreement", within="nav")
    expect(hands.page.locator("h1")).to_have_text("Agreement in Pilot")
    headline = hands.page.locator(".headline")
    expect(headline).to_contain_text("Cohen's kappa")
    return float(headline.locator(".figure").inner_text())


def seal_statements(hands: Hands) -> None:
    """One is written and rests on words of the card; the others are sealed with their memos."""
    hands.follow("Negotiation", within="nav")
    hands.follow("Write your 3 statements")
    expect(hands.page.locator("main")).to_contain_text("Statement 1 of 3")
    hands.write("Why you chose it", WHY)
    hands.use("Seal and go on")
    expect(hands.page.locator("main")).to_contain_text("Statement 2 of 3")
    hands.use("Seal the rest as they are")
    hands.confirm("Seal them")
    expect(hands.page.locator("#notices")).to_contain_text("Your statements are sealed.")


def propose_first(hands: Hands) -> str:
    """Propose a label for the first disagreement; the id of its card."""
    page = hands.page
    hands.follow(re.compile("^Begin with|^Continue with"))
    expect(page.locator("#positions")).to_contain_text("Coder B")
    expect(page.locator("#decision")).to_contain_text("Decide together")
    key = page.locator("h1").inner_text()
    hands.pick("Missing")
    hands.choose("What came of the talk", "A coder was persuaded")
    hands.choose("What it came from", "Unclear definition")
    hands.write("Why", REASON)
    hands.use("Propose it")
    expect(page.locator("#decision")).to_contain_text("is waited for")
    return key


def confirm_first(hands: Hands, key: str) -> None:
    """Confirm what waits for an answer: the card is decided."""
    page = hands.page
    hands.follow("Negotiation", within="nav")
    hands.follow(re.compile(f"^(Begin|Continue) with {key}"))
    expect(page.locator("h1")).to_have_text(key)
    hands.use("Confirm Missing")
    expect(page.locator("h1")).not_to_have_text(key)  # the next one, at once


def categories_in(codebook: Path) -> list[str]:
    """The names in a file for QDA programs, facets included."""
    codes = ElementTree.parse(codebook).iter("{urn:QDA-XML:codebook:1.0}Code")
    return [code.attrib["name"] for code in codes]


def take_files(hands: Hands, folder: Path) -> dict[str, Path]:
    hands.follow("Export", within="nav")
    names = ("For QDA programs as QDC", "Final labels as CSV", "To read and print as HTML")
    files = [hands.download(name, folder) for name in (*names, "To compute with as JSON")]
    return {file.suffix: file for file in files}


def test_the_whole_job_is_done_by_keyboard_alone(
    open_page: OpenPage, first_link: str, tmp_path: Path
) -> None:
    lead, ben, cleo = (Hands(open_page(accept_downloads=True)) for _ in range(3))
    make_first_account(lead, first_link)
    start_study(lead)
    lead.follow("Members and invitations")
    links = [invite_coder(lead, f"for {name}") for name in SAID]
    join(ben, links[0], "Ben")
    join(cleo, links[1], "Cleo")
    bring_cards(lead)
    write_codebook(lead)
    open_round(lead)
    sort_cards(ben, "Ben")
    sort_cards(cleo, "Cleo")
    close_round(lead)
    expected = cohen_kappa_score(*(SAID[name].split() for name in SAID))
    assert read_kappa(lead) == pytest.approx(expected, abs=0.005)
    seal_statements(ben)
    seal_statements(cleo)
    ben.follow("Negotiation", within="nav")
    decided = propose_first(ben)
    confirm_first(cleo, decided)
    files = take_files(lead, tmp_path)
    assert set(NAMES) <= set(categories_in(files[".qdc"]))
    rows = csv.DictReader(files[".csv"].read_text("utf-8-sig").splitlines())
    labels = {row["card_id"]: row for row in rows}
    assert set(labels) == set(CARDS)
    assert labels[decided]["category"] == "Missing"
    assert REASON in labels[decided].values()
    assert f"{expected:.2f}" in files[".html"].read_text("utf-8")
    facet = json.loads(files[".json"].read_text("utf-8"))["facets"][0]
    exact = facet["agreement"]["pairs"][0]["figures"]["cohen_kappa"]["value"]
    assert exact == pytest.approx(expected, abs=1e-12)
