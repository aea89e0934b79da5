"""What happens to a CSV or TSV file, case by case; B numbers name the bad inputs."""

import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid, WrongType
from app.tables.readers import read_table
from app.tables.table import Limits, Table
from app.text import normalised, safe_cell

LBOPS = Path(__file__).parents[3] / "shared" / "lbops"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def read(content: str | bytes, file_name: str = "cards.csv", **chosen: str | Limits) -> Table:
    raw = content.encode() if isinstance(content, str) else content
    return read_table(raw, file_name=file_name, **chosen)  # type: ignore[arg-type]


def refusal(content: str | bytes, file_name: str = "cards.csv", **chosen: Limits) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read(content, file_name, **chosen)
    assert refused.value.status == 422
    assert refused.value.field == "file"
    return refused.value


def mismatch(content: bytes, file_name: str) -> str:
    with pytest.raises(WrongType) as refused:
        read(content, file_name)
    assert refused.value.status == 415
    return refused.value.message


def test_a_table_keeps_its_columns_rows_and_row_numbers() -> None:
    table = read('id,text\n1,"two\nlines"\n\n2,b\n')
    assert table.columns == ("id", "text")
    assert table.rows == [("1", "two\nlines"), ("2", "b")]
    assert table.row_numbers == [2, 4]
    assert (table.format, table.encoding, table.delimiter) == ("csv", "utf-8", ",")


def test_B01_an_empty_file_has_no_rows() -> None:
    assert "The file is empty" in refusal(b"").message


@pytest.mark.parametrize("content", ["id,text\n", "id,text\n\n,\n", "\ufeffid,text"])
def test_B02_a_header_alone_has_no_rows(content: str) -> None:
    assert "The file has no rows" in refusal(content).message


@pytest.mark.parametrize("character", ["\0", "\x0b", "\x1f"])
def test_B05_a_control_character_is_named_by_row_and_column(character: str) -> None:
    message = refusal(f"id,text\n1,a\n2,ab{character}c\n").message
    assert message.startswith("Row 3, column text: invalid character U+00")
    assert "after 2 characters" in message


def test_B05_a_control_character_in_a_column_name_is_found() -> None:
    assert "name of column 2" in refusal("id,te\0xt\n1,a\n").message


@pytest.mark.parametrize(
    ("content", "file_name", "said"),
    [
        (PNG, "cards.csv", "looks like PNG, not CSV"),
        (PNG, "cards.json", "looks like PNG, not JSON"),
        (PNG, "cards.xlsx", "looks like PNG, not XLSX"),
        (b"%PDF-1.7", "cards.tsv", "looks like PDF, not TSV"),
        (b"<html><table>", "cards.csv", "looks like HTML, not CSV"),
        (b'[{"id": 1}]', "cards.csv", "looks like JSON, not CSV"),
        (b"id,text\n1,a", "cards.json", "looks like CSV, not JSON"),
        (b"id,text\n1,a", "cards.xlsx", "looks like CSV, not XLSX"),
        (b"id,text\n1,a", "cards.docx", "is not a table Concord reads"),
    ],
)
def test_B06_B07_a_file_that_is_not_what_its_name_says_is_told_what_it_is(
    content: bytes, file_name: str, said: str
) -> None:
    assert said in mismatch(content, file_name)


def test_B08_B09_a_hostile_file_name_is_no_obstacle() -> None:
    assert read("text\na\n", "../../x\u202e\r\n" + "y" * 300 + ".csv").rows == [("a",)]


@pytest.mark.parametrize(
    ("codec", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-bom"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "windows-1252"),
        ("latin-1", "windows-1252"),
    ],
)
def test_B12_B13_the_encoding_is_found_and_told(codec: str, found: str) -> None:
    table = read("id,text\n1,größer als für naïve Leser gedacht\n".encode(codec))
    assert table.columns == ("id", "text")
    assert table.rows == [("1", "größer als für naïve Leser gedacht")]
    assert table.encoding == found


def test_B12_the_person_importing_may_choose_another_encoding() -> None:
    table = read("text\nnaïve\n".encode("latin-1"), encoding="latin-1")
    assert (table.rows, table.encoding) == ([("naïve",)], "latin-1")


def test_B14_a_file_that_mixes_encodings_names_its_first_bad_line() -> None:
    mixed = "id,text\n1,grün\n".encode() + "2,grün\n".encode("cp1252")
    assert "Line 3 is not in the encoding UTF-8" in refusal(mixed).message


@pytest.mark.parametrize("length", [100_001, 131_073, 400_000])
@pytest.mark.parametrize("quote", ["", '"'])
def test_B15_an_overlong_cell_is_named_by_row_and_column(length: int, quote: str) -> None:
    content = 'id,"text"\n' + "1,a\n" * 5 + f"x,{quote}{'y' * length}{quote}\n"
    assert refusal(content).message == "Row 7, column text: over 100,000 characters."


def test_B15_the_longest_cell_allowed_is_read() -> None:
    assert len(read("text\n" + "y" * 100_000).rows[0][0]) == 100_000


