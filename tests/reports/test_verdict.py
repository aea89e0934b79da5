"""Met, not met or undecided: by the whole interval, and exact where it touches the threshold."""

import pytest

from app.agreement import Estimate, Method
from app.reports.wording import Standing, limit, verdict


def estimate(low: float, value: float, high: float) -> Estimate:
    made = Method.BOOTSTRAP
    return Estimate(value, low=low, high=high, method=made, n_units=100, n_coders=2)


def judged(low: float, value: float, high: float, at: float = 0.67) -> str:
    found = verdict(estimate(low, value, high), at)
    return f"{found.standing.value}: {found.sentence}"


@pytest.mark.parametrize(
    ("low", "high", "standing"),
    [
        (0.67, 0.9, Standing.MET),
        (0.68, 0.9, Standing.MET),
        (0.6699, 0.9, Standing.UNDECIDED),
        (0.5, 0.67, Standing.UNDECIDED),
        (0.5, 0.6699, Standing.NOT_MET),
    ],
)
def test_an_interval_that_starts_on_the_threshold_meets_it_and_one_that_ends_there_does_not_miss_it(
    low: float, high: float, standing: Standing
) -> None:
    assert judged(low, (low + high) / 2, high).startswith(f"{standing.value}:")


def test_an_interval_that_ends_on_the_threshold_does_not_reach_across_it() -> None:
    assert "the interval reaches up to it." in judged(0.5, 0.6, 0.67)
    assert "the interval reaches across it." in judged(0.5, 0.6, 0.7)


def test_a_value_on_the_threshold_lies_neither_above_nor_below() -> None:
    assert "The value lies on the threshold of 0.67" in judged(0.5, 0.67, 0.8)
    assert "cards at this level" not in judged(0.5, 0.67, 0.8)


def test_a_number_printed_like_the_threshold_is_told_with_more_digits() -> None:
    assert "The value, 0.668, lies below the threshold of 0.67" in judged(0.5, 0.6683, 0.8)
    assert "The value, 0.672, lies above the threshold of 0.667" in judged(0.5, 0.672, 0.8, 0.667)
    assert "The whole interval, to 0.669, lies below" in judged(0.5, 0.6, 0.669)
    assert "and the interval, from 0.669, reaches across it" in judged(0.669, 0.75, 0.8)


def test_a_threshold_keeps_the_digits_it_was_set_with() -> None:
    assert [limit(one) for one in (0.67, 0.8, 1.0, 0.667, 2 / 3)] == [
        *("0.67", "0.80", "1.00", "0.667", "0.666667")
    ]


def test_cards_that_share_documents_decide_only_with_more_documents() -> None:
    found = estimate(0.5, 0.6, 0.7)
    assert (
        "from as many more documents, would decide"
        in verdict(found, 0.67, is_by_documents=True).sentence
    )
    assert "documents" not in verdict(found, 0.67).sentence
