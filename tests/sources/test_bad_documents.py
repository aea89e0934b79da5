"""Documents that are broken, of another kind, or made to do harm: refused with words, in bounds."""

import re
import stat
import time
import zipfile
from io import BytesIO

import pytest

from app.errors import ConcordError
from app.sources.extraction.contained import Readers
from app.sources.extraction.extracted import MOST_CHARACTERS
from app.sources.folders import Upload, read_files
from tests.sources.files import docx, pdf, pdf_bomb, read, zipped

XML_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;">' % (98 + i, 97 + i, 97 + i, 97 + i) for i in range(9))
    + b"]><b>&j;</b>"
)
WORD = docx(("Normal", "Words."))


def with_body(body: bytes) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": body})


BAD = {
    "no bytes": ("a.md", b"", "It is empty"),
    "white space": ("a.md", b" \n\t", "It is empty"),
    "zero-width only": ("a.md", "\u200b\u200b".encode(), "holds no text"),
    "a picture": ("a.png", b"\x89PNG\r\n", "no document Concord reads"),
    "PNG named TXT": ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(40), "looks like PNG, not plain text"),
    "PDF named MD": ("a.md", pdf(("Words.",)), "looks like PDF, not Markdown"),
    "DOCX named PDF": ("a.pdf", WORD, "looks like ZIP or DOCX, not PDF"),
    "text named DOCX": ("a.docx", b"words", "looks like text, not DOCX"),
    "binary named TXT": ("a.txt", b"\x01\x02\x03\x04" * 50, "does not look like text"),
    "old DOC": ("a.doc", b"words", "Save it as DOCX"),
    "protected DOCX": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), "password"),
    "cut DOCX": ("a.docx", WORD[: len(WORD) // 2], "damaged or cut off"),
    "DOCX without text": ("a.docx", zipped({"x.xml": b"<a/>"}), "no text inside"),
    "DOCX with an XML bomb": ("a.docx", with_body(XML_BOMB), "not readable XML"),
    "DOCX with broken XML": ("a.docx", with_body(b"<a><b></a>"), "not readable XML"),
    "DOCX zip bomb": ("a.docx", with_body(b"a" * 101_000_000), "unpacks to more than 100 MB"),
    "cut PDF": ("a.pdf", b"%PDF-1.4\nnothing more", "damaged or cut off"),
    "PDF of pictures": ("a.pdf", pdf((), ()), "no text layer"),
    "PDF bomb": ("a.pdf", pdf_bomb(400_000_000), "damaged or cut off"),
    "HTML of scripts": ("a.html", b"<script>alert(1)</script><style>a{}</style>", "holds no text"),
    "too much text": ("a.txt", b"a b " * (MOST_CHARACTERS // 4 + 1), "more than 5,000,000"),
}


@pytest.mark.parametrize(("name", "content", "said"), BAD.values(), ids=BAD)
def test_a_bad_document_is_refused_with_words(name: str, content: bytes, said: str) -> None:
    with pytest.raises(ConcordError, match=re.escape(said)) as refusal:
        read(name, content)
    assert refusal.value.status in {415, 422}


def test_fifty_megabytes_of_text_are_refused_within_a_second() -> None:
    content = b"word " * 10_000_000
    started = time.perf_counter()
    with pytest.raises(ConcordError, match="more than 5,000,000 characters"):
        read("a.md", content)
    assert time.perf_counter() - started < 1


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sources.extraction.contained.SECONDS_FOR_ONE", 0.01)
    with pytest.raises(ConcordError, match="time and memory allowed"):
        read("a.docx", WORD)


def test_what_comes_after_the_time_of_the_whole_upload_is_named() -> None:
    found = read_files([Upload("a.docx", WORD)], Readers(seconds=0))
    assert "no time left" in str(found.left_out[0])


# --- Folders ---


def names_of(files: dict[str, bytes]) -> tuple[list[str], list[str]]:
    found = read_files([Upload("folder.zip", zipped(files))])
    return [one.name for one in found.documents], [str(one) for one in found.left_out]


def test_a_folder_gives_its_documents_and_names_what_is_none() -> None:
    files = {
        "docs/b.md": b"Two",
        "docs/a.txt": b"One",
        "docs/c.png": b"\x89PNG",
        "__MACOSX/docs/._b.md": b"x",
        "docs/.hidden.md": b"x",
    }
    documents, left_out = names_of(files)
    assert documents == ["b.md", "a.txt"]
    assert left_out == [
        "docs/c.png: It is no document Concord reads: Markdown, plain text, HTML, PDF or DOCX. "
        "It was not added."
    ]


def test_a_zip_in_a_zip_stays_closed() -> None:
    documents, left_out = names_of({"a.md": b"One", "more.zip": zipped({"b.md": b"Two"})})
    assert documents == ["a.md"]
    assert "more.zip: A zip inside the zip is not opened" in left_out[0]


@pytest.mark.parametrize("name", ["../a.md", "/etc/a.md", "C:/a.md", "..\\a.md", "x/../../a.md"])
def test_B49_B50_a_name_that_leads_out_of_the_folder_refuses_the_zip(name: str) -> None:
    with pytest.raises(ConcordError, match="points outside of its folder"):
        names_of({"fine.md": b"One", name: b"Two"})


def test_a_link_inside_a_zip_refuses_it() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as folder:
        link = zipfile.ZipInfo("a.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        folder.writestr(link, "/etc/passwd")
    with pytest.raises(ConcordError, match="points outside of its folder"):
        read_files([Upload("folder.zip", file.getvalue())])


def test_B51_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({"a.md": b"a" * 30_000_000})
    assert len(bomb) < 100_000
    started = time.perf_counter()
    with pytest.raises(ConcordError, match="unpacks to more than"):
        read_files([Upload("folder.zip", bomb)])
    assert time.perf_counter() - started < 2


def test_B55_a_zip_of_too_many_files_is_refused() -> None:
    with pytest.raises(ConcordError, match=r"1,001 parts inside. The limit is 1,000"):
        names_of({f"{number}.md": b"" for number in range(1_001)})


def test_B53_a_zip_that_is_cut_off_is_refused() -> None:
    content = zipped({"a.md": b"One" * 100})
    with pytest.raises(ConcordError, match="damaged or cut off"):
        read_files([Upload("folder.zip", content[:-30])])


def test_B54_a_protected_zip_is_refused() -> None:
    content = bytearray(zipped({"a.md": b"One"}))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + place] |= 1
    with pytest.raises(ConcordError, match="password-protected"):
        read_files([Upload("folder.zip", bytes(content))])
