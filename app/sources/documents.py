"""From an uploaded file to a document: what it is, in which encoding, and what it says."""

import codecs
import hashlib
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath

from app.errors import ConcordError, Invalid, WrongType
from app.sources.extraction.contained import Readers
from app.sources.extraction.extracted import NOT_ADDED, Extracted
from app.sources.extraction.plain import read_text
from app.tables.decoding import decode
from app.tables.signatures import kind_of
from app.text import normalised, shown_file_name


class Kind(StrEnum):
    """What a document is; its text was read accordingly."""

    MARKDOWN = "markdown"
    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"


WORDS_FOR_KIND = {
    Kind.MARKDOWN: "Markdown",
    Kind.TEXT: "plain text",
    Kind.HTML: "HTML",
    Kind.PDF: "PDF",
    Kind.DOCX: "DOCX",
}
ENDINGS = {
    **dict.fromkeys(("md", "markdown", "mdown", "mkd"), Kind.MARKDOWN),
    **dict.fromkeys(("txt", "text", "rst", "adoc"), Kind.TEXT),
    **dict.fromkeys(("html", "htm", "xhtml"), Kind.HTML),
    "pdf": Kind.PDF,
    "docx": Kind.DOCX,
}
ACCEPTED = ",".join(f".{ending}" for ending in (*ENDINGS, "zip"))
_SAVE_AS = {
    **dict.fromkeys(("doc", "docm", "odt", "rtf", "pages", "wpd"), "DOCX"),
    **dict.fromkeys(("ps", "djvu", "epub", "mobi", "ppt", "pptx", "odp", "key"), "PDF"),
}
_TEXTS = frozenset({"text", "JSON", "XML", "HTML"})
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.I)
# Codecs that map bytes to letters; Python has others under such names, which unpack or execute.
_LETTERS = re.compile(
    "(iso8859-|cp125|cp866|cp874|cp93[26]|cp949|cp950|koi8-|shift_jis|euc_|gb|big5|mac-|ascii|utf)"
)
_DAMAGED = f"It is damaged or cut off. {NOT_ADDED}"


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read and is not stored yet."""

    name: str
    kind: Kind
    content: bytes
    extracted: Extracted
    url: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def kind_by_name(file_name: str) -> Kind | None:
    """Return what a file says it is, by the ending of its name."""
    return ENDINGS.get(_ending(file_name))


def _ending(file_name: str) -> str:
    return PurePosixPath(file_name.replace("\\", "/")).suffix.removeprefix(".").lower()


def read_document(
    file_name: str, content: bytes, readers: Readers, kind: Kind | None = None
) -> Document:
    """Return a document with its text; every refusal says what to do about the file."""
    kind = kind or _known_kind(file_name)
    if not content.strip():
        raise Invalid(f"It is empty. {NOT_ADDED}")
    _check_signature(kind, content)
    if kind in {Kind.PDF, Kind.DOCX}:
        extracted = _contained(kind, content, readers)
    elif kind is Kind.HTML:
        text, notices = _decoded(content, _declared(content))
        extracted = _with(_contained(kind, text.encode(), readers), notices)
    else:
        text, notices = _decoded(content, None)
        extracted = _with(read_text(text, is_markdown=kind is Kind.MARKDOWN), notices)
    return Document(shown_file_name(file_name), kind, content, extracted)


def pasted(name: str, text: str, kind: Kind, url: str, readers: Readers) -> Document:
    """Return a text that was pasted as a document; its bytes are the text in UTF-8."""
    content = normalised(text).encode()
    found = read_document(name, content, readers, kind)
    return replace(found, name=name, url=url)


def _known_kind(file_name: str) -> Kind:
    kind = kind_by_name(file_name)
    if kind is not None:
        return kind
    other = _SAVE_AS.get(_ending(file_name))
    if other:
        raise WrongType(f"Its format is not read here. Save it as {other}. {NOT_ADDED}")
    raise WrongType(
        f"It is no document Concord reads: Markdown, plain text, HTML, PDF or DOCX. {NOT_ADDED}"
    )


def _check_signature(kind: Kind, content: bytes) -> None:
    found = kind_of(content)
    if kind is Kind.PDF:
        if b"%PDF" not in content[:1024]:
            raise _mismatch(found, kind)
    elif kind is Kind.DOCX:
        if found == "ole":
            raise WrongType(
                "It is password-protected, or a DOC under another name. Save it as DOCX without "
                f"a password. {NOT_ADDED}"
            )
        if found != "zip":
            raise _mismatch(found, kind)
    elif found not in _TEXTS:
        raise _mismatch(found, kind)


def _mismatch(found: str, kind: Kind) -> WrongType:
    words = WORDS_FOR_KIND[kind]
    looks = {"ole": "an old Office file", "zip": "ZIP or DOCX"}.get(found, found)
    return WrongType(f"It looks like {looks}, not {words}. Rename it, or save it anew. {NOT_ADDED}")


def _contained(kind: Kind, content: bytes, readers: Readers) -> Extracted:
    return readers.read(kind.value, content)


def _declared(content: bytes) -> str:
    """Return the encoding that a page of HTML names for itself, if it is one of letters."""
    named = _CHARSET.search(content[:2048])
    if named is None:
        return ""
    try:
        codec = codecs.lookup(named[1].decode("ascii", "replace")).name
    except LookupError:
        return ""
    return codec if _LETTERS.match(codec) else ""


def _decoded(content: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    if declared and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode(declared), ()
        except UnicodeDecodeError:
            pass  # pages often name the wrong one: the bytes decide
    try:
        found = decode(content)
    except ConcordError as refusal:
        raise Invalid(f"{refusal.message} {NOT_ADDED}") from None
    if found.encoding != "windows-1252":
        return found.text, ()
    notice = (
        "It is not in UTF-8 and was read as Windows-1252: look whether letters like é are right."
    )
    return found.text, (notice,)


def _with(extracted: Extracted, notices: tuple[str, ...]) -> Extracted:
    return replace(extracted, notices=(*notices, *extracted.notices))
