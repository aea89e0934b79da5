"""Coding again what a new codebook version puts in question: blind, and each the own cards."""

import html

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.codebook.models import CodebookVersion
from app.codebook.service import content_of
from app.coding.drafts import RoundDraft, create_round
from app.coding.lying import own_on_facet
from app.coding.models import Round, RoundCoder
from app.coding.rounds import coder_ids_of, open_round
from app.coding.rules import CardChoice, Kind, Plan
from app.db import now
from app.errors import Conflict
from app.studies.models import Membership
from tests.coding.affected import publish_change, put_in_question
from tests.coding.factories import (
    PublishedBook,
    finish_work,
    hands,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.coding.test_draft_pages import draft_form, read_rounds
from tests.factories import Team, browser_of, fresh_id, make_study, sign_in

KEYS = tuple(f"L-{number}" for number in range(12))


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session, coders=("Ben", "Cleo", "Dan"))


@pytest.fixture
def cards(session: Session, team: Team) -> list[int]:
    return list(make_numbered_cards(session, team, KEYS).values())


@pytest.fixture
def book(session: Session, team: Team, cards: list[int]) -> PublishedBook:
    return make_book(session, team)


@pytest.fixture
def version_id(session: Session, team: Team, book: PublishedBook, cards: list[int]) -> int:
    """Version 2: Ben should code four cards again, Cleo three of which two are Ben's, Dan none."""
    facet = book.facets["Smell"].id
    version_id = publish_change(session, team)
    put_in_question(session, team, version_id, {"Ben": cards[:4], "Cleo": cards[2:5]}, facet)
    return version_id


def draft(
    session: Session, team: Team, version_id: int, *, coders: tuple[str, ...] = ("Ben", "Cleo")
) -> Round:
    version = session.get_one(CodebookVersion, version_id)
    planned = RoundDraft(
        name="Again",
        plan=Plan(cards=CardChoice.AFFECTED, affected_by=version_id),
        coder_ids=tuple(team.members[name] for name in coders),
        facet_ids=tuple(facet.id for facet in content_of(version).facets),
        codebook_version_id=version_id,
        seed=3,
        kind=Kind.RECODE,
    )
    round_ = create_round(session, team.study_id, planned, by=None)
    session.commit()
    return round_


def opened(session: Session, round_: Round) -> dict[int, list[int]]:
    open_round(session, round_, by=None)
    given = hands(session, round_)
    session.commit()
    return given


# --- Who gets what ---


def test_each_coder_gets_exactly_the_own_affected_cards(
    session: Session, team: Team, version_id: int, cards: list[int]
) -> None:
    round_ = draft(session, team, version_id)
    given = opened(session, round_)
    assert {coder: sorted(hand) for coder, hand in given.items()} == {
        team.members["Ben"]: cards[:4],
        team.members["Cleo"]: cards[2:5],
    }


def test_the_order_is_the_coders_own_and_the_seed_repeats_it(
    session: Session, team: Team, version_id: int, book: PublishedBook, cards: list[int]
) -> None:
    put_in_question(
        session, team, version_id, {"Ben": cards[5:], "Cleo": cards[5:]}, book.facets["Smell"].id
    )
    plan = Plan(cards=CardChoice.AFFECTED, affected_by=version_id)
    newer = PublishedBook(version_id, book.facets)
    first, again, other = (
        hands(
            session, make_round(session, team, newer, name, plan=plan, seed=seed, kind=Kind.RECODE)
        )
        for name, seed in (("One", 3), ("Two", 3), ("Three", 4))
    )
    ben, cleo = team.members["Ben"], team.members["Cleo"]
    assert first == again != other
    common = set(first[ben]) & set(first[cleo])
    in_order = [[card for card in first[one] if card in common] for one in (ben, cleo)]
    assert in_order[0] != in_order[1]


def test_a_coder_without_affected_cards_is_left_out_at_opening(
    session: Session, team: Team, version_id: int
) -> None:
    round_ = draft(session, team, version_id, coders=("Dan", "Ben", "Cleo"))
    opened(session, round_)
    assert coder_ids_of(session, round_) == [team.members["Ben"], team.members["Cleo"]]
    places = [session.get_one(RoundCoder, (round_.id, one)).place for one in (2, 3)]
    assert places == [0, 1]


def test_cards_of_somebody_who_left_go_to_coders_who_have_not_got_them(
    session: Session, team: Team, version_id: int, cards: list[int]
) -> None:
    leave(session, team, "Ben")
    round_ = draft(session, team, version_id, coders=("Cleo", "Dan"))
    given = opened(session, round_)
    assert set(cards[2:5]) <= set(given[team.members["Cleo"]])
    both = [*given[team.members["Cleo"]], *given[team.members["Dan"]]]
    # Ben's two cards that Cleo has already go to Dan; each of his other two to one of them.
    assert {card: both.count(card) for card in sorted(set(both))} == {
        cards[0]: 1, cards[1]: 1, cards[2]: 2, cards[3]: 2, cards[4]: 1,
    }  # fmt: skip


