"""How a text is laid out: parts to page through, paragraphs, pieces to make cards of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.sources.extraction.extracted import Heading
from app.sources.extraction.plain import lines_of

PART = 20_000
LONGEST_TITLE = 200

_ENDS = ("\n\n", "\n", " ")
_MARKS = re.compile(r"^\s{0,3}#{1,6}\s*|\s*#+\s*$|\n\s*(?:=+|-+)\s*$")


class CutBy(StrEnum):
    """Where a document is cut into pieces."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters `start` to `stop` of a text, the last excluded."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch that can become a card, and the heading it stands under."""

    start: int
    stop: int
    title: str = ""


def parts_of(text: str, size: int = PART) -> Iterator[tuple[int, str]]:
    """Yield the text in parts of about this size, each with its place; nothing is left out."""
    start = 0
    while start < len(text):
        stop = _end_of_part(text, start, start + size)
        yield start, text[start:stop]
        start = stop


def _end_of_part(text: str, start: int, most: int) -> int:
    if most >= len(text):
        return len(text)
    for end in _ENDS:
        found = text.rfind(end, start + (most - start) // 2, most)
        if found > start:
            return found + len(end)
    return most


def trimmed(text: str, stretch: Stretch) -> Stretch:
    """Return the stretch without white space at its ends; it may become empty."""
    words = text[stretch.start : stretch.stop]
    start = stretch.start + len(words) - len(words.lstrip())
    return Stretch(start, max(start, stretch.start + len(words.rstrip())))


def paragraphs(text: str) -> Iterator[Stretch]:
    """Yield what stands between empty lines; fenced code stays together."""
    first: int | None = None
    stop = 0
    for start, line, is_code in lines_of(text):
        if not line.strip() and not is_code:
            if first is not None:
                yield trimmed(text, Stretch(first, stop))
            first = None
            continue
        first = start if first is None else first
        stop = start + len(line)
    if first is not None:
        yield trimmed(text, Stretch(first, stop))


def heading_words(text: str, heading: Heading) -> str:
    """Return a heading without the marks of Markdown."""
    words = " ".join(_MARKS.sub("", text[heading.start : heading.stop]).split())
    return words if len(words) <= LONGEST_TITLE else f"{words[: LONGEST_TITLE - 1]}…"


def heading_above(headings: Sequence[Heading], place: int) -> Heading | None:
    """Return the heading under which a place stands."""
    return next((one for one in reversed(headings) if one.stop <= place), None)


def page_at(pages: Sequence[int], place: int) -> int | None:
    """Return the number of the page on which a place stands, in documents that have pages."""
    return sum(start <= place for start in pages) or None


def pieces(
    text: str, headings: Sequence[Heading], by: CutBy, *, deepest: int = 6, least: int = 1
) -> list[Piece]:
    """Return the pieces of at least `least` characters, in the order of the text.

    A section goes to the next heading of a level up to `deepest`; its heading is its title and no
    part of it. Headings between paragraphs are no pieces of their own.
    """
    if by is CutBy.HEADING:
        found = _sections(text, [one for one in headings if one.level <= deepest])
    else:
        stretches = paragraphs(text) if by is CutBy.PARAGRAPH else _lines(text)
        found = _under_headings(text, headings, stretches)
    return [piece for piece in found if piece.stop - piece.start >= least]


def _sections(text: str, headings: Sequence[Heading]) -> Iterator[Piece]:
    starts = [0, *(one.stop for one in headings)]
    stops = [*(one.start for one in headings), len(text)]
    titles = ["", *(heading_words(text, one) for one in headings)]
    for start, stop, title in zip(starts, stops, titles, strict=True):
        body = trimmed(text, Stretch(start, stop))
        if body.stop > body.start:
            yield Piece(body.start, body.stop, title)


def _lines(text: str) -> Iterator[Stretch]:
    for start, line, _ in lines_of(text):
        found = trimmed(text, Stretch(start, start + len(line)))
        if found.stop > found.start:
            yield found


def _under_headings(
    text: str, headings: Sequence[Heading], stretches: Iterator[Stretch]
) -> Iterator[Piece]:
    """Yield the stretches without the headings in them, each with the heading above it."""
    title, place = "", 0
    for stretch in stretches:
        start = stretch.start
        while place < len(headings) and headings[place].start < stretch.stop:
            heading = headings[place]
            before = trimmed(text, Stretch(start, max(start, heading.start)))
            if before.stop > before.start:
                yield Piece(before.start, before.stop, title)
            title, start, place = heading_words(text, heading), heading.stop, place + 1
        rest = trimmed(text, Stretch(min(start, stretch.stop), stretch.stop))
        if rest.stop > rest.start:
            yield Piece(rest.start, rest.stop, title)
