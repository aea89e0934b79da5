"""`concord sorts`: what it reads, what it prints, and what it refuses."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.calculator.open_sorts import reading
from app.cli import main

HEAD = "card_id,user_id,category_id\n"
ROWS = "ant,Ada,1\nbee,Ada,1\ncow,Ada,2\nant,Ben,x\nbee,Ben,y\ncow,Ben,y\n"
KARDSORT = (
    Path(__file__).parents[2].parent / "shared" / "cardsort" / "kardsort-casolysis-example.csv"
)
needs_kardsort = pytest.mark.skipif(not KARDSORT.exists(), reason="the shared file is not here")


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["sorts", str(path), *options])


def document(path: Path, *options: str) -> dict[str, Any]:
    result = run(path, *options, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def written(folder: Path, rows: str, head: str = HEAD) -> Path:
    path = folder / "sorts.csv"
    path.write_text(head + rows, encoding="utf-8")
    return path


def test_the_json_says_what_was_read_beside_the_figures(tmp_path: Path) -> None:
    found = document(written(tmp_path, ROWS))
    assert list(found) == [
        *("figures", "notices", "kind", "cards", "coders", "n_piles", "linkage", "dendrogram"),
        *("n_rows", "reading", "algorithm_version"),
    ]
    assert (found["kind"], found["linkage"], found["n_rows"]) == ("sorts", "average", 6)
    assert (found["cards"], found["coders"]) == (["ant", "bee", "cow"], ["Ada", "Ben"])
    assert found["n_piles"] == {"Ada": 2, "Ben": 2}
    assert found["figures"]["cooccurrence"] == [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]
    assert found["figures"]["edit_distance"] == {"Ada|Ben": 1}
    assert found["dendrogram"] == {
        "cards": ["ant", "bee", "cow"],
        "merges": [[0, 1, 0.5, 2], [3, 2, 0.75, 3]],
        "leaf_order": ["ant", "bee", "cow"],
    }


def test_equal_names_of_two_peoples_piles_mean_nothing(tmp_path: Path) -> None:
    own = document(written(tmp_path, ROWS))["figures"]
    same = ROWS.replace("x", "2").replace("y", "1")
    assert document(written(tmp_path, same))["figures"] == own


def test_the_order_of_the_rows_changes_no_byte(tmp_path: Path) -> None:
    chance = random.Random(5)
    rows = [
        f"c{card},p{person},{chance.randint(1, 4)}\n" for card in range(12) for person in range(6)
    ]
    first = run(written(tmp_path, "".join(rows)), "--json").stdout_bytes
    chance.shuffle(rows)
    assert run(written(tmp_path, "".join(rows)), "--json").stdout_bytes == first


def test_an_empty_cell_is_a_card_that_was_not_sorted(tmp_path: Path) -> None:
    found = document(written(tmp_path, "ant,Cleo,\n" + ROWS))
    assert found["figures"]["n_sorts"] == 2
    assert found["coders"] == ["Ada", "Ben", "Cleo"]
    assert found["n_piles"]["Cleo"] == 0
    assert (
        found["notices"][1]["sentence"] == "“Cleo” sorted no card and is left out of every figure."
    )


def test_a_figure_without_a_value_says_why(tmp_path: Path) -> None:
    found = document(written(tmp_path, "ant,Ada,1\nbee,Ben,1\n"))
    reason = {"undefined": "not_sorted_together"}
    assert found["figures"]["cooccurrence"] == [[1, reason], [reason, 1]]
    assert found["dendrogram"] == reason
    assert found["figures"]["rand"] == {"Ada|Ben": {"undefined": "nothing_pairable"}}


@pytest.mark.parametrize("linkage", ["average", "complete", "single"])
def test_the_linkage_can_be_chosen_and_is_shown(tmp_path: Path, linkage: str) -> None:
    path = written(tmp_path, ROWS)
    found = document(path, "--linkage", linkage)
    heights = {"average": 0.75, "complete": 1, "single": 0.5}
    assert found["dendrogram"]["merges"][1][2] == heights[linkage]
    assert f"{linkage} linkage" in run(path, "--linkage", linkage).stdout


def test_other_columns_can_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, ROWS, head="Card,ID,Group_id\n")
    options = ("--card", "Card", "--coder", "ID", "--pile", "Group_id")
    assert document(path, *options)["figures"]["n_cards"] == 3


def test_people_read_counts_notes_pairs_and_the_tree(tmp_path: Path) -> None:
    shown = run(written(tmp_path, ROWS)).stdout
    assert re.search(r"^Participants who sorted cards +2$", shown, re.M)
    assert "Note: Only 2 people sorted cards" in shown
    assert re.search(r"^Ada and Ben +3 +−0\.500 +0\.333 .* 1  0\.500$", shown, re.M)
    assert re.search(r"^NMST, by edges of the tree +1\.000$", shown, re.M)
    assert re.search(r"^bee +0\.500  #{10}$", shown, re.M)


def test_people_read_reasons_instead_of_figures(tmp_path: Path) -> None:
    shown = run(written(tmp_path, "ant,Ada,1\nbee,Ben,1\n")).stdout
    assert "Ada and Ben: No figure is defined: the two sorted no card in common." in shown
    assert "Cophenetic correlation is not defined: nobody sorted both cards." in shown
    assert "Joins the above at" not in shown


def test_many_pairs_are_summed_up_and_cut(tmp_path: Path) -> None:
    rows = "".join(f"c{card},p{n},{card % (2 + n % 3)}\n" for card in range(8) for n in range(13))
    shown = run(written(tmp_path, rows)).stdout
    assert re.search(r"^Lowest +.*\nMedian +.*\nHighest +", shown, re.M)
    assert "… and 18 more pairs: --json has them all." in shown


def test_hostile_names_keep_to_their_line(tmp_path: Path) -> None:
    shown = run(written(tmp_path, 'a\u202eb,Ada,1\n"two\nlines",Ada,1\n')).stdout
    assert "\u202e" not in shown
    assert "two lines" in shown


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            "ant,Ada,1\nbee,Ada,1\nant,Ada,2\n",
            "Row 4 puts the card “ant” of participant “Ada” into “2”, row 2 into “1”. "
            "Sorts can be compared if each card lies in one pile.",
        ),
        (
            "ant,Ada,1\nant,Ada,1\n",
            "Row 3 repeats row 2: participant “Ada”, card “ant”. "
            "A card stands in one row for each participant.",
        ),
        (" ,Ada,1\n", "Row 2: the column “card_id” is empty."),
        ("ant,,1\n", "Row 2: the column “user_id” is empty."),
        ("ant,Ada\n", "Some rows do not have as many cells as there are columns."),
    ],
    ids=["two piles", "twice", "no card", "nobody", "ragged"],
)
def test_a_bad_row_is_refused_in_a_sentence(tmp_path: Path, rows: str, sentence: str) -> None:
    result = run(written(tmp_path, rows), "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[0] == sentence


def test_a_file_without_the_columns_says_which_it_has(tmp_path: Path) -> None:
    result = run(written(tmp_path, ROWS, head="card,who,pile\n"))
    assert result.exit_code == 1
    assert "names no column “card_id” or “user_id” or “category_id”" in result.stderr
    assert "Its columns are: card, who, pile." in result.stderr


def test_more_than_can_be_compared_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_CARDS", 2)
    result = run(written(tmp_path, ROWS))
    assert result.exit_code == 1
    assert "names 3 cards and “user_id” 2 participants; up to 2 and 500" in result.stderr


def test_pairs_that_would_share_a_key_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"ant,{name},1\n" for name in ("a", "b|c", "a|b", "c"))
    result = run(written(tmp_path, rows))
    assert result.exit_code == 1
    assert "Write these names without “|”." in result.stderr


@pytest.mark.parametrize(
    "options",
    [("--pile", "card_id"), ("--linkage", "ward"), ("--unknown",)],
    ids=["one column twice", "ward", "unknown"],
)
def test_wrong_usage_ends_with_2(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert run(written(tmp_path, ROWS), *options).exit_code == 2


def test_a_missing_file_is_wrong_usage(tmp_path: Path) -> None:
    assert run(tmp_path / "none.csv").exit_code == 2


@needs_kardsort
def test_a_file_of_kardsort_is_read_as_it_is() -> None:
    found = document(KARDSORT)
    figures = found["figures"]
    assert (figures["n_cards"], figures["n_sorts"], found["n_rows"]) == (10, 5, 50)
    assert sum(found["n_piles"].values()) == 19
    assert (figures["mst_weight"], figures["nmst_per_sort"]) == (9, 1.8)
    assert figures["edit_distance"]["2|4"] == 1
    by_label = document(KARDSORT, "--card", "card_label", "--pile", "category_label")
    assert by_label["figures"]["adjusted_rand"] == figures["adjusted_rand"]
    dog, tiger = (by_label["cards"].index(name) for name in ("Dog", "Tiger"))
    assert by_label["figures"]["cooccurrence"][dog][tiger] == 0.6


@needs_kardsort
def test_a_template_without_results_is_no_sort() -> None:
    result = run(KARDSORT.with_name("cardsorting-ux-closed-template.json"))
    assert result.exit_code == 1
    assert result.stderr
    assert "Traceback" not in result.output
