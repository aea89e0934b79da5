"""`concord plan`: numbers of cards without any study."""

import json

import pytest
from click.testing import CliRunner, Result

from app.cli import main

WANTED = ("--alpha-min", "0.8", "--prevalence", "0.1")


def plan(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["plan", *arguments])


def test_the_plan_is_told_in_a_sentence_and_a_table() -> None:
    result = plan(*WANTED)
    assert result.exit_code == 0, result.output
    assert "two coders must both judge 294 cards." in result.stdout
    rows = [line.split() for line in result.stdout.splitlines()[3:]]
    assert rows == [
        ["50", "%", "103"],
        ["25", "%", "139"],
        ["10", "%", "294"],
        ["5", "%", "560"],
    ]


def test_a_share_that_is_not_in_the_table_gets_a_row_of_its_own() -> None:
    table = json.loads(plan("--alpha-min", "0.8", "--prevalence", "0.2", "--json").stdout)["table"]
    assert [row["prevalence"] for row in table] == [0.5, 0.25, 0.2, 0.1, 0.05]


def test_the_json_has_stable_keys() -> None:
    found = json.loads(plan(*WANTED, "--coders", "3", "--json").stdout)
    table = found.pop("table")
    assert found == {
        "alpha_min": 0.8,
        "prevalence": 0.1,
        "significance": 0.05,
        "coders": 3,
        "cards": 294,
        "judgements": 882,
        "precision": None,
        "interval": None,
    }
    assert table[2] == {"prevalence": 0.1, "cards": 294}


def test_every_key_of_the_json_is_named_in_the_help() -> None:
    told = plan("--help").stdout
    keys = json.loads(plan(*WANTED, "--json").stdout).keys()
    assert [key for key in keys if key not in told] == []


def test_more_coders_change_the_judgements_and_not_the_cards() -> None:
    told = plan(*WANTED, "--coders", "3").stdout
    assert "must both judge 294 cards." in told
    assert "882 judgements; the number still is the one for two." in told


def test_precision_and_the_width_with_a_number_of_cards_are_planned_beside_it() -> None:
    asked = (*WANTED, "--kappa", "0.7", "--precision", "0.1", "--cards", "40")
    told = plan(*asked).stdout
    assert "At a kappa of 0.7 its 95 % interval is ± 0.1 with 569 cards." in told
    assert "is ± 0.377 with 40 cards; a rough guide" in told
    found = json.loads(plan(*asked, "--json").stdout)
    assert found["precision"] == {"kappa": 0.7, "half_width": 0.1, "cards": 569}
    assert found["interval"]["half_width"] == pytest.approx(0.377, abs=0.0005)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Missing option"),
        (("--alpha-min", "0.8"), "Missing option '--prevalence'"),
        (("--alpha-min", "1", "--prevalence", "0.1"), "alpha must be from 0 to 0.999."),
        (("--alpha-min", "nan", "--prevalence", "0.1"), "alpha must be from 0 to 0.999."),
        (("--alpha-min", "0.8", "--prevalence", "0"), "prevalence must be from 0.001 to 0.999."),
        (("--alpha-min", "high", "--prevalence", "0.1"), "not a valid float"),
        ((*WANTED, "--coders", "1"), "not in the range"),
        ((*WANTED, "--precision", "0.1"), "--kappa goes with --precision or --cards"),
        ((*WANTED, "--kappa", "0.7"), "--kappa goes with --precision or --cards"),
        ((*WANTED, "--kappa", "1", "--precision", "0.1"), "kappa must be from 0 to 0.999."),
        ((*WANTED, "--kappa", "0.7", "--precision", "2"), "half-width must be from 0.001 to 1."),
    ],
)
def test_what_cannot_be_planned_is_wrong_usage_with_the_reason(
    arguments: tuple[str, ...], sentence: str
) -> None:
    result = plan(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in " ".join(result.stderr.split())
