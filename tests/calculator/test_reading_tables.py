"""A long table becomes judgements: labels stay as written, gaps stay gaps."""

import numpy as np
import pytest

from app.agreement import Ratings, Scale, SetRatings
from app.calculator.rows import Layout
from app.errors import Invalid
from tests.calculator.tables import read, said, sets


def test_every_row_is_one_coders_label_of_one_card() -> None:
    assert said("1,Ada,x\n1,Ben,y\n2,Ada,y\n") == {
        (0, "Ada"): "x",
        (0, "Ben"): "y",
        (1, "Ada"): "y",
    }


@pytest.mark.parametrize(
    "labels",
    [
        ("nan", "NaN", "NA", "null", "None"),
        (" a", "a", "a ", "A"),
        ("1", "1.0", "01"),
        ("Überschrift", "uberschrift", "日本語", "عربي", "🦉"),
        ("yes", "ye\u200bs", "y\u0435s"),
        ("a|b", "b|a"),
        ("TRUE", "true"),
        (" ", "\u00a0"),
    ],
)
def test_a_label_is_exactly_what_is_written(labels: tuple[str, ...]) -> None:
    rows = "".join(f"{place},Ada,{label}\n" for place, label in enumerate(labels))
    assert said(rows) == {(place, "Ada"): label for place, label in enumerate(labels)}


def test_composed_and_decomposed_letters_are_one_label_as_everywhere_in_concord() -> None:
    assert said("1,Ada,\u00e9\n2,Ada,e\u0301\n") == {(0, "Ada"): "\u00e9", (1, "Ada"): "\u00e9"}


def test_an_empty_cell_is_not_labelled_and_its_card_and_coder_still_count() -> None:
    ratings = read("1,Ada,x\n2,Ada,\n3,Ben,\n").ratings
    assert isinstance(ratings, Ratings)
    assert (ratings.n_units, ratings.coders, ratings.categories) == (3, ("Ada", "Ben"), ("x",))
    assert ratings.codes.tolist() == [[0, -1], [-1, -1], [-1, -1]]


def test_a_table_without_any_label_can_be_read() -> None:
    ratings = read("1,Ada,\n1,Ben,\n").ratings
    assert isinstance(ratings, Ratings)
    assert ratings.categories == ()
    assert not ratings.judged.any()


def test_the_order_of_the_rows_changes_neither_coders_nor_categories() -> None:
    rows = ["1,Ben,y\n", "1,Ada,x\n", "2,Ada,z\n", "2,Ben,z\n"]
    one, other = read("".join(rows)).ratings, read("".join(rows[::-1])).ratings
    assert one.coders == other.coders == ("Ada", "Ben")
    assert one.categories == other.categories == ("x", "y", "z")


def test_declared_categories_keep_their_order_and_count_when_nobody_used_them() -> None:
    layout = Layout(categories=("low", "middle", "high"), scale=Scale.ORDINAL)
    ratings = read("1,Ada,high\n", layout).ratings
    assert isinstance(ratings, Ratings)
    assert ratings.categories == ("low", "middle", "high")
    assert (ratings.scale, ratings.codes.tolist()) == (Scale.ORDINAL, [[2]])


@pytest.mark.parametrize("scale", list(Scale))
def test_labels_that_all_are_numbers_stand_in_the_order_of_numbers(scale: Scale) -> None:
    ratings = read("1,A,10\n2,A,9\n3,A,-1\n4,A,.5\n5,A,1e1\n", Layout(scale=scale)).ratings
    assert ratings.categories == ("-1", ".5", "9", "10", "1e1")


def test_labels_of_which_one_is_a_word_stand_in_the_order_of_texts() -> None:
    assert read("1,A,10\n2,A,9\n3,A,x\n").ratings.categories == ("10", "9", "x")


def test_the_columns_can_have_any_names_and_places() -> None:
    layout = Layout(unit="Item No.", coder="who", label="what")
    found = read("x,Ada,extra,1\n", layout, head="what,who,other,Item No.\n").ratings
    assert (found.coders, found.categories, found.n_units) == (("Ada",), ("x",), 1)


def test_several_categories_stand_in_one_cell_or_in_several_rows() -> None:
    rows = "1,Ada,a|b\n1,Ben,b\n1,Ben,a\n"
    assert sets(rows) == {(0, "Ada"): {"a", "b"}, (0, "Ben"): {"a", "b"}}


def test_an_empty_cell_among_sets_is_the_judgement_that_none_applies() -> None:
    assert sets("1,Ada,\n1,Ben,a\n2,Ben,b\n") == {
        (0, "Ada"): set(),
        (0, "Ben"): {"a"},
        (1, "Ben"): {"b"},
    }


def test_sets_that_are_all_empty_can_be_read() -> None:
    ratings = read("1,Ada,\n1,Ben,\n", Layout(is_multiple=True)).ratings
    assert isinstance(ratings, SetRatings)
    assert ratings.judged.all()
    assert ratings.members.shape == (1, 2, 0)


def test_the_separator_can_be_any_text_and_parts_stay_as_written() -> None:
    layout = Layout(is_multiple=True, separator="; ")
    assert sets("1,Ada,a|b; c;d;  e\n", layout) == {(0, "Ada"): {"a|b", "c;d", " e"}}


def test_cards_of_one_document_are_a_cluster() -> None:
    rows = "1,Ada,x,d1\n2,Ada,x,d2\n3,Ada,x,d1\n1,Ben,x,d1\n"
    found = read(rows, Layout(cluster="document"), head="card_id,coder,category,document\n")
    assert found.clusters is not None
    assert found.clusters.tolist() == [0, 1, 0]


def test_two_million_cells_are_read_without_a_loop_over_them() -> None:
    rows = "".join(f"{card},coder {card % 200},x\n" for card in range(10_000))
    ratings = read(rows).ratings
    assert isinstance(ratings, Ratings)
    assert ratings.codes.shape == (10_000, 200)
    assert int(np.count_nonzero(ratings.codes == 0)) == 10_000


def test_coders_and_categories_beyond_every_study_are_refused() -> None:
    rows = "".join(f"{card},coder {card},x\n" for card in range(201))
    with pytest.raises(Invalid, match=r"names 201 coders .* Are these the right columns"):
        read(rows)
    rows = "".join(f"{card},Ada,a text of its own {card}\n" for card in range(8_000))
    with pytest.raises(Invalid, match="Categories: 8,000; coders: 1"):
        read(rows)


def test_ranks_taken_from_the_alphabet_are_told() -> None:
    rows = "1,Ada,low\n1,Ben,high\n2,Ada,mid\n"
    assert read(rows, Layout(scale=Scale.ORDINAL)).notices == (
        "The ranks follow the alphabet: “high”, “low”, “mid”. If that is not their order, "
        "the weighted forms mean nothing: declare all categories in their order.",
    )
    declared = Layout(scale=Scale.ORDINAL, categories=("low", "mid", "high"))
    assert read(rows, declared).notices == read(rows).notices == ()
    assert read("1,Ada,2\n1,Ben,10\n", Layout(scale=Scale.ORDINAL)).notices == ()


@pytest.mark.parametrize("scale", [Scale.ORDINAL, Scale.INTERVAL])
def test_one_number_in_two_spellings_is_told(scale: Scale) -> None:
    rows = "1,Ada,1\n1,Ben,1.0\n2,Ada,2\n"
    assert read(rows, Layout(scale=scale)).notices == (
        "The same number in several spellings is several categories: “1”, “1.0”.",
    )
    assert read(rows).notices == ()
