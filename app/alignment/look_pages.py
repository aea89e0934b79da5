"""The pages of similarities, tree, overlap and figures, as what their templates show."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.agreement.sorts.dendrogram import Linkage
from app.alignment import look_figures
from app.alignment.look_figures import COLUMNS, OverAll, PairLine, Person
from app.alignment.look_frame import LINKAGES, CardLine, Frame, Seen, card_lines, frame_of
from app.alignment.look_overlap import Overlap, overlap_of
from app.alignment.look_similarity import Level, similarity, survey
from app.studies.deps import Here

CARDS_AT_ONCE = 35  # as many columns as a page of full width holds
HEATS = 5
Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shade:
    """A similarity in hundredths, "" where nobody sorted both cards."""

    hundredths: str
    heat: int
    is_same: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    card: CardLine
    shades: tuple[Shade, ...]


@dataclass(frozen=True, slots=True)
class NearLine:
    """Two cards that coders put together."""

    first: CardLine
    second: CardLine
    n_together: int
    n_both: int


@dataclass(frozen=True, slots=True)
class SimilarityPage:
    """A part of the matrix in the order of the tree, the most alike cards, and all shares."""

    frame: Frame
    linkage: str
    linkages: Choices
    rows: tuple[MatrixRow, ...]
    first: int
    n_cards: int
    page_no: int
    n_pages: int
    urls: dict[int, str]
    nearest: tuple[NearLine, ...]
    levels: tuple[Level, ...]
    why_no_tree: str
    overviews: tuple[str, ...]
    url: str
    csv_url: str


@dataclass(frozen=True, slots=True)
class OverlapPage:
    """Two coders' piles against each other."""

    frame: Frame
    coders: Choices
    first: str
    second: str
    first_name: str
    second_name: str
    overlap: Overlap | None
    is_partition: bool
    url: str
    csv_url: str


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """How far the partitions agree."""

    frame: Frame
    people: tuple[Person, ...]
    columns: tuple[str, ...]
    pairs: tuple[PairLine, ...]
    summary: tuple[PairLine, ...]
    n_more: int
    over_all: tuple[OverAll, ...]
    reasons: tuple[str, ...]
    notices: tuple[str, ...]
    n_twice: int
    json_url: str


def linkage_choices() -> Choices:
    return tuple((one.value, words) for one, words in LINKAGES.items())


def similarity_page(
    session: Session, here: Here, found: Seen, linkage: Linkage, page_no: int
) -> SimilarityPage:
    """Return the page; of a round too large to be compared only its frame."""
    frame, piles = frame_of(here, found, "similarity"), found.piles
    said = None if found.is_too_large else survey(piles, linkage)
    among = () if said is None else said.among
    n_pages = max(1, math.ceil(len(among) / CARDS_AT_ONCE))
    page_no = min(max(page_no, 1), n_pages)
    first = (page_no - 1) * CARDS_AT_ONCE
    shown = list(among[first : first + CARDS_AT_ONCE])
    nearest = () if said is None else said.nearest
    named = [*shown, *(card for near in nearest for card in (near.first, near.second))]
    lines = card_lines(session, here, piles, named)
    shades = _shades(found, shown)
    return SimilarityPage(
        frame=frame,
        linkage=linkage.value,
        linkages=linkage_choices(),
        rows=tuple(MatrixRow(lines[card], row) for card, row in zip(shown, shades, strict=True)),
        first=first + 1,
        n_cards=len(among),
        page_no=page_no,
        n_pages=n_pages,
        urls={
            number: found.url("similarity", linkage=linkage.value, page=number)
            for number in _around(page_no, n_pages)
        },
        nearest=tuple(
            NearLine(lines[near.first], lines[near.second], near.n_together, near.n_both)
            for near in nearest
        ),
        levels=() if said is None else said.levels,
        why_no_tree="" if said is None else said.why_no_tree,
        overviews=_overviews(found, linkage) if n_pages > 1 else (),
        url=f"{found.round_url}/piles/similarity",
        csv_url=found.url("similarity.csv", linkage=linkage.value),
    )


def _overviews(found: Seen, linkage: Linkage) -> tuple[str, ...]:
    """Return the picture of the whole, for light and for dark."""
    themes = ("light", "dark")
    return tuple(found.url("similarity.png", linkage=linkage.value, theme=one) for one in themes)


def _around(page_no: int, n_pages: int) -> list[int]:
    near = range(page_no - 2, page_no + 3)
    return sorted({1, n_pages, *(one for one in near if 1 <= one <= n_pages)})


def _shades(found: Seen, cards: Sequence[int]) -> list[tuple[Shade, ...]]:
    if not cards:
        return []
    return [
        tuple(_shade(share, is_same=place == at) for at, share in enumerate(row))
        for place, row in enumerate(similarity(found.piles, cards, cards).tolist())
    ]


def _shade(share: float, *, is_same: bool) -> Shade:
    if math.isnan(share):
        return Shade("", 0, is_same)
    heat = 0 if is_same else math.ceil(HEATS * share)
    return Shade(str(round(100 * share)), heat, is_same)


def overlap_page(here: Here, found: Seen, first: int, second: int) -> OverlapPage:
    """Return two coders' piles; of places that nobody has, the first two coders'."""
    piles = found.piles
    n_coders = len(piles.coders)
    if not (0 <= first < n_coders and 0 <= second < n_coders) or first == second:
        first, second = 0, 1
    is_pair = n_coders > 1
    return OverlapPage(
        frame=frame_of(here, found, "overlap"),
        coders=tuple((str(place), label) for place, label in enumerate(piles.coders)),
        first=str(first),
        second=str(second),
        first_name=piles.coders[first] if is_pair else "",
        second_name=piles.coders[second] if is_pair else "",
        overlap=overlap_of(piles, first, second) if is_pair else None,
        is_partition=not piles.n_twice,
        url=f"{found.round_url}/piles/overlap",
        csv_url=found.url("overlap.csv", first=first, second=second),
    )


def figures_page(here: Here, found: Seen) -> FiguresPage:
    """Return the figures; without any where a card lies in several piles of a coder."""
    piles = found.piles
    compared = None if piles.n_twice else look_figures.compare(piles)
    return FiguresPage(
        frame=frame_of(here, found, "partitions"),
        people=look_figures.people(piles),
        columns=tuple(words for _, words in COLUMNS),
        pairs=() if compared is None else look_figures.pair_lines(compared),
        summary=() if compared is None else look_figures.summary_lines(compared),
        n_more=0 if compared is None else max(0, len(compared.pairs) - look_figures.MOST_PAIRS),
        over_all=() if compared is None else look_figures.over_all(compared),
        reasons=() if compared is None else look_figures.reasons(compared),
        notices=() if compared is None else tuple(one.sentence for one in compared.notices),
        n_twice=piles.n_twice,
        json_url=found.url("partitions.json"),
    )
