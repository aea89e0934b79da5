"""Rows that are not simply new cards are decided upon before anything is stored."""

import pytest
from sqlmodel import Session

from tests.corpus.uploads import Upload, cards_in, put_into_round, texts_in, words_of
from tests.factories import Team, make_cards


def test_B22_ids_already_in_the_study_are_listed_before_anything_is_written(
    upload: Upload, session: Session, team: Team
) -> None:
    make_cards(session, team.study_id, "c1,old", "c2,kept")
    upload.send("id,text\nC1,new\nc3,third\n")
    assert "Row 2: the study has a card C1." in upload.words()
    assert texts_in(session, team.study_id) == {"c1": "old", "c2": "kept"}

    answer = upload.decide(on_known="ask")
    assert answer.status_code == 422
    assert "Some ids are taken" in words_of(answer)
    assert texts_in(session, team.study_id) == {"c1": "old", "c2": "kept"}


def test_B22_known_ids_are_skipped_on_request(upload: Upload, session: Session, team: Team) -> None:
    make_cards(session, team.study_id, "c1,old")
    upload.send("id,text\nc1,new\nc3,third\n")
    upload.decide(on_known="skip")
    assert texts_in(session, team.study_id) == {"c1": "old", "c3": "third"}
    assert "1 row was skipped" in upload.look()


def test_B22_known_ids_are_replaced_on_request(
    upload: Upload, session: Session, team: Team
) -> None:
    ids = make_cards(session, team.study_id, "c1,old", "c2,kept")
    upload.send("id,text\nc1,new\nc2,kept\nc3,third\n")
    upload.decide(on_known="replace")
    assert texts_in(session, team.study_id) == {"c1": "new", "c2": "kept", "c3": "third"}
    assert [card.id for card in cards_in(session, team.study_id)][:2] == ids
    assert "1 card was replaced; 1 row was skipped" in upload.look()


@pytest.mark.parametrize(("on_known", "text"), [("skip", "first"), ("replace", "last")])
def test_B22_of_rows_with_one_id_the_first_stays_or_the_last_replaces(
    upload: Upload, session: Session, team: Team, on_known: str, text: str
) -> None:
    upload.send("id,text\n1,first\n2,other\n1,last\n")
    assert "Rows 2 and 4 have one id: 1." in upload.words()
    assert upload.decide(on_known="ask").status_code == 422
    upload.decide(on_known=on_known)
    assert texts_in(session, team.study_id) == {"1": text, "2": "other"}


@pytest.mark.parametrize(("on_repeat", "n_cards"), [("skip", 2), ("keep", 4)])
def test_texts_that_repeat_are_skipped_or_kept(
    upload: Upload, session: Session, team: Team, on_repeat: str, n_cards: int
) -> None:
    make_cards(session, team.study_id, "c1,Same words")
    upload.send("id,text\nc2,same  WORDS\nc3,other\nc4,Other\n")
    assert "Row 2 (c2) says the same as c1." in upload.words()
    assert "Rows 3 and 4 have one text." in upload.words()
    upload.decide(on_repeat=on_repeat)
    assert len(cards_in(session, team.study_id)) == n_cards


def test_bad_rows_are_named_and_keep_all_others_out_until_they_are_left_out(
    upload: Upload, session: Session, team: Team
) -> None:
    upload.send("id,text\n1,good\n2,\n3,also good\n")
    assert "1 row cannot become a card. Row 3: The text is empty." in upload.words()
    answer = upload.decide()
    assert answer.status_code == 422
    assert "Row 3: The text is empty." in words_of(answer)
    assert cards_in(session, team.study_id) == []
    upload.decide(leave_out_bad_rows="true")
    assert texts_in(session, team.study_id) == {"1": "good", "3": "also good"}


def test_a_card_that_coders_have_seen_is_not_replaced(
    upload: Upload, session: Session, team: Team
) -> None:
    first, *_ = make_cards(session, team.study_id, "c1,old", "c2,old too")
    put_into_round(session, team, first, phase="open")
    upload.send("id,text\nc1,new\nc2,new too\n")
    assert "1 of them is in a round that was opened" in upload.words()
    answer = upload.decide(on_known="replace")
    assert answer.status_code == 409
    assert "1 of the cards to replace lie in a round that was opened" in words_of(answer)
    assert texts_in(session, team.study_id) == {"c1": "old", "c2": "old too"}


def test_a_row_that_says_nothing_new_may_name_a_frozen_card(
    upload: Upload, session: Session, team: Team
) -> None:
    first, *_ = make_cards(session, team.study_id, "c1,old", "c2,old too")
    put_into_round(session, team, first, phase="open")
    upload.send("id,text\nc1,old\nc2,new\n")
    upload.decide(on_known="replace")
    assert texts_in(session, team.study_id) == {"c1": "old", "c2": "new"}


def test_a_card_of_a_round_that_was_not_opened_may_be_replaced(
    upload: Upload, session: Session, team: Team
) -> None:
    (first,) = make_cards(session, team.study_id, "c1,old")
    put_into_round(session, team, first, phase="draft")
    upload.send("id,text\nc1,new\n")
    upload.decide(on_known="replace")
    assert texts_in(session, team.study_id) == {"c1": "new"}


def test_cards_that_came_in_since_the_preview_are_noticed(
    upload: Upload, session: Session, team: Team
) -> None:
    upload.send("id,text\nc1,mine\n")
    make_cards(session, team.study_id, "c1,theirs")
    answer = upload.decide()
    assert answer.status_code == 422
    assert "the study has a card c1" in words_of(answer)
    assert texts_in(session, team.study_id) == {"c1": "theirs"}
