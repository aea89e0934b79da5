"""A round from its draft to its end: what freezes, who may go on, what closing needs."""

from itertools import product

import pytest
from sqlmodel import Session

from app.coding.drafts import RoundDraft, StaleDraft, change_draft, create_round
from app.coding.planning import preview
from app.coding.rounds import coder_ids_of, end_round, open_round, planned_card_ids, what_is_missing
from app.coding.rules import CardChoice, Phase, Plan, refuse_phase_change
from app.errors import Conflict, Invalid
from tests.coding.factories import (
    PublishedBook,
    draft_like,
    hands,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.factories import Team, make_study

KEYS = tuple(f"L-{number}" for number in range(1, 13))
ALLOWED = {
    (Phase.DRAFT, Phase.OPEN),
    (Phase.OPEN, Phase.ALIGNING),
    (Phase.OPEN, Phase.NEGOTIATING),
    (Phase.ALIGNING, Phase.NEGOTIATING),
    (Phase.NEGOTIATING, Phase.DONE),
    *((phase, Phase.VOID) for phase in Phase if phase is not Phase.VOID),
}


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def cards(session: Session, team: Team) -> dict[str, int]:
    return make_numbered_cards(session, team, KEYS)


@pytest.fixture
def book(session: Session, team: Team, cards: dict[str, int]) -> PublishedBook:
    return make_book(session, team)


# --- Phases ---


@pytest.mark.parametrize(("before", "after"), list(product(Phase, Phase)))
def test_a_round_moves_only_along_the_table_of_phases(before: Phase, after: Phase) -> None:
    assert (refuse_phase_change(before, after) is None) == ((before, after) in ALLOWED)


def test_no_phase_leads_back_to_open() -> None:
    reason = refuse_phase_change(Phase.NEGOTIATING, Phase.OPEN)
    assert reason == "A round is opened once. To code again, make a new round."


# --- Draft ---


def test_an_empty_draft_says_what_it_needs(session: Session, team: Team) -> None:
    draft = RoundDraft("First", Plan(), (), (), None, seed=1)
    round_ = create_round(session, team.study_id, draft, by=None)
    assert what_is_missing(session, round_) == [
        "Publish the codebook and choose its version.",
        "Choose at least one coder; agreement needs two.",
        "No card is taken in. Import cards or change which ones the round takes.",
    ]
    with pytest.raises(Conflict, match="cannot open yet"):
        open_round(session, round_, by=None)


def test_a_name_is_needed_and_taken_once_in_a_study(
    session: Session, team: Team, book: PublishedBook
) -> None:
    make_round(session, team, book, "Pilot", is_open=False)
    with pytest.raises(Conflict, match="already have a round called"):
        make_round(session, team, book, " PILOT ", is_open=False)
    session.rollback()
    with pytest.raises(Invalid) as refusal:
        make_round(session, team, book, "​", is_open=False)
    assert refusal.value.field == "name"


def test_only_coders_and_leads_of_the_study_can_code(
    session: Session, team: Team, book: PublishedBook
) -> None:
    stranger = make_study(session, "Another", coders=("Dan",)).members["Dan"]
    round_ = make_round(session, team, book, is_open=False)
    with pytest.raises(Invalid, match="Only coders and leads"):
        change_draft(session, round_, draft_like(round_, coder_ids=(stranger,)), revision=1, by=1)


def test_a_draft_that_somebody_changed_meanwhile_is_not_overwritten(
    session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book, is_open=False)
    change_draft(session, round_, draft_like(round_, name="Theirs"), revision=1, by=1)
    with pytest.raises(StaleDraft):
        change_draft(session, round_, draft_like(round_, name="Mine"), revision=1, by=1)
    assert round_.name == "Theirs"


def test_the_preview_is_what_opening_gives(
    session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book, plan=Plan(share=50), is_open=False)
    draft = draft_like(round_, plan=Plan(share=50), coder_ids=tuple(coder_ids_of(session, round_)))
    foreseen = preview(session, team.study_id, draft)
    open_round(session, round_, by=None)
    given = hands(session, round_)
    assert {hand.coder_id: hand.n_cards for hand in foreseen.hands} == {
        coder_id: len(hand) for coder_id, hand in given.items()
    }
    assert foreseen.n_shared == len(set.intersection(*map(set, given.values()))) == 6


# --- Opening freezes ---


def test_cards_that_come_later_are_not_in_an_open_round(
    session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    round_ = make_round(session, team, book)
    make_numbered_cards(session, team, ("L-99",))
    for hand in hands(session, round_).values():
        assert sorted(hand) == sorted(cards.values())


def test_an_open_round_can_be_neither_changed_nor_opened_again(
    session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book)
    with pytest.raises(Conflict, match="frozen"):
        change_draft(session, round_, draft_like(round_), revision=1, by=1)
    with pytest.raises(Conflict, match="opened once"):
        open_round(session, round_, by=None)


def test_every_coder_gets_an_own_order_that_the_seed_repeats(
    session: Session, team: Team, book: PublishedBook
) -> None:
    first = hands(session, make_round(session, team, book, "One", seed=3))
    again = hands(session, make_round(session, team, book, "Two", seed=3))
    other = hands(session, make_round(session, team, book, "Three", seed=4))
    ben, cleo = team.members["Ben"], team.members["Cleo"]
    assert first == again != other
    assert first[ben] != first[cleo]
    assert sorted(first[ben]) == sorted(first[cleo])


def test_a_fresh_round_leaves_out_what_an_earlier_one_had_unless_that_one_is_void(
    session: Session, team: Team, book: PublishedBook
) -> None:
    sample = Plan(cards=CardChoice.SAMPLE, sample_size=5)
    first = make_round(session, team, book, "First", plan=sample)
    seen = set(hands(session, first)[team.members["Ben"]])
    second = make_round(session, team, book, "Second", plan=Plan(is_fresh=True), is_open=False)
    assert len(seen) == 5
    assert len(planned_card_ids(session, second)) == 7
    assert not seen & set(planned_card_ids(session, second))
    end_round(session, first, Phase.VOID, reason="Wrong cards.", by=None)
    assert len(planned_card_ids(session, second)) == 12


def test_a_filter_takes_the_cards_with_an_attribute_and_words(
    session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    plan = Plan(cards=CardChoice.FILTER, attribute="kind", attribute_value="guide")
    guides = make_round(session, team, book, "Guides", plan=plan, is_open=False)
    assert planned_card_ids(session, guides) == [cards[key] for key in KEYS[::2]]
    plan = Plan(cards=CardChoice.FILTER, search="excerpt L-12 ")
    one = make_round(session, team, book, "One", plan=plan, is_open=False)
    assert planned_card_ids(session, one) == [cards["L-12"]]
