"""`concord agreement`: its options, its two outputs, and how it ends."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.agreement.names import NAMES
from app.cli import main
from tests.calculator.tables import HEAD, figures_of, run

ROWS = "1,Ada,x\n1,Ben,x\n2,Ada,y\n2,Ben,x\n3,Ada,y\n3,Ben,y\n4,Ada,x\n4,Ben,\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    return path


def test_the_json_says_what_was_read_beside_the_figures(table: Path) -> None:
    found = figures_of(table)
    assert list(found) == [
        *("figures", "intervals", "notices", "kind", "categories", "coders", "n_rows"),
        *("reading", "n_resamples", "seed", "algorithm_version"),
    ]
    assert (found["kind"], found["n_rows"]) == ("nominal", 8)
    assert (found["categories"], found["coders"]) == (["x", "y"], ["Ada", "Ben"])
    figures = found["figures"]
    assert (figures["n_units"], figures["n_pairable_units"], figures["n_labels"]) == (4, 3, 7)
    assert figures["percent_agreement"] == pytest.approx(2 / 3)
    assert found["intervals"] == {}


def test_every_figure_has_a_name(table: Path) -> None:
    for options in ((), ("--scale", "ordinal"), ("--multiple",)):
        assert set(figures_of(table, *options)["figures"]) <= set(NAMES)


def test_the_same_table_gives_the_same_bytes_and_another_seed_other_intervals(
    tmp_path: Path,
) -> None:
    table = tmp_path / "table.csv"
    rows = "".join(
        f"{card},{coder},{'x' if card % 3 or coder == 'A' else 'y'}\n"
        for card in range(30)
        for coder in "AB"
    )
    table.write_text(HEAD + rows, encoding="utf-8")
    drawn = ("--bootstrap", "200", "--json", "--seed")
    assert run(table, *drawn, "7").stdout_bytes == run(table, *drawn, "7").stdout_bytes
    one, other = figures_of(table, *drawn, "7"), figures_of(table, *drawn, "8")
    assert one["figures"]["percent_agreement"] == other["figures"]["percent_agreement"]
    assert one["intervals"] != other["intervals"]
    assert (one["seed"], one["n_resamples"]) == (7, 200)
    for key in ("percent_agreement", "krippendorff_alpha_nominal"):
        assert set(one["intervals"][key]) == {"low", "high", "n_undefined"}


def test_the_table_for_people_has_names_values_and_reasons(table: Path) -> None:
    shown = run(table).stdout
    assert re.search(r"^Cards judged by two or more coders +3$", shown, re.M)
    assert "Krippendorff's alpha, nominal" in shown
    assert re.search(r"^Percent agreement +0\.667 ", shown, re.M)
    assert "Light's kappa: mean of 1 of 1 pair." in shown
    assert "Ada \\ Ben  x  y\nx          1  0\ny          1  1\n" in shown


def test_the_table_for_people_keeps_wide_and_hostile_names_in_their_columns(
    tmp_path: Path,
) -> None:
    path = tmp_path / "table.csv"
    rows = '1,Ada,日本\n1,Ben,"two\nlines"\n2,Ada,\u202eback\n2,Ben,日本\n'
    path.write_text(HEAD + rows, encoding="utf-8")
    result = run(path)
    assert result.exit_code == 0
    assert "two lines" in result.stdout
    assert "\u202e" not in result.stdout


def test_the_table_for_people_gives_no_interval_that_means_nothing(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEAD + "1,A,x\n1,B,x\n2,A,y\n2,B,y\n3,A,x\n3,B,y\n", encoding="utf-8")
    assert "cohen_kappa_ci95" in figures_of(path)["figures"]
    assert " to " not in re.sub(r"(?m)^Note: .*$", "", run(path).stdout)
    rows = "".join(
        f"{card},A,{card % 2}\n{card},B,{card % 2 if card % 5 else 1}\n" for card in range(40)
    )
    path.write_text(HEAD + rows, encoding="utf-8")
    assert re.search(r"^Cohen's kappa .* 0\.\d+ to 0\.\d+$", run(path).stdout, re.M)


@pytest.mark.parametrize("scale", ["ordinal", "interval"])
def test_a_scale_adds_its_forms(tmp_path: Path, scale: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEAD + "1,A,1\n1,B,2\n2,A,3\n2,B,3\n3,A,10\n3,B,9\n", encoding="utf-8")
    nominal = set(figures_of(path)["figures"])
    found = figures_of(path, "--scale", scale)
    added = {key.rpartition("_")[2] for key in set(found["figures"]) - nominal}
    expected = {"ordinal", "linear", "quadratic"}
    expected |= {"interval", "ratio"} if scale == "interval" else set()
    assert expected <= added
    assert ("ratio" in added) == (scale == "interval")
    assert found["categories"] == ["1", "2", "3", "9", "10"]


def test_a_category_with_a_comma_is_declared_in_quotes(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEAD + '1,A,"slow, very"\n1,B,fast\n', encoding="utf-8")
    found = figures_of(path, "--categories", 'fast,"slow, very",other')
    assert found["categories"] == ["fast", "slow, very", "other"]
    assert found["figures"]["n_categories"] == 3


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text("Item\tRater\tCode\n1\tA\tx;y\n1\tB\tx\n", encoding="utf-8")
    columns = ("--unit", "Item", "--coder", "Rater", "--label", "Code")
    found = figures_of(path, *columns, "--multiple", "--separator", ";")
    assert (found["kind"], found["categories"]) == ("sets", ["x", "y"])
    assert set(found["figures"]["per_label"]) == {"x", "y"}


def test_whole_documents_are_drawn(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = "".join(
        f"{card},{coder},{'x' if card % 3 or coder == 'A' else 'y'},d{card // 5}\n"
        for card in range(40)
        for coder in "AB"
    )
    path.write_text(f"card_id,coder,category,doc\n{rows}", encoding="utf-8")
    drawn = ("--bootstrap", "300")
    by_card = figures_of(path, *drawn)["intervals"]["percent_agreement"]
    by_document = figures_of(path, *drawn, "--cluster", "doc")["intervals"]["percent_agreement"]
    assert by_card != by_document


def test_a_dash_reads_standard_input() -> None:
    result = CliRunner().invoke(main, ["agreement", "-", "--json"], input=HEAD + ROWS)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["n_rows"] == 8


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("1,A,x\n2,A,y\n", "fewer_than_two_coders"),
        ("1,A,x\n2,B,y\n", "nothing_pairable"),
        ("1,A,x\n1,B,x\n", "no_variation"),
        ("1,A,\n1,B,\n", "no_judgements"),
    ],
)
def test_one_coder_no_overlap_or_one_category_is_no_mistake_but_an_undefined_figure(
    tmp_path: Path, rows: str, reason: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    figures = figures_of(path, "--categories", "x,y")["figures"]
    assert figures["krippendorff_alpha_nominal"] == {"undefined": reason}
    assert "not defined" in run(path).stdout


@pytest.mark.parametrize(
    ("rows", "options", "sentence"),
    [
        ("1,Ada,x\n1,Ada,y\n", (), "Row 3 repeats row 2"),
        ("1,Ada,x\n2,Ada\n", (), "Row 3 has 2 cells, the header has 3."),
        ("1,Ada,x\n", ("--unit", "card"), "names no column “card”"),
        ("1,Ada,x\n", ("--categories", "a,b"), "Row 2: “x” is not among"),
        ("1,Ada,x\n", ("--scale", "interval"), "Row 2: “x” is not a number"),
        ("1,Ada," + "x" * 10_000_000 + "\n", (), "Row 2, column category: over 100,000"),
        ("", (), "The file has no rows"),
    ],
)
def test_what_cannot_be_read_ends_with_status_1_and_a_sentence(
    tmp_path: Path, rows: str, options: tuple[str, ...], sentence: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    result = run(path, *options, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--scale", "cardinal"),
        ("--multiple", "--scale", "ordinal"),
        ("--multiple", "--separator", ""),
        ("--categories", "a,a"),
        ("--categories", "a,,b"),
        ("--categories", 'a,"b'),
        ("--bootstrap", "-1"),
        ("--seed", "x"),
        ("--cluster", "coder"),
        ("--cluster", "doc"),
        ("--unit", "coder"),
        ("--unknown",),
    ],
)
def test_wrong_usage_ends_with_status_2(table: Path, options: tuple[str, ...]) -> None:
    result = run(table, *options)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_file_that_is_not_there_or_no_table_is_told(table: Path, tmp_path: Path) -> None:
    assert run(tmp_path / "none.csv").exit_code == 2
    wrong = tmp_path / "table.pdf"
    wrong.write_bytes(table.read_bytes())
    result = run(wrong)
    assert result.exit_code == 1
    assert "is not a table Concord reads" in result.stderr


def test_one_label_without_declared_categories_is_no_variation_and_told_what_to_declare(
    tmp_path: Path,
) -> None:
    path = tmp_path / "table.csv"
    for coders in ("AB", "ABC"):
        rows = "".join(f"{card},{coder},x\n" for card in "12" for coder in coders)
        path.write_text(HEAD + rows, encoding="utf-8")
        document = figures_of(path, "--scale", "ordinal")
        figures = document["figures"]
        lacking = {"undefined": "no_variation"}
        for key in ("krippendorff_alpha_nominal", "krippendorff_alpha_ordinal", "fleiss_kappa"):
            assert figures[key] == lacking
        assert figures["light_kappa"] == figures["conger_kappa"] == lacking
        assert figures["per_category_fleiss_kappa"] == {"x": lacking}
        pairs = figures["cohen_kappa_pairs"].values() if coders == "ABC" else ()
        assert all(kappa == lacking for kappa in (*pairs, figures.get("scott_pi", lacking)))
        for key in ("percent_agreement", "gwet_ac1", "gwet_ac2_linear", "brennan_prediger"):
            assert figures[key] == {"undefined": "one_category_declared"}
        assert figures["specific_agreement"] == {"x": {"undefined": "one_category_declared"}}
        assert "“x” is the only label" in document["reading"][0]
    assert "no variation: all judgements compared fall in one category." in run(path).stdout


def test_one_declared_category_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEAD + "1,A,x\n1,B,x\n", encoding="utf-8")
    document = figures_of(path, "--categories", "x")
    for key in ("krippendorff_alpha_nominal", "cohen_kappa", "gwet_ac1", "percent_agreement"):
        assert document["figures"][key] == {"undefined": "one_category_declared"}
    assert document["reading"] == []


def test_empty_cells_alone_are_no_judgements(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEAD + "1,A,\n1,B,\n", encoding="utf-8")
    figures = figures_of(path)["figures"]
    assert figures["percent_agreement"] == {"undefined": "no_judgements"}
    assert figures["gwet_ac1"] == {"undefined": "no_judgements"}


def test_a_pipe_without_an_ending_is_read_as_csv(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, (HEAD + ROWS).encode())
    os.close(writing)
    try:
        assert figures_of(Path(f"/dev/fd/{reading}"))["n_rows"] == 8
    finally:
        os.close(reading)


def test_a_closed_standard_input_is_told_in_a_sentence() -> None:
    command = [sys.executable, "-c", "from app.cli import main; main()", "agreement", "-"]
    result = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "Standard input is closed: there is no table to read.\n"


def test_empty_sets_alone_need_declared_categories(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEAD + "1,A,\n1,B,\n2,A,\n2,B,\n", encoding="utf-8")
    result = run(path, "--multiple", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Every cell is empty and no category is declared. Declare those that could apply.\n"
    )
    figures = figures_of(path, "--multiple", "--categories", "x")["figures"]
    assert figures["percent_agreement_exact_set"] == 1
    assert figures["krippendorff_alpha_masi"] == {"undefined": "no_variation"}
