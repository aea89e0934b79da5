"""What happens to a JSON or JSON Lines file, case by case."""

import json
import time
from pathlib import Path

import pytest

from app.errors import Invalid, WrongType
from app.tables.readers import read_table
from app.tables.table import Table

CARDSORT = Path(__file__).parents[3] / "shared" / "cardsort"


def read(content: str, file_name: str = "cards.json") -> Table:
    return read_table(content.encode(), file_name=file_name)


def refusal(content: str, file_name: str = "cards.json") -> str:
    with pytest.raises(Invalid) as refused:
        read(content, file_name)
    return refused.value.message


def test_a_list_of_objects_is_a_table_with_columns_in_order_of_appearance() -> None:
    table = read('[{"id": 1, "text": "a"}, {"text": "b", "tags": ["x", {"y": 2}]}]')
    assert table.columns == ("id", "text", "tags")
    assert table.rows == [("1", "a", ""), ("", "b", '["x",{"y":2}]')]
    assert table.row_numbers == [1, 2]
    assert table.format == "json"


def test_values_are_shown_as_text() -> None:
    table = read(
        '[{"a": 1.0, "b": 0.5, "c": true, "d": null, "e": "1.0", "f": 12345678901234567890}]'
    )
    assert table.rows == [("1", "0.5", "true", "", "1.0", "12345678901234567890")]


@pytest.mark.parametrize("name", ["cards", "rows", "data", "anything"])
def test_an_object_may_hold_the_list(name: str) -> None:
    assert read(json.dumps({name: [{"text": "a"}]})).rows == [("a",)]


def test_of_several_lists_the_cards_are_read_and_the_notice_says_so() -> None:
    table = read('{"categories": [{"id": "x"}], "cards": [{"text": "a"}]}')
    assert table.rows == [("a",)]
    assert table.notices == ("Only the list “cards” was read; the file holds more beside it.",)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_B33_numbers_that_are_none_are_refused(value: str) -> None:
    assert "cannot be read" in refusal(f'[{{"text": {value}}}]')


@pytest.mark.parametrize("character", ["\\ud800", "\\u0000", "\\uffff"])
def test_B34_an_invalid_character_is_named_by_row_and_column(character: str) -> None:
    message = refusal(f'[{{"text": "a"}}, {{"text": "{character}"}}]')
    assert message.startswith("Row 2, column text: invalid character U+")
    assert "name of column 1" in refusal(f'[{{"a{character}": "a"}}]')


def test_B34_an_invalid_character_inside_a_nested_value_is_refused_too() -> None:
    assert "invalid character U+D800" in refusal('[{"text": ["\\ud800"]}]')


def test_B36_a_number_of_5000_digits_is_refused() -> None:
    assert "a number of 5,000 digits" in refusal(f'[{{"text": {"9" * 5000}}}]')


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_B37_deep_nesting_is_refused(opening: str) -> None:
    assert "nested too deeply" in refusal(opening * 100_000)


def test_B37_nesting_inside_a_cell_is_refused() -> None:
    assert "nested too deeply" in refusal('[{"text": ' + "[" * 100_000 + "]" * 100_000 + "}]")


def test_B38_a_name_twice_in_one_object_is_refused() -> None:
    message = refusal('[{"id": 7, "text": "a", "text": "b"}]')
    assert "“text” stands more than once in the object that begins with “id”: 7" in message


def test_B38_finding_the_name_given_twice_takes_no_time() -> None:
    began = time.perf_counter()
    names = ",".join(f'"k{i}": 1' for i in range(200_000))
    assert "stands more than once" in refusal(f'[{{{names}, "k199999": 2}}]')
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "content", ["3", '"text"', "true", "null", '{"a": 1}', "[1]", '[["a"]]', "{}", '[{"a": 1}, 2]']
)
def test_B39_anything_but_a_list_of_objects_is_refused(content: str) -> None:
    assert "object" in refusal(content)


@pytest.mark.parametrize("content", ["[]", '{"cards": []}', "[{}]", '[{"text": ""}]'])
def test_B02_an_empty_list_has_no_rows(content: str) -> None:
    assert "The file has no rows" in refusal(content)


def test_B18_a_value_without_a_name_is_refused() -> None:
    assert refusal('[{"": "a"}, {"": "b"}]') == "Row 1 holds a value without a name."


def test_B20_more_names_than_columns_fit_are_refused() -> None:
    assert "200 columns" in refusal(json.dumps([{f"c{i}": 1 for i in range(201)}]))


def test_unsound_json_names_the_line() -> None:
    assert refusal('[{"text": "a"},\n{"text": }]').endswith("on line 2.")


def test_json_lines_are_read_line_by_line() -> None:
    table = read('{"text": "a"}\n\n{"text": "b"}\n', "cards.jsonl")
    assert table.rows == [("a",), ("b",)]
    assert table.row_numbers == [1, 3]
    assert table.format == "jsonl"


def test_json_lines_in_a_json_file_are_read_as_what_they_are() -> None:
    assert read('{"text": "a"}\n{"text": "b"}\n').format == "jsonl"


def test_a_unicode_line_separator_inside_a_text_ends_no_line() -> None:
    assert read('{"text": "a\u2028b\x85c"}\n', "cards.jsonl").rows == [("a\u2028b\x85c",)]


def test_B40_one_bad_line_of_ten_thousand_is_named() -> None:
    lines = ['{"text": "a"}'] * 10_000
    lines[7_499] = '{"text": "a"'
    assert refusal("\n".join(lines), "cards.jsonl").startswith("Line 7500 is not sound JSON")
    lines[7_499] = '["a"]'
    assert refusal("\n".join(lines), "cards.jsonl").startswith("Line 7500 is not an object")
    lines[7_499] = '{"text": NaN}'
    assert refusal("\n".join(lines), "cards.jsonl").startswith("Line 7500 cannot be read")


def test_B19_more_lines_than_the_limit_are_refused() -> None:
    assert "100,000" in refusal('{"a":1}\n' * 100_001, "cards.jsonl")


def test_a_list_named_jsonl_is_told_its_right_name() -> None:
    with pytest.raises(WrongType, match=r"Name it \.json"):
        read('[{"text": "a"}]', "cards.jsonl")


def test_the_template_of_a_card_sorting_tool_gives_its_cards() -> None:
    path = CARDSORT / "cardsorting-ux-closed-template.json"
    if not path.exists():
        pytest.skip("the example files are not here")
    table = read_table(path.read_bytes(), file_name=path.name)
    assert len(table.rows) == 15
