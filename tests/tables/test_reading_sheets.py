"""What happens to an XLSX workbook, case by case; calamine is the second opinion."""

import io
import time
import tracemalloc
import zipfile
from contextlib import suppress

import pytest
from python_calamine import CalamineWorkbook

from app.errors import ConcordError, Invalid, WrongType
from app.tables.readers import read_table
from app.tables.table import Limits
from tests.tables.workbooks import HEADER, MAIN, cell, package, read, refusal, shown, workbook


def test_a_sheet_is_a_table_with_its_row_numbers() -> None:
    rows = HEADER + '<row r="5"><c r="B5" t="s"><v>1</v></c></row>'
    table = read(workbook(rows, strings="<si><t>no</t></si><si><t>yes</t></si>"))
    assert (table.columns, table.rows, table.row_numbers) == (("id", "text"), [("", "yes")], [5])
    assert (table.format, table.sheet, table.notices) == ("xlsx", "Sheet 1", ())


@pytest.mark.parametrize(
    ("inner", "attributes", "text"),
    [
        ("<v>1</v>", "", "1"),
        ("<v>1.0</v>", "", "1"),
        ("<v>1.1000000000000001</v>", "", "1.1"),
        ("<v>1E+15</v>", "", "1000000000000000"),
        ("<v>12345678901234567890</v>", "", "12345678901234567890"),
        ("<v>0.25</v>", 's="5"', "0.25"),
        ("<v>1</v>", 't="b"', "TRUE"),
        ("<v>0</v>", 't="b"', "FALSE"),
        ("<v>#N/A</v>", 't="e"', "#N/A"),
        ("<v>45415</v>", 's="1"', "2024-05-03"),
        ("<v>45415</v>", 's="2"', "2024-05-03"),
        ("<v>45415.604166666664</v>", 's="6"', "2024-05-03T14:30:00"),
        ("<v>0.604166666666666</v>", 's="3"', "14:30:00"),
        ("<v>1.5</v>", 's="4"', "36:00:00"),
        ("<v>1</v>", 's="1"', "1900-01-01"),
        ("<v>61</v>", 's="1"', "1900-03-01"),
        ("<v>-1</v>", 's="1"', "-1"),
        ("<v>2024-05-03</v>", 't="d"', "2024-05-03"),
        ("<v>=1+1</v>", 't="str"', "=1+1"),
        ("<v>'=1+1</v>", 't="str"', "'=1+1"),
        ("<is><t>in</t><r><t>line</t></r></is>", 't="inlineStr"', "inline"),
        ("<v>007</v>", 't="str"', "007"),
        ("<v>a_x000D__x000A_b_x005F_x000D_</v>", 't="str"', "a\nb_x000D_"),
    ],
)
def test_B32_values_are_shown_as_they_are_stored(inner: str, attributes: str, text: str) -> None:
    assert shown(inner, attributes) == text


def test_B32_a_workbook_may_count_days_from_1904() -> None:
    assert shown("<v>43953</v>", 's="1"', properties='date1904="1"') == "2024-05-03"


def test_B32_rich_text_is_joined_and_phonetic_hints_left_out() -> None:
    rich = "<si><r><t>東</t></r><r><t xml:space='preserve'> 京</t></r><rPh><t>とう</t></rPh></si>"
    assert shown("<v>0</v>", 't="s"', strings=rich) == "東 京"


def test_B05_a_control_character_is_named_by_row_and_column() -> None:
    content = workbook(cell("<v>a_x0000_</v>", 't="str"'))
    assert refusal(content).startswith("Row 2, column text: invalid character U+0000")


def test_B15_an_overlong_cell_is_named_by_row_and_column() -> None:
    long = "y" * 100_001
    for content in (
        workbook(cell(f"<is><t>{long}</t></is>", 't="inlineStr"')),
        workbook(cell("<v>0</v>", 't="s"'), strings=f"<si><t>{long}</t></si>"),
    ):
        assert refusal(content) == "Row 2, column text: over 100,000 characters."


