"""PDF to text: the text layer, its lines put together to paragraphs."""

import io
import logging
import re
from collections.abc import Iterator

from app.errors import Invalid, WrongType
from app.sources.extraction.extracted import NOT_ADDED, Extracted, Writer

MOST_PAGES = 2_000
N_PAGES_NAMED = 10

_SENTENCE_END = re.compile(r"[.!?:;]['\"”’)\]]*$")
_ITEM = re.compile(r"\s*(?:[•‣▪–*-]|\(?[0-9a-z]{1,2}[.)])\s")
_DIVIDED = re.compile(r"[^\W\d_]-$")
_SHORT = 0.75


def read_pdf(content: bytes) -> Extracted:
    """Return the text of a PDF document; scans without a text layer are refused with words."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _protected()
        if len(reader.pages) > MOST_PAGES:
            raise Invalid(f"It has more than {MOST_PAGES:,} pages. Split it. {NOT_ADDED}")
        return _read(page.extract_text() or "" for page in reader.pages)
    except PyPdfError as problem:
        if type(problem).__name__ == "DependencyError":  # a cipher that is not at hand
            raise _protected() from None
        raise damaged() from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError):
        raise damaged() from None  # what a library meets in a file that breaks its own rules


def _protected() -> WrongType:
    return WrongType(f"It is password-protected. Save a copy without a password. {NOT_ADDED}")


def damaged() -> Invalid:
    return Invalid(f"It is damaged or cut off, and cannot be read as PDF. {NOT_ADDED}")


def _read(pages: Iterator[str]) -> Extracted:
    writer = Writer()
    empty = []
    number = 0
    for number, text in enumerate(pages, 1):
        writer.begin_page()
        blocks = list(paragraphs(text))
        if not blocks:
            empty.append(number)
        for block in blocks:
            writer.add(block)
    if len(empty) == number:
        raise Invalid(
            "It has no text layer: its pages are pictures. Let a program recognise the text (OCR) "
            f"first. {NOT_ADDED}"
        )
    notices = ["Lines were put together to paragraphs, and words divided at their ends joined."]
    if empty:
        named = ", ".join(map(str, empty[:N_PAGES_NAMED]))
        more = " and more" if len(empty) > N_PAGES_NAMED else ""
        notices.append(f"Without text, so perhaps pictures: page {named}{more}.")
    return writer.result(*notices)


def paragraphs(page: str) -> Iterator[str]:
    """Yield the paragraphs of a page: a short line that ends a sentence ends one, too."""
    lines = [line.strip() for line in page.splitlines()]
    widths = sorted(len(line) for line in lines if line)
    if not widths:
        return
    short = _SHORT * widths[int(0.9 * (len(widths) - 1))]
    block = ""
    for line in lines:
        if block and (not line or _ITEM.match(line)):
            yield block
            block = ""
        block = _joined(block, line)
        if len(line) < short and _SENTENCE_END.search(line):
            yield block
            block = ""
    if block:
        yield block


def _joined(block: str, line: str) -> str:
    if block and _DIVIDED.search(block) and line[:1].islower():
        return block[:-1] + line
    return f"{block} {line}" if block and line else block or line
