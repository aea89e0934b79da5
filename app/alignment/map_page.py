"""The page of the map, drawn for whoever looks at it."""

import uuid
from collections.abc import Sequence

from sqlmodel import Session

from app.alignment.log import log_lines
from app.alignment.models import AlignmentAct
from app.alignment.pages import NOTHING_TYPED, MapPage, PileRow, Place, ProposalView, Typed
from app.alignment.proposing import MOST_CARDS, Proposal, proposals_for
from app.alignment.reading import acts_of, facet_to_map, map_of
from app.alignment.rules import (
    WORDS_FOR_VERDICT,
    AlignmentMap,
    PileKey,
    Shared,
    Verdict,
    codebook_key,
)
from app.alignment.sitting import may_match
from app.codebook.content import Choice, FacetContent
from app.coding.models import Round
from app.coding.partitions import Heap, Partition, piles_of_round
from app.coding.piles import excerpts
from app.coding.rounds import round_id_of
from app.coding.rules import Phase, Sort
from app.coding.sorted_facets import facets_before_aligning
from app.coding.visibility import Viewer
from app.errors import NotFound
from app.resolution.ways_to_look import ways_to_look
from app.studies.deps import Here
from app.studies.rules import Action

MOST_SHOWN = 5
LONGEST_LINE = 140


def map_page(
    session: Session,
    here: Here,
    round_: Round,
    facet_id: int | None,
    typed: Typed = NOTHING_TYPED,
) -> MapPage:
    """Return the map of a facet, the first one if none is asked for; 404 for a foreign one."""
    facets = facets_before_aligning(session, round_)
    shown = next((one for one in facets if facet_id in {None, one.id}), None)
    if shown is None:
        raise NotFound
    found = map_of(session, round_)
    facet = facet_to_map(session, round_, shown.id, found)
    partitions = piles_of_round(session, Viewer(here.member_id), round_, shown)
    is_aligning = round_.phase == Phase.ALIGNING
    may = is_aligning and may_match(session, round_, here.membership)
    proposals = proposals_for(session, round_, facet, partitions, found) if is_aligning else ()
    drawing = _Drawing(session, here, round_, partitions, found, proposals, typed)
    waiting, url = drawing.rows_of(Verdict.OPEN), here.url("rounds", round_id_of(round_))
    n_piles = len(drawing.piles)
    places = drawing.places(facet)
    acts = acts_of(session, round_)
    return MapPage(
        round_name=round_.name,
        round_url=url,
        url=f"{url}/piles/map",
        piles_url=f"{url}/piles/all",
        facet_id=facet.id,
        facet_name=facet.name,
        facet_description=facet.description,
        facets=tuple((one.name, f"{url}/piles/map?facet={one.id}", one is shown) for one in facets),
        ways=ways_to_look(here, url, facet.id, "map"),
        is_multiple=facet.choice is Choice.MULTIPLE,
        is_aligned=round_.aligned_at is not None,
        is_hybrid=round_.sort == Sort.HYBRID,
        may_match=may,
        may_confirm=is_aligning and here.may(Action.MANAGE_ROUNDS),
        has_no_cards_compared=drawing.n_cards > MOST_CARDS,
        n_matched=n_piles - len(waiting),
        n_piles=n_piles,
        waiting=waiting,
        places=places,
        proposals=tuple(_proposal(one) for one in proposals),
        targets=_targets(found, facet),
        log=log_lines(session, here, round_, facet.id, acts, found, may_undo=may),
        typed=typed,
        ids={key: str(uuid.uuid4()) for key in _forms(places, acts)},
    )


def _forms(places: Sequence[Place], acts: Sequence[AlignmentAct]) -> list[str]:
    """Name the forms of the page: each has an operation of its own."""
    of_categories = [f"{act}-{one.key}" for one in places for act in ("change", "remove")]
    return ["match", "add", "proposals", *of_categories, *(f"undo-{one.number}" for one in acts)]


def _targets(found: AlignmentMap, facet: FacetContent) -> tuple[tuple[str, str], ...]:
    shared = [(one.key, one.name) for one in found.on_facet(facet.id)]
    return (*shared, *((codebook_key(one.id), one.name) for one in facet.categories))


def _proposal(one: Proposal) -> ProposalView:
    piles = tuple((pile.coder, pile.name, pile.why) for pile in one.piles)
    return ProposalView(one.key, one.name, not one.target, one.definition, piles)


class _Drawing:
    """The piles of everybody, looked up once for all rows."""

    def __init__(
        self,
        session: Session,
        here: Here,
        round_: Round,
        partitions: Sequence[Partition],
        found: AlignmentMap,
        proposals: Sequence[Proposal],
        typed: Typed,
    ) -> None:
        self._here, self._found, self._typed = here, found, typed
        self._reasons = {one.number: one.reason for one in acts_of(session, round_)}
        self.piles: dict[PileKey, tuple[int, str, Heap]] = {
            (one.coder.id, heap.number): (place, one.coder.label, heap)
            for place, one in enumerate(partitions)
            for heap in one.heaps
            if heap.number is not None
        }
        self.n_cards = len({card for _, _, heap in self.piles.values() for card in heap.card_ids})
        self._proposed = {
            pile.pile: f"{one.name} ({pile.why})" for one in proposals for pile in one.piles
        }
        shown = {card for _, _, heap in self.piles.values() for card in _first(heap)}
        self._texts = excerpts(session, sorted(shown), longest=LONGEST_LINE)

    def rows_of(self, verdict: Verdict, key: str = "") -> tuple[PileRow, ...]:
        """Return the piles that go somewhere, in the order of their coders."""
        return tuple(
            self._row(pile)
            for pile in self.piles
            if self._found.of(pile).verdict is verdict
            and (not key or key in self._found.of(pile).targets)
        )

    def places(self, facet: FacetContent) -> tuple[Place, ...]:
        """Return every category, and what is no category where a pile is."""
        shared = [
            self._place(one.key, one.name, one.definition, one)
            for one in self._found.on_facet(facet.id)
        ]
        of_codebook = [
            self._place(codebook_key(one.id), one.name, one.brief or one.definition)
            for one in facet.categories
        ]
        others = [
            Place(one.value, WORDS_FOR_VERDICT[one], "", rows, _n_cards(rows))
            for one in (Verdict.NONE_APPLIES, Verdict.CANNOT_JUDGE)
            if (rows := self.rows_of(one))
        ]
        return (*shared, *of_codebook, *others)

    def _place(self, key: str, name: str, definition: str, shared: Shared | None = None) -> Place:
        rows = self.rows_of(Verdict.CATEGORIES, key)
        return Place(key, name, definition, rows, _n_cards(rows), shared, shared is None)

    def _row(self, pile: PileKey) -> PileRow:
        place, label, heap = self.piles[pile]
        mapped = self._found.of(pile)
        cards = _first(heap)
        return PileRow(
            value=f"{place}.{heap.number}.{mapped.act}",
            is_ticked=f"{place}.{heap.number}" in self._typed.piles,
            coder=label,
            name=heap.name,
            description=heap.description,
            tone=heap.tone,
            letter=heap.letter,
            n_cards=len(heap.card_ids),
            cards=tuple((self._texts[one], self._here.url("cards", one)) for one in cards),
            n_more=len(heap.card_ids) - len(cards),
            reason=self._reasons.get(mapped.act, ""),
            proposal=self._proposed.get(pile, ""),
        )


def _first(heap: Heap) -> list[int]:
    return sorted(heap.card_ids)[:MOST_SHOWN]


def _n_cards(rows: Sequence[PileRow]) -> int:
    return sum(one.n_cards for one in rows)
