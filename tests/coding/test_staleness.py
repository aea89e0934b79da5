"""Labels of a single coder are stale after a change, until a fresh round has closed by it."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.codebook.models import CodebookVersion
from app.coding.models import Round
from app.coding.rounds import end_round
from app.coding.rules import CardChoice, Kind, Phase, Plan
from app.coding.staleness import stale_since
from app.resolution.closing import close_round
from tests.coding.affected import publish_change, put_in_question
from tests.coding.factories import (
    PublishedBook,
    hands,
    judge,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.factories import Team, make_study, sign_in

KEYS = tuple(f"L-{number}" for number in range(6))


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def book(session: Session, team: Team) -> PublishedBook:
    make_numbered_cards(session, team, KEYS)
    facets = {"Smell": ("single", ("Old", "New")), "Part": ("single", ("Top", "Foot"))}
    return make_book(session, team, facets)


@pytest.fixture
def first(session: Session, team: Team, book: PublishedBook) -> Round:
    return closed(session, team, book)


def closed(
    session: Session,
    team: Team,
    book: PublishedBook,
    *,
    version_id: int | None = None,
    kind: Kind = Kind.INDEPENDENT,
    plan: Plan | None = None,
    coders: tuple[str, ...] = ("Ben", "Cleo"),
) -> Round:
    """A round that has closed; every card of it is judged by its coders."""
    used = PublishedBook(version_id or book.version_id, book.facets)
    name = f"{kind} {version_id} {coders}"
    round_ = make_round(session, team, used, name, kind=kind, plan=plan, coders=coders)
    judge_all(session, round_, book)
    close_round(session, round_, reason="Enough.", is_forced=True, by=None)
    session.commit()
    return round_


def judge_all(session: Session, round_: Round, book: PublishedBook) -> None:
    for coder_id, cards in hands(session, round_).items():
        for card_id in cards:
            for facet in book.facets.values():
                judge(session, round_, coder_id, card_id, facet.id, facet.categories[0].id)


def smell(session: Session, round_: Round, book: PublishedBook) -> int | None:
    return stale_since(session, round_, book.facets["Smell"].id)


def changed(
    session: Session, team: Team, book: PublishedBook, change_class: str, says: str = "Aged."
) -> int:
    """A version that notes one change of the facet Smell, of this class."""
    facet = book.facets["Smell"]
    change = {
        "facet_id": facet.id, "category_id": facet.categories[0].id, "name": "Old",
        "kind": "clarified", "class": change_class, "into_ids": [], "from_ids": [],
        "declared_editorial": False,
    }  # fmt: skip
    return publish_change(session, team, category="Old", says=says, changes=[change])


def test_nothing_is_stale_while_the_codebook_stands(
    session: Session, first: Round, book: PublishedBook
) -> None:
    assert smell(session, first, book) is None


@pytest.mark.parametrize("change_class", ["clarifying", "structural"])
def test_a_change_of_meaning_makes_the_facet_stale_and_no_other(
    session: Session, team: Team, first: Round, book: PublishedBook, change_class: str
) -> None:
    changed(session, team, book, change_class)
    assert smell(session, first, book) == 2
    assert stale_since(session, first, book.facets["Part"].id) is None


def test_a_change_of_wording_leaves_every_label_as_it_is(
    session: Session, team: Team, first: Round, book: PublishedBook
) -> None:
    changed(session, team, book, "editorial")
    assert smell(session, first, book) is None


def test_versions_that_noted_no_changes_are_compared(
    session: Session, team: Team, first: Round, book: PublishedBook
) -> None:
    publish_change(session, team, category="Old", says="Aged.", changes=[])
    (version,) = session.exec(select(CodebookVersion).where(CodebookVersion.number == 2)).all()
    assert version.changes == []
    assert smell(session, first, book) == 2
    assert stale_since(session, first, book.facets["Part"].id) is None


@pytest.mark.parametrize("kind", [Kind.INDEPENDENT, Kind.DRIFT_CHECK])
def test_a_check_by_that_version_that_has_closed_ends_it(
    session: Session, team: Team, first: Round, book: PublishedBook, kind: Kind
) -> None:
    version_id = changed(session, team, book, "clarifying")
    round_ = make_round(session, team, PublishedBook(version_id, book.facets), "Check", kind=kind)
    assert smell(session, first, book) == 2
    judge_all(session, round_, book)
    close_round(session, round_, reason="Enough.", is_forced=True, by=None)
    session.commit()
    assert smell(session, first, book) is None
    assert smell(session, round_, book) is None


def test_a_later_change_makes_it_stale_again_by_that_version(
    session: Session, team: Team, first: Round, book: PublishedBook
) -> None:
    version_id = changed(session, team, book, "clarifying")
    closed(session, team, book, version_id=version_id)
    changed(session, team, book, "structural", says="Aged and unread.")
    assert smell(session, first, book) == 3


def test_neither_a_calibration_nor_a_void_round_nor_one_coder_checks_anything(
    session: Session, team: Team, first: Round, book: PublishedBook
) -> None:
    version_id = changed(session, team, book, "clarifying")
    closed(session, team, book, version_id=version_id, kind=Kind.CALIBRATION)
    closed(session, team, book, version_id=version_id, coders=("Ben",))
    void = closed(session, team, book, version_id=version_id)
    end_round(session, void, Phase.VOID, reason="Wrong cards.", by=None)
    session.commit()
    assert smell(session, first, book) == 2


def test_coding_affected_cards_again_is_no_check(
    session: Session, team: Team, first: Round, book: PublishedBook
) -> None:
    version_id = changed(session, team, book, "clarifying")
    put_in_question(
        session, team, version_id, {"Ben": [1, 2], "Cleo": [1, 2]}, book.facets["Smell"].id
    )
    plan = Plan(cards=CardChoice.AFFECTED, affected_by=version_id)
    again = closed(session, team, book, version_id=version_id, kind=Kind.RECODE, plan=plan)
    assert smell(session, first, book) == 2
    assert smell(session, again, book) is None


def test_the_report_says_since_when_and_what_ends_it(
    client: TestClient, session: Session, team: Team, first: Round, book: PublishedBook
) -> None:
    version_id = changed(session, team, book, "clarifying")
    ada = sign_in(client)
    url = f"{team.url}/rounds/{first.id}/report.md"
    session.commit()
    assert "Labels of a single coder are stale since version 2" in ada.get(url).text
    closed(session, team, book, version_id=version_id)
    assert "has checked the newer codebook since" in ada.get(url).text
