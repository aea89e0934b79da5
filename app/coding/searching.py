"""Finding on a board: cards by their words, loaded or not, and piles by what they should hold."""

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.piles import Pile
from app.corpus.search import CardFilter
from app.corpus.service import matching_card_ids
from app.text import comparable


def fitting_cards(session: Session, study_id: int, search: str) -> frozenset[int]:
    """Return the cards of the study in which the words stand; those set aside meanwhile, too."""
    wanted = CardFilter(search=search, is_set_aside=None)
    return frozenset(matching_card_ids(session, study_id, wanted))


def is_defined_so(facet: FacetContent, pile: Pile, search: str) -> bool:
    """Whether the words stand in the name of a pile or anywhere in what it is said to hold."""
    needle = comparable(search)
    if not needle:
        return False
    said = [pile.name, pile.own.description if pile.own else ""]
    for one in facet.categories:
        if str(one.id) == pile.key:
            said += [one.brief, one.definition, one.inclusion, one.exclusion]
            said += [one.examples, one.near_misses]
    return any(needle in comparable(words) for words in said)
