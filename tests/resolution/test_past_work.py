"""Placements made elsewhere become a closed round, or are refused with every problem at once."""

import pytest
from sqlmodel import Session, func, select

from app.coding.measuring import ratings_for
from app.coding.models import Placement, Round, RoundCoder, Snapshot
from app.coding.rounds import rounds_of
from app.coding.rules import Phase, Value
from app.coding.visibility import NOBODY, visible_placements
from app.errors import Conflict, Invalid
from app.negotiation.service import disagreements
from app.resolution.past_work import PastWorkResult, import_placements
from app.studies.models import Membership
from app.tables.readers import read_table
from tests.coding.factories import (
    PublishedBook,
    csv_file,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.factories import Team, make_study

SATD = {"SATD": ("single", ("Design debt", "Not SATD")), "Where": ("multiple", ("Code", "Test"))}
TWO_CODERS = [
    {"card_id": "C-1", "coder": "R1", "facet": "SATD", "category": "Design debt"},
    {"card_id": "C-1", "coder": "R2", "facet": "SATD", "category": "Not SATD"},
    {"card_id": "C-2", "coder": "R1", "facet": "SATD", "category": "Not SATD"},
    {"card_id": "C-2", "coder": "R2", "facet": "SATD", "category": "Not SATD"},
]


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def cards(session: Session, team: Team) -> dict[str, int]:
    return make_numbered_cards(session, team, ("C-1", "C-2", "C-3"))


@pytest.fixture
def book(session: Session, team: Team, cards: dict[str, int]) -> PublishedBook:
    return make_book(session, team, SATD)


def bring(
    session: Session, team: Team, rows: list[dict[str, str]], name: str | None = None
) -> PastWorkResult:
    table = read_table(csv_file(rows), file_name="past.csv")
    return import_placements(session, team.study_id, table, name, by=None, file_name="past.csv")


def only_round(session: Session, team: Team) -> Round:
    (round_,) = rounds_of(session, team.study_id)
    return round_


def problems_of(session: Session, team: Team, rows: list[dict[str, str]]) -> tuple[str, ...]:
    with pytest.raises(Invalid) as refusal:
        bring(session, team, rows)
    session.rollback()
    assert rounds_of(session, team.study_id) == []
    assert session.exec(select(Membership).where(Membership.alias != "")).all() == []
    return refusal.value.problems


# --- What comes of a file ---


def test_past_work_is_a_closed_round_with_figures_and_disagreements(
    session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    result = bring(session, team, TWO_CODERS, "Before Concord")
    round_ = only_round(session, team)
    assert result.as_json() == {"created": 4, "updated": 0, "skipped": 0, "warnings": []}
    assert (round_.name, round_.phase) == ("Before Concord", Phase.NEGOTIATING)
    assert [one.card_id for one in disagreements(session, round_)] == [cards["C-1"]]
    snapshot = session.exec(select(Snapshot)).one()
    assert snapshot.figures["agreement"]["figures"]["percent_agreement"]["value"] == 0.5


def test_its_coders_are_pseudonyms_without_an_account(
    session: Session, team: Team, book: PublishedBook
) -> None:
    bring(session, team, TWO_CODERS)
    members = session.exec(select(Membership).where(Membership.account_id == None)).all()  # noqa: E711
    assert [member.alias for member in members] == ["R1", "R2"]
    facet = book.facets["SATD"]
    ratings = ratings_for(session, only_round(session, team), facet)
    assert [coder.label for coder in ratings.coders] == ["R1", "R2"]


def test_only_the_facets_of_the_file_are_in_the_round(
    session: Session, team: Team, book: PublishedBook
) -> None:
    bring(session, team, TWO_CODERS)
    assert only_round(session, team).facet_ids == [book.facets["SATD"].id]


def test_several_categories_are_several_rows_or_joined(
    session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [
        {"card_id": "C-1", "coder": "R1", "facet": "Where", "category": "Code|Test"},
        {"card_id": "C-1", "coder": "R2", "facet": "Where", "category": "Code"},
        {"card_id": "C-1", "coder": "R2", "facet": "Where", "category": "Test"},
    ]
    assert bring(session, team, rows).created == 2
    found = session.exec(visible_placements(NOBODY, only_round(session, team))).all()
    both = sorted(book.category("Where", name) for name in ("Code", "Test"))
    assert [placement.category_ids for placement in found] == [both, both]


def test_the_special_answers_memos_and_confidence_come_along(
    session: Session, team: Team, book: PublishedBook
) -> None:
    head = {"coder": "R1", "facet": "SATD"}
    rows = [
        {**head, "card_id": "C-1", "category": "none_applies", "memo": "Odd.", "confidence": "2"},
        {**head, "card_id": "C-2", "category": "not_applicable"},
        {**head, "card_id": "C-3", "category": "cannot_judge"},
    ]
    bring(session, team, rows)
    found = session.exec(visible_placements(NOBODY, only_round(session, team))).all()
    assert {(one.value, one.memo, one.confidence) for one in found} == {
        (Value.NONE_APPLIES, "Odd.", 2),
        (Value.NOT_APPLICABLE, "", None),
        (Value.CANNOT_JUDGE, "", None),
    }


def test_names_are_compared_as_people_read_them(
    session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [{"Card ID": "c-1 ", "Coder": "R1", "Facet": "satd", "Category": "design  DEBT"}]
    assert bring(session, team, rows).created == 1


def test_two_spellings_of_one_coder_are_one_coder(
    session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [TWO_CODERS[0], {**TWO_CODERS[2], "coder": " r1"}]
    bring(session, team, rows)
    assert session.exec(select(func.count()).select_from(RoundCoder)).one() == 1


def test_the_facet_may_be_left_out_when_there_is_one(
    session: Session, team: Team, cards: dict[str, int]
) -> None:
    make_book(session, team)
    rows = [{"card_id": "C-1", "coder": "R1", "category": "Stale"}]
    assert bring(session, team, rows).created == 1


def test_with_several_facets_the_column_is_needed(
    session: Session, team: Team, book: PublishedBook
) -> None:
    with pytest.raises(Invalid, match="needs a column facet, because the codebook has several"):
        bring(session, team, [{"card_id": "C-1", "coder": "R1", "category": "Code"}])


def test_an_empty_category_is_not_judged(session: Session, team: Team, book: PublishedBook) -> None:
    result = bring(
        session, team, [*TWO_CODERS, {**TWO_CODERS[0], "card_id": "C-3", "category": ""}]
    )
    assert result.created == 4
    assert result.warnings == ("1 row has no category and counts as not judged.",)


# --- Rounds of the file ---


def test_each_round_of_the_file_becomes_a_round(
    session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [{**row, "round": number} for row in TWO_CODERS for number in ("1", "2")]
    result = bring(session, team, rows)
    assert [round_.name for round_ in rounds_of(session, team.study_id)] == ["Round 2", "Round 1"]
    assert (result.created, len(result.round_ids)) == (8, 2)


def test_the_name_of_one_round_imports_that_one(
    session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [{**row, "round": number} for row in TWO_CODERS for number in ("1", "final")]
    result = bring(session, team, rows, "final")
    assert only_round(session, team).name == "final"
    assert (result.created, result.skipped) == (4, 4)
    assert "4 judgements of other rounds" in result.warnings[0]


def test_another_name_for_several_rounds_is_refused(
    session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [{**row, "round": number} for row in TWO_CODERS for number in ("1", "2")]
    with pytest.raises(Invalid, match="The file has several rounds: “1”, “2”"):
        bring(session, team, rows, "Pilot")


def test_the_same_placements_are_skipped_and_the_round_that_has_them_is_named(
    session: Session, team: Team, book: PublishedBook
) -> None:
    bring(session, team, TWO_CODERS, "Pilot")
    again = bring(session, team, list(reversed(TWO_CODERS)), "Pilot")
    assert (again.created, again.skipped, again.round_ids) == (0, 4, ())
    assert "The round “Pilot” holds exactly these placements already" in again.warnings[0]


def test_other_placements_do_not_go_into_a_round_that_exists(
    session: Session, team: Team, book: PublishedBook
) -> None:
    open_round = make_round(session, team, book, "Pilot")
    with pytest.raises(Conflict, match="Past work makes a new round"):
        bring(session, team, TWO_CODERS, "pilot")
    session.rollback()
    assert session.exec(select(Placement)).all() == []
    assert session.get_one(Round, open_round.id).phase == Phase.OPEN


# --- Refusals: all problems, nothing stored ---


def test_unknown_cards_are_listed_by_row(session: Session, team: Team, book: PublishedBook) -> None:
    rows = [*TWO_CODERS, {**TWO_CODERS[0], "card_id": "C-9"}]
    assert problems_of(session, team, rows) == ("Row 6: this study has no card “C-9”.",)


def test_unknown_categories_are_named_once_with_what_they_resemble(
    session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [{**row, "category": row["category"].replace("Not ", "Non-")} for row in TWO_CODERS]
    (problem,) = problems_of(session, team, rows)
    assert problem == (
        "Row 3: “SATD” has no category “Non-SATD”, in 3 rows. Did you mean “Not SATD”?"
    )


def test_unknown_names_that_resemble_each_other_are_pointed_out(
    session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [{**TWO_CODERS[0], "category": "Defect"}, {**TWO_CODERS[1], "category": "defects"}]
    problems = problems_of(session, team, rows)
    assert "The file also says “defects”: are they the same?" in problems[0]


def test_an_unknown_facet_is_named_with_what_it_resembles(
    session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [{**row, "facet": "SATDs"} for row in TWO_CODERS]
    (problem,) = problems_of(session, team, rows)
    assert problem == "Row 2: the codebook has no facet “SATDs”, in 4 rows. Did you mean “SATD”?"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"coder": " "}, "the coder is missing."),
        ({"coder": "x" * 201}, "the name of the coder has more than 200 characters."),
        ({"confidence": "4"}, "confidence is 1 (unsure), 2 or 3 (sure), or empty."),
        ({"confidence": "²"}, "confidence is 1 (unsure), 2 or 3 (sure), or empty."),
        ({"category": "Not SATD|none_applies"}, "“none_applies” excludes every other answer."),
        (
            {"category": "Not SATD|Design debt"},
            "“SATD” takes one category, and here one coder gave “Not SATD”, “Design debt”. "
            "Where several are meant, let the facet take several first.",
        ),
    ],
)
def test_a_row_that_cannot_be_is_refused(
    session: Session, team: Team, book: PublishedBook, row: dict[str, str], problem: str
) -> None:
    assert problems_of(session, team, [{**TWO_CODERS[0], **row}]) == (f"Row 2: {problem}",)


def test_several_categories_for_one_are_told_once_for_the_whole_file(
    session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [{**row, "category": "Not SATD|Design debt"} for row in TWO_CODERS]
    (problem,) = problems_of(session, team, rows)
    assert "“Not SATD”, “Design debt” (and 3 more like it)" in problem


def test_all_problems_are_told_at_once(session: Session, team: Team, book: PublishedBook) -> None:
    rows = [
        {**TWO_CODERS[0], "card_id": "C-9"},
        {**TWO_CODERS[1], "facet": "Whence"},
        {**TWO_CODERS[2], "category": "Nothing"},
    ]
    assert len(problems_of(session, team, rows)) == 3


def test_missing_columns_are_named(session: Session, team: Team, book: PublishedBook) -> None:
    with pytest.raises(Invalid, match="It lacks: coder"):
        bring(session, team, [{"card_id": "C-1", "patterns": "2|4", "label": "x"}])