def test_B18_values_under_no_name_are_listed() -> None:
    with pytest.raises(Invalid) as refused:
        read(workbook(HEADER + '<row r="2"><c r="C2"><v>1</v></c></row>'))
    assert refused.value.problems == ("Row 2 has 3 cells, the header has 2.",)


def test_B19_more_rows_than_the_limit_are_refused() -> None:
    rows = HEADER + "<row><c><v>1</v></c></row>" * 100_001
    assert "100,000 rows" in refusal(workbook(rows))


def test_B24_a_bomb_is_refused_by_the_bytes_it_unpacks_to() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        small = zipfile.ZipFile(io.BytesIO(workbook(HEADER)))
        for name in small.namelist():
            if "sheet1" not in name:
                archive.writestr(name, small.read(name))
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(f'<worksheet {MAIN}><sheetData>{HEADER}<row><c t="str"><v>'.encode())
            for _ in range(200):
                part.write(b"x" * 1_000_000)
            part.write(b"</v></c></row></sheetData></worksheet>")
    content = file.getvalue()
    assert len(content) < 300_000
    tracemalloc.start()
    began = time.perf_counter()
    assert "unpacks to more than 100 MB" in refusal(content)
    assert time.perf_counter() - began < 5
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_B24_sizes_a_zip_states_about_itself_are_not_believed() -> None:
    content = workbook(HEADER + "<row><c><v>1</v></c></row>" * 1_000)
    file = zipfile.ZipFile(io.BytesIO(content))
    part = file.getinfo("xl/worksheets/sheet1.xml")
    true_size = part.file_size.to_bytes(4, "little")
    lying = content.replace(true_size, (10).to_bytes(4, "little"))
    assert lying != content
    assert "damaged" in refusal(lying)


def test_B24_a_long_text_used_very_often_is_refused_before_it_fills_the_memory() -> None:
    rows = HEADER + '<row><c><v>1</v></c><c t="s"><v>0</v></c></row>' * 50_000
    content = workbook(rows, strings=f"<si><t>{'y' * 90_000}</t></si>")
    assert len(content) < 100_000
    assert "more than 100,000,000 characters" in refusal(content)


def test_B25_a_value_in_the_last_cell_of_the_sheet_is_over_the_limit() -> None:
    began = time.perf_counter()
    rows = HEADER + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "200 columns" in refusal(workbook(rows))
    far_below = HEADER + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    assert read(workbook(far_below)).row_numbers == [1_048_576]
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("sheets", "said"), [(300, "more than 200 sheets"), (10_000, "The limit is 1,000")]
)
def test_B26_more_sheets_than_the_limit_are_refused(sheets: int, said: str) -> None:
    assert said in refusal(workbook(HEADER, sheets=sheets))


def test_B27_macros_and_links_are_left_alone_with_a_notice() -> None:
    content = workbook(
        cell("<v>1</v>"), **{"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"x"}
    )
    table = read(content, "cards.xlsm")
    assert table.rows == [("1", "1")]
    assert table.notices == (
        "Macros in the file were ignored.",
        "Links to other workbooks were not followed.",
    )


def test_B28_of_formulas_the_stored_values_are_taken_with_a_notice() -> None:
    table = read(workbook(cell("<f>1+1</f><v>2</v>")))
    assert table.rows == [("1", "2")]
    assert table.notices[0].startswith("Formulas were not computed")
    table = read(workbook(cell("<f>cmd|' /C calc'!A0</f>")))
    assert table.rows == [("1", "")]
    assert table.notices[1] == "Formulas without a stored value, left empty: 1."


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password-protected"),
        (OLE + "Workbook".encode("utf-16-le"), "save it as XLSX"),
        (
            package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
            "looks like ODS, not XLSX",
        ),
        (package({"xl/workbook.bin": "x"}), "looks like XLSB, not XLSX"),
        (package({"word/document.xml": "x"}), "looks like DOCX, not XLSX"),
        (package({"a.txt": "x"}), "looks like ZIP, not XLSX"),
    ],
)
@pytest.mark.parametrize("file_name", ["cards.xlsx", "cards.csv"])
def test_B29_B30_other_formats_are_told_what_they_are(
    content: bytes, said: str, file_name: str
) -> None:
    with pytest.raises(WrongType) as refused:
        read(content, file_name)
    assert said in refused.value.message


