"""The page of a round whose coders sorted into own piles: what each made, and what overlaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.models import Round
from app.coding.partitions import Heap, Partition, piles_of_round
from app.coding.piles import Excerpt, excerpts
from app.coding.rounds import plan_of, round_id_of
from app.coding.rules import WORDS_FOR_VALUE, Phase
from app.coding.sorted_facets import facets_before_aligning
from app.coding.visibility import Viewer
from app.errors import NotFound
from app.resolution.ways_to_look import Way, ways_to_look
from app.studies.deps import Here

MOST_OVERLAPS = 5
MOST_CARDS = 60
LONGEST_LINE = 160


@dataclass(frozen=True, slots=True)
class OverlapView:
    """How many cards of a pile another coder's pile has, too."""

    coder: str
    name: str
    n: int


@dataclass(frozen=True, slots=True)
class HeapView:
    """A pile as the team sees it; `n_more` cards are not listed here."""

    heap: Heap
    is_nested: bool
    cards: tuple[tuple[Excerpt, str], ...]
    n_more: int
    overlaps: tuple[OverlapView, ...]


@dataclass(frozen=True, slots=True)
class CoderView:
    """One coder's piles."""

    label: str
    n_assigned: int
    heaps: tuple[HeapView, ...]
    without: tuple[tuple[str, int], ...]
    n_unsorted: int


@dataclass(frozen=True, slots=True)
class AligningPage:
    """What every coder of the round made of its cards on one facet."""

    round_name: str
    round_url: str
    facet: FacetContent
    facets: tuple[tuple[str, str, bool], ...]
    coders: tuple[CoderView, ...]
    is_aligning: bool
    participants: str
    csv_url: str
    ways: tuple[Way, ...]
    map_url: str


def aligning_page(
    session: Session, here: Here, round_: Round, facet_id: int | None
) -> AligningPage:
    """Return the page of a facet, the first if none is asked for; 404 for a foreign one."""
    facets = facets_before_aligning(session, round_)
    facet = next((one for one in facets if facet_id in {None, one.id}), None)
    if facet is None:
        raise NotFound
    found = piles_of_round(session, Viewer(here.member_id), round_, facet)
    url = here.url("rounds", round_id_of(round_))
    return AligningPage(
        round_name=round_.name,
        round_url=url,
        facet=facet,
        facets=tuple((one.name, f"{url}/piles/all?facet={one.id}", one is facet) for one in facets),
        coders=_coders(session, here, found),
        is_aligning=round_.phase == Phase.ALIGNING,
        participants=plan_of(round_).participants,
        csv_url=f"{url}/placements.csv",
        ways=ways_to_look(here, url, facet.id, "all"),
        map_url=f"{url}/piles/map?facet={facet.id}",
    )


def _coders(session: Session, here: Here, found: Sequence[Partition]) -> tuple[CoderView, ...]:
    listed = {card_id for one in found for heap in one.heaps for card_id in _listed(heap)}
    texts = excerpts(session, sorted(listed), longest=LONGEST_LINE)
    return tuple(
        CoderView(
            label=one.coder.label,
            n_assigned=one.n_assigned,
            heaps=tuple(_heap(here, heap, one, found, texts) for heap in one.heaps),
            without=tuple((WORDS_FOR_VALUE[value], len(ids)) for value, ids in one.without.items()),
            n_unsorted=one.n_assigned - len(_sorted(one)),
        )
        for one in found
    )


def _listed(heap: Heap) -> list[int]:
    return sorted(heap.card_ids)[:MOST_CARDS]


def _sorted(one: Partition) -> set[int]:
    return set().union(*(heap.card_ids for heap in one.heaps), *one.without.values())


def _heap(
    here: Here,
    heap: Heap,
    own: Partition,
    found: Sequence[Partition],
    texts: Mapping[int, Excerpt],
) -> HeapView:
    ids = _listed(heap)
    known = {one.number for one in own.heaps}
    return HeapView(
        heap=heap,
        is_nested=heap.parent is not None and heap.parent in known,
        cards=tuple((texts[one], here.url("cards", one)) for one in ids),
        n_more=len(heap.card_ids) - len(ids),
        overlaps=_overlaps(heap, own, found),
    )


def _overlaps(heap: Heap, own: Partition, found: Sequence[Partition]) -> tuple[OverlapView, ...]:
    """Return the piles of others that share most cards with this one, the largest share first."""
    shared = [
        OverlapView(one.coder.label, other.name, len(heap.card_ids & other.card_ids))
        for one in found
        if one.coder.id != own.coder.id
        for other in one.heaps
        if heap.card_ids & other.card_ids
    ]
    return tuple(sorted(shared, key=lambda one: -one.n)[:MOST_OVERLAPS])
