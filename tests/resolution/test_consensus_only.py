"""A team that works by consensus alone: 60 cards, 4 coders, no coefficient anywhere."""

import json
import re

import pytest
from fastapi import FastAPI
from sqlmodel import Session

from app.coding.models import Round
from app.coding.rounds import round_id_of
from app.coding.rules import Value
from app.negotiation.rules import Cause, Outcome
from app.negotiation.service import disagreements
from app.negotiation.settling import Settlement
from app.resolution.closing import close_round, finish_round
from app.studies.models import Membership
from app.studies.rules import Role, Stance
from tests.coding.factories import finish_work, make_book, make_numbered_cards, make_round
from tests.factories import Team, browser_of, make_study
from tests.negotiation.negotiations import settle_it

CODERS = ("Ben", "Cleo", "Dora", "Emil")
KEYS = [f"L-{n}" for n in range(60)]
DIFFERING = 5
COEFFICIENTS = re.compile(r"(?i:kappa|\balpha\b|Brennan|threshold|interval)|\bAC1\b")
# Said of what coefficients leave out, or of what a study without them goes without.
ALLOWED = re.compile(r"cohens-kappa|krippendorffs-alpha", re.IGNORECASE)


@pytest.fixture
def team(session: Session) -> Team:
    """The team whose round is closed, talked about and done: three dissents are kept."""
    made = make_study(
        session, coders=CODERS, others={"Odo": Role.OBSERVER}, stance=Stance.CONSENSUS_ONLY
    )
    cards = make_numbered_cards(session, made, KEYS)
    book = make_book(session, made)
    round_ = make_round(session, made, book, coders=CODERS)
    missing, stale = book.category("Smell", "Missing"), book.category("Smell", "Stale")
    for coder in CODERS:
        answers = dict.fromkeys(cards.values(), missing)
        if coder == "Emil":
            answers |= {cards[key]: stale for key in KEYS[:DIFFERING]}
        finish_work(session, round_, made.members[coder], answers)
    close_round(session, round_, reason="", is_forced=False, by=None)
    session.commit()
    for n, one in enumerate(disagreements(session, round_)):
        outcome = Outcome.WITH_DISSENT if n < 3 else Outcome.PERSUADED
        settlement = Settlement(
            Value.CATEGORIES, (missing,), outcome, Cause.AMBIGUOUS, "It reads as missing."
        )
        by = session.get_one(Membership, made.members["Ben"])
        settle_it(session, one, settlement, by=by)
    session.commit()
    finish_round(session, session.get_one(Round, round_id_of(round_)), by=None)
    session.commit()
    return made


def paths(team: Team) -> list[str]:
    here = f"{team.url}/rounds/1"
    pages = ("", "/agreement", "/disagreements", "/labels", "/negotiation/summary")
    files = ("report.html", "report.md", "report.json", "report.csv", "labels.csv", "report.check")
    study = ("", "/agreement", "/labels", "/labels.csv", "/export", "/negotiation", "/activity")
    return [
        *(f"{here}{page}" for page in pages),
        *(f"{here}/{file}" for file in files),
        *(f"{team.url}{page}" for page in study),
    ]


def test_no_page_and_no_file_has_a_coefficient(team: Team, app: FastAPI) -> None:
    browser = browser_of(app, "Odo")
    for path in paths(team):
        answer = browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        body = re.sub(r"(?s)<head>.*?</head>|<nav.*?</nav>", "", answer.text)
        if path.endswith(".csv"):  # its columns are the same in every study
            body = body.partition("\n")[2]
        if path.endswith(".json"):
            assert all(one["agreement"] is None for one in json.loads(body)["facets"])
            body = re.sub(r'"(headline|threshold|bootstrap)": (null|\{[^{}]*\})', "", body)
        assert not COEFFICIENTS.search(ALLOWED.sub("", body)), (
            path,
            COEFFICIENTS.search(ALLOWED.sub("", body)),
        )


def test_the_agreement_page_says_why_there_is_none(team: Team, app: FastAPI) -> None:
    text = browser_of(app, "Odo").get(f"{team.url}/rounds/1/agreement").text
    assert "This study has no coefficient of reliability" in text
    assert "91.7 %" in text  # 55 of 60 agreed before any talk


def test_figures_of_coefficients_do_not_exist(team: Team, app: FastAPI) -> None:
    browser = browser_of(app, "Odo")
    for name in ("coefficients", "categories", "pairs", "course"):
        url = f"{team.url}/rounds/1/agreement/figures/{name}.svg"
        assert browser.get(url).status_code == 404


def test_three_dissents_are_printed_with_card_and_letter(team: Team, app: FastAPI) -> None:
    browser = browser_of(app, "Odo")
    here = f"{team.url}/rounds/1"
    for path in ("report.html", "report.md", "labels.csv", "labels?provenance=dissent"):
        text = browser.get(f"{here}/{path}").text
        assert text.count("I still read it otherwise.") == 3, path
        assert "Coder D" in text
        assert "Emil" not in text
    report = json.loads(browser.get(f"{here}/report.json").text)
    dissents = report["negotiation"]["Smell"]["dissents"]
    assert {one["coder"] for one in dissents} == {"Coder D"}
    assert len(dissents) == report["process"]["dissents"] == 3
    assert "With dissent" in browser.get(f"{here}/labels").text


def test_every_card_has_a_label_in_the_end(team: Team, app: FastAPI) -> None:
    text = browser_of(app, "Odo").get(f"{team.url}/rounds/1/negotiation/summary").text
    assert "<b>60</b>" in text
    assert "100.0 %" in text
