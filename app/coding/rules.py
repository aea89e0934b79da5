"""What may happen in a round, what a judgement may be, and what stays hidden while it is open."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.agreement.measures import Measure
from app.coding.assistance import Assistance, declared
from app.studies.rules import Stance


class Phase(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    ALIGNING = "aligning"
    NEGOTIATING = "negotiating"
    DONE = "done"
    VOID = "void"


class Kind(StrEnum):
    """What a round is for; only `INDEPENDENT`, `RECODE` and `DRIFT_CHECK` measure reliability."""

    CALIBRATION = "calibration"
    INDEPENDENT = "independent"
    RECODE = "recode"
    DRIFT_CHECK = "drift_check"


class Sort(StrEnum):
    """What coders sort into: categories of the codebook, piles of their own, or both."""

    CLOSED = "closed"
    OPEN = "open"
    HYBRID = "hybrid"


WORDS_FOR_SORT: dict[Sort, str] = {
    Sort.CLOSED: "closed sort",
    Sort.OPEN: "open sort",
    Sort.HYBRID: "hybrid sort",
}


def measures_reliability(stance: str, kind: str, sort: str = Sort.CLOSED) -> bool:
    """Whether a round's coefficients are held against a threshold.

    What is computed after coders have agreed on what their piles mean describes; it proves nothing.
    """
    return stance == Stance.RELIABILITY and kind != Kind.CALIBRATION and sort == Sort.CLOSED


class Headline(StrEnum):
    """The coefficient that speaks for a round, by the key of its measure."""

    BY_DESIGN = ""
    KAPPA = Measure.LIGHT.value
    FLEISS = Measure.FLEISS.value
    ALPHA = Measure.ALPHA_NOMINAL.value
    AC1 = Measure.AC1.value
    BRENNAN_PREDIGER = Measure.BRENNAN_PREDIGER.value


WORDS_FOR_HEADLINE: dict[Headline, str] = {
    Headline.BY_DESIGN: "By the design (kappa for two coders, alpha for more)",
    Headline.KAPPA: "Cohen's / Light's kappa",
    Headline.FLEISS: "Fleiss' kappa",
    Headline.ALPHA: "Krippendorff's alpha",
    Headline.AC1: "Gwet's AC1",
    Headline.BRENNAN_PREDIGER: "Brennan-Prediger",
}


class Value(StrEnum):
    """What a placement says. `NOT_JUDGED` takes an earlier judgement back."""

    CATEGORIES = "categories"
    NONE_APPLIES = "none_applies"
    NOT_APPLICABLE = "not_applicable"
    CANNOT_JUDGE = "cannot_judge"
    NOT_JUDGED = "not_judged"


WORDS_FOR_VALUE: dict[Value, str] = {
    Value.NONE_APPLIES: "None of these applies",
    Value.NOT_APPLICABLE: "Does not apply to this card",
    Value.CANNOT_JUDGE: "Cannot judge",
    Value.NOT_JUDGED: "Not judged",
}

_MAY_BECOME: dict[Phase, frozenset[Phase]] = {
    Phase.DRAFT: frozenset({Phase.OPEN, Phase.VOID}),
    Phase.OPEN: frozenset({Phase.ALIGNING, Phase.NEGOTIATING, Phase.VOID}),
    Phase.ALIGNING: frozenset({Phase.NEGOTIATING, Phase.VOID}),
    Phase.NEGOTIATING: frozenset({Phase.DONE, Phase.VOID}),
    Phase.DONE: frozenset({Phase.VOID}),
    Phase.VOID: frozenset(),
}


class CardChoice(StrEnum):
    """Which cards a round takes."""

    ALL = "all"
    FILTER = "filter"
    SAMPLE = "sample"
    GIVEN = "given"  # those that past work brought along; no draft chooses this
    AFFECTED = "affected"  # those that a new codebook version puts in question


@dataclass(frozen=True, slots=True)
class Plan:
    """How the cards of a round are drawn: stored with the draft, carried out at opening.

    `share` is the percentage of cards that every coder judges; each other card goes to one coder.
    `is_fresh` leaves out cards that were in an earlier round, `is_undiscussed` those that the team
    has talked about: neither can tell how coders judge on their own.
    """

    cards: CardChoice = CardChoice.ALL
    search: str = ""
    attribute: str = ""
    attribute_value: str = ""
    sample_size: int = 0
    is_fresh: bool = False
    is_undiscussed: bool = False
    share: int = 100
    participants: str = ""  # of a joint sort: the people for whom one coder types
    affected_by: int = 0  # with AFFECTED: the codebook version whose impact list is coded again


@dataclass(frozen=True, slots=True)
class Protocol:
    """The rules of sorting and of the talk after a round has closed, frozen when it opens.

    With `has_statements` each party writes its reasons before it sees the others', and all open
    at once. With `owner_last` the owner of the study speaks after every other party. `assistance`
    is all the help that coders have.
    """

    has_statements: bool = False
    owner_last: bool = False
    assistance: tuple[Assistance, ...] = ()


def protocol_from(stored: Mapping[str, Any]) -> Protocol:
    """Return the rules as they were stored; what an earlier release did not know is off."""
    return Protocol(**{**stored, "assistance": declared(stored.get("assistance", ()))})


def usual_protocol(stance: str) -> Protocol:
    """Return the rules that a new draft begins with; who sort together have nothing to seal."""
    return Protocol(has_statements=stance != Stance.JOINT_SORT, owner_last=True)


def refuse_phase_change(before: Phase, after: Phase) -> str | None:
    """Say why a round cannot go from one phase to another, or nothing."""
    if after in _MAY_BECOME[before]:
        return None
    if before is Phase.VOID:
        return "This round is void; nothing in it changes any more."
    if after is Phase.OPEN:
        return "A round is opened once. To code again, make a new round."
    return f"A round that is {before} cannot become {after}."


def refuse_work(phase: Phase, *, closed: str, has_submitted: bool) -> str | None:
    """Say why a coder cannot change a judgement now, or nothing. `closed` tells when it closed."""
    if phase is Phase.DRAFT:
        return "This round is not open yet."
    if phase is not Phase.OPEN:
        return f"This round was closed {closed}. What you sent is not counted."
    if has_submitted:
        return "You have handed this round in. Take it back first if something is still to change."
    return None


def refuse_value(
    value: Value, category_ids: Collection[int], known: Collection[int], *, is_multiple: bool
) -> str | None:
    """Say what is wrong with a judgement, or nothing."""
    if value is not Value.CATEGORIES:
        return "A category and “without a category” exclude each other." if category_ids else None
    if not category_ids:
        return "Choose a category, or say why none fits."
    if any(category_id not in known for category_id in category_ids):
        return "A category you chose was removed from this round's codebook. Choose another."
    if len(category_ids) > 1 and not is_multiple:
        return "This facet takes one category for each card."
    return None


def is_judged(value: Value) -> bool:
    """Whether the card is dealt with on this facet; “cannot judge” is an answer, too."""
    return value is not Value.NOT_JUDGED


def sees_others(*, is_closed: bool) -> bool:
    """Whether anybody may see placements other than their own: only once the round has closed."""
    return is_closed


def coder_label(place: int) -> str:
    """Return "Coder A" for the first coder of a round, "Coder AA" for the 27th."""
    letters = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"Coder {letters}"
