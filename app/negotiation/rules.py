"""What can come of a talk about a card, and who may say so."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

Answer = str
"""What a coder said, as text: category ids joined by "+", or the name of a `Value`."""

CANNOT_JUDGE = "cannot_judge"
SPECIAL = frozenset({"none_applies", "not_applicable"})


class Flag(IntEnum):
    """Why a card is flagged; the lower, the earlier it is worth talking about."""

    SYSTEMATIC_CONFUSION = 1
    SCOPE_CONFLICT = 2
    CONFIDENT_CONFLICT = 3
    ALL_DIFFER = 4
    LONE_DISSENT = 5
    SET_OVERLAP = 6
    UNSURE_CONFLICT = 7
    FRAGILE_AGREEMENT = 8
    AUDIT = 9

    @property
    def bit(self) -> int:
        """Return the flag's place in `Disagreement.flags`."""
        return 1 << (self - 1)

    @property
    def is_disagreement(self) -> bool:
        """Whether coders differed; the others are agreements that deserve a second look."""
        return self < Flag.FRAGILE_AGREEMENT


class Stage(StrEnum):
    """How far the talk about a card is; what became of it is the coarser `state`."""

    SEALED = "sealed"
    OPENED = "opened"
    PROPOSED = "proposed"
    ESCALATED = "escalated"
    CLOSED = "closed"


class Outcome(StrEnum):
    PERSUADED = "persuaded"
    THIRD_CODE = "third_code"
    BOTH_KEPT = "both_kept"
    SLIP = "slip"
    WITH_DISSENT = "with_dissent"
    ARBITRATED = "arbitrated"
    UNRESOLVED = "unresolved"
    DEFERRED = "deferred"
    DROPPED = "dropped"
    SPLIT = "split"
    DISSOLVED = "dissolved"
    UPHELD = "upheld"
    GATED = "gated"


class VoiceKind(StrEnum):
    """How a party answers a proposal."""

    CONFIRM = "confirm"
    DISSENT = "dissent"


class Cause(StrEnum):
    SLIP = "slip"
    UNCLEAR_DEFINITION = "unclear_definition"
    OVERLAPPING_CODES = "overlapping_codes"
    MISSING_CODE = "missing_code"
    MULTI_TOPIC = "multi_topic"
    LACKING_CONTEXT = "lacking_context"
    AMBIGUOUS = "ambiguous"


class Provenance(StrEnum):
    """Where a final label comes from; `CONSENSUS` where coders agreed after they had talked.

    `BY_GATE` where the label of an earlier facet says that this one does not apply.
    """

    UNANIMOUS = "unanimous"
    CONSENSUS = "consensus"
    NEGOTIATED = "negotiated"
    ARBITRATED = "arbitrated"
    SINGLE_CODED = "single-coded"
    JOINT = "joint"
    BY_GATE = "by the gate"
    UNRESOLVED = "unresolved"


WORDS_FOR_OUTCOME: dict[Outcome, str] = {
    Outcome.PERSUADED: "A coder was persuaded",
    Outcome.THIRD_CODE: "All moved to a third category",
    Outcome.BOTH_KEPT: "Both categories were kept",
    Outcome.SLIP: "A slip was corrected",
    Outcome.WITH_DISSENT: "Accepted with dissent",
    Outcome.DISSOLVED: "Dissolved by a change of the codebook",
    Outcome.ARBITRATED: "An arbiter decided",
    Outcome.UNRESOLVED: "Unresolved",
    Outcome.DEFERRED: "Deferred",
    Outcome.DROPPED: "The card was dropped",
    Outcome.SPLIT: "The card was split",
    Outcome.UPHELD: "The agreement was upheld",
    Outcome.GATED: "It followed from the gate",
}
WORDS_FOR_CAUSE: dict[Cause, str] = {
    Cause.SLIP: "A slip",
    Cause.UNCLEAR_DEFINITION: "Unclear definition",
    Cause.OVERLAPPING_CODES: "Overlapping categories",
    Cause.MISSING_CODE: "Missing category",
    Cause.MULTI_TOPIC: "The card is about several things",
    Cause.LACKING_CONTEXT: "The card lacks context",
    Cause.AMBIGUOUS: "Truly ambiguous",
}
WORDS_FOR_FLAG: dict[Flag, str] = {
    Flag.SYSTEMATIC_CONFUSION: "confused again and again",
    Flag.SCOPE_CONFLICT: "in or out",
    Flag.CONFIDENT_CONFLICT: "all are sure",
    Flag.ALL_DIFFER: "no two alike",
    Flag.LONE_DISSENT: "one differs from the rest",
    Flag.SET_OVERLAP: "sets overlap",
    Flag.UNSURE_CONFLICT: "not all are sure",
    Flag.FRAGILE_AGREEMENT: "agreed, but unsure",
    Flag.AUDIT: "agreed, drawn for a second look",
}

