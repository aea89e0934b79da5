"""PURE: whether a study may stop by its own rule, facet by facet, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.agreement import Estimate
from app.reports.saturation import Saturation
from app.reports.wording import Standing, Verdict, counted, interval, limit
from app.studies.service import StopRule


@dataclass(frozen=True, slots=True)
class Newest:
    """The headline coefficient of the newest round that counts.

    `changed_by` is the first version that gave the facet another meaning than the round went by;
    `is_used` says whether an earlier reliability round went by it already.
    """

    round_name: str
    figure: str
    estimate: Estimate
    changed_by: int | None = None
    is_used: bool = False

    @property
    def doubt(self) -> str:
        """Why the round says nothing of the facet as it is defined now; "" if it does."""
        if self.changed_by is None:
            return ""
        if self.is_used:
            return (
                f"Version {self.changed_by} changed this facet; {self.round_name}, the newest "
                "round that measures reliability, went by an older one."
            )
        return (
            f"Version {self.changed_by} changed this facet since; no reliability round by it has "
            "closed."
        )


@dataclass(frozen=True, slots=True)
class StopVerdict:
    """Where a facet stands, and what each part of the rule says of it."""

    facet: str
    standing: Standing
    parts: tuple[Verdict, ...]


def facet_stops(
    facet: str, rule: StopRule, newest: Newest | None, found: Saturation, *, has_bound: bool
) -> StopVerdict:
    """Return where a facet stands; `has_bound` is false in a study without coefficients."""
    parts = []
    if rule.bound is not None and has_bound:
        parts.append(_by_bound(rule.bound, newest))
    if rule.quiet_cards is not None:
        parts.append(_by_quiet_cards(rule.quiet_cards, found, newest if has_bound else None))
    return StopVerdict(facet, _together([part.standing for part in parts]), tuple(parts))


def _by_bound(bound: float, newest: Newest | None) -> Verdict:
    asked = f"the {limit(bound)} that the rule asks for"
    if newest is None:
        sentence = "No round that measures reliability has closed on this facet."
        return Verdict(Standing.UNDECIDED, sentence)
    if newest.doubt:
        return Verdict(Standing.UNDECIDED, newest.doubt)
    estimate, about = newest.estimate, f"{newest.figure} in {newest.round_name}"
    if estimate.value is None:
        why = f"{about} is not defined: {estimate.reason}."
        return Verdict(Standing.UNDECIDED, why)
    if estimate.low is None or estimate.high is None:
        why = f"{about} has no interval, so nothing tells how low it may be."
        return Verdict(Standing.UNDECIDED, why)
    told = f"The interval of {about}, {interval(estimate)},"
    if estimate.low >= bound:
        return Verdict(Standing.MET, f"{told} begins at or above {asked}.")
    if estimate.high < bound:
        return Verdict(Standing.NOT_MET, f"{told} lies below {asked}.")
    return Verdict(Standing.UNDECIDED, f"{told} reaches across {asked}.")


def _by_quiet_cards(quiet_cards: int, found: Saturation, newest: Newest | None) -> Verdict:
    if not found.n_cards:
        return Verdict(Standing.UNDECIDED, "No card was coded in a round that has closed.")
    told = (
        f"The last {counted(found.run, 'card')} coded brought no new category; the rule asks "
        f"for {counted(quiet_cards, 'card')}."
    )
    if found.run < quiet_cards:
        return Verdict(Standing.NOT_MET, told)
    if newest is not None and newest.doubt:
        return Verdict(Standing.UNDECIDED, f"{told} {newest.doubt}")
    return Verdict(Standing.MET, told)


def _together(standings: Sequence[Standing]) -> Standing:
    """Return what holds of all: one that is not met decides, one that is open leaves it open."""
    if not standings:
        return Standing.NOT_ASKED
    if Standing.NOT_MET in standings:
        return Standing.NOT_MET
    met = all(one is Standing.MET for one in standings)
    return Standing.MET if met else Standing.UNDECIDED


def study_stops(verdicts: Sequence[StopVerdict]) -> Standing:
    """Return where the study stands: the rule is asked of every facet."""
    return _together([one.standing for one in verdicts])
