"""PURE: figures in words: verdicts, intervals, reasons, and what to mind when quoting them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.agreement import Estimate, Method, Unit

NOT_COMPUTED = "not computed"
NEVER_COMPUTED = "no interval is made of this figure"


def number(value: float) -> str:
    """Return a coefficient with two digits and a true minus."""
    shown = f"{value:.2f}"
    return "0.00" if shown == "-0.00" else shown.replace("-", "−")


def limit(value: float) -> str:
    """Return a threshold with the digits it was set with, two at least."""
    return number(value) if round(value, 2) == value else f"{value:.6g}"


def share(value: float) -> str:
    return f"{100 * value:.1f} %"


def counted(n: int, one: str, several: str | None = None) -> str:
    """Return "1 card" or "12 cards"."""
    return f"{n:,} {one if n == 1 else several or one + 's'}".replace(",", "\u202f")


def exposed_words(n_cards: int) -> str:
    """Say that cards were coded and do not count."""
    was, it_is = ("was", "it is") if n_cards == 1 else ("were", "they are")
    return f"{counted(n_cards, 'card')} {was} talked about before; {it_is} coded and not counted."


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
    found = f"Bootstrap intervals: {resamples} of {_drawn_units(drawn)}, seed {drawn['seed']}."
    if drawn.get("note"):
        found += f" Cards were drawn although they share documents: {drawn['note']}."
    # Cards of one document are not independent, which the formula takes for granted.
    return found if is_by_documents(drawn) else f"{found} {kappas}."


def is_by_documents(drawn: Mapping[str, Any] | None) -> bool:
    """Whether intervals were made by drawing documents, because cards share them."""
    return drawn is not None and not drawn.get("reason") and drawn["unit"] == Unit.CLUSTERS


def _drawn_units(drawn: Mapping[str, Any]) -> str:
    """Return what a resample holds: "48 source documents", or "cards"."""
    if not is_by_documents(drawn) or not drawn["n_drawn"]:
        return str(drawn["unit"])
    return f"{counted(drawn['n_drawn'], 'source document')}, as cards share them"


def how_interval(estimate: Estimate, drawn: Mapping[str, Any] | None) -> str:
    """Return how one interval was made, and of what if not of cards; empty without one."""
    if not estimate.method:
        return ""
    if drawn is None or estimate.method != Method.BOOTSTRAP or not is_by_documents(drawn):
        return estimate.method
    return f"{estimate.method} over {drawn['unit']}"


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


def verdict(estimate: Estimate, threshold: float, *, is_by_documents: bool = False) -> Verdict:
    """Judge by the whole interval: a value alone is neither met nor not met."""
    line = f"the threshold of {limit(threshold)}"
    if estimate.value is None:
        reason = f"There is no coefficient to hold against {line}: {estimate.reason}."
        return Verdict(Standing.NOT_ASKED, reason)
    value = f"The value{_if_alike(estimate.value, threshold)} lies {_side(estimate, threshold)}"
    if estimate.low is None or estimate.high is None:
        why = f"{_sentence(estimate.note)} " if estimate.note else ""
        told = f"{value} {line}. {why}Without an interval nothing tells how far off "
        return Verdict(Standing.UNDECIDED, told + "another set of cards would be.")
    if estimate.low >= threshold:
        return Verdict(Standing.MET, f"The whole interval lies at or above {line}.")
    if estimate.high < threshold:
        end = _if_alike(estimate.high, threshold, "to ")
        return Verdict(Standing.NOT_MET, f"The whole interval{end} lies below {line}.")
    reach = "reaches up to it" if estimate.high == threshold else "reaches across it"
    start = _if_alike(estimate.low, threshold, "from ")
    return Verdict(
        Standing.UNDECIDED,
        f"{value} {line}, and the interval{start} {reach}. "
        f"{_with_cards(estimate)} you can say neither “met” nor “not met”."
        + _cards_to_decide(estimate, threshold, is_by_documents=is_by_documents),
    )


def _side(estimate: Estimate, threshold: float) -> str:
    if estimate.value is None or estimate.value == threshold:
        return "on"
    return "above" if estimate.value > threshold else "below"


def _if_alike(value: float, threshold: float, which: str = "") -> str:
    """Return a number with more digits, where two would print it like the threshold."""
    if value == threshold or number(value) != number(threshold):
        return ""
    shown = next((f"{value:.{n}f}" for n in range(3, 9) if round(value, n) != threshold), "")
    return f", {which}{shown}," if shown else ""


def _with_cards(estimate: Estimate) -> str:
    return f"With {counted(estimate.n_units, 'card')}"


def _cards_to_decide(estimate: Estimate, threshold: float, *, is_by_documents: bool) -> str:
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
    # More cards of the same documents would hardly narrow it.
    source = ", from as many more documents," if is_by_documents else ""
    return f" About {counted(rounded, 'card')} at this level{source} would decide."


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
    return _NOT_RELIABILITY["open sort"] if sort in {"open", "hybrid"} else ""


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
