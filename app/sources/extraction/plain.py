"""Markdown and plain text: kept as they stand; only the headings are looked for."""

import re
from collections.abc import Iterator

from app.errors import Invalid, WrongType
from app.sources.extraction.extracted import (
    MOST_CHARACTERS,
    NOT_ADDED,
    Extracted,
    Heading,
    replaced_in_words,
    storable,
    too_long,
)
from app.text import is_blank

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]|$)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_NO_TITLE = re.compile(r" {0,3}(?:[-*+>|]|\d+[.)]\s|#)|\s*$| {4}|\t")
_MOST_STRANGE = 0.01


def read_text(text: str, *, is_markdown: bool) -> Extracted:
    """Return the text as it stands, every line end a line feed."""
    if len(text) > MOST_CHARACTERS:
        raise too_long()
    kept, n_replaced = storable(text)
    if is_blank(kept):
        raise Invalid(f"It holds no text. {NOT_ADDED}")
    if n_replaced > max(3, _MOST_STRANGE * len(kept)):
        raise WrongType(f"It does not look like text. {NOT_ADDED}")
    return Extracted(
        text=kept,
        headings=tuple(markdown_headings(kept)) if is_markdown else (),
        notices=(replaced_in_words(n_replaced),) if n_replaced else (),
    )


def markdown_headings(text: str) -> Iterator[Heading]:
    """Yield the headings of a Markdown text, those in fenced code left out."""
    before = ""
    for start, line, is_code in lines_of(text):
        if is_code:
            before = ""
            continue
        atx = _ATX.match(line)
        underline = _UNDERLINE.match(line)
        if atx:
            yield Heading(start, start + len(line), len(atx[1]))
        elif underline and not _NO_TITLE.match(before):
            level = 1 if underline[1].startswith("=") else 2
            yield Heading(start - len(before) - 1, start + len(line), level)
            line = ""
        before = line


def lines_of(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield each line with its place, and whether it is part of fenced code or front matter."""
    fence = "---" if text.startswith("---\n") else ""
    start = 0
    for number, line in enumerate(text.split("\n")):
        mark = _FENCE.match(line)
        is_fence = mark is not None and not fence
        is_code = bool(fence) or is_fence
        if fence == "---":
            fence = "" if number and line.rstrip() in {"---", "..."} else fence
        elif fence:
            closes = mark is not None and mark[1].startswith(fence) and line.strip() == mark[1]
            fence = "" if closes else fence
        elif mark is not None:
            fence = mark[1]
        yield start, line, is_code
        start += len(line) + 1
