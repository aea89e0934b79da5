"""What each kind of document says: its text, its headings, what is told about reading it."""

import pytest

from app.errors import ConcordError
from app.sources.outline import heading_words
from tests.sources.files import GUIDE, docx, pdf, read


def headings(name: str, content: bytes | str) -> list[tuple[str, int]]:
    found = read(name, content).extracted
    return [(heading_words(found.text, one), one.level) for one in found.headings]


def test_markdown_stays_as_it_is_character_for_character() -> None:
    assert read("a.md", GUIDE).extracted.text == GUIDE


def test_line_ends_are_made_one_and_letters_composed_once_and_for_all() -> None:
    assert read("a.txt", "a\r\nb\rc e\u0301").extracted.text == "a\nb\nc é"


def test_headings_of_markdown_are_found_but_not_in_code_or_front_matter() -> None:
    text = "---\ntitle: x\n---\n# One\n\n```\n# no\n```\nTwo\n---\n\n- item\n---\n### Three ###\n"
    assert headings("a.md", text) == [("One", 1), ("Two", 2), ("Three", 3)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("café".encode("utf-8-sig"), "café"),
        ("café".encode("utf-16"), "café"),
        ("café".encode("cp1252"), "café"),
    ],
)
def test_a_text_is_read_in_its_own_encoding(content: bytes, said: str) -> None:
    assert read("a.txt", content).extracted.text == said


def test_windows_1252_is_a_guess_and_said_to_be_one() -> None:
    assert "Windows-1252" in read("a.txt", "café".encode("cp1252")).extracted.notices[0]


def test_two_encodings_in_one_file_are_refused_with_the_line() -> None:
    with pytest.raises(ConcordError, match="Line 2 is not in the encoding"):
        read("a.txt", "é\n".encode() + b"\xe9")


def test_characters_no_database_keeps_are_replaced_and_counted() -> None:
    found = read("a.txt", "a\x00b" + "x" * 100).extracted
    assert found.text.startswith("a\ufffdb")
    assert found.notices == ("1 character that cannot be shown became \ufffd.",)


def test_html_is_what_a_reader_sees_without_scripts_and_styles() -> None:
    html = (
        "<html><head><title>No</title><style>p{}</style><script>alert(1)</script></head><body>"
        "<h1>Board</h1><p>One <b>bold</b>\n word<br>next</p><script>if (1<2) {x}</script>"
        "<ol><li>first<li>second</ol><pre>a\n  b</pre><table><tr><td>x<td>y</tr></table>"
        "<svg><text>no</text></svg><noscript>no</noscript>&lt;script&gt; stays text"
        "<img src=x onerror=alert(1) alt='a picture'></body>"
    )
    assert read("a.html", html).extracted.text == (
        "Board\n\nOne bold word\nnext\n\n1. first\n2. second\n\na\n  b\n\nx\ty\n\n"
        "<script> stays text a picture"
    )
    assert headings("a.html", html) == [("Board", 1)]


def test_html_is_read_in_the_encoding_it_names() -> None:
    page = '<meta charset="iso-8859-2"><p>zażółć</p>'.encode("iso-8859-2")
    assert read("a.html", page).extracted.text == "zażółć"


def test_a_made_up_encoding_of_html_is_not_believed() -> None:
    assert read("a.html", b'<meta charset="zlib"><p>words</p>').extracted.text == "words"


def test_docx_gives_paragraphs_headings_and_lists() -> None:
    content = docx(
        ("Heading 1", "Board"),
        ("Normal", "We rank."),
        ("List Bullet", "one"),
        ("Heading 2", "Scores"),
    )
    assert "Board\n\nWe rank." in read("a.docx", content).extracted.text
    assert headings("a.docx", content) == [("Board", 1), ("Scores", 2)]


def test_pdf_gives_paragraphs_and_pages() -> None:
    lines = ("A line that is long enough to be the mea-", "sure of all the others here is this")
    found = read("a.pdf", pdf((*lines, "and ends."), ("Page two says this.",))).extracted
    assert "the measure of all the others here is this and ends.\n\nPage two" in found.text
    assert [found.text[start : start + 4] for start in found.pages] == ["A li", "Page"]


def test_pages_of_pictures_are_named() -> None:
    found = read("a.pdf", pdf(("Words.",), ())).extracted
    assert any("page 2" in notice for notice in found.notices)
