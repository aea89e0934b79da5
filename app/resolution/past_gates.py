"""PURE: what the gates of a codebook make of placements made elsewhere.

What was judged is never changed, so a judgement behind a closed gate stays and is named by its
row. What was left out there is no gap: the facet did not apply, and that is added.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from app.codebook.content import Codebook, FacetContent
from app.coding.gating import because, kept_out
from app.coding.past_rounds import PastPlacement
from app.coding.rules import WORDS_FOR_VALUE, Value
from app.resolution.past_table import Answer, Place, Said

if TYPE_CHECKING:
    from app.resolution.past_work import PastRound

MOST_NAMED = 20


def _closed(
    codebook: Codebook, said: Mapping[int, Answer], asked: set[int]
) -> Iterator[tuple[FacetContent, Value]]:
    """Yield the facets that one coder's answers to a card close, and what they count as there.

    `asked` are the facets of the round: a gate on another one binds nobody.
    """
    answers = dict(said)
    for facet in codebook.facets:
        if facet.gate is None or not {facet.id, facet.gate.facet_id} <= asked:
            continue
        closed = kept_out(facet.gate, answers.get(facet.gate.facet_id))
        if closed is not None:
            answers.setdefault(facet.id, Answer(closed))
            yield facet, closed


def gate_warnings(
    codebook: Codebook, said: Mapping[Place, Said], answers: Mapping[Place, Answer]
) -> list[str]:
    """Return which rows judge a facet behind a closed gate, and how many answers gates add."""
    of_card: dict[tuple[str, str, int], dict[int, Answer]] = defaultdict(dict)
    asked: dict[str, set[int]] = defaultdict(set)
    for (name, coder, card_id, facet_id), answer in answers.items():
        of_card[name, coder, card_id][facet_id] = answer
        asked[name].add(facet_id)
    named: list[tuple[int, str]] = []
    n_added = 0
    for (name, coder, card_id), given in of_card.items():
        for facet, closed in _closed(codebook, given, asked[name]):
            if facet.id not in given:
                n_added += 1
            elif given[facet.id].value not in {closed, Value.NOT_APPLICABLE, Value.CANNOT_JUDGE}:
                row = said[name, coder, card_id, facet.id].row_number
                why = _why(codebook, facet, given, closed)
                named.append((row, f"Row {row}: “{facet.name}” is judged. {why} It stays."))
    lines = [words for _, words in sorted(named)]
    if len(lines) > MOST_NAMED:
        lines[MOST_NAMED:] = [f"{len(lines) - MOST_NAMED:,} more rows judge behind a closed gate."]
    if n_added:
        were = "1 judgement follows" if n_added == 1 else f"{n_added:,} judgements follow"
        lines.append(
            f"{were} from gates of the codebook and {'was' if n_added == 1 else 'were'} added."
        )
    return lines


def _why(
    codebook: Codebook, facet: FacetContent, given: Mapping[int, Answer], closed: Value
) -> str:
    asked = codebook.facet(facet.gate.facet_id) if facet.gate else None
    answer = given.get(asked.id) if asked else None
    if asked is None or answer is None:
        return "Its gate is closed."
    names = [one.name for one in asked.categories if one.id in answer.category_ids]
    return f"{because(closed, asked.name, ', '.join(names) or WORDS_FOR_VALUE[answer.value])}."


def past_placements(
    past: "PastRound", members: Mapping[str, int], codebook: Codebook
) -> list[PastPlacement]:
    """Return the judgements of a round as placements, with those that gates add."""
    given: dict[tuple[str, int], dict[int, Answer]] = defaultdict(dict)
    for one in past.judgements:
        given[one.coder, one.card_id][one.facet_id] = one.answer
    asked = {one.facet_id for one in past.judgements}
    added = [
        PastPlacement(members[coder], card_id, facet.id, closed, is_gated=True)
        for (coder, card_id), answers in given.items()
        for facet, closed in _closed(codebook, answers, asked)
        if facet.id not in answers
    ]
    judged = [
        PastPlacement(
            coder_id=members[one.coder],
            card_id=one.card_id,
            facet_id=one.facet_id,
            value=one.answer.value,
            category_ids=one.answer.category_ids,
            confidence=one.confidence,
            memo=one.memo,
        )
        for one in past.judgements
    ]
    return judged + added
