"""Bootstrap intervals: what is drawn, when, and that what is stored stays as it is."""

from collections.abc import Sequence

import pytest
from sqlmodel import Session, select

from app.agreement import ALGORITHM_VERSION, with_intervals
from app.coding.bootstrapping import (
    RESAMPLES,
    bootstrap_in_background,
    intervals_of,
    take_bootstrap,
)
from app.coding.measuring import ratings_for
from app.coding.models import Bootstrap, Round, Snapshot
from app.coding.rules import Plan
from app.db import Database
from app.jobs.models import Job
from app.resolution.closing import close_round
from app.resolution.past_work import import_placements
from app.studies.rules import Stance
from app.tables.readers import read_table
from tests.coding.factories import (
    PublishedBook,
    csv_file,
    finish_work,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.factories import Team, make_cards, make_study

PAGES = [f"https://example.org/page/{number}" for number in range(11)]


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def book(session: Session, team: Team) -> PublishedBook:
    return make_book(session, team)


def coded_round(
    session: Session, team: Team, book: PublishedBook, sources: Sequence[str] = ("",) * 12
) -> Round:
    """An open round of a card from each source; Ben and Cleo differ on every fourth."""
    rows = [f"L-{n},Excerpt {n},{source}" for n, source in enumerate(sources)]
    cards = make_cards(session, team.study_id, *rows, columns="id,text,source_url")
    round_ = make_round(session, team, book)
    missing, stale = (book.category("Smell", name) for name in ("Missing", "Stale"))
    for name, other in (("Ben", missing), ("Cleo", stale)):
        said = {card: (other, missing, stale, stale)[n % 4] for n, card in enumerate(cards)}
        finish_work(session, round_, team.members[name], said)
    return round_


def close(session: Session, round_: Round) -> None:
    close_round(session, round_, reason="It is enough.", is_forced=True, by=None)
    session.commit()


def drawn(session: Session) -> Bootstrap:
    return session.exec(select(Bootstrap)).one()


# --- What is stored ---


def test_a_closed_round_has_the_intervals_of_its_facet_under_seed_and_version(
    session: Session, team: Team, book: PublishedBook
) -> None:
    close(session, coded_round(session, team, book))
    row, snapshot = drawn(session), session.exec(select(Snapshot)).one()
    assert (row.study_id, row.snapshot_id) == (team.study_id, snapshot.id)
    assert (row.seed, row.n_resamples, row.unit) == (7, RESAMPLES, "cards")
    assert row.algorithm_version == snapshot.algorithm_version == str(ALGORITHM_VERSION)
    assert row.intervals["n_drawn"] == 12
    assert (row.intervals["note"], row.intervals["reason"]) == (None, None)


def test_the_intervals_belong_to_the_figures_of_the_snapshot(
    session: Session, team: Team, book: PublishedBook
) -> None:
    close(session, coded_round(session, team, book))
    snapshot = session.exec(select(Snapshot)).one()
    intervals = intervals_of(session, snapshot)
    assert intervals is not None
    shown = with_intervals(snapshot.figures["agreement"], intervals)
    alpha = shown["figures"]["krippendorff_alpha_nominal"]
    assert alpha["method"] == "bootstrap"
    assert alpha["low"] < alpha["value"] < alpha["high"]
    assert [len(shown[part]) for part in ("pairs", "categories")] == [1, 3]


def test_the_same_seed_gives_the_same_intervals(
    session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = coded_round(session, team, book)
    close(session, round_)
    first = dict(drawn(session).intervals)
    session.delete(drawn(session))
    session.flush()
    snapshot = session.exec(select(Snapshot)).one()
    found = ratings_for(session, round_, book.facets["Smell"])
    assert take_bootstrap(session, round_, snapshot, found).intervals == first


def test_intervals_are_drawn_once_for_a_snapshot(
    session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = coded_round(session, team, book)
    close(session, round_)
    snapshot = session.exec(select(Snapshot)).one()
    found = ratings_for(session, round_, book.facets["Smell"])
    assert take_bootstrap(session, round_, snapshot, found).id == drawn(session).id


def test_past_work_has_intervals_too(session: Session, team: Team, book: PublishedBook) -> None:
    make_cards(session, team.study_id, *(f"P-{n},Excerpt {n}" for n in range(12)))
    rows = [
        {"card_id": f"P-{n}", "coder": coder, "category": ("Missing", "Stale")[n % step == 0]}
        for n in range(12)
        for coder, step in (("R1", 2), ("R2", 4))
    ]
    table = read_table(csv_file(rows), file_name="past.csv")
    import_placements(session, team.study_id, table, None, by=None, file_name="past.csv")
    assert drawn(session).intervals["figures"]["fleiss_kappa"]["low"] is not None


# --- What there is nothing of ---


def test_nothing_is_drawn_while_a_round_is_open(
    session: Session, database: Database, team: Team, book: PublishedBook
) -> None:
    round_ = coded_round(session, team, book)
    told: list[float] = []
    params = {"study_id": team.study_id, "round_id": round_.id}
    found = bootstrap_in_background(database, params, lambda share, _: told.append(share))
    assert (found, told) == ({"facets": 0}, [])
    assert session.exec(select(Bootstrap)).all() == []
    assert session.exec(select(Job)).all() == []


@pytest.mark.parametrize("stance", [Stance.CONSENSUS_ONLY, Stance.JOINT_SORT])
def test_a_study_without_coefficients_has_no_intervals(session: Session, stance: Stance) -> None:
    team = make_study(session, stance=stance)
    book = make_book(session, team)
    if stance is Stance.JOINT_SORT:
        cards = make_numbered_cards(session, team, ["L-0", "L-1"])
        plan = Plan(participants="Ben and Cleo")
        round_ = make_round(session, team, book, coders=("Ben",), plan=plan)
        stale = book.category("Smell", "Stale")
        finish_work(session, round_, team.members["Ben"], dict.fromkeys(cards.values(), stale))
    else:
        round_ = coded_round(session, team, book)
    close(session, round_)
    assert session.exec(select(Bootstrap)).all() == []
    assert session.exec(select(Job)).all() == []


def test_cards_that_no_two_coders_judged_give_no_interval_and_the_reason(
    session: Session, team: Team, book: PublishedBook
) -> None:
    make_cards(session, team.study_id, "L-1,One", "L-2,Two")
    close(session, make_round(session, team, book))
    stored = drawn(session).intervals
    assert stored["reason"] == "No card was judged by two coders."
    assert (stored["figures"], stored["n_drawn"]) == ({}, 0)


def test_a_facet_too_large_to_draw_closes_without_interval_and_says_why(
    session: Session, team: Team, book: PublishedBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.agreement.resampling.MOST_FEATURES", 10)
    close(session, coded_round(session, team, book))
    stored = drawn(session).intervals
    assert stored["reason"] == "There are too many categories for resampling."
    agreement = session.exec(select(Snapshot)).one().figures["agreement"]
    assert with_intervals(agreement, stored)["figures"] == agreement["figures"]


# --- Cards or their documents ---


def test_cards_that_share_a_source_are_drawn_as_documents_whatever_their_fragment(
    session: Session, team: Team, book: PublishedBook
) -> None:
    close(session, coded_round(session, team, book, [*PAGES, f"{PAGES[0]}#limits"]))
    stored = drawn(session)
    assert (stored.unit, stored.intervals["n_drawn"]) == ("source documents", 11)
    assert stored.intervals["note"] is None


def test_a_card_without_a_source_is_a_document_of_its_own(
    session: Session, team: Team, book: PublishedBook
) -> None:
    close(session, coded_round(session, team, book, ["", "", *PAGES[:9], PAGES[0]]))
    stored = drawn(session)
    assert (stored.unit, stored.intervals["n_drawn"]) == ("source documents", 11)


def test_cards_of_different_sources_are_drawn_one_by_one(
    session: Session, team: Team, book: PublishedBook
) -> None:
    close(session, coded_round(session, team, book, PAGES))
    assert (drawn(session).unit, drawn(session).intervals["note"]) == ("cards", None)


@pytest.mark.parametrize(("n_documents", "words"), [(1, "1 document"), (9, "9 documents")])
def test_too_few_documents_are_not_drawn_and_the_intervals_say_so(
    session: Session, team: Team, book: PublishedBook, n_documents: int, words: str
) -> None:
    sources = [PAGES[number % n_documents] for number in range(12)]
    close(session, coded_round(session, team, book, sources))
    assert drawn(session).unit == "cards"
    note = f"the cards come from only {words}, too few to draw documents"
    assert drawn(session).intervals["note"] == note
