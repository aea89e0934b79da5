"""PURE: what may help coders while they sort, declared before a round opens or not there at all."""

from collections.abc import Iterable
from enum import StrEnum


class Assistance(StrEnum):
    """Help of which a round declares some, or none: then nobody has any."""

    BY_SIMILARITY = "by_similarity"
    OWN_CARDS_LIKE_IT = "own_cards_like_it"
    SUGGESTED_CATEGORY = "suggested_category"


WORDS_FOR_ASSISTANCE: dict[Assistance, str] = {
    Assistance.BY_SIMILARITY: "cards in an order of similarity",
    Assistance.OWN_CARDS_LIKE_IT: "the coder's own judged cards like the one at hand, when asked",
    Assistance.SUGGESTED_CATEGORY: (
        "a category suggested by a model of the coder's own judgements, when asked"
    ),
}
NONE_DECLARED = "none: coders sort unaided"


def declared(chosen: Iterable[str]) -> tuple[Assistance, ...]:
    """Return the help that is named, each kind once, in the order in which it is told."""
    named = set(chosen)
    return tuple(one for one in Assistance if one in named)


def assistance_words(chosen: Iterable[Assistance]) -> str:
    """Return the declared help in words, for the page of a round and for the report."""
    return "; ".join(WORDS_FOR_ASSISTANCE[one] for one in chosen) or NONE_DECLARED
