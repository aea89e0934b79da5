"""Where there is no figure the page says why, and nothing is printed in its place."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.agreement import Estimate, Method
from app.reports.wording import interval
from tests.factories import Team
from tests.reports.reading import Page, page_of, says_nan
from tests.reports.rounds import BEN, CLEO, SMELLS, TWO, Sorted, make_round


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"Ben": ("stale", "unclear")}, "fewer than two coders judged cards"),
        (
            {"Ben": ("stale", ""), "Cleo": ("", "unclear")},
            "no card was judged by two coders",
        ),
        (
            {"Ben": ("stale",) * 12, "Cleo": ("stale",) * 12},
            "no variation: all judgements compared fall in one category",
        ),
        ({"Ben": ("?",), "Cleo": ("?",)}, "no card has been judged"),
    ],
    ids=["one coder", "no shared card", "one category", "nobody could judge"],
)
def test_B76_a_figure_without_a_value_says_why(
    client: TestClient,
    session: Session,
    team: Team,
    answers: dict[str, tuple[str, ...]],
    reason: str,
) -> None:
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, answers)})
    page = page_of(client, coded.page("Smell"))
    assert f"Not defined: {reason}." in page.text
    assert "Smell not defined" in page.text
    assert not says_nan(page.text)
    for ending in ("html", "csv", "md"):
        text = Page(client.get(f"{coded.url}/report.{ending}").text).text
        assert reason in text
        assert not says_nan(text)


def test_a_declared_single_category_leaves_nothing_to_agree_on(
    client: TestClient, session: Session, team: Team
) -> None:
    only = Sorted(("any",), {"Ben": ("any",) * 3, "Cleo": ("any",) * 3})
    coded = make_round(session, team, {"Smell": only, "Other": TWO})
    page = page_of(client, coded.page("Smell"))
    assert "only one category is declared" in page.text


def test_missing_counts_what_was_asked_for_and_never_given(
    client: TestClient, session: Session, team: Team
) -> None:
    answers = {"Ben": (*BEN[:28], "?", ""), "Cleo": CLEO}
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, answers)})
    page = page_of(client, coded.page("Smell"))
    assert "28 cards, 2 coders · 1 judgement missing, 1 could not be judged" in page.text
    assert "1 of 60 judgements asked for (2%) are missing" in page.text


def test_the_words_of_an_interval_stop_at_one() -> None:
    estimate = Estimate(0.8, low=0.5, high=1.1, n_units=12, n_coders=2, method=Method.LARGE_SAMPLE)
    assert interval(estimate) == "0.50 to 1.00"


def test_below_ten_cards_the_value_waits_behind_a_click(
    client: TestClient, session: Session, team: Team
) -> None:
    answers = {"Ben": BEN[9:17], "Cleo": CLEO[9:17]}
    few = make_round(session, team, {"Smell": Sorted(SMELLS, answers)})
    enough = make_round(session, team, {"Smell": TWO}, name="Round 2")
    page = page_of(client, few.page("Smell"))
    assert "Show the value from 8 cards" in page.text
    assert "Smell few cards" in page.text
    assert "Show the value" not in page_of(client, enough.page("Smell")).text
