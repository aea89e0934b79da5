"""What cannot be read is refused in a sentence that names the row."""

from pathlib import Path

import pytest

from app.agreement import Scale
from app.calculator.rows import Layout
from app.errors import Invalid
from tests.calculator.tables import HEAD, read, run

SETS = Layout(is_multiple=True)


def refusal(rows: str, layout: Layout | None = None, **options: str) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read(rows, layout, **options)
    return refused.value


def test_two_rows_of_one_coder_and_card_are_refused_with_both_numbers() -> None:
    found = refusal("1,Ada,x\n2,Ada,x\n1,Ada,y\n")
    assert found.message == (
        "Row 4 repeats row 2: coder “Ada”, card “1”. A coder labels a card in one row."
    )
    assert found.problems == ()


def test_rows_that_say_the_same_twice_are_refused_too() -> None:
    assert "Row 3 repeats row 2" in refusal("1,Ada,x\n1,Ada,x\n").message
    assert "Row 3 repeats row 2" in refusal("1,Ada,\n1,Ada,x\n").message


def test_further_bad_rows_are_listed_at_most_twenty() -> None:
    found = refusal("1,Ada,x\n" * 30)
    assert "Row 3 repeats row 2" in found.message
    assert len(found.problems) == 21
    assert found.problems[-1] == "… and 8 more."


@pytest.mark.parametrize(
    ("row", "column"), [(",Ada,x", "card_id"), ("  ,Ada,x", "card_id"), ("2,,x", "coder")]
)
def test_a_row_without_a_card_or_a_coder_is_refused_with_its_number(row: str, column: str) -> None:
    found = refusal(f"1,Ada,x\n{row}\n")
    assert found.message == f"Row 3: the column “{column}” is empty."


def test_a_row_without_a_document_is_refused_with_its_number() -> None:
    head = "card_id,coder,category,document\n"
    found = refusal("1,Ada,x,d\n2,Ada,x,\n", Layout(cluster="document"), head=head)
    assert found.message == "Row 3: the column “document” is empty."


def test_a_card_in_two_documents_is_refused_with_both_rows() -> None:
    head = "card_id,coder,category,document\n"
    found = refusal("1,Ada,x,d\n1,Ben,x,e\n", Layout(cluster="document"), head=head)
    assert found.message == "Row 3: the card “1” lies in “e” here, and in “d” in row 2."


def test_an_unknown_column_is_refused_and_the_known_ones_are_named() -> None:
    found = refusal("1,Ada,x\n", Layout(unit="unit", label="code"))
    assert found.message == (
        "The first row names no column “unit” or “code”. Its columns are: card_id, coder, category."
    )


def test_ragged_rows_are_refused_each_with_its_number() -> None:
    found = refusal("1,Ada,x\n2,Ada\n3,Ada,x,y\n")
    assert found.problems == (
        "Row 3 has 2 cells, the header has 3.",
        "Row 4 has 4 cells, the header has 3.",
    )


def test_a_cell_of_ten_megabytes_is_refused_with_row_and_column() -> None:
    found = refusal("1,Ada,x\n2,Ada," + "x" * 10_000_000 + "\n")
    assert found.message == "Row 3, column category: over 100,000 characters."


def test_a_label_that_is_not_declared_is_refused_with_its_first_row() -> None:
    layout = Layout(categories=("a", "b"))
    found = refusal("1,Ada,a\n2,Ada,A\n3,Ada,A\n4,Ada,b \n", layout)
    assert found.message == "Row 3: “A” is not among the declared categories."
    assert found.problems == ("Row 5: “b ” is not among the declared categories.",)
    several = Layout(categories=("a", "b"), is_multiple=True)
    assert "Row 3: “c” is not" in refusal("1,Ada,a\n2,Ada,a|c\n", several).message


@pytest.mark.parametrize("label", ["x", "nan", "inf", "1e999", "1_0", "1,5", " 1", "٣", "0x1"])
def test_a_label_that_is_no_number_has_no_place_on_an_interval_scale(label: str) -> None:
    found = refusal(f'1,Ada,1\n2,Ada,"{label}"\n', Layout(scale=Scale.INTERVAL))
    assert found.message == f"Row 3: “{label}” is not a number, as an interval scale needs."


@pytest.mark.parametrize(
    ("categories", "reason"),
    [(("a", "a"), "declared twice"), (("a", ""), "is empty"), (("1", "x"), "is a number")],
)
def test_a_bad_list_of_categories_is_refused(categories: tuple[str, ...], reason: str) -> None:
    found = refusal("1,Ada,1\n", Layout(categories=categories, scale=Scale.INTERVAL))
    assert reason in found.message
    assert found.field == "categories"


def test_one_column_cannot_say_two_things() -> None:
    assert "columns of their own" in refusal("1,Ada,x\n", Layout(coder="card_id")).message


def test_sets_have_no_scale_and_need_a_separator() -> None:
    ordered = Layout(is_multiple=True, scale=Scale.ORDINAL)
    assert refusal("1,Ada,x\n", ordered).field == "scale"
    assert refusal("1,Ada,x\n", Layout(is_multiple=True, separator="")).field == "separator"


def test_a_category_said_twice_of_a_card_is_refused() -> None:
    assert refusal("1,Ada,a|b|a\n", SETS).message == (
        "Row 2 names a category twice: coder “Ada”, card “1”."
    )
    assert refusal("1,Ada,a\n1,Ben,a\n1,Ada,b|a\n", SETS).message == (
        "Row 4 repeats a category of row 2: coder “Ada”, card “1”."
    )
    assert "Row 3 repeats row 2" in refusal("1,Ada,\n1,Ada,\n", SETS).message


def test_none_applies_beside_a_category_is_refused() -> None:
    assert refusal("1,Ada,a\n1,Ada,\n", SETS).message == (
        "Row 3 says that no category applies, and another row names one: coder “Ada”, card “1”."
    )


@pytest.mark.parametrize("cell", ["a||b", "|a", "a|", "|"])
def test_a_separator_with_nothing_beside_it_is_refused(cell: str) -> None:
    assert (
        "Row 2: there is no category on one side of “|”" in refusal(f"1,Ada,{cell}\n", SETS).message
    )


def test_two_pairs_of_coders_that_would_read_alike_are_refused() -> None:
    rows = "".join(f"1,{coder},x\n" for coder in ("a", "b|c", "a|b", "c"))
    assert refusal(rows).message == (
        "The coders “a” and “b|c” cannot be told from “a|b” and “c”: both pairs read “a|b|c”. "
        "Write these names without “|”."
    )
    read("1,a|b,x\n1,c,x\n1,d|e,x\n")


def test_intervals_that_take_too_much_memory_are_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.csv"
    rows = "".join(f"{card},{coder},{'xy'[card % 2]}\n" for card in range(12) for coder in "AB")
    path.write_text(HEAD + rows, encoding="utf-8")
    monkeypatch.setattr("app.agreement.resampling.MOST_FEATURES", 10)
    result = run(path, "--bootstrap", "50")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "There are too many categories for resampling. Ask for the figures without intervals.\n"
    )
