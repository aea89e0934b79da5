"""What the pages about a closed sort's piles have in common: heading, facets, ways to look."""

from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel import Session

from app.agreement.sorts.dendrogram import Linkage
from app.alignment.look_piles import Piles, piles_to_look_at
from app.alignment.look_similarity import MOST_CARDS
from app.codebook.content import FacetContent
from app.coding.models import Round
from app.coding.piles import Excerpt, excerpts
from app.coding.rounds import round_id_of
from app.coding.rules import Sort
from app.coding.sorted_facets import facets_before_aligning
from app.coding.visibility import Viewer
from app.errors import NotFound
from app.resolution.ways_to_look import Way, round_with_piles, ways_to_look
from app.studies.deps import Here
from app.web.render import count

LONGEST_LINE = 90
_CARDS_AT_ONCE = 500
LINKAGES = {
    Linkage.AVERAGE: "average: the mean over all pairs of cards of two groups",
    Linkage.COMPLETE: "complete: the least alike pair",
    Linkage.SINGLE: "single: the most alike pair",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A facet of a closed sort with its piles, and where it was asked for."""

    round: Round
    round_url: str
    facets: tuple[FacetContent, ...]
    facet: FacetContent
    piles: Piles

    @property
    def is_too_large(self) -> bool:
        return self.piles.n_cards > MOST_CARDS

    def url(self, name: str, **query: object) -> str:
        """Return the address of a page or file about these piles."""
        return f"{self.round_url}/piles/{name}?{urlencode({'facet': self.facet.id, **query})}"


@dataclass(frozen=True, slots=True)
class Frame:
    """The heading of a page; `basis` says what is looked at and what is not."""

    round_name: str
    round_url: str
    facet: FacetContent
    facets: tuple[tuple[str, str, bool], ...]
    ways: tuple[Way, ...]
    basis: str
    has_categories: bool
    is_too_large: bool
    most_cards: int
    long_url: str


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card in a list."""

    key: str
    url: str
    text: str
    lang: str | None


def seen(
    session: Session, here: Here, round_id: int, facet_id: int | None, *, is_for_figures: bool
) -> Seen:
    """Return what is looked at; 404 before the round has closed and for a foreign facet."""
    round_ = round_with_piles(session, here, round_id)
    facets = facets_before_aligning(session, round_)
    facet = next((one for one in facets if facet_id in {None, one.id}), None)
    if facet is None:
        raise NotFound
    viewer = Viewer(here.member_id)
    piles = piles_to_look_at(session, viewer, round_, facet, is_for_figures=is_for_figures)
    return Seen(round_, here.url("rounds", round_id_of(round_)), facets, facet, piles)


def frame_of(here: Here, found: Seen, name: str) -> Frame:
    """Return the heading of the page of that name."""
    return Frame(
        round_name=found.round.name,
        round_url=found.round_url,
        facet=found.facet,
        facets=tuple(
            (one.name, f"{found.round_url}/piles/{name}?facet={one.id}", one is found.facet)
            for one in found.facets
        ),
        ways=ways_to_look(here, found.round_url, found.facet.id, name),
        basis=_basis(found.piles),
        has_categories=found.round.sort == Sort.HYBRID,
        is_too_large=found.is_too_large,
        most_cards=MOST_CARDS,
        long_url=found.url("sorts.csv"),
    )


def _basis(piles: Piles) -> str:
    """Return how many cards and coders there are, and what is left out."""
    n_unsorted = int((~piles.is_sorted.any(axis=1)).sum())
    n_coders = int(piles.is_sorted.any(axis=0).sum())
    said = f"{count(piles.n_cards - n_unsorted)} of {count(piles.n_cards)} cards lie in a pile of"
    said += " 1 coder." if n_coders == 1 else f" one or more of {n_coders} coders."
    if piles.n_talked:
        n_more = count(piles.n_talked)
        said += (
            f" {n_more} more had been talked about before the round opened and count in no figure."
        )
    return said


def card_lines(session: Session, here: Here, piles: Piles, cards: list[int]) -> dict[int, CardLine]:
    """Return the cards at these places, a few hundred in each query."""
    wanted = list(dict.fromkeys(cards))
    lines: dict[int, CardLine] = {}
    for first in range(0, len(wanted), _CARDS_AT_ONCE):
        some = wanted[first : first + _CARDS_AT_ONCE]
        ids = [piles.card_ids[card] for card in some]
        texts = excerpts(session, ids, longest=LONGEST_LINE)
        lines |= {
            card: _line(here, piles, card, texts[card_id])
            for card, card_id in zip(some, ids, strict=True)
        }
    return lines


def _line(here: Here, piles: Piles, card: int, text: Excerpt) -> CardLine:
    url = here.url("cards", piles.card_ids[card])
    return CardLine(piles.keys[card], url, text.title or text.text, text.lang)
