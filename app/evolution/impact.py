"""PURE: which cards a change of the codebook puts in question, and why each of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.codebook.changes import ChangeClass, ChangeKind, CodebookChange
from app.coding.allocation import draw_sample

UNSURE = 1
SHARE_OF_THE_OTHERS = 10
_FITTED_NOWHERE = frozenset({"none_applies", "cannot_judge"})


class Reason(StrEnum):
    """Why a card is coded again; of several the one that stands first here."""

    SPLIT = "split"
    RETIRED = "retired"
    CHOICE = "choice"
    GATE = "gate"
    CONFUSED = "confused"
    UNSURE = "unsure"
    FITTED_NOWHERE = "fitted_nowhere"
    NEIGHBOUR = "neighbour"
    SAMPLED = "sampled"


WORDS_FOR_REASON: Mapping[Reason, str] = {
    Reason.SPLIT: "was in a category that came apart",
    Reason.RETIRED: "was in a category that is gone",
    Reason.CHOICE: "the facet takes another number of categories",
    Reason.GATE: "the facet was not to apply, and its gate changed",
    Reason.CONFUSED: "coders chose different categories",
    Reason.UNSURE: "a coder was unsure",
    Reason.FITTED_NOWHERE: "no category fitted",
    Reason.NEIGHBOUR: "is in a neighbour of a new category",
    Reason.SAMPLED: "drawn at random",
}


COUNTED_AS: Mapping[Reason, str] = {
    Reason.CONFUSED: "confused",
    Reason.UNSURE: "unsure",
    Reason.SAMPLED: "drawn at random",
    Reason.FITTED_NOWHERE: "that fitted nowhere",
    Reason.NEIGHBOUR: "in neighbours",
}
"""What is said behind a number of cards, where a kind of change has several reasons."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one coder said of one card on one facet, in the newest closed round that has it."""

    card_id: int
    coder_id: int
    value: str
    category_ids: tuple[int, ...]
    confidence: int | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """A card that a change puts in question; `key` is that of the change."""

    facet_id: int
    card_id: int
    reason: Reason
    key: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The categories beside a new one: those that its origin was confused with are proposed."""

    key: str
    possible: tuple[int, ...]
    proposed: tuple[int, ...]


Judged = Mapping[int, Sequence[Judgement]]
"""The judgements on each facet."""


def touched_cards(
    changes: Sequence[CodebookChange],
    judged: Judged,
    neighbours: Mapping[str, Collection[int]],
    *,
    seed: int,
) -> tuple[Touched, ...]:
    """Return the cards that the changes put in question, each once for each change.

    `neighbours` holds, by the key of an added category, those beside it whose cards are read again.
    The same seed draws the same cards.
    """
    found: list[Touched] = []
    for change in changes:
        if not _is_questioning(change, changes):
            continue
        cards = _by_card(judged.get(change.facet_id, ()))
        beside = neighbours.get(change.key, ())
        reasons: dict[int, Reason] = {}
        for card_id, reason in _reasons(change, cards, beside, seed):
            reasons.setdefault(card_id, reason)
        found += [
            Touched(change.facet_id, card_id, reasons[card_id], change.key)
            for card_id in sorted(reasons)
        ]
    return tuple(found)


def _is_questioning(change: CodebookChange, changes: Sequence[CodebookChange]) -> bool:
    if change.kind is ChangeKind.ADDED:
        return needs_a_second_look(change, changes)
    return change.change_class is not ChangeClass.EDITORIAL


def strongest(touched: Iterable[Touched]) -> dict[tuple[int, int], Reason]:
    """Return one reason for each facet and card."""
    order = list(Reason)
    found: dict[tuple[int, int], Reason] = {}
    for one in touched:
        place = (one.facet_id, one.card_id)
        before = found.get(place, one.reason)
        found[place] = min(before, one.reason, key=order.index)
    return found


Cards = Mapping[int, Sequence[Judgement]]


def _by_card(judgements: Iterable[Judgement]) -> Cards:
    cards: dict[int, list[Judgement]] = defaultdict(list)
    for one in judgements:
        cards[one.card_id].append(one)
    return cards


def _reasons(
    change: CodebookChange, cards: Cards, beside: Collection[int], seed: int
) -> Iterator[tuple[int, Reason]]:
    match change.kind:
        case ChangeKind.SPLIT | ChangeKind.RETIRED:
            reason = Reason.SPLIT if change.kind is ChangeKind.SPLIT else Reason.RETIRED
            yield from ((card_id, reason) for card_id in _of(change, cards))
        case ChangeKind.CHOICE:
            yield from ((card_id, Reason.CHOICE) for card_id in cards)
        case ChangeKind.GATE_CHANGED:
            yield from ((card_id, Reason.GATE) for card_id in _kept_out(cards))
        case ChangeKind.CLARIFIED:
            yield from _clarified(_of(change, cards), seed)
        case ChangeKind.ADDED:
            yield from _added(cards, beside)
        case _:
            return


def _of(change: CodebookChange, cards: Cards) -> Cards:
    """Return the cards that any coder put into the category; for a facet all of them."""
    if change.category_id is None:
        return cards
    return {
        card_id: said
        for card_id, said in cards.items()
        if any(change.category_id in one.category_ids for one in said)
    }


def _kept_out(cards: Cards) -> Iterator[int]:
    for card_id, said in cards.items():
        if any(one.value == "not_applicable" for one in said):
            yield card_id


def _clarified(cards: Cards, seed: int) -> Iterator[tuple[int, Reason]]:
    others = []
    for card_id, said in sorted(cards.items()):
        if len({_answer(one) for one in said}) > 1:
            yield card_id, Reason.CONFUSED
        elif any(one.confidence == UNSURE for one in said):
            yield card_id, Reason.UNSURE
        else:
            others.append(card_id)
    n_drawn = -(-len(others) * SHARE_OF_THE_OTHERS // 100)
    yield from ((card_id, Reason.SAMPLED) for card_id in draw_sample(others, n_drawn, seed=seed))


def _added(cards: Cards, beside: Collection[int]) -> Iterator[tuple[int, Reason]]:
    for card_id, said in sorted(cards.items()):
        if any(one.value in _FITTED_NOWHERE for one in said):
            yield card_id, Reason.FITTED_NOWHERE
        elif any(set(beside) & set(one.category_ids) for one in said):
            yield card_id, Reason.NEIGHBOUR


def _answer(one: Judgement) -> tuple[str, tuple[int, ...]]:
    return one.value, tuple(sorted(one.category_ids))


def neighbours_of(
    changes: Sequence[CodebookChange], judged: Judged, in_draft: Mapping[int, Sequence[int]]
) -> tuple[Neighbours, ...]:
    """Return what can stand beside each added category, and what is proposed.

    `in_draft` holds the categories of each facet of the draft. Proposed is what coders confused
    with the category that the new one was split from.
    """
    new = {one.category_id for one in changes if one.kind is ChangeKind.ADDED}
    found = []
    for change in changes:
        if not needs_a_second_look(change, changes):
            continue
        possible = tuple(one for one in in_draft.get(change.facet_id, ()) if one not in new)
        confused = _confused_with(change.from_ids, judged.get(change.facet_id, ()))
        proposed = tuple(one for one in possible if one in confused)
        found.append(Neighbours(change.key, possible, proposed))
    return tuple(found)


def needs_a_second_look(change: CodebookChange, changes: Sequence[CodebookChange]) -> bool:
    """Whether cards may belong in a new category; one made by merging holds what was there."""
    if change.kind is not ChangeKind.ADDED:
        return False
    merged = {one.category_id for one in changes if one.kind is ChangeKind.MERGED}
    return not change.from_ids or not set(change.from_ids) <= merged


def _confused_with(origins: Collection[int], judgements: Iterable[Judgement]) -> set[int]:
    confused: set[int] = set()
    for said in _by_card(judgements).values():
        chosen = {category_id for one in said for category_id in one.category_ids}
        if chosen & set(origins) and len({_answer(one) for one in said}) > 1:
            confused |= chosen
    return confused - set(origins)