@pytest.mark.parametrize("n_rows_after", [3, 50_000])
def test_B16_an_unclosed_quote_names_the_line_where_it_opened(n_rows_after: int) -> None:
    content = 'id,text\n1,"fine\nstill"\n2,"never closed\n' + "3,text\n" * n_rows_after
    assert refusal(content).message == "The quote opened on line 4 is never closed."


def test_B16_a_quote_closed_by_the_next_one_names_the_line_where_it_opened() -> None:
    message = refusal('id,text\n1,"forgotten\n2,"good"\n').message
    assert message.startswith("The quote opened on line 2 ends in the middle of a cell on line 3.")


def test_B16_looking_for_the_bad_quote_takes_no_time() -> None:
    began = time.perf_counter()
    refusal("id,text\n" + '"a",' * 300_000 + '"b"c\n' + "x" * 5_000_000)
    assert time.perf_counter() - began < 5


def test_B17_the_first_twenty_ragged_rows_are_listed() -> None:
    refused = refusal("id,text\n" + "1,a\n" + "1\n" * 30 + "1,b,c\n")
    assert refused.problems[0] == "Row 3 has 1 cells, the header has 2."
    assert len(refused.problems) == 21
    assert refused.problems[-1] == "… and 11 more."


def test_B18_repeated_and_missing_column_names_are_listed() -> None:
    refused = refusal("id,text, text ,\n1,a,b,c\n")
    assert refused.problems == ("Column 4 has no name.", "The column name “text” stands 2 times.")


def test_columns_without_name_and_values_are_left_out() -> None:
    table = read("id,,text,\n1,,a,\n2,,b,\n")
    assert table.columns == ("id", "text")
    assert table.rows == [("1", "a"), ("2", "b")]


def test_B19_more_rows_than_the_limit_are_refused() -> None:
    assert "100,000 rows" in refusal("text\n" + "a\n" * 100_001).message


def test_B20_more_columns_than_the_limit_are_refused() -> None:
    header = ",".join(f"c{i}" for i in range(20_000))
    assert "200 columns" in refusal(header + "\n" + "," * 19_999).message


def test_B20_the_cells_of_a_table_are_limited_as_well() -> None:
    assert "more than 10 cells" in refusal("a,b\n" + "1,2\n" * 6, limits=Limits(cells=10)).message


@pytest.mark.parametrize(
    ("content", "delimiter", "kind"),
    [
        ("id;text\n1;one, two, three\n2;four\n", ";", "csv"),
        ("id\ttext\n1\tone, two; three\n", "\t", "tsv"),
        ("id|text\n1|one, two\n", "|", "csv"),
        ("id,text\r\n1,one; two\n2,three\r", ",", "csv"),
        ("text\njust one column, with commas\n", ",", None),
        ("sep=;\nid;text\n1;a\n", ";", "csv"),
    ],
)
def test_B21_the_delimiter_is_guessed_and_told(
    content: str, delimiter: str, kind: str | None
) -> None:
    if kind is None:
        assert refusal(content).problems == ("Row 2 has 2 cells, the header has 1.",)
        return
    table = read(content)
    assert (table.delimiter, table.format, table.columns) == (delimiter, kind, ("id", "text"))


def test_B21_the_person_importing_may_choose_another_delimiter() -> None:
    assert read("text\none, two\n", delimiter="\t").rows == [("one, two",)]


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@name", "'tis", "=cmd|' /C calc'!A0"])
def test_B23_a_cell_like_a_formula_is_text_unaltered(text: str) -> None:
    assert read(f"id,text\n1,{text}\n").rows == [("1", text)]


storable = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t='")
    .filter(lambda c: c not in "\ufffe\uffff")
)  # fmt: skip


@given(st.lists(st.tuples(storable, storable), min_size=1, max_size=5))
def test_B91_what_is_exported_safely_is_read_back_equal(rows: list[tuple[str, str]]) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "text", "end"])
    writer.writerows([[safe_cell(a), safe_cell(b), "."] for a, b in rows])
    found = read(file.getvalue())
    assert found.rows == [(normalised(a), normalised(b), ".") for a, b in rows]


@pytest.mark.parametrize(
    ("name", "n_cards"), [("cards_patterns.csv", 415), ("cards_smells.csv", 71)]
)
def test_the_cards_of_the_model_study_are_read_whole(name: str, n_cards: int) -> None:
    if not LBOPS.exists():
        pytest.skip("the files of the model study are not here")
    content = (LBOPS / name).read_bytes()
    table = read(content, name)
    assert len(table.rows) == n_cards
    by_csv = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [list(row) for row in table.rows] == [[*map(normalised, row)] for row in by_csv[1:]]


def test_a_hundred_thousand_rows_are_read_in_seconds() -> None:
    row = "A card of ordinary length, “quoted” and all. " * 3
    content = "id,text\n" + "".join(f'{i},"{row}"\n' for i in range(100_000))
    began = time.perf_counter()
    assert len(read(content).rows) == 100_000
    assert time.perf_counter() - began < 10