def leave(session: Session, team: Team, person: str) -> None:
    member = session.get_one(Membership, team.members[person])
    member.left_at = now()
    session.add(member)
    session.commit()


def test_only_cards_of_the_rounds_facets_come(
    session: Session, team: Team, cards: list[int]
) -> None:
    book = make_book(
        session, team, {"Smell": ("single", ("Old", "New")), "Part": ("single", ("Top", "Foot"))}
    )
    version_id = publish_change(session, team, category="Old")
    smell, part = book.facets["Smell"].id, book.facets["Part"].id
    put_in_question(session, team, version_id, {"Ben": cards[:2]}, smell)
    put_in_question(session, team, version_id, {"Ben": cards[1:6]}, part)
    round_ = draft(session, team, version_id)
    round_.facet_ids = [smell]
    session.commit()
    assert sorted(opened(session, round_)[team.members["Ben"]]) == cards[:2]


def test_an_older_version_cannot_code_them_again(
    session: Session, team: Team, version_id: int, book: PublishedBook
) -> None:
    plan = Plan(cards=CardChoice.AFFECTED, affected_by=version_id)
    with pytest.raises(Conflict, match="not by version 1"):
        make_round(session, team, book, plan=plan, kind=Kind.RECODE)


def test_another_studys_version_gives_nothing(
    session: Session, team: Team, version_id: int, book: PublishedBook
) -> None:
    other = make_study(session, "Another")
    make_numbered_cards(session, other, KEYS[:2])
    plan = Plan(cards=CardChoice.AFFECTED, affected_by=version_id)
    with pytest.raises(Conflict, match="No card is taken in"):
        make_round(session, other, make_book(session, other), plan=plan, kind=Kind.RECODE)


# --- The pages ---


def recode_url(team: Team, version_id: int) -> str:
    return f"{team.url}/codebook/versions/{version_id}/recode"


def test_one_click_prepares_it_and_the_draft_says_who_gets_what(
    client: TestClient, session: Session, team: Team, version_id: int
) -> None:
    ada = sign_in(client, "Ada")
    answer = ada.post(recode_url(team, version_id), data={"operation_id": fresh_id()})
    page = html.unescape(ada.get(answer.headers["location"]).text)
    assert "5 cards, 2 of them for several coders." in page
    url = answer.headers["location"]
    everybody = [str(team.members[name]) for name in ("Ben", "Cleo", "Dan")]
    page = ada.get(url, params=draft_form(ada, url, coder_ids=everybody)).text
    assert "<bdi>Dan</bdi> is left out: no card of theirs is in question." in page
    page = ada.get(url, params=draft_form(ada, url, coder_ids=everybody[1:])).text
    words = " ".join(html.unescape(page).split())
    assert "<bdi>Ben</bdi> does not code in this round: of their 4 cards" in words
    assert ada.post(url, data=draft_form(ada, url, act="open")).status_code == 303
    (round_,) = read_rounds(session, team)
    assert (round_.kind, round_.plan["affected_by"]) == (Kind.RECODE, version_id)
    facts = ada.get(f"{team.url}/rounds/{round_.id}").text
    assert "Those that version 2 of the codebook puts in question" in facts


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": "independent"}, "Affected cards are coded again in a recoding round"),
        ({"affected_by": ""}, "Say which version affects the cards."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    client: TestClient, team: Team, version_id: int, typed: dict[str, str], sentence: str
) -> None:
    ada = sign_in(client, "Ada")
    answer = ada.post(recode_url(team, version_id), data={"operation_id": fresh_id()})
    url = answer.headers["location"]
    answer = ada.post(url, data=draft_form(ada, url, **typed))
    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_earlier_label_is_never_shown(
    app: FastAPI, session: Session, team: Team, book: PublishedBook, cards: list[int]
) -> None:
    earlier = make_round(session, team, book)
    answers = dict.fromkeys(cards, book.category("Smell", "Unclear"))
    finish_work(session, earlier, team.members["Ben"], answers)
    version_id = publish_change(session, team)
    put_in_question(session, team, version_id, {"Ben": cards[:3]}, book.facets["Smell"].id)
    round_ = draft(session, team, version_id)
    opened(session, round_)
    ben = browser_of(app, "Ben")
    base = f"{team.url}/rounds/{round_.id}"
    for page in ("sort", "board"):
        text = ben.get(f"{base}/{page}").text
        assert 'aria-pressed="true"' not in text
    (facet,) = book.facets.values()
    lying = own_on_facet(session, round_, team.members["Ben"], facet.id)
    assert {one.card_id: one.category_ids for one in lying} == dict.fromkeys(cards[:3], ())
