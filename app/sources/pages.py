"""What the pages about documents show."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from sqlmodel import Session

from app.corpus.pages import pages_worth_a_link
from app.sources.documents import WORDS_FOR_KIND, Kind
from app.sources.extraction.extracted import headings_of
from app.sources.models import Source, SourcePart
from app.sources.outline import Stretch, heading_words, paragraphs
from app.sources.passages import Marked, marked_between, next_key
from app.sources.service import Listed, source_id_of, starts_of_parts, text_of
from app.studies.deps import Here
from app.studies.rules import Action
from app.web.render import Shell

MOST_HEADINGS_LISTED = 400
BEGINNING = 60

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A document in the list."""

    number: int
    name: str
    kind: str
    n_characters: int
    n_cards: int
    added_at: datetime
    url: str
    aside: str


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """The documents of a study, and what the last upload did."""

    rows: tuple[SourceRow, ...]
    n_in_use: int
    url: str
    cards_url: str
    add_url: str
    may_keep: bool
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """Words of a block that lie in the same passages; `ends` are cards whose passage ends here."""

    text: str
    n_marked: int
    begins: tuple[int, ...]
    ends: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the text as it is read; headings have a level."""

    number: int
    start: int
    stop: int
    level: int
    pieces: tuple[ShownPiece, ...]

    @property
    def beginning(self) -> str:
        words = " ".join("".join(one.text for one in self.pieces).split())
        return words if len(words) <= BEGINNING else f"{words[:BEGINNING]}…"


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """One part of a document with its passages marked."""

    name: str
    number: int
    kind: str
    n_characters: int
    added_at: datetime
    source_url: str
    notices: tuple[str, ...]
    aside: str
    url: str
    list_url: str
    original_url: str
    split_url: str
    blocks: tuple[Block, ...]
    headings: tuple[tuple[int, str, str], ...]
    place: int
    n_parts: int
    urls: Mapping[int, str]
    n_marked: int
    may_keep: bool
    key: str

    @property
    def ends(self) -> Options:
        return tuple((str(one.stop), f"{one.number}: {one.beginning}") for one in self.blocks)

    @property
    def starts(self) -> Options:
        return tuple((str(one.start), f"{one.number}: {one.beginning}") for one in self.blocks)


def cards_shell(here: Here) -> Shell:
    """Return the frame in which the study's navigation stands on Cards."""
    nav = tuple(replace(link, current=link.label == "Cards") for link in here.shell.nav)
    return replace(here.shell, nav=nav)


def source_url(here: Here, source_id: int, place: int = 0) -> str:
    url = here.url("sources", source_id)
    return f"{url}?part={place + 1}" if place else url


def sources_page(here: Here, listed: Sequence[Listed], said: tuple[str, ...]) -> SourcesPage:
    return SourcesPage(
        rows=tuple(_row(here, one) for one in listed),
        n_in_use=sum(one.source.set_aside_at is None for one in listed),
        url=here.url("sources"),
        cards_url=here.url("cards"),
        add_url=here.url("sources", "add"),
        may_keep=here.may(Action.KEEP_SOURCES),
        said=said,
    )


def _row(here: Here, listed: Listed) -> SourceRow:
    source = listed.source
    return SourceRow(
        number=source.number,
        name=source.name,
        kind=WORDS_FOR_KIND[Kind(source.kind)],
        n_characters=source.n_characters,
        n_cards=listed.n_cards,
        added_at=source.added_at,
        url=source_url(here, source_id_of(source)),
        aside=source.set_aside_reason if source.set_aside_at else "",
    )


def reading_page(session: Session, here: Here, source: Source, found: SourcePart) -> ReadingPage:
    source_id = source_id_of(source)
    marked = marked_between(session, source, found.start, found.start + len(found.text))
    total = len(starts_of_parts(session, source))
    url = here.url("sources", source_id)
    may_keep = here.may(Action.KEEP_SOURCES)
    return ReadingPage(
        name=source.name,
        number=source.number,
        kind=WORDS_FOR_KIND[Kind(source.kind)],
        n_characters=source.n_characters,
        added_at=source.added_at,
        source_url=source.url,
        notices=tuple(source.notices),
        aside=source.set_aside_reason if source.set_aside_at else "",
        url=url,
        list_url=here.url("sources"),
        original_url=f"{url}/original",
        split_url=f"{url}/split",
        blocks=blocks_of(source, found, marked, here.url("cards")),
        headings=_contents(session, here, source) if total > 1 else (),
        place=found.place + 1,
        n_parts=total,
        urls={
            number: source_url(here, source_id, number - 1)
            for number in pages_worth_a_link(found.place + 1, total)
        },
        n_marked=len({one.card_id for one in marked if not one.is_set_aside}),
        may_keep=may_keep and source.set_aside_at is None,
        key=next_key(session, source) if may_keep else "",
    )


def _contents(session: Session, here: Here, source: Source) -> tuple[tuple[int, str, str], ...]:
    """Return level, words and address of the headings of a document with several parts."""
    headings = headings_of(source.outline)[:MOST_HEADINGS_LISTED]
    if not headings:
        return ()
    text, starts = text_of(session, source), starts_of_parts(session, source)
    source_id = source_id_of(source)
    return tuple(
        (
            one.level,
            heading_words(text, one),
            f"{source_url(here, source_id, bisect_right(starts, one.start) - 1)}#at-{one.start}",
        )
        for one in headings
    )


def blocks_of(
    source: Source, found: SourcePart, marked: Sequence[Marked], cards_url: str
) -> tuple[Block, ...]:
    """Return a part of the text block by block, cut where passages begin and end."""
    levels = {(one.start, one.stop): one.level for one in headings_of(source.outline)}
    shown = [one for one in marked if not one.is_set_aside]
    blocks = []
    for number, inner in enumerate(paragraphs(found.text), 1):
        stretch = Stretch(inner.start + found.start, inner.stop + found.start)
        text = found.text[inner.start : inner.stop]
        here = [one for one in shown if one.start < stretch.stop and one.stop > stretch.start]
        blocks.append(
            Block(
                number=number,
                start=stretch.start,
                stop=stretch.stop,
                level=levels.get((stretch.start, stretch.stop), 0),
                pieces=tuple(_pieces(text, stretch, here, cards_url)),
            )
        )
    return tuple(blocks)


def _pieces(
    text: str, stretch: Stretch, marked: Sequence[Marked], cards_url: str
) -> list[ShownPiece]:
    edges = {stretch.start, stretch.stop}
    edges |= {edge for one in marked for edge in (one.start, one.stop)}
    places = sorted(edge for edge in edges if stretch.start <= edge <= stretch.stop)
    return [
        ShownPiece(
            text=text[start - stretch.start : stop - stretch.start],
            n_marked=sum(one.start < stop and one.stop > start for one in marked),
            begins=tuple(one.card_id for one in marked if max(one.start, stretch.start) == start),
            ends=tuple(
                (one.key, f"{cards_url}/{one.card_id}") for one in marked if one.stop == stop
            ),
        )
        for start, stop in pairwise(places)
    ]
