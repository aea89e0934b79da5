"""Names in the figures: whatever a codebook or a pseudonym says, no two read alike."""

import pytest
from sqlmodel import Session, select

from app.codebook.models import Category
from app.codebook.published import codebook_of_version
from app.codebook.service import id_of, publish
from app.coding.measuring import answer_names, coders_of_round, ratings_for
from app.coding.models import Round, Snapshot
from app.coding.rules import WORDS_FOR_VALUE, Phase, Value
from app.coding.visibility import NOBODY, visible_placements
from app.reports.facet_report import facet_report
from app.reports.stored import StoredFacet
from app.resolution.closing import close_round
from app.resolution.past_work import import_placements
from app.studies.service import add_pseudonym
from app.tables.readers import read_table
from tests.coding.factories import (
    PublishedBook,
    Team,
    csv_file,
    finish_work,
    judge,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.factories import make_study

NONE = WORDS_FOR_VALUE[Value.NONE_APPLIES]


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def cards(session: Session, team: Team) -> dict[str, int]:
    return make_numbered_cards(session, team, ("C-1", "C-2", "C-3"))


def published_with(session: Session, team: Team, *renamed: tuple[str, str]) -> PublishedBook:
    """A version as it could be published when every name was free."""
    make_book(session, team)
    for before, after in renamed:
        row = session.exec(select(Category).where(Category.name == before)).one()
        row.name, row.name_key = after, after.casefold()
        session.add(row)
    version = publish(session, team.study_id, "", by=None)
    codebook = codebook_of_version(session, id_of(version))
    session.commit()
    return PublishedBook(id_of(version), {facet.name: facet for facet in codebook.facets})


def closed_round(
    session: Session, team: Team, book: PublishedBook, cards: dict[str, int], name: str
) -> Round:
    """Ben chooses the category of that name, Cleo says once that none applies."""
    round_ = make_round(session, team, book)
    facet = book.facets["Smell"]
    chosen = dict.fromkeys(cards.values(), book.category("Smell", name))
    judge(session, round_, team.members["Cleo"], cards["C-1"], facet.id)
    finish_work(session, round_, team.members["Ben"], chosen)
    others = {cards[key]: book.category("Smell", "Stale") for key in ("C-2", "C-3")}
    finish_work(session, round_, team.members["Cleo"], others)
    close_round(session, round_, reason="", is_forced=False, by=None)
    session.commit()
    return round_


@pytest.mark.parametrize("name", [NONE, NONE.lower()])
def test_a_round_closes_whose_category_is_called_like_an_answer_without_one(
    session: Session, team: Team, cards: dict[str, int], name: str
) -> None:
    book = published_with(session, team, ("Missing", name))
    round_ = closed_round(session, team, book, cards, name)
    assert round_.phase == Phase.NEGOTIATING
    figures = session.exec(select(Snapshot)).one().figures
    assert figures["answers"] == [f"{name} (category)", "Stale", "Unclear", NONE]
    assert figures["agreement"]["pairs"][0]["confusion"][0] == [0, 2, 0, 1]
    facet = book.facets["Smell"]
    report = facet_report(StoredFacet(figures), facet, None)
    assert report.faces[-1].name == NONE


def test_names_stay_apart_even_when_the_addition_is_taken(
    session: Session, team: Team, cards: dict[str, int]
) -> None:
    renamed = (("Missing", NONE), ("Unclear", f"{NONE} (category)"))
    book = published_with(session, team, *renamed)
    round_ = closed_round(session, team, book, cards, NONE)
    names = ratings_for(session, round_, book.facets["Smell"]).ratings.categories
    assert sorted(names) == sorted(
        [NONE, f"{NONE} (category)", f"{NONE} (category) (category)", "Stale"]
    )


def test_a_category_keeps_its_name_while_nobody_gave_the_answer(
    session: Session, team: Team, cards: dict[str, int]
) -> None:
    facet = published_with(session, team, ("Missing", NONE)).facets["Smell"]
    ids = [category.id for category in facet.categories]
    assert answer_names(facet, ids) == (NONE, "Stale", "Unclear")


def test_past_work_still_means_the_answer_and_the_category_by_their_own_words(
    session: Session, team: Team, cards: dict[str, int]
) -> None:
    book = published_with(session, team, ("Missing", NONE))
    rows = [
        {"card_id": "C-1", "coder": "R1", "category": "none_applies"},
        {"card_id": "C-1", "coder": "R2", "category": NONE},
    ]
    table = read_table(csv_file(rows), file_name="past.csv")
    import_placements(session, team.study_id, table, None, by=None, file_name="past.csv")
    round_ = session.exec(select(Round)).one()
    found = session.exec(visible_placements(NOBODY, round_)).all()
    assert {(one.value, *one.category_ids) for one in found} == {
        (Value.NONE_APPLIES,),
        (Value.CATEGORIES, book.category("Smell", NONE)),
    }


def test_a_pseudonym_like_the_letters_of_another_coder_says_what_it_is(
    session: Session, team: Team, cards: dict[str, int]
) -> None:
    book = make_book(session, team)
    alias = add_pseudonym(session, team.study_id, "coder a").id
    session.commit()
    assert alias is not None
    named = Team(team.study, team.study_id, {**team.members, "Past": alias})
    round_ = make_round(session, named, book, coders=("Ben", "Past"))
    labels = [coder.label for coder in coders_of_round(session, round_)]
    assert labels == ["Coder A", "coder a (pseudonym)"]
    close_round(session, round_, reason="The term ends.", is_forced=True, by=None)
    assert session.exec(select(Snapshot)).one().figures["coders"] == labels
