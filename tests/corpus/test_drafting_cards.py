"""From a table to cards: which column is what, and what speaks against a row."""

from pathlib import Path

import pytest

from app.corpus.columns import Role, guess_columns
from app.corpus.drafts import DraftReport, Repetition, RowProblem, drafts, text_hash
from app.errors import Invalid
from app.tables.readers import read_table
from app.tables.table import Table, TableFormat

SHARED = Path(__file__).parents[3] / "shared"


def table(columns: str, *rows: str) -> Table:
    return Table(
        columns=tuple(columns.split(",")),
        rows=[tuple(row.split(",")) for row in rows],
        row_numbers=list(range(2, 2 + len(rows))),
        format=TableFormat.CSV,
    )


def report(of: Table, ids: tuple[str, ...] = (), hashes: tuple[str, ...] = ()) -> DraftReport:
    return drafts(of, guess_columns(of.columns, of.rows), ids, hashes)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("card_id,title,text,source_url", ("card_id", "title", "text", "source_url")),
        ("Card ID,Heading,Excerpt,Link", ("Card ID", "Heading", "Excerpt", "Link")),
        ("KEY,NAME,CONTENT,URL", ("KEY", "NAME", "CONTENT", "URL")),
        ("id,card_id,quote,source", ("card_id", None, "quote", "source")),
        ("id,text,label", ("id", None, "text", None)),
        ("card_id,card_label,category_label,user_id", ("card_id", None, "card_label", None)),
    ],
)
def test_columns_are_guessed_by_their_names(columns: str, expected: tuple[str | None, ...]) -> None:
    guess = guess_columns(columns.split(","))
    roles = (Role.ID, Role.TITLE, Role.TEXT, Role.SOURCE_URL)
    assert tuple(guess[role] for role in roles) == expected


def test_without_a_telling_name_the_longest_cells_are_the_text() -> None:
    of = table("id,a,b,url", "1,xx,a longer one,https://example.org/very/long/address")
    assert guess_columns(of.columns, of.rows)[Role.TEXT] == "b"


def test_an_empty_column_is_not_the_text_whatever_its_name() -> None:
    of = table("id,label,description", "1,Dog,", "2,Cat,")
    assert guess_columns(of.columns, of.rows)[Role.TEXT] == "label"


def test_a_title_that_has_to_be_the_text_is_no_title() -> None:
    of = table("id,name", "1,Dog")
    guess = guess_columns(of.columns, of.rows)
    assert (guess[Role.TEXT], guess[Role.TITLE]) == ("name", None)


def test_columns_without_a_role_become_attributes() -> None:
    (card,) = report(table("id,title,text,kind,n", "c1,T,  body ,issue,3")).drafts
    assert (card.id, card.title, card.text, card.source_url) == ("c1", "T", "body", None)
    assert card.attributes == {"kind": "issue", "n": "3"}
    assert card.row_number == 2


def test_without_an_id_column_cards_are_numbered_on_from_the_highest() -> None:
    of = table("text", "a", "b")
    assert [card.id for card in report(of).drafts] == ["C-0001", "C-0002"]
    found = report(of, ids=("C-0041", "C-9", "P0100")).drafts
    assert [card.id for card in found] == ["C-0042", "C-0043"]


def test_each_problem_names_its_row() -> None:
    found = report(
        table(
            "id,text,title,url",
            "1,a,t,https://example.org",
            "2,\u200b,t,",
            ",b,t,",
            f"{'x' * 201},c,t,",
            f"5,d,{'t' * 501},",
            f"6,{'e' * 100_001},t,",
            "7,f,t,javascript:alert(1)",
            "8,g,t,ftp://example.org",
            "9,h,t,https://[",
        )
    )
    assert [card.id for card in found.drafts] == ["1"]
    no_address = "The source address does not start with http:// or https://."
    assert found.problems == (
        RowProblem(3, "The text is empty."),
        RowProblem(4, "The id is empty."),
        RowProblem(5, "The id is longer than 200 characters (201)."),
        RowProblem(6, "The title is longer than 500 characters (501)."),
        RowProblem(7, "The text is longer than 100,000 characters (100,001)."),
        RowProblem(8, no_address),
        RowProblem(9, no_address),
        RowProblem(10, no_address),
    )


def test_B22_ids_that_repeat_in_the_file_or_the_study_are_listed() -> None:
    found = report(table("id,text", "1,a", "2,b", "1,c", "3,d"), ids=("3", "4"))
    assert found.repeated_ids == (Repetition("1", (2, 4)),)
    assert found.known_ids == (Repetition("3", (5,)),)
    assert len(found.drafts) == 4


def test_texts_equal_but_for_case_and_spacing_are_listed() -> None:
    found = report(
        table("id,text", "1,Same  text", "2,other", "3,same text "), hashes=(text_hash("OTHER"),)
    )
    assert found.repeated_texts == (Repetition("1", (2, 4)),)
    assert found.known_texts == (Repetition("2", (3,)),)


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({}, "text"),
        ({Role.ID: "id", Role.TEXT: None}, "text"),
        ({Role.TEXT: "gone"}, "text"),
        ({Role.TEXT: "text", Role.TITLE: "text"}, "title"),
    ],
)
def test_a_mapping_that_does_not_fit_the_table_is_refused(
    mapping: dict[Role, str | None], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        drafts(table("id,text", "1,a"), mapping)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("name", "n_cards"), [("cards_patterns.csv", 415), ("cards_smells.csv", 71)]
)
def test_the_cards_of_the_model_study_come_in_without_a_question(name: str, n_cards: int) -> None:
    path = SHARED / "lbops" / name
    if not path.exists():
        pytest.skip("the files of the model study are not here")
    found = report(read_table(path.read_bytes(), file_name=name))
    assert len(found.drafts) == n_cards
    assert (found.problems, found.repeated_ids, found.repeated_texts) == ((), (), ())