SETTLED_BY_CODERS = frozenset(
    {
        Outcome.PERSUADED,
        Outcome.THIRD_CODE,
        Outcome.BOTH_KEPT,
        Outcome.SLIP,
        Outcome.WITH_DISSENT,
        Outcome.DISSOLVED,
        Outcome.GATED,
    }
)
WITHOUT_LABEL = frozenset({Outcome.UNRESOLVED, Outcome.DEFERRED, Outcome.DROPPED, Outcome.SPLIT})


@dataclass(frozen=True, slots=True)
class Position:
    """One coder's answer to one card on one facet."""

    coder_id: int
    answer: Answer
    confidence: int | None = None


def refuse_words(outcome: Outcome, *, has_label: bool, rationale: str) -> str | None:
    """Say what is missing in a proposal or decision, or nothing."""
    if not rationale.strip():
        return "Write down why: the reason is what reviewers and the codebook need."
    if outcome in WITHOUT_LABEL and has_label:
        return "This outcome leaves the card without a label; clear the label or choose another."
    if outcome not in WITHOUT_LABEL and not has_label:
        return "Choose the label the team decided on."
    return None


def refuse_proposed_outcome(outcome: Outcome) -> str | None:
    """Say why an outcome cannot be proposed, or nothing; some come about in another way."""
    return _NOT_PROPOSED.get(outcome)


_NOT_PROPOSED: dict[Outcome, str] = {
    Outcome.ARBITRATED: "Hand the card over to the arbiter instead; nobody proposes what they say.",
    Outcome.DEFERRED: "Put the card off instead, with a name and a date.",
    Outcome.WITH_DISSENT: "Propose the label; whoever accepts it with a dissent says so then.",
    Outcome.UPHELD: "Only an agreement can be upheld, from the agenda.",
    Outcome.GATED: "This follows by itself once the facet that the gate asks for is decided.",
}
PROPOSABLE = tuple(outcome for outcome in Outcome if outcome not in _NOT_PROPOSED)


def refuse_outcome(
    outcome: Outcome, label: Answer, said: Collection[Answer], *, is_multiple: bool
) -> str | None:
    """Say why an outcome cannot be what led from the answers given to this label, or nothing."""
    is_new = bool(_parts([label]) - _parts(said))
    if outcome is Outcome.PERSUADED and is_new:
        return f"Nobody had chosen this: choose “{WORDS_FOR_OUTCOME[Outcome.THIRD_CODE]}”."
    if outcome is Outcome.THIRD_CODE and not is_new:
        return (
            "This was chosen by a coder: choose another label, or another outcome such as "
            f"“{WORDS_FOR_OUTCOME[Outcome.PERSUADED]}”."
        )
    if outcome is Outcome.BOTH_KEPT and not is_multiple:
        return "A card has one category on this facet, so both cannot be kept."
    if outcome is Outcome.BOTH_KEPT and not _holds_two(label, said):
        return "To keep both, the label has to hold what two coders chose."
    return None


def possible_outcomes(
    said: Collection[Answer], options: Collection[Answer], *, is_multiple: bool
) -> tuple[Outcome, ...]:
    """Return what can come of a talk that began with these answers; `options` are all labels."""
    impossible = set()
    if not set(options) - _parts(said):
        impossible.add(Outcome.THIRD_CODE)
    if not is_multiple or not _holds_two("+".join(_parts(said)), said):
        impossible.add(Outcome.BOTH_KEPT)
    return tuple(outcome for outcome in Outcome if outcome not in impossible)


def _parts(answers: Iterable[Answer]) -> set[str]:
    return {part for answer in answers for part in answer.split("+")}


def _holds_two(label: Answer, said: Collection[Answer]) -> bool:
    sets = [_parts([answer]) for answer in set(said) - SPECIAL - {CANNOT_JUDGE}]
    return sum(one <= _parts([label]) for one in sets) > 1


def provenance_of(outcome: Outcome) -> Provenance:
    """Return where a decided label comes from."""
    if outcome in WITHOUT_LABEL:
        return Provenance.UNRESOLVED
    if outcome is Outcome.GATED:
        return Provenance.BY_GATE
    return Provenance.ARBITRATED if outcome is Outcome.ARBITRATED else Provenance.NEGOTIATED
