"""Splitting and merging cards: what comes of it, and where it came from."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from app.coding.bootstrapping import documents_of
from app.coding.drafts import RoundDraft, create_round
from app.coding.measuring import facets_of_round, ratings_for
from app.coding.models import Assignment
from app.coding.planning import preview
from app.coding.rounds import open_round
from app.coding.rules import Plan
from app.corpus.models import Card
from app.corpus.service import matching_card_ids
from app.corpus.setting_aside import locked_cards, set_card_aside, take_card_back
from app.errors import Conflict, Invalid
from app.resolution.closing import close_round
from app.sources.lineage import came_from, went_into, with_descendants
from app.sources.models import Source
from app.sources.passages import Passage, cut_cards, marked_between
from app.sources.recutting import JOINT, cuts_of, merge_cards, split_card
from tests.coding.factories import make_book
from tests.factories import Team, make_cards
from tests.sources.files import GUIDE


def card_of(session: Session, source: Source, words: str) -> Card:
    start = GUIDE.index(words)
    (card_id,) = cut_cards(session, source, [Passage(start, start + len(words))], by=None)
    return session.get_one(Card, card_id)


def split(session: Session, card: Card, marked: str) -> list[Card]:
    new = split_card(session, card, cuts_of(card.text, marked), reason="Two thoughts.", by=1)
    return [session.get_one(Card, card_id) for card_id in new]


def merge(session: Session, *cards: Card, key: str = "") -> Card:
    new = merge_cards(session, cards, key=key, title="", reason="One thought.", by=1)
    return session.get_one(Card, new)


def places(session: Session, source: Source, *cards: Card) -> list[str]:
    ids = {card.id for card in cards}
    found = marked_between(session, source, 0, source.n_characters)
    return [GUIDE[one.start : one.stop] for one in found if one.card_id in ids]


def draft_for(session: Session, team: Team) -> RoundDraft:
    book = make_book(session, team)
    return RoundDraft(
        name="One",
        plan=Plan(),
        coder_ids=tuple(team.members.values()),
        facet_ids=(book.facets["Smell"].id,),
        codebook_version_id=book.version_id,
        seed=1,
    )


def test_a_card_splits_where_marks_are_written(session: Session, guide: Source) -> None:
    old = card_of(session, guide, "Welcome to the board 😀. We rank models by score.")
    new = split(session, old, "Welcome to the board 😀. |||We rank models by score.")
    texts = ["Welcome to the board 😀.", "We rank models by score."]
    assert [(card.key, card.text) for card in new] == [("S1-1a", texts[0]), ("S1-1b", texts[1])]
    assert places(session, guide, *new) == texts


@pytest.mark.parametrize(
    "marked", ["One. Two.", "One. ||| Three.", "One. ||| Two. |||", "||| One. Two.", ""]
)
def test_nothing_but_marks_may_change_and_no_piece_is_empty(marked: str) -> None:
    with pytest.raises(Invalid, match=r"(N|n)othing was changed"):
        cuts_of("One. Two.", marked)


def test_a_text_with_the_mark_in_it_is_cut_with_another() -> None:
    text = "a ||| b c"
    assert [text[one.start : one.stop] for one in cuts_of(text, "a ||| b ¦¦¦ c")] == [
        "a ||| b",
        "c",
    ]


def test_lineage_leads_both_ways_and_the_old_card_is_set_aside(
    session: Session, team: Team, guide: Source
) -> None:
    old = card_of(session, guide, "Open a pull request.")
    new = split(session, old, "Open ||| a pull request.")
    assert [(one.key, one.kind) for one in went_into(session, old.id or 0)] == [
        ("S1-1a", "split"),
        ("S1-1b", "split"),
    ]
    (parent,) = came_from(session, new[0].id or 0)
    assert (parent.key, parent.reason) == ("S1-1", "Two thoughts.")
    assert matching_card_ids(session, team.study_id) == [card.id for card in new]


def test_passages_that_follow_each_other_merge_to_one_passage(
    session: Session, guide: Source
) -> None:
    second = card_of(session, guide, "Without logs the entry stays off.")
    first = card_of(session, guide, "Open a pull request.")
    new = merge(session, second, first)
    assert new.text == "Open a pull request.\n\nWithout logs the entry stays off."
    assert places(session, guide, new) == [new.text]


def test_what_was_split_merges_to_what_it_was(session: Session, guide: Source) -> None:
    old = card_of(session, guide, "Welcome to the board 😀. We rank models by score.")
    new = merge(
        session, *split(session, old, "Welcome ||| to the board 😀. ||| We rank models by score.")
    )
    assert new.text == old.text


def test_passages_that_lie_apart_merge_with_a_mark_and_keep_their_places(
    session: Session, guide: Source
) -> None:
    apart = [card_of(session, guide, "Open a pull request."), card_of(session, guide, "The mean")]
    new = merge(session, *apart, key="both")
    assert (new.key, new.text) == ("both", f"Open a pull request.{JOINT}The mean")
    assert places(session, guide, new) == ["Open a pull request.", "The mean"]
    pieces = split(session, new, new.text.replace("a pull", "||| a pull"))
    assert places(session, guide, *pieces) == ["Open", "a pull request.", "The mean"]


def test_cards_from_a_table_split_and_merge_as_well(session: Session, team: Team) -> None:
    ids = make_cards(session, team.study_id, "k1,One two", "k2,Three")
    first, second = (session.get_one(Card, card_id) for card_id in ids)
    halves = split(session, first, "One ||| two")
    assert merge(session, halves[1], second).text == f"Three{JOINT}two"


def test_a_card_set_aside_is_cut_no_more(session: Session, team: Team, guide: Source) -> None:
    card = card_of(session, guide, "Open a pull request.")
    set_card_aside(session, card, "A copy.", by=1)
    with pytest.raises(Conflict, match="set aside already"):
        split(session, card, "Open ||| a pull request.")
    take_card_back(session, card, by=1)
    assert matching_card_ids(session, team.study_id) == [card.id]
    assert locked_cards(session, team.study_id, [card.id or 0]) == [card]


def test_all_that_was_cut_from_a_card_is_known_to_who_knows_the_card(
    session: Session, team: Team, guide: Source
) -> None:
    card = card_of(session, guide, "Open a pull request.")
    halves = split(session, card, "Open ||| a pull request.")
    deeper = split(session, halves[1], "a pull ||| request.")
    known = with_descendants(session, team.study_id, [card.id or 0])
    assert known == {one.id for one in (card, *halves, *deeper)}
    assert with_descendants(session, team.study_id, [halves[0].id or 0]) == {halves[0].id}


def test_an_opened_round_keeps_its_card_and_rounds_to_come_take_the_pieces(
    session: Session, team: Team, guide: Source
) -> None:
    card = card_of(session, guide, "Open a pull request.")
    draft = draft_for(session, team)
    round_ = create_round(session, team.study_id, draft, by=None)
    open_round(session, round_, by=None)
    split(session, card, "Open ||| a pull request.")
    held = session.exec(select(Assignment.card_id).where(Assignment.round_id == round_.id))
    assert set(held) == {card.id}
    assert preview(session, team.study_id, draft).n_cards == 2
    fresh = replace(draft, plan=Plan(is_fresh=True))
    assert preview(session, team.study_id, fresh).n_cards == 0


def test_cards_cut_from_one_document_are_drawn_together_for_an_interval(
    session: Session, team: Team, guide: Source
) -> None:
    old, other = (card_of(session, guide, words) for words in ("Open a pull request.", "The mean"))
    pieces = split(session, old, "Open ||| a pull request.")
    make_cards(session, team.study_id, "x-1,Alone.", "x-2,By itself.")
    draft = draft_for(session, team)
    round_ = create_round(session, team.study_id, draft, by=None)
    open_round(session, round_, by=None)
    close_round(session, round_, reason="Enough.", is_forced=True, by=None)
    found = ratings_for(session, round_, facets_of_round(session, round_)[0])
    documents = dict(zip(found.card_ids, documents_of(session, round_, found), strict=True))
    cut = {documents[card.id] for card in (*pieces, other)}
    assert len(documents) == 5
    assert len(cut) == 1
    assert len(set(documents.values())) == 3
