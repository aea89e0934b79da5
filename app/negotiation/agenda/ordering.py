"""In which order the team talks: confused pairs first, near-duplicates together, reviews last."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from math import ceil

from app.codebook.content import Choice, FacetContent
from app.negotiation.agenda.flags import Finding, find_disagreements, find_reviews
from app.negotiation.rules import Position

ALIKE = 0.8  # Jaccard similarity of their words from which two cards count as near-duplicates
MOST_COMPARED = 50  # cards that one card is compared with: closing a round ends in any case

_WORD = re.compile(r"\w+")
_OTHER = frozenset(
    [
        "other",
        "others",
        "misc",
        "miscellaneous",
        "rest",
        "remainder",
        "residual",
        "various",
        "anders",
        "andere",
        "sonstige",
        "sonstiges",
        "sonst",
        "autre",
        "autres",
        "divers",
        "otro",
        "otra",
        "otros",
        "otras",
        "altro",
        "altri",
        "outro",
        "outros",
    ]
)

Texts = Callable[[Sequence[int]], Mapping[int, str]]
"""Gives the texts of some cards; asked once, for the cards on which coders differ."""


def agenda_of(
    positions: Mapping[int, Sequence[Position]],
    *,
    facet: FacetContent,
    texts: Texts,
    seed: int,
) -> list[Finding]:
    """Return every card of a facet to talk about or to look at again, in the suggested order."""
    found = find_disagreements(positions, is_multiple=facet.choice is Choice.MULTIPLE)
    reviews = find_reviews(positions, other_ids=other_ids(facet), seed=f"{seed}/{facet.id}")
    if len(found) > 2:
        found = with_duplicates_together(found, texts([one.card_id for one in found]))
    return found + reviews


def other_ids(facet: FacetContent) -> frozenset[int]:
    """Return the categories that say "something else", by the first word of their names."""
    return frozenset(
        category.id
        for category in facet.categories
        if next(iter(words_of_text(category.name)), "") in _OTHER
    )


def words_of_text(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def with_duplicates_together(
    findings: Sequence[Finding], texts: Mapping[int, str]
) -> list[Finding]:
    """Return the findings so that cards with nearly the same words follow each other.

    A card moves up to the first one it resembles, within its cluster; cards that stand alone
    are one cluster here, as on the page.
    """
    ordered: list[Finding] = []
    for _, some in groupby(findings, key=_listed_under):
        cluster = list(some)
        leads = _leads([one.card_id for one in cluster], texts)
        places = {one.card_id: place for place, one in enumerate(cluster)}
        ordered += sorted(cluster, key=lambda one: places[leads[one.card_id]])
    return ordered


def _listed_under(finding: Finding) -> str:
    return finding.cluster if finding.cluster_size > 1 else ""


def _leads(card_ids: Iterable[int], texts: Mapping[int, str]) -> dict[int, int]:
    """Return for each card the first card it resembles, itself when there is none before it.

    Only cards that share one of their rarest words are compared: two sets with a similarity of
    `ALIKE` cannot differ in all of these (prefix filtering, https://doi.org/10.1145/1242572.1242591).
    """
    words = {card_id: frozenset(words_of_text(texts.get(card_id, ""))) for card_id in card_ids}
    n_cards = Counter(word for found in words.values() for word in found)
    by_word: dict[str, list[int]] = defaultdict(list)
    leads = {}
    for card_id, found in words.items():
        rarest = sorted(found, key=lambda word: (n_cards[word], word))
        rarest = rarest[: len(rarest) - ceil(ALIKE * len(rarest)) + 1]
        near = dict.fromkeys(lead for word in rarest for lead in by_word[word][:MOST_COMPARED])
        lead = next((one for one in near if _are_alike(words[one], found)), card_id)
        leads[card_id] = lead
        if lead == card_id:
            for word in rarest:
                by_word[word].append(card_id)
    return leads


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    n_shared = len(one & other)
    return n_shared >= ALIKE * (len(one) + len(other) - n_shared)
