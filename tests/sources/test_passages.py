"""Passages become cards that know their place; documents stay as they came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from app.corpus.models import Card
from app.errors import Conflict, Invalid
from app.sources.extraction.extracted import headings_of
from app.sources.models import Excerpt, Source
from app.sources.outline import CutBy, parts_of, pieces
from app.sources.passages import Passage, around_card, cut_cards, marked_between
from app.sources.service import (
    add_documents,
    original,
    set_source_aside,
    text_between,
    text_of,
)
from tests.factories import Team, make_cards
from tests.sources.files import GUIDE, read


def passage_of(words: str, **more: str) -> Passage:
    start = GUIDE.index(words)
    return Passage(start, start + len(words), **more)


def cut(session: Session, source: Source, *passages: Passage) -> list[Card]:
    return [session.get_one(Card, one) for one in cut_cards(session, source, passages, by=None)]


def test_the_bytes_and_the_text_of_a_document_are_kept(session: Session, guide: Source) -> None:
    assert original(session, guide) == GUIDE.encode()
    assert text_of(session, guide) == GUIDE


def test_the_same_bytes_come_in_once(session: Session, team: Team, guide: Source) -> None:
    again = add_documents(session, team.study_id, [read("copy.md", GUIDE)], by=None)
    assert (again.source_ids, again.known) == ((), ("copy.md",))


@given(st.text(alphabet="ab \n😀", max_size=200), st.integers(1, 30))
def test_the_parts_of_a_text_are_the_text(text: str, size: int) -> None:
    parts = list(parts_of(text, size))
    assert "".join(part for _, part in parts) == text
    assert all(text[start:].startswith(part) and part for start, part in parts)


def test_a_stretch_is_the_same_whatever_parts_it_lies_in(session: Session, team: Team) -> None:
    text = "\n\n".join(f"Paragraph {number} 😀 says something." for number in range(3_000))
    (source_id,) = add_documents(session, team.study_id, [read("a.txt", text)], by=None).source_ids
    for start, stop in ((0, 10), (19_990, 20_050), (5, 90_000), (len(text) - 3, len(text))):
        assert text_between(session, source_id, start, stop) == text[start:stop]


def test_a_passage_becomes_a_card_with_exact_offsets(session: Session, guide: Source) -> None:
    (card,) = cut(session, guide, passage_of("board 😀. We rank"))
    excerpt = session.exec(select(Excerpt).where(Excerpt.card_id == card.id)).one()
    assert card.text == GUIDE[excerpt.start : excerpt.stop] == "board 😀. We rank"
    assert (card.key, card.attributes) == (
        "S1-1",
        {"document": "guide.md", "section": "Leaderboard guide"},
    )


def test_white_space_around_a_passage_is_no_part_of_it(session: Session, guide: Source) -> None:
    (card,) = cut(session, guide, passage_of("\n\nOpen a pull request.\n\n"))
    assert card.text == "Open a pull request."


def test_keys_count_on_and_can_be_chosen(session: Session, guide: Source) -> None:
    first = cut(session, guide, passage_of("Welcome"), passage_of("We rank", key="S1-7"))
    then = cut(session, guide, passage_of("Open"))
    assert [card.key for card in (*first, *then)] == ["S1-1", "S1-7", "S1-8"]


def test_a_key_that_is_taken_is_refused(session: Session, team: Team, guide: Source) -> None:
    make_cards(session, team.study_id, "S1-1,Something")
    with pytest.raises(Conflict, match="You already have a card s1-1"):
        cut(session, guide, passage_of("Welcome", key="s1-1"))


@pytest.mark.parametrize(("start", "stop"), [(5, 5), (9, 3), (0, 10_000), (19, 21)])
def test_a_stretch_outside_of_the_text_or_without_words_is_no_passage(
    session: Session, guide: Source, start: int, stop: int
) -> None:
    with pytest.raises(Invalid, match="Nothing was changed"):
        cut(session, guide, Passage(start, stop))


def test_of_several_passages_all_become_cards_or_none(session: Session, guide: Source) -> None:
    with pytest.raises(Invalid):
        cut(session, guide, passage_of("Welcome"), Passage(0, 10_000))
    assert session.exec(select(Card)).all() == []


def test_passages_may_overlap(session: Session, guide: Source) -> None:
    cut(session, guide, passage_of("Welcome to the board"), passage_of("the board 😀"))
    assert [one.key for one in marked_between(session, guide, 0, 60)] == ["S1-1", "S1-2"]


def test_a_card_shows_what_stands_around_it(session: Session, guide: Source) -> None:
    (card,) = cut(session, guide, passage_of("Open a pull request."))
    around = around_card(session, card.id or 0)
    assert around is not None
    assert around.before.endswith("## Submitting")
    assert around.after.startswith("Without logs")
    assert not around.is_cut_before
    assert not around.is_cut_after


def test_no_card_is_made_of_a_document_set_aside(
    session: Session, team: Team, guide: Source
) -> None:
    set_source_aside(session, guide, "A copy.", by=1)
    with pytest.raises(Conflict, match="is set aside"):
        cut(session, guide, passage_of("Welcome"))


# --- Splitting a document ---


def pieces_of(text: str, by: CutBy, *, deepest: int = 6, least: int = 1) -> list[tuple[str, str]]:
    headings = headings_of(read("a.md", text).extracted.outline)
    found = pieces(text, headings, by, deepest=deepest, least=least)
    return [(one.title, text[one.start : one.stop]) for one in found]


def test_a_document_splits_at_its_headings() -> None:
    assert pieces_of(GUIDE, CutBy.HEADING) == [
        ("Leaderboard guide", "Welcome to the board 😀. We rank models by score."),
        ("Submitting", "Open a pull request.\n\nWithout logs the entry stays off."),
        ("Scores", "The mean comes first."),
    ]


def test_headings_below_the_level_asked_for_stay_within_their_section() -> None:
    (only,) = pieces_of(GUIDE, CutBy.HEADING, deepest=1)
    assert only[1].startswith("Welcome")
    assert "## Submitting" in only[1]


def test_a_document_splits_at_empty_lines_and_headings_are_titles() -> None:
    assert [title for title, _ in pieces_of(GUIDE, CutBy.PARAGRAPH)] == [
        "Leaderboard guide",
        "Submitting",
        "Submitting",
        "Scores",
    ]


def test_code_stays_in_one_piece() -> None:
    assert [text for _, text in pieces_of("a\n\n```\nb\n\nc\n```\n\nd", CutBy.PARAGRAPH)] == [
        "a",
        "```\nb\n\nc\n```",
        "d",
    ]


def test_pieces_that_are_too_short_are_left_out() -> None:
    assert [text for _, text in pieces_of(GUIDE, CutBy.LINE, least=30)] == [
        "Welcome to the board 😀. We rank models by score.",
        "Without logs the entry stays off.",
    ]


@given(st.text(alphabet="ab#`-= \n", max_size=120), st.sampled_from(CutBy))
def test_pieces_lie_in_the_text_in_order_and_do_not_overlap(text: str, by: CutBy) -> None:
    if not text.strip():
        return
    found = read("a.md", text).extracted
    places = [(one.start, one.stop) for one in pieces(found.text, found.headings, by)]
    flat = [place for pair in places for place in pair]
    assert flat == sorted(flat)
    assert all(found.text[start:stop].strip() == found.text[start:stop] for start, stop in places)
