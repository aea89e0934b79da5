"""What reading a document gives: its text, where its headings and pages begin, what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import Invalid
from app.text import first_bad_character, is_blank, normalised

MOST_CHARACTERS = 5_000_000
NOT_ADDED = "It was not added."

_UNKNOWN = "\ufffd"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text from `start` to `stop`, its marks included; 1 is the highest level."""

    start: int
    stop: int
    level: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """The plain text of a document. Every place counts Unicode code points."""

    text: str
    headings: tuple[Heading, ...] = ()
    pages: tuple[int, ...] = ()
    notices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"text": self.text, "notices": list(self.notices), **self.outline}

    @property
    def outline(self) -> dict[str, Any]:
        headings = [[one.start, one.stop, one.level] for one in self.headings]
        return {"headings": headings, "pages": list(self.pages)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Extracted":
        return cls(
            stored["text"], headings_of(stored), tuple(stored["pages"]), tuple(stored["notices"])
        )


def headings_of(outline: Mapping[str, Any]) -> tuple[Heading, ...]:
    """Return the headings that a stored outline tells of."""
    return tuple(Heading(*one) for one in outline.get("headings", ()))


def too_long() -> Invalid:
    return Invalid(
        f"It holds more than {MOST_CHARACTERS:,} characters of text. Split it. {NOT_ADDED}"
    )


def storable(text: str) -> tuple[str, int]:
    """Return the text as it is kept, and how many characters no database can hold were replaced."""
    text, n_replaced = normalised(text), 0
    while (bad := first_bad_character(text)) is not None:
        n_replaced += text.count(text[bad[0]])
        text = text.replace(text[bad[0]], _UNKNOWN)
    return text, n_replaced


def replaced_in_words(n_replaced: int) -> str:
    words = "1 character" if n_replaced == 1 else f"{n_replaced:,} characters"
    return f"{words} that cannot be shown became {_UNKNOWN}."


class Writer:
    """Puts blocks of text one below the other and remembers where headings and pages begin."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._was_tight = False
        self._headings: list[Heading] = []
        self._pages: list[int] = []
        self._n_replaced = 0

    def add(self, block: str, *, level: int = 0, is_tight: bool = False) -> None:
        """Add a block below a blank line; tight ones (items, rows) follow each other closely."""
        if is_blank(block):
            return
        text, n_replaced = storable(block.strip("\n"))
        self._n_replaced += n_replaced
        if self._pieces:
            self._put("\n" if is_tight and self._was_tight else "\n\n")
        start = self._length
        self._put(text)
        self._was_tight = is_tight
        if level:
            self._headings.append(Heading(start, self._length, min(level, 6)))

    def begin_page(self) -> None:
        """Note that what is added next stands on a new page."""
        self._pages.append(self._length + 2 if self._length else 0)

    def _put(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)
        if self._length > MOST_CHARACTERS:
            raise too_long()

    def result(self, *notices: str) -> Extracted:
        """Return everything that was added; the document must hold some text."""
        if not self._pieces:
            raise Invalid(f"It holds no text. {NOT_ADDED}")
        said = [replaced_in_words(self._n_replaced)] if self._n_replaced else []
        pages = tuple(min(page, self._length) for page in self._pages)
        return Extracted("".join(self._pieces), tuple(self._headings), pages, (*notices, *said))
