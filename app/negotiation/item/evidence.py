"""PURE: stretches of a card's text: where they stand on the page, and whose evidence they are.

A card is Markdown, and people mark what they see. So each word that is shown is tied to its place
in the text as it is stored; what no word can be tied to is never guessed.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

Range = tuple[int, int]
"""[first, last) in characters."""

_TAG = re.compile(r"""(<(?:[^"'>]|"[^"]*"|'[^']*')*>)""")
_WORD = re.compile(r"[^\W_]+")
_FARTHEST = 2_000
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the stored text that somebody rests on; `voice` says how it is drawn."""

    first: int
    last: int
    voice: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Word:
    shown: int
    stored: int
    length: int


@dataclass(frozen=True, slots=True)
class ShownText:
    """A card's text as HTML shows it, with the place of each shown word in the stored text.

    `parts` are the tags and texts of the HTML in turn, the texts at odd places being tags.
    """

    stored: str
    shown: str
    parts: tuple[str, ...]
    words: tuple[_Word, ...]

    def in_store(self, seen: Range) -> Range | None:
        """Return where a stretch that is shown is stored; None if it holds no word."""
        first, last = seen
        within = [one for one in self.words if one.shown < last and one.shown + one.length > first]
        if not within:
            return None
        start, end = within[0], within[-1]
        ahead = max(0, first - start.shown)
        found = (start.stored + ahead, end.stored + min(end.length, last - end.shown))
        begin = _backward(self.shown, self.stored, start.shown + ahead, found[0], first)
        return begin[1], _forward(self.shown, self.stored, found[1], end, last)

    def on_page(self, kept: Range) -> Range | None:
        """Return where a stored stretch is shown; None if it holds no word."""
        first, last = kept
        within = [
            one for one in self.words if one.stored < last and one.stored + one.length > first
        ]
        if not within:
            return None
        start, end = within[0], within[-1]
        ahead = max(0, first - start.stored)
        begin = _backward(self.stored, self.shown, start.stored + ahead, start.shown + ahead, first)
        stored_end = _Word(end.stored, end.shown, end.length)
        shown_end = end.shown + min(end.length, last - end.stored)
        return begin[1], _forward(self.stored, self.shown, shown_end, stored_end, last)

    def find(self, quote: str) -> Range | None:
        """Return where words are shown first; marks, spaces and capitals make no difference."""
        words = list(map(re.escape, _WORD.findall(quote)))
        if not words:
            return None
        pattern = r"[\W_]*".join(words)
        for whole in (rf"(?<![^\W_]){pattern}(?![^\W_])", pattern):
            found = re.search(whole, self.shown, re.IGNORECASE)
            if found is not None:
                return found.span()
        return None

    def quote(self, kept: Range) -> str:
        """Return the words of a stored stretch as they are shown."""
        seen = self.on_page(kept)
        return self.stored[kept[0] : kept[1]] if seen is None else self.shown[seen[0] : seen[1]]


def shown_text(stored: str, shown_html: str) -> ShownText:
    """Return the text with its words tied to the stored one."""
    parts = tuple(_TAG.split(shown_html))
    shown = "".join(html.unescape(part) for part in parts[::2])
    return ShownText(stored, shown, parts, tuple(_tied(stored, parts)))


def _tied(stored: str, parts: Sequence[str]) -> Iterator[_Word]:
    words = list(_words_in(parts))
    at = 0
    for number, (start, word) in enumerate(words):
        following = words[number + 1][1] if number + 1 < len(words) else ""
        place = _place_of(stored, word, at, following)
        if place is not None:
            yield _Word(start, place, len(word))
            at = place + len(word)


def _words_in(parts: Sequence[str]) -> Iterator[tuple[int, str]]:
    start = 0
    for part in parts[::2]:
        text = html.unescape(part)
        for found in _WORD.finditer(text):
            yield start + found.start(), found.group()
        start += len(text)


def _place_of(stored: str, word: str, at: int, following: str) -> int | None:
    """Return where the word is stored, the next one from `at` on.

    Words that are not shown, such as an address behind a link, may stand before it; then the word
    after it has to follow.
    """
    place = stored.find(word, at, at + _FARTHEST)
    for _ in range(_TRIES):
        if place < 0:
            return None
        if not _WORD.search(stored[at:place]):
            return place
        after = _WORD.search(stored, place + len(word))
        if not following or (after is not None and after.group().startswith(following)):
            return place
        place = stored.find(word, place + 1, at + _FARTHEST)
    return None


def _backward(one: str, other: str, at: int, there: int, limit: int) -> Range:
    """Walk back over signs that stand in both texts, in the first not beyond the limit."""
    while at > limit and there > 0 and one[at - 1] == other[there - 1]:
        at, there = at - 1, there - 1
    return at, there


def _forward(one: str, other: str, there: int, end: _Word, limit: int) -> int:
    """Return the end in the other text, with the signs that follow the last word in both."""
    at = end.shown + end.length
    while at < min(limit, len(one)) and there < len(other) and one[at] == other[there]:
        at, there = at + 1, there + 1
    return there


def marked(text: ShownText, stretches: Sequence[Stretch]) -> Markup:
    """Return the HTML with the stretches marked, each within the text of one element."""
    seen = [(text.on_page((one.first, one.last)), one) for one in stretches]
    ranges = [(found, one) for found, one in seen if found is not None]
    html_parts: list[str] = []
    start = 0
    for number, part in enumerate(text.parts):
        if number % 2:
            html_parts.append(part)
            continue
        end = start + len(html.unescape(part))
        html_parts += _pieces(text.shown, start, end, ranges)
        start = end
    return Markup("".join(html_parts))  # noqa: S704  the HTML was safe, and texts are escaped


def _pieces(
    shown: str, start: int, end: int, ranges: Sequence[tuple[Range, Stretch]]
) -> Iterator[str]:
    here = [(found, one) for found, one in ranges if found[0] < end and found[1] > start]
    edges = {edge for (first, last), _ in here for edge in (first, last) if start < edge < end}
    cuts = sorted({start, end, *edges})
    for first, last in pairwise(cuts):
        by = {one.name: one.voice for found, one in here if found[0] <= first and last <= found[1]}
        words = html.escape(shown[first:last], quote=False)
        if not by or not words.strip():
            yield words
            continue
        voice = next(iter(by.values())) if len(by) == 1 else "both"
        names = html.escape(", ".join(filter(None, by)))
        yield f'<mark data-voice="{voice}" title="{names}">{words}</mark>'
