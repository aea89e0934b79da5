"""Closing a round, ending it, coders who leave, and figures for which there is no data."""

import pytest
from sqlmodel import Session, select

from app.activity.models import Activity
from app.coding.drafts import change_draft
from app.coding.handing_in import hand_in
from app.coding.models import Placement, Round, Snapshot
from app.coding.rounds import coder_ids_of, end_round
from app.coding.rules import Phase, Plan
from app.errors import Conflict, Invalid
from app.negotiation.service import disagreements
from app.resolution.closing import close_round, finish_round
from app.studies.people import remove_member
from tests.coding.factories import (
    PublishedBook,
    Team,
    draft_like,
    finish_work,
    hands,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.factories import make_study

KEYS = tuple(f"L-{number}" for number in range(1, 13))


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def cards(session: Session, team: Team) -> dict[str, int]:
    return make_numbered_cards(session, team, KEYS)


@pytest.fixture
def book(session: Session, team: Team, cards: dict[str, int]) -> PublishedBook:
    return make_book(session, team)


# --- Closing (B74) ---


def test_a_round_closes_when_everybody_has_handed_in(
    session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    round_ = make_round(session, team, book)
    missing, stale = book.category("Smell", "Missing"), book.category("Smell", "Stale")
    finish_work(session, round_, team.members["Ben"], dict.fromkeys(cards.values(), missing))
    odd_one_out = {**dict.fromkeys(cards.values(), missing), cards["L-3"]: stale}
    finish_work(session, round_, team.members["Cleo"], odd_one_out)
    close_round(session, round_, reason="", is_forced=False, by=None)
    assert round_.phase == Phase.NEGOTIATING
    assert [one.card_id for one in disagreements(session, round_)] == [cards["L-3"]]
    assert len(session.exec(select(Snapshot)).all()) == 1


@pytest.mark.parametrize(("reason", "is_forced"), [("", False), ("Late", False), (" ", True)])
def test_closing_before_everybody_has_handed_in_takes_a_reason_and_a_confirmation(
    session: Session, team: Team, book: PublishedBook, reason: str, is_forced: bool
) -> None:
    round_ = make_round(session, team, book)
    with pytest.raises(Conflict, match="Ben, Cleo have not handed in"):
        close_round(session, round_, reason=reason, is_forced=is_forced, by=None)
    session.rollback()
    assert session.get_one(Round, round_.id).phase == Phase.OPEN
    close_round(session, round_, reason="The term ends.", is_forced=True, by=None)
    session.flush()
    line = session.exec(select(Activity).where(Activity.kind == "round closed")).one()
    assert line.detail["unfinished"] == ["Ben", "Cleo"]
    assert line.detail["reason"] == round_.close_reason == "The term ends."


def test_a_round_closes_once(session: Session, team: Team, book: PublishedBook) -> None:
    round_ = make_round(session, team, book)
    close_round(session, round_, reason="The term ends.", is_forced=True, by=None)
    with pytest.raises(Conflict, match="cannot become negotiating"):
        close_round(session, round_, reason="The term ends.", is_forced=True, by=None)


def test_a_round_is_done_when_nothing_is_open(
    session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    round_ = make_round(session, team, book)
    answers = dict.fromkeys(cards.values(), book.category("Smell", "Missing"))
    finish_work(session, round_, team.members["Ben"], answers)
    other = {**answers, cards["L-1"]: book.category("Smell", "Stale")}
    finish_work(session, round_, team.members["Cleo"], other)
    close_round(session, round_, reason="", is_forced=False, by=None)
    with pytest.raises(Conflict, match="1 disagreement is still open"):
        finish_round(session, round_, by=None)


def test_a_void_round_says_why_and_keeps_its_placements(
    session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    round_ = make_round(session, team, book)
    answers = dict.fromkeys(cards.values(), book.category("Smell", "Missing"))
    finish_work(session, round_, team.members["Ben"], answers)
    with pytest.raises(Invalid, match="Say why"):
        end_round(session, round_, Phase.VOID, reason=" ", by=None)
    end_round(session, round_, Phase.VOID, reason="The wrong codebook.", by=None)
    assert len(session.exec(select(Placement)).all()) == len(cards)


# --- Coders who leave (B75) ---


def test_B75_a_coder_of_an_open_round_is_not_removed_before_it_closes(
    session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    round_ = make_round(session, team, book, "Pilot")
    ben = team.members["Ben"]
    with pytest.raises(Conflict) as refusal:
        remove_member(session, team.study_id, ben, by=1)
    assert refusal.value.message == (
        "Ben sorts 12 cards in Pilot, which is open. Close that round first (what Ben did not "
        "judge stays missing) or declare it void, and remove Ben then; what Ben judged stays in "
        "either case. Nothing was changed."
    )
    close_round(session, round_, reason="Ben leaves.", is_forced=True, by=None)
    remove_member(session, team.study_id, ben, by=1)
    assert ben in hands(session, round_)


def test_a_coder_of_a_draft_can_be_taken_out_of_it(
    session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book, is_open=False)
    cleo = team.members["Cleo"]
    change_draft(session, round_, draft_like(round_, coder_ids=(cleo,)), revision=1, by=1)
    assert coder_ids_of(session, round_) == [cleo]


# --- Nothing to compare (B76) ---


def alpha_after_closing(session: Session, round_: Round) -> dict[str, object]:
    close_round(session, round_, reason="It is enough.", is_forced=True, by=None)
    session.flush()
    snapshot = session.exec(select(Snapshot).where(Snapshot.round_id == round_.id)).one()
    alpha: dict[str, object] = snapshot.figures["agreement"]["figures"][
        "krippendorff_alpha_nominal"
    ]
    return alpha


def test_one_coder_gives_a_figure_without_value_and_the_reason(
    session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    round_ = make_round(session, team, book, coders=("Ben",))
    answers = dict.fromkeys(cards.values(), book.category("Smell", "Missing"))
    finish_work(session, round_, team.members["Ben"], answers)
    alpha = alpha_after_closing(session, round_)
    assert alpha["value"] is None
    assert alpha["reason"]


def test_no_shared_card_gives_a_figure_without_value_and_the_reason(
    session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book, plan=Plan(share=0))
    for coder_id, hand in hands(session, round_).items():
        answers = dict.fromkeys(hand, book.category("Smell", "Missing"))
        finish_work(session, round_, coder_id, answers)
    alpha = alpha_after_closing(session, round_)
    assert alpha["value"] is None
    assert alpha["reason"]


def test_one_category_only_gives_a_figure_without_value_and_the_reason(
    session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    round_ = make_round(session, team, book)
    answers = dict.fromkeys(cards.values(), book.category("Smell", "Stale"))
    for name in ("Ben", "Cleo"):
        finish_work(session, round_, team.members[name], answers)
    alpha = alpha_after_closing(session, round_)
    assert alpha["value"] is None
    assert alpha["reason"]


def test_a_round_in_which_nobody_judged_anything_can_be_closed(
    session: Session, team: Team, book: PublishedBook
) -> None:
    alpha = alpha_after_closing(session, make_round(session, team, book))
    assert alpha["value"] is None
    assert alpha["reason"]


def test_handing_in_waits_for_every_card(session: Session, team: Team, book: PublishedBook) -> None:
    round_ = make_round(session, team, book)
    with pytest.raises(Conflict, match="12 cards still wait for you"):
        hand_in(session, round_.id or 0, team.members["Ben"])
