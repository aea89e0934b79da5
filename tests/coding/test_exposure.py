"""Cards that were talked about are coded again, and never count as reliability."""

import hashlib
import html
import json

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.coding.exposing import expose_cards, exposed_card_ids
from app.coding.measuring import facets_of_round, ratings_for, snapshots
from app.coding.models import Assignment, Exposure, Round, Snapshot
from app.coding.planning import preview
from app.coding.rounds import planned_card_ids
from app.coding.rules import CardChoice, Kind, Plan
from app.resolution.closing import close_round
from tests.coding.factories import (
    PublishedBook,
    draft_like,
    finish_work,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.coding.test_draft_pages import draft_form, form_of, new_draft, read_rounds
from tests.factories import Team, fresh_id, make_study, sign_in

KEYS = tuple(f"L-{number}" for number in range(12))
# Of one facet with three categories, two coders and twelve cards, computed before cards could be
# exposed: what is stored of rounds without such cards must never move.
INPUT_BEFORE = "71055bb85c9324a8d4d62015f775dd856f67b0bb6478215e92b4ab5295b4375d"
FIGURES_BEFORE = "15ea86001862db732280aac616e6981fa0994b731451b189d5bf23ab884bb445"


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def cards(session: Session, team: Team) -> list[int]:
    return list(make_numbered_cards(session, team, KEYS).values())


@pytest.fixture
def book(session: Session, team: Team, cards: list[int]) -> PublishedBook:
    return make_book(session, team)


def exposed(session: Session, team: Team, book: PublishedBook, card_ids: list[int]) -> Round:
    """An earlier round after which the team has talked about these cards."""
    earlier = make_round(session, team, book, "Earlier")
    expose_cards(session, earlier, card_ids)
    session.commit()
    return earlier


def closed(
    session: Session,
    team: Team,
    book: PublishedBook,
    cards: list[int],
    kind: Kind = Kind.INDEPENDENT,
) -> Snapshot:
    """The Snapshot of a round in which Ben and Cleo differ on the first two cards only."""
    round_ = make_round(session, team, book, "Now", kind=kind)
    stale, unclear = book.category("Smell", "Stale"), book.category("Smell", "Unclear")
    said = {card: (stale, unclear)[card % 2] for card in cards}
    other = {**said, cards[0]: said[cards[1]], cards[1]: said[cards[0]]}
    finish_work(session, round_, team.members["Ben"], said)
    finish_work(session, round_, team.members["Cleo"], other)
    close_round(session, round_, reason="", is_forced=False, by=None)
    session.commit()
    (snapshot,) = snapshots(session, round_)
    return snapshot


# --- What is noted ---


def test_the_first_talk_about_a_card_counts(
    session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    first = exposed(session, team, book, cards[:2])
    second = make_round(session, team, book, "Second")
    expose_cards(session, second, cards[1:3])
    session.commit()
    rounds = {row.card_id: row.round_id for row in session.exec(select(Exposure))}
    assert rounds == {cards[0]: first.id, cards[1]: first.id, cards[2]: second.id}
    assert exposed_card_ids(session, team.study_id) == set(cards[:3])


def test_opening_marks_what_had_been_talked_about_by_then(
    session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    exposed(session, team, book, cards[:3])
    round_ = make_round(session, team, book, "Now")
    expose_cards(session, round_, cards[3:5])
    rows = session.exec(select(Assignment).where(Assignment.round_id == round_.id)).all()
    assert {row.card_id for row in rows if row.is_exposed} == set(cards[:3])


def test_a_closed_calibration_has_exposed_its_cards(
    session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    closed(session, team, book, cards, Kind.CALIBRATION)
    assert exposed_card_ids(session, team.study_id) == set(cards)


# --- What counts ---


def test_exposed_cards_are_coded_and_not_counted(
    session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    exposed(session, team, book, cards[:2])
    figures = closed(session, team, book, cards).figures
    assert (figures["n_exposed"], figures["n_cards"], figures["n_assigned"]) == (2, 10, 20)
    assert figures["agreement"]["figures"]["percent_agreement"]["value"] == 1
    assert figures["agreement"]["n_units"] == 10


def test_in_a_calibration_they_count_for_it_is_no_reliability(
    session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    exposed(session, team, book, cards[:2])
    figures = closed(session, team, book, cards, Kind.CALIBRATION).figures
    assert "n_exposed" not in figures
    assert figures["n_cards"] == 12


def test_a_round_of_exposed_cards_only_closes_without_a_coefficient(
    session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    exposed(session, team, book, cards)
    figures = closed(session, team, book, cards).figures
    assert (figures["n_exposed"], figures["n_cards"]) == (12, 0)
    assert figures["agreement"]["figures"]["percent_agreement"]["value"] is None


def test_what_is_stored_of_a_round_without_exposed_cards_is_what_it_always_was(
    session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    snapshot = closed(session, team, book, cards)
    assert snapshot.input_hash == INPUT_BEFORE
    # How many were judged twice is counted of the talk, beside the figures.
    figures = {key: value for key, value in snapshot.figures.items() if key != "cocoded"}
    stored = json.dumps(figures, sort_keys=True).encode()
    assert hashlib.sha256(stored).hexdigest() == FIGURES_BEFORE
    round_ = session.get_one(Round, snapshot.round_id)
    (facet,) = facets_of_round(session, round_)
    assert ratings_for(session, round_, facet).card_ids == tuple(cards)


def test_the_report_and_its_files_say_how_many_do_not_count(
    client: TestClient, session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    exposed(session, team, book, cards[:2])
    snapshot = closed(session, team, book, cards)
    session.commit()
    ada = sign_in(client)
    base = f"{team.url}/rounds/{snapshot.round_id}"
    sentence = "2 cards were talked about before; they are coded and not counted"
    for path in ("agreement", "report.html", "report.md"):
        assert sentence in html.unescape(ada.get(f"{base}/{path}").text), path
    assert ada.get(f"{base}/report.json").json()["facets"][0]["n_exposed"] == 2


# --- Drawing cards that can count ---


def test_a_fresh_round_leaves_exposed_cards_out_even_those_of_a_void_round(
    session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    earlier = exposed(session, team, book, cards[:4])
    earlier.phase = "void"
    session.add(earlier)
    session.commit()
    fresh = make_round(session, team, book, "A", plan=Plan(is_fresh=True), is_open=False)
    assert planned_card_ids(session, fresh) == cards[4:]
    plan = Plan(is_undiscussed=True)
    undiscussed = make_round(session, team, book, "B", plan=plan, is_open=False)
    assert planned_card_ids(session, undiscussed) == cards[4:]


def test_the_draft_says_how_many_were_talked_about(
    client: TestClient, session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    exposed(session, team, book, cards[:2])
    ada = sign_in(client)
    url = new_draft(ada, team)
    everything = {key: value for key, value in draft_form(ada, url).items() if key != "is_fresh"}
    assert "2 of these cards were talked about before." in ada.get(url, params=everything).text
    for only in ("is_fresh", "is_undiscussed"):
        page = ada.get(url, params={**everything, only: "true"}).text
        assert "talked about before." not in page
    calibration = {**everything, "kind": "calibration"}
    assert "talked about before." not in ada.get(url, params=calibration).text


def fresh_check(client: TestClient, team: Team) -> tuple[TestClient, str]:
    ada = sign_in(client)
    assert "Prepare a fresh check" in ada.get(f"{team.url}/rounds").text
    answer = ada.post(f"{team.url}/rounds/fresh-check", data={"operation_id": fresh_id()})
    return ada, str(answer.headers["location"])


def test_a_fresh_check_is_one_click_away(
    client: TestClient, session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    make_round(session, team, book, plan=Plan(CardChoice.SAMPLE, sample_size=5))
    ada, url = fresh_check(client, team)
    form = form_of(ada.get(url).text)
    assert (form["cards"], form["sample_size"], form["is_fresh"]) == ("sample", "7", "true")
    assert form["kind"] == Kind.INDEPENDENT
    (newest, *_) = read_rounds(session, team)
    assert newest.codebook_version_id == book.version_id


def test_without_fresh_cards_it_draws_from_those_nobody_talked_about(
    client: TestClient, session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    exposed(session, team, book, cards[:2])
    ada, url = fresh_check(client, team)
    form = form_of(ada.get(url).text)
    assert (form["sample_size"], form["is_undiscussed"]) == ("10", "true")
    assert form["kind"] == Kind.DRIFT_CHECK
    assert "is_fresh" not in form


def test_what_the_cards_are_enough_for_is_reckoned_without_those_that_do_not_count(
    session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    exposed(session, team, book, cards[:2])
    round_ = make_round(session, team, book, "Now", is_open=False)
    coder_ids = (team.members["Ben"], team.members["Cleo"])
    found = preview(session, team.study_id, draft_like(round_, coder_ids=coder_ids))
    assert (found.n_shared, found.n_exposed, found.n_comparable) == (12, 2, 10)
