"""DOCX to text: paragraphs, headings, lists and tables of the body."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from app.errors import Invalid
from app.sources.extraction.extracted import NOT_ADDED, Extracted, Writer
from app.tables.packages import Package

MOST_BYTES = 100_000_000

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"heading ([1-9])", re.I)
_BODY = "word/document.xml"
_UNREAD = {"word/footnotes.xml": "Footnotes", "word/comments.xml": "Comments"}
_OWN_IDS = frozenset({"-1", "0"})  # the separators that every file brings


def read_docx(content: bytes) -> Extracted:
    """Return the text of a document of a word processor, as it reads with all changes accepted."""
    package = Package(content, budget=MOST_BYTES)
    if _BODY not in package:
        raise Invalid(f"It is no DOCX document: it has no text inside. {NOT_ADDED}")
    levels = _levels_of_styles(_parsed(package.read("word/styles.xml")))
    body = _parsed(package.read(_BODY))
    writer = Writer()
    for element in _blocks(body.find(f"{_W}body") if body is not None else None):
        if element.tag == f"{_W}p":
            _add_paragraph(writer, element, levels)
        else:
            _add_table(writer, element)
    return writer.result(*_left_out(package))


def _parsed(xml: bytes) -> Element | None:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if not xml:
        return None
    try:
        found: Element = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        raise Invalid(f"It is damaged: the text inside is not readable XML. {NOT_ADDED}") from None
    return found


def _levels_of_styles(styles: Element | None) -> dict[str, int]:
    """Return which styles are headings, by the id that paragraphs name."""
    found: dict[str, int] = {}
    for style in styles.iter(f"{_W}style") if styles is not None else ():
        name = _value(style.find(f"{_W}name"))
        outline = _value(style.find(f"{_W}pPr/{_W}outlineLvl"))
        heading = _HEADING.fullmatch(name)
        style_id = style.get(f"{_W}styleId", "")
        if heading:
            found[style_id] = int(heading[1])
        elif name.lower() == "title":
            found[style_id] = 1
        elif outline.isdecimal() and int(outline) < 9:
            found[style_id] = int(outline) + 1
    return found


def _value(element: Any) -> str:
    return "" if element is None else element.get(f"{_W}val", "")


def _blocks(container: Element | None) -> Iterator[Element]:
    """Yield paragraphs and tables in their order, those in content controls too."""
    for child in container if container is not None else ():
        if child.tag in {f"{_W}p", f"{_W}tbl"}:
            yield child
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"}:
            yield from _blocks(child)


def _add_paragraph(writer: Writer, paragraph: Element, levels: dict[str, int]) -> None:
    text = _text(paragraph).strip()
    level = levels.get(_value(paragraph.find(f"{_W}pPr/{_W}pStyle")), 0)
    is_item = not level and paragraph.find(f"{_W}pPr/{_W}numPr") is not None
    writer.add(f"- {text}" if is_item and text else text, level=level, is_tight=is_item)


def _add_table(writer: Writer, table: Element) -> None:
    for row in table.iter(f"{_W}tr"):
        cells = [
            " ".join(_text(paragraph).strip() for paragraph in cell.iter(f"{_W}p"))
            for cell in row.findall(f"{_W}tc")
        ]
        writer.add("\t".join(cells), is_tight=True)


def _text(paragraph: Element) -> str:
    """Return the words of a paragraph; those that were deleted or moved away are not its words."""
    gone = {id(one) for old in paragraph.iter(f"{_W}moveFrom") for one in old.iter()}
    found = []
    for element in paragraph.iter():
        if id(element) in gone:
            continue
        if element.tag == f"{_W}t":
            found.append(element.text or "")
        elif element.tag == f"{_W}tab" and not element.attrib:  # with attributes it sets a stop
            found.append("\t")
        elif element.tag in {f"{_W}br", f"{_W}cr"}:
            found.append("\n")
        elif element.tag == f"{_W}noBreakHyphen":
            found.append("-")
    return "".join(found)


def _left_out(package: Package) -> list[str]:
    """Return sentences about parts of the file that were not read."""
    found = []
    for name, words in _UNREAD.items():
        root = _parsed(package.read(name))
        own = (one.get(f"{_W}id") for one in root) if root is not None else ()
        if any(number not in _OWN_IDS for number in own):
            found.append(f"{words} are not part of the text here.")
    return found