@pytest.mark.parametrize("file_name", ["cards.xls", "cards.ods"])
def test_B30_an_older_format_is_refused_with_the_way_out(file_name: str) -> None:
    with pytest.raises(WrongType, match="save it as XLSX"):
        read(OLE, file_name)


def test_B06_a_workbook_named_csv_is_told_what_it_is() -> None:
    with pytest.raises(WrongType, match="looks like XLSX, not CSV"):
        read(workbook(cell("<v>1</v>")), "cards.csv")


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_B31_entities_in_a_sheet_are_refused(codec: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    more = {"xl/worksheets/sheet1.xml": bomb.encode(codec)}
    assert "document type or entities" in refusal(workbook("", **more))


def test_B53_a_file_cut_off_is_refused() -> None:
    content = workbook(cell("<v>1</v>"))
    for length in range(4, len(content), 97):
        assert refusal(content[:length])


def test_B53_a_file_with_altered_bytes_is_read_or_refused_but_never_fails() -> None:
    content = workbook(cell("<v>1</v>"))
    for position in range(4, len(content), 7):
        altered = bytearray(content)
        altered[position] ^= 0x55
        with suppress(ConcordError):
            read(bytes(altered))


def test_B54_two_parts_of_one_name_are_refused() -> None:
    content = workbook(cell("<v>1</v>"), **{"xl/Workbook.xml": b"x"})
    assert "same name" in refusal(content)


def test_B55_very_many_parts_are_refused() -> None:
    assert "The limit is 1,000" in refusal(package({f"{i}": b"" for i in range(1_001)}))


def test_the_first_visible_sheet_is_read_unless_another_is_chosen() -> None:
    content = workbook(cell("<v>1</v>"), sheets=2)
    table = read(content)
    assert table.sheet == "Sheet 1"
    assert table.notices == ("Only the sheet “Sheet 1” was read; the workbook has 2.",)
    assert read(content, sheet="Sheet 2").sheet == "Sheet 2"
    with pytest.raises(Invalid, match="“Sheet 1”, “Sheet 2”"):
        read(content, sheet="Sheet 3")


def test_prefixed_elements_and_cells_without_references_are_read() -> None:
    rows = HEADER + "<row><c><v>1</v></c><c><v>2</v></c></row>"
    part = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
    for name in ("worksheet", "sheetData", "row", "c", "v"):
        part = part.replace(f"<{name} ", f"<x:{name} ").replace(f"<{name}>", f"<x:{name}>")
        part = part.replace(f"</{name}>", f"</x:{name}>")
    assert read(workbook("", **{"xl/worksheets/sheet1.xml": part})).rows == [("1", "2")]


def test_calamine_reads_the_same_texts() -> None:
    strings = "".join(f"<si><t xml:space='preserve'> text “{i}” &lt;</t></si>" for i in range(50))
    rows = HEADER + "".join(
        f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="B{i}" t="s"><v>{i - 2}</v></c></row>'
        for i in range(2, 52)
    )
    content = workbook(rows, strings=strings)
    theirs = CalamineWorkbook.from_object(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert read(content).rows == [(str(int(a)), b) for a, b in theirs[1:]]  # type: ignore[arg-type]


def test_a_limit_of_cells_holds_for_sheets_too() -> None:
    with pytest.raises(Invalid, match="more than 3 cells"):
        read_table(
            workbook(HEADER + "<row><c><v>1</v></c></row>" * 2),
            file_name="a.xlsx",
            limits=Limits(cells=3),
        )


def test_a_hundred_thousand_rows_are_read_in_seconds() -> None:
    strings = "".join(f"<si><t>A card of ordinary length, {i}</t></si>" for i in range(100_000))
    rows = HEADER + "".join(
        f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="B{i}" t="s"><v>{i - 2}</v></c></row>'
        for i in range(2, 100_002)
    )
    content = workbook(rows, strings=strings)
    began = time.perf_counter()
    assert len(read(content).rows) == 100_000
    assert time.perf_counter() - began < 10
