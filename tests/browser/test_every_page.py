"""Every page, for everybody who sees it: no barriers, no sideways scrolling, nothing from afar."""

import re
from dataclasses import dataclass
from dataclasses import field as with_default

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page
from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.accounts.service import create_account, require_account
from app.codebook.editing import FacetFields, add_facet
from app.codebook.models import StagedCodebook
from app.coding.drafts import RoundDraft, create_round
from app.coding.models import Round
from app.coding.rounds import end_round
from app.coding.rules import Phase, Plan
from app.corpus.imports import Reading
from app.corpus.staging import first_settings, stage
from app.db import now
from app.demo.filling import fill
from app.demo.seed import people, read_seed
from app.negotiation.comments import add_comment
from app.negotiation.meeting.meetings import end_meeting, start_meeting
from app.negotiation.models import Disagreement
from app.studies.models import Membership, Study
from app.studies.people import invite_member
from app.studies.rules import Role
from app.studies.service import NewStudy, add_member, create_study, study_id_of
from app.web.render import resource
from tests.browser.accessibility import COLOURS, barriers_on
from tests.browser.conftest import OpenPage, PageProblems
from tests.browser.visitors import objects_of, page_addresses, sign_in_page
from tests.factories import PASSWORD, fresh_id
from tests.sources.files import cut_up_source

WIDTHS = (1440, 390)
# Elements that moved sideways once the page was read to its end and painted: before, half of a row
# may be on the screen, and the other half moves it. Columns of a table follow their
# words, and so move by some pixels when the font comes later than the page: that is no jump.
NOTE_JUMPS = """
window.jumps = [];
let paintedAt = Infinity;
document.addEventListener("DOMContentLoaded", () => {
  requestAnimationFrame(() => requestAnimationFrame(() => { paintedAt = performance.now(); }));
});
new PerformanceObserver((list) => {
  const isAfter = (one) => one.startTime > paintedAt && !one.hadRecentInput;
  for (const entry of list.getEntries().filter(isAfter)) {
    for (const { node, previousRect: from, currentRect: to } of entry.sources) {
      const isInTable = (node?.closest ? node : node?.parentElement)?.closest("table");
      if (!isInTable && Math.abs(from.x - to.x) > 1 && from.width && to.width) {
        window.jumps.push(`${node?.nodeName}.${node?.className} from ${from.x} to ${to.x}`);
      }
    }
  }
}).observe({ type: "layout-shift", buffered: true });
"""
CARDS = b"id,text,colour\na-1,The table cannot be sorted.,red\na-1,Nor read.,blue\n,No id.,\n"
CODEBOOK = b"facet,name,definition\nSmell,Dead end,Nothing follows.\nSmell,New one,\n"


# What differs between two answers for the same page: ids of forms.
MADE_ANEW = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class Walk:
    """A way through the pages; what looks the same as something before is not judged again."""

    page: Page
    looks: set[str] = with_default(default_factory=set)
    wrong: dict[str, list[str]] = with_default(default_factory=dict)

    def through(self, who: str, addresses: list[str]) -> int:
        """Judge the pages at these addresses; how many of them were given to this person."""
        answered = 0
        for address in addresses:
            answer = self.page.goto(address)
            assert answer is not None
            answered += answer.status == 200
            look = MADE_ANEW.sub("", self.page.locator("main").inner_html())
            if look in self.looks:
                continue
            self.looks.add(look)
            found = problems_of(self.page)
            if found:
                self.wrong[f"{who} {address}"] = found
        return answered


def problems_of(page: Page) -> list[str]:
    """What is wrong with the page at both widths, in light and dark."""
    found = [f"jumps sideways: {one}" for one in page.evaluate("window.jumps")]
    titles = page.locator("h1").count()
    if titles != 1:
        found.append(f"{titles} elements h1")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"{one}, {width} light" for one in barriers_on(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"scrolls sideways at {width}")
        page.emulate_media(color_scheme="dark")
        found += [f"{one}, {width} dark" for one in barriers_on(page, rules=COLOURS)]
        page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDTHS[0], "height": 844})
    return found


@pytest.fixture
def study_id(app: FastAPI) -> int:
    """The demo study with more: an observer, a draft, a void round, imports under way, talk."""
    seed = read_seed(resource("seed_data"))
    persons = people(seed, PASSWORD)
    with app.state.database.transaction() as session:
        study_id = fill(session, seed, persons)
        lead = require_account(session, "ada@demo.invalid")
        study = session.get_one(Study, study_id)
        observer = create_account(
            session, email="odo@demo.invalid", name="Odo Demo", password=PASSWORD
        )
        create_account(session, email="mia@demo.invalid", name="Mia", password=PASSWORD)
        add_member(session, study, observer, role=Role.OBSERVER)
        invite_member(session, study, role=Role.CODER, note="For Dan", by=lead.id or 0, days=7)
        add_rounds(session, study_id)
        add_talk(session, study_id)
        add_meetings(session, study_id)
        add_uploads(session, study_id, lead)
        cut_up_source(session, study_id, by=lead.id or 0)
        fields = FacetFields(name="Later", description="", choice="single", scale="nominal")
        add_facet(session, study_id, fields, by=lead.id)
        return study_id


