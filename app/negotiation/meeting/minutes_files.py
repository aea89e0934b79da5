"""Minutes as files: Markdown for a repository, DOCX for a word processor. Texts stay texts."""

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.negotiation.item.parts import ClauseView, VoiceView
from app.negotiation.meeting.minutes import Decided, MinutesItem, MinutesPage, Proposed
from app.negotiation.naming import Named, words_of

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.text.paragraph import Paragraph

# What could reorder the words around it, and what XML cannot hold.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufffe\uffff]"
)
_MARKUP = re.compile(r"([\\`*_\[\]<>|#!&~${}])")
_LINE_START = re.compile(r"^([-+=:])", re.MULTILINE)
_NUMBERED = re.compile(r"^(\d+)\.", re.MULTILINE)
_INDENTED = re.compile(r"^[ \t]+", re.MULTILINE)  # four spaces would make a block of code


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the minutes: a heading with its level, a point of a list, or a quoted text."""

    kind: str
    text: str
    level: int = 0


def blocks(page: MinutesPage) -> Iterator[Block]:
    """Give the minutes piece by piece, as both files hold them."""
    yield Block("heading", f"Minutes: {page.round_name}", 1)
    yield Block("point", f"Study: {page.study_name}")
    yield Block("point", _when(page))
    yield Block("point", f"Present: {', '.join(page.attended)}")
    for item in page.items:
        yield from _item(item)
    yield from _codebook(page)
    yield Block("heading", "Left open", 2)
    for item in page.unsettled:
        yield Block("point", f"{item.card_key}, {item.facet}: {item.ending}")
    for one in page.put_off:
        care = f"; {one.in_charge} takes care of it" if one.in_charge else ""
        yield Block("point", f"{one.card_key}: {one.words}{care}")
    if page.rest:
        yield Block("point", page.rest)


def _when(page: MinutesPage) -> str:
    start = f"{page.started_at:%Y-%m-%d, %H:%M}"
    if page.ended_at is None:
        return f"{start} UTC; the meeting is still running"
    is_same_day = page.ended_at.date() == page.started_at.date()
    end = f"{page.ended_at:%H:%M}" if is_same_day else f"{page.ended_at:%Y-%m-%d, %H:%M}"
    return f"{start} to {end} UTC ({page.lasted})"


def _item(item: MinutesItem) -> Iterator[Block]:
    yield Block("heading", f"{item.card_key}: {item.ending.rstrip('.')}", 2)
    pair = " or ".join(words_of(one) or "no label" for one in item.pair)
    yield Block("point", f"{item.facet}: {pair}" if pair else item.facet)
    if item.spent:
        yield Block("point", f"Time spent: {item.spent}")
    if item.n_comments:
        yield Block("point", f"Comments written: {item.n_comments}")
    if item.opened_early:
        yield from _quoted("Opened without every statement", item.opened_early)
    for proposed in item.proposed:
        yield from _proposal(proposed)
    if item.handed_over:
        yield from _quoted("Handed over to the arbiter", item.handed_over)
    for decided in item.decided:
        yield from _decision(decided)


def _proposal(proposed: Proposed) -> Iterator[Block]:
    view = proposed.view
    what = f"{_label(view.answer)}. {view.outcome} ({proposed.status})"
    said = f"{view.speaker.name} proposed: {what}"
    yield from _quoted(said, "" if proposed.is_accepted else view.rationale)
    if not proposed.is_accepted:
        yield from _dissents(view.dissents)


def _dissents(voices: Iterable[VoiceView]) -> Iterator[Block]:
    for voice in voices:
        yield from _quoted(f"Dissent of {voice.speaker.name}", voice.dissent)


def _decision(decided: Decided) -> Iterator[Block]:
    view = decided.view
    if view.is_deferred:
        until = f"{decided.due_on:%Y-%m-%d}" if decided.due_on else ""
        yield from _quoted(f"Deferred: {decided.in_charge} until {until}", view.rationale)
        return
    told = f"Decided: {_label(view.answer)}. {view.outcome}. Cause: {view.cause}"
    yield from _quoted(told, view.rationale)
    yield from _dissents(view.dissents)
    for clause in decided.clauses:
        yield from _clause(clause)


def _clause(clause: ClauseView, card_key: str = "") -> Iterator[Block]:
    about = [clause.category.name if clause.category else "", clause.name.replace("\n", ", ")]
    into = f"into {clause.into.name}" if clause.into else ""
    named = " ".join(part for part in (*about, into) if part)
    source = f" ({card_key})" if card_key else ""
    yield from _quoted(f"Codebook: {clause.words}: {named}{source}", clause.text)


def _codebook(page: MinutesPage) -> Iterator[Block]:
    if page.clauses:
        yield Block("heading", "For the codebook", 2)
    for card_key, clause in page.clauses:
        yield from _clause(clause, card_key)


def _quoted(lead: str, text: str) -> Iterator[Block]:
    yield Block("point", lead)
    if text.strip():
        yield Block("quote", text.strip())


def _label(answer: Iterable[Named]) -> str:
    return words_of(answer) or "no label"


def plain(text: str) -> str:
    """Return a text without characters that a document cannot hold or that reorder it."""
    return _UNFIT.sub("", text)


def minutes_markdown(page: MinutesPage) -> bytes:
    """Return the minutes as Markdown in which nothing that somebody wrote is markup."""
    lines: list[str] = []
    for block in blocks(page):
        text = _escaped(block.text if block.kind == "quote" else " ".join(block.text.split()))
        if block.kind == "heading":
            lines += ["", f"{'#' * block.level} {text}", ""]
        elif block.kind == "point":
            lines.append(f"- {text}")
        else:
            lines += ["", *(f"  > {line}".rstrip() for line in text.split("\n")), ""]
    return ("\n".join(lines).strip("\n") + "\n").encode()


def _escaped(text: str) -> str:
    escaped = _INDENTED.sub("", _MARKUP.sub(r"\\\1", plain(text)))
    return _NUMBERED.sub(r"\1\\.", _LINE_START.sub(r"\\\1", escaped))


def minutes_docx(page: MinutesPage) -> bytes:
    """Return the minutes as a DOCX document."""
    from docx import Document  # here: it takes a tenth of a second, and few requests need it

    document = Document()
    document.core_properties.title = plain(f"Minutes: {page.round_name}")[:255]
    document.core_properties.author = "Concord"
    for block in blocks(page):
        _put(document, block)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _put(document: "Docx", block: Block) -> None:
    text = plain(block.text)
    if block.kind == "heading":
        _in_its_direction(document.add_heading(" ".join(text.split()), level=block.level))
    elif block.kind == "point":
        line = " ".join(text.split())
        _in_its_direction(document.add_paragraph(line, style="List Bullet"))
    else:
        for part in text.split("\n"):
            if part.strip():
                _in_its_direction(document.add_paragraph(part, style="Quote"))


def _in_its_direction(paragraph: "Paragraph") -> None:
    """Let a text of a right-to-left script run that way, as the pages do."""
    from docx.oxml import OxmlElement

    strong = (unicodedata.bidirectional(one) for one in paragraph.text)
    first = next((one for one in strong if one in {"L", "R", "AL"}), "L")
    if first != "L":
        paragraph.paragraph_format.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
