"""PURE: figures in words: verdicts, intervals, reasons, and what to mind when quoting them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.agreement import Estimate, NoticeKind, Unit

NOT_COMPUTED = "not computed"


def number(value: float) -> str:
    """Return a coefficient with two digits and a true minus."""
    shown = f"{value:.2f}"
    return "0.00" if shown == "-0.00" else shown.replace("-", "−")


def share(value: float) -> str:
    return f"{100 * value:.1f} %"


def counted(n: int, one: str, several: str | None = None) -> str:
    """Return "1 card" or "12 cards"."""
    return f"{n:,} {one if n == 1 else several or one + 's'}".replace(",", "\u202f")


def interval(estimate: Estimate) -> str:
    """Return "0.64 to 0.82", or that there is none.

    With few cards the formula reaches beyond 1, where no coefficient can be: the words stop at 1,
    the stored figures keep what was computed.
    """
    if estimate.low is None or estimate.high is None:
        return NOT_COMPUTED
    return f"{number(estimate.low)} to {number(min(estimate.high, 1.0))}"


def interval_of_shares(estimate: Estimate) -> str:
    """Return "71.3 % to 84.0 %", or that there is none."""
    if estimate.low is None or estimate.high is None:
        return NOT_COMPUTED
    return f"{share(estimate.low)} to {share(estimate.high)}"


def how_intervals(drawn: Mapping[str, Any] | None) -> str:
    """Say how the 95 % intervals were made; `drawn` is the stored bootstrap, if there is one."""
    kappas = "Intervals of Cohen's kappa are its value ± 1.96 standard errors"
    if drawn is None or drawn.get("reason"):
        return f"{kappas}; no resamples were drawn."
    resamples = counted(drawn["n_resamples"], "resample")
    found = f"Bootstrap intervals: {resamples} of {drawn['unit']}, seed {drawn['seed']}."
    if drawn.get("note"):
        found += f" Cards were drawn although they share documents: {drawn['note']}."
    # Cards of one document are not independent, which the formula takes for granted.
    return found if drawn["unit"] == Unit.CLUSTERS else f"{found} {kappas}."


def basis(estimate: Estimate) -> str:
    """Return what a figure rests on: "120 cards, 2 coders"."""
    return f"{counted(estimate.n_units, 'card')}, {counted(estimate.n_coders, 'coder')}"


def undefined(reason: str | None) -> str:
    """Say that a figure has no value, and why."""
    return f"not defined: {reason}" if reason else "not defined"


def missing(n_missing: int | None, n_cannot_judge: int) -> str:
    """Say what a figure had to do without: "2 judgements missing, 10 could not be judged"."""
    if n_missing is None:
        return ""
    told = f"{counted(n_missing, 'judgement')} missing" if n_missing else "nothing missing"
    return f"{told}, {n_cannot_judge:,} could not be judged" if n_cannot_judge else told


class Standing(StrEnum):
    """How a coefficient stands to the threshold, as far as its interval can tell."""

    MET = "Met"
    NOT_MET = "Not met"
    UNDECIDED = "Undecided"
    NOT_ASKED = "No verdict"


@dataclass(frozen=True, slots=True)
class Verdict:
    standing: Standing
    sentence: str


def verdict(estimate: Estimate, threshold: float) -> Verdict:
    """Judge by the whole interval: a value alone is neither met nor not met."""
    line = f"the threshold of {number(threshold)}"
    if estimate.value is None:
        reason = f"There is no coefficient to hold against {line}: {estimate.reason}."
        return Verdict(Standing.NOT_ASKED, reason)
    side = "above" if estimate.value > threshold else "below"
    side = "on" if estimate.value == threshold else side
    if estimate.low is None or estimate.high is None:
        why = f"{_sentence(estimate.note)} " if estimate.note else ""
        told = f"The value lies {side} {line}. {why}Without an interval nothing tells how far off "
        return Verdict(Standing.UNDECIDED, told + "another set of cards would be.")
    if estimate.low >= threshold:
        return Verdict(Standing.MET, f"The whole interval lies at or above {line}.")
    if estimate.high < threshold:
        return Verdict(Standing.NOT_MET, f"The whole interval lies below {line}.")
    return Verdict(
        Standing.UNDECIDED,
        f"The value lies {side} {line}, and the interval reaches across it. "
        f"{_with_cards(estimate)} you can say neither “met” nor “not met”."
        + _cards_to_decide(estimate, threshold),
    )


def _with_cards(estimate: Estimate) -> str:
    return f"With {counted(estimate.n_units, 'card')}"


def _cards_to_decide(estimate: Estimate, threshold: float) -> str:
    """Say how many cards would decide at this level: the interval shrinks with their root."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return ""
    distance = abs(estimate.value - threshold)
    reach = (estimate.high - estimate.low) / 2
    if distance < 0.01:
        return ""
    n_cards = estimate.n_units * (reach / distance) ** 2
    steps = 10 if n_cards < 1000 else 100
    rounded = int(-(-n_cards // steps) * steps)
    return f" About {counted(rounded, 'card')} at this level would decide."


_NOT_RELIABILITY = {
    "calibration": (
        "This was a calibration round: coders were still learning the codebook together, so these "
        "figures describe the training. They are not reliability."
    ),
    "open sort": (
        "Coders named their own piles and the team mapped them to categories afterwards. The map "
        "favours agreement, so these figures are descriptive. They are not reliability."
    ),
}


def not_reliability(kind: str, sort: str) -> str:
    """Say why the figures of a round are not reliability; empty when they are."""
    if kind == "calibration":
        return _NOT_RELIABILITY["calibration"]
    return _NOT_RELIABILITY["open sort"] if sort == "open" else ""


class Weight(StrEnum):
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to mind: how weighty, a heading, a sentence."""

    weight: Weight
    title: str
    sentence: str


_TITLES: Mapping[str, tuple[Weight, str]] = {
    NoticeKind.SILENT_CODER: (Weight.WARN, "Not everybody judged."),
    NoticeKind.FEW_CARDS: (Weight.WARN, "Few cards."),
    NoticeKind.WIDE_INTERVAL: (Weight.WARN, "A wide interval."),
    NoticeKind.UNUSED_CATEGORY: (Weight.INFO, "Not every category was used."),
    NoticeKind.CONSTANT_CODER: (Weight.WARN, "A coder used a single category."),
    NoticeKind.NO_VARIATION: (Weight.WARN, "Nothing varied."),
    NoticeKind.PERFECT: (Weight.INFO, "Perfect agreement."),
    NoticeKind.UNDEFINED_PAIRS: (Weight.WARN, "Some pairs have no kappa."),
    NoticeKind.PARADOX: (Weight.WARN, "High agreement, low kappa."),
}


def remarks(
    notices: Iterable[Mapping[str, str]], *, n_missing: int, n_assigned: int, has_order: bool
) -> tuple[Remark, ...]:
    """Return what to mind about the figures of a facet, most basic first.

    The stored count of missing judgements takes in cards that were never given to a coder, so
    the sentence about them is made here, from what was assigned.
    """
    said = [
        Remark(*_TITLES[notice["kind"]], notice["sentence"])
        for notice in notices
        if notice["kind"] in _TITLES
    ]
    if n_missing:
        said.append(_about_missing(n_missing, n_assigned, has_order=has_order))
    return tuple(said)


def _about_missing(n_missing: int, n_assigned: int, *, has_order: bool) -> Remark:
    sentence = (
        f"{n_missing} of {counted(n_assigned, 'judgement')} asked for "
        f"({100 * n_missing / n_assigned:.0f}%) are missing; each figure uses the cards it can."
    )
    if has_order:
        sentence += " An answer outside the categories counts as missing here."
    return Remark(Weight.INFO, "Missing judgements.", sentence)


def _sentence(text: str | None) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def before_any_figure(open_rounds: Iterable[str]) -> str:
    """Say when figures appear; the same for everybody, whatever was placed so far."""
    names = list(open_rounds)
    if len(names) == 1:
        return f"Figures appear when {names[0]} closes. Nobody sees a figure before."
    if names:
        listed = f"{', '.join(names[:-1])} or {names[-1]}"
        return f"Figures appear when {listed} closes. Nobody sees a figure before."
    return "Figures appear when a round closes. Nobody sees a figure before."
