"""What counts as good text, as the same name, and as safe in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import (
    comparable,
    first_bad_character,
    is_blank,
    normalised,
    plain_cell,
    safe_cell,
    shown_file_name,
)

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
cells = st.text() | st.text(alphabet="'=+-@\t\ra", max_size=6)


@given(cells)
def test_a_cell_made_safe_comes_back_exactly(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text


@given(cells)
def test_a_safe_cell_never_starts_a_formula(text: str) -> None:
    assert not safe_cell(text).startswith(FORMULA_STARTS)


@given(st.text(alphabet="'=+-@\t\ra", max_size=6), st.text(alphabet="'=+-@\t\ra", max_size=6))
def test_two_texts_never_share_one_safe_cell(one: str, other: str) -> None:
    assert (safe_cell(one) == safe_cell(other)) == (one == other)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_safe_cell_survives_a_csv_file(text: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerow([safe_cell(text), "x"])
    file.seek(0)
    assert plain_cell(next(csv.reader(file))[0]) == text


@pytest.mark.parametrize("text", ["'tis", "'", "''", "it's", "", "a=b", "'a=b"])
def test_an_ordinary_apostrophe_is_left_alone(text: str) -> None:
    assert safe_cell(text) == plain_cell(text) == text


def test_line_ends_and_letters_have_one_form() -> None:
    assert normalised("cafe\u0301\r\nb\rc\n") == "café\nb\nc\n"


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\0b", (1, "U+0000")),
        ("ab\x1b", (2, "U+001B")),
        ("\ud800", (0, "U+D800")),
        ("x\uffff", (1, "U+FFFF")),
        ("tab\tline\nreturn\r", None),
        ("emoji 😀 and العربية", None),
        ("\u202eturned\u202c", None),
    ],
)
def test_the_first_character_no_database_keeps_is_named(
    text: str, found: tuple[int, str] | None
) -> None:
    assert first_bad_character(text) == found


@pytest.mark.parametrize(
    "other", ["trust", "TRUST ", " Trust", "T\u200brust", "\ufeffTrust", "Trust\u3164"]
)
def test_names_a_reader_cannot_tell_apart_are_one_name(other: str) -> None:
    assert comparable(other) == comparable("Trust")


def test_composed_and_decomposed_letters_are_one_name() -> None:
    assert comparable("E\u0301tude  no 1") == comparable("étude no\u00a01")


def test_different_words_stay_different_names() -> None:
    assert len({comparable(name) for name in ("Trust", "Trusts", "Tru st", "信頼", "😀")}) == 5


@given(st.text())
def test_comparing_is_settled_after_one_pass(name: str) -> None:
    assert comparable(comparable(name)) == comparable(name)


@pytest.mark.parametrize("text", ["", " \t\n", "\u200b\u200d", "\u3164", "\u2800 ", "\ufeff"])
def test_a_text_that_shows_nothing_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " . ", "😀", "न"])
def test_a_text_that_shows_something_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../cards.csv", "cards.csv"),
        ("C:\\studies\\cards.csv", "cards.csv"),
        ('a"\r\nX: y.csv', 'a"X: y.csv'),
        ("cards\u202evsc.exe", "cardsvsc.exe"),
        ("", "unnamed file"),
        ("..", "unnamed file"),
        ("a/", "unnamed file"),
    ],
)
def test_B08_B09_a_file_name_is_shown_without_folders_and_tricks(name: str, shown: str) -> None:
    assert shown_file_name(name) == shown


def test_B09_a_very_long_file_name_keeps_its_ending() -> None:
    shown = shown_file_name("x" * 300 + ".csv")
    assert len(shown) == 120
    assert shown.endswith("xxx.csv")
