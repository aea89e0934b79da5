"""Words that are seen on a page are found in the text that is stored, and the other way round."""

import re

import pytest

from app.negotiation.item.evidence import Stretch, marked, shown_text
from app.web.markdown import to_html

TEXT = (
    "Entries *that* were [moved](http://old.example/before.it) before we moved & so < on \\*un**be"
    "liev**able* zoo.\n\n- one item\n- two items\n\n```\ncode here\n```\n日本語のテキスト end."
)


def shown(text: str):
    return shown_text(text, str(to_html(text)))


@pytest.mark.parametrize(
    ("quote", "stored"),
    [
        ("that were moved", "that* were [moved"),
        ("BEFORE we   moved & so", "before we moved & so"),
        ("unbelievable", "un**believ**able"),
        ("two items code", "two items\n\n```\ncode"),
        ("語のテ", "語のテ"),
        ("moved before", "moved](http://old.example/before.it) before"),
    ],
)
def test_a_quote_is_found_whatever_marks_stand_between(quote: str, stored: str) -> None:
    page = shown(TEXT)
    seen = page.find(quote)
    assert seen is not None
    kept = page.in_store(seen)
    assert kept is not None
    assert TEXT[slice(*kept)] == stored
    assert page.on_page(kept) == seen


@pytest.mark.parametrize("quote", ["not in it", "", " … ", "http://old.example", "(x+)+$"])
def test_what_is_not_shown_is_not_found(quote: str) -> None:
    assert shown(TEXT).find(quote) is None


def test_a_whole_word_is_found_before_a_part_of_another() -> None:
    page = shown("nothing, not much")
    assert page.find("not") == (9, 12)


def test_marks_lie_within_the_text_of_elements_and_change_nothing_else() -> None:
    page = shown(TEXT)
    whole = page.in_store((0, len(page.shown)))
    assert whole is not None
    html = str(marked(page, [Stretch(*whole, voice="a", name="Coder <A>")]))
    assert 'title="Coder &lt;A&gt;"' in html
    assert shown_text(TEXT, html).shown == page.shown
    bare = re.sub("</?mark[^>]*>", "", html)
    assert bare == str(to_html(TEXT))
    assert "<ul>\n<li><mark" in html


def test_where_two_rest_on_the_same_words_both_are_named() -> None:
    page = shown("one two three")
    html = marked(page, [Stretch(0, 7, "a", "Coder A"), Stretch(4, 13, "b", "Coder B")])
    assert '<mark data-voice="both" title="Coder A, Coder B">two</mark>' in html


def test_hostile_text_stays_text() -> None:
    text = '<script>bad()</script> & "quoted" <img src=x>'
    page = shown(text)
    html = marked(page, [Stretch(0, len(text), "a", '"><b>')])
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert shown_text(text, str(html)).shown == page.shown