def add_rounds(session: Session, study_id: int) -> None:
    for name in ("Draft of a third", "Void"):
        newest = session.exec(
            select(Round).where(Round.study_id == study_id).order_by(col(Round.id))
        ).first()
        assert newest is not None
        draft = RoundDraft(
            name=name,
            plan=Plan(),
            coder_ids=(),
            facet_ids=tuple(newest.facet_ids),
            codebook_version_id=newest.codebook_version_id,
            seed=1,
        )
        made = create_round(session, study_id, draft, by=None)
    end_round(session, made, Phase.VOID, reason="Wrong codebook", by=None)


def add_talk(session: Session, study_id: int) -> None:
    disagreement = session.exec(
        select(Disagreement).where(
            Disagreement.study_id == study_id, Disagreement.stage == "opened"
        )
    ).first()
    assert disagreement is not None
    of_team = select(Membership).where(
        Membership.study_id == study_id, Membership.role != Role.ARBITER
    )
    for member in session.exec(of_team).all():
        add_comment(session, disagreement, member.id or 0, "I read it the other way.")


def add_meetings(session: Session, study_id: int) -> None:
    """One that has ended, and one that runs."""
    disagreement = session.exec(
        select(Disagreement).where(Disagreement.study_id == study_id, Disagreement.state == "open")
    ).first()
    assert disagreement is not None
    round_ = session.get_one(Round, disagreement.round_id)
    lead = session.exec(
        select(Membership).where(Membership.study_id == study_id, Membership.role == Role.LEAD)
    ).first()
    assert lead is not None
    first = start_meeting(session, round_, by=lead)
    end_meeting(session, round_, first, by=lead)
    start_meeting(session, round_, by=lead)


def add_uploads(session: Session, study_id: int, lead: Account) -> None:
    settings = first_settings(CARDS, "cards.csv", Reading(None, None, None))
    by = lead.id or 0
    stage(session, study_id, by, file_name="cards.csv", content=CARDS, settings=settings)
    row = StagedCodebook(
        id=fresh_id(),
        study_id=study_id,
        account_id=by,
        file_name="codebook.csv",
        content=CODEBOOK,
        created_at=now(),
    )
    session.add(row)


@pytest.fixture
def visitor(open_page: OpenPage) -> Page:
    page = open_page(reduced_motion="reduce", viewport={"width": WIDTHS[0], "height": 844})
    page.add_init_script(NOTE_JUMPS)
    return page


def test_every_page_is_sound_for_everybody_in_a_study(
    app: FastAPI, study_id: int, visitor: Page, server_url: str, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 40[349]")  # 409: what is sealed
    with app.state.database.reading() as session:
        addresses = page_addresses(app, session, objects_of(session, study_id))
    of_study = [address for address in addresses if address.startswith("/studies/")]
    walk = Walk(visitor)
    answered = {}
    for person in ("ada", "ben", "eve", "odo"):
        sign_in_page(app, visitor, f"{person}@demo.invalid", server_url)
        answered[person] = walk.through(person, of_study)
    assert walk.wrong == {}
    # Leads alone see what prepares a study; sorting is for coders.
    assert answered["ada"] > answered["ben"] > max(answered["eve"], answered["odo"])
    assert min(answered["eve"], answered["odo"]) > 20


def test_pages_outside_studies_are_sound(
    app: FastAPI, study_id: int, visitor: Page, server_url: str, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 4(01|04|10)")
    with app.state.database.transaction() as session:
        study = session.get_one(Study, study_id)
        tokens = [
            invite_member(session, study, role=Role.CODER, note="", by=1, days=7) for _ in range(2)
        ]
        addresses = page_addresses(app, session, objects_of(session, study_id))
    outside = [one for one in addresses if not one.startswith(f"/studies/{study_id}")]
    walk = Walk(visitor)
    walk.through("nobody", ["/sign-in", f"/invitations/{tokens[0]}", "/invitations/over", "/help"])
    sign_in_page(app, visitor, "mia@demo.invalid", server_url)
    walk.through("mia", [*outside, f"/invitations/{tokens[1]}", f"/studies/{study_id}"])
    sign_in_page(app, visitor, "ada@demo.invalid", server_url)
    walk.through("ada", ["/", "/account"])
    assert walk.wrong == {}


def test_pages_before_anything_is_there_are_sound(
    app: FastAPI, visitor: Page, server_url: str, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 404")
    with app.state.database.transaction() as session:
        lead = create_account(session, email="ada@demo.invalid", name="Ada", password=PASSWORD)
        empty_id = study_id_of(create_study(session, NewStudy("Empty"), lead=lead))
        addresses = page_addresses(app, session, objects_of(session, empty_id))
    sign_in_page(app, visitor, "ada@demo.invalid", server_url)
    walk = Walk(visitor)
    walk.through("ada", [one for one in addresses if one.startswith("/studies/")])
    assert walk.wrong == {}
