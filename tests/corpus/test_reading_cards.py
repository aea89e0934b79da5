"""The list of cards with its search, and the page of one card."""

import time
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.corpus.search import CardFilter
from app.corpus.service import matching_card_ids, n_cards
from tests.corpus.uploads import words_of
from tests.factories import Team, browser_of, make_cards, make_study, sign_in

COLUMNS = "id,title,text,url,kind,language"
ROWS = (
    "c1,Größe,The first 100%_ text,https://example.org/1,issue,en",
    "c2,Other,第二张卡片,,readme,zh",
    "c3,,Third line,https://example.org/3,issue,en",
)


@pytest.fixture
def cards(session: Session, team: Team) -> list[int]:
    return make_cards(session, team.study_id, *ROWS, columns=COLUMNS)


def found(session: Session, team: Team, wanted: CardFilter) -> list[int]:
    ids = matching_card_ids(session, team.study_id, wanted)
    assert n_cards(session, team.study_id, wanted) == len(ids)
    return ids


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (CardFilter(), [0, 1, 2]),
        (CardFilter(search="GRÖSSE"), [0]),
        (CardFilter(search="gro\u0308ße"), [0]),
        (CardFilter(search="第二"), [1]),
        (CardFilter(search="C3"), [2]),
        (CardFilter(search="readme"), [1]),
        (CardFilter(search="third   LINE"), [2]),
        (CardFilter(search="%"), [0]),
        (CardFilter(search="100%_"), [0]),
        (CardFilter(search="_h"), []),
        (CardFilter(search="(a+)+$"), []),
        (CardFilter(search="' OR 1=1 --"), []),
        (CardFilter(attribute="kind", value="issue"), [0, 2]),
        (CardFilter(attribute='ki"nd', value="issue"), []),
        (CardFilter(has_source=True), [0, 2]),
        (CardFilter(has_source=False), [1]),
        (CardFilter(search="third", attribute="kind", value="issue", has_source=True), [2]),
    ],
)
def test_a_filter_finds_cards_by_plain_text_attribute_and_source(
    session: Session, team: Team, cards: list[int], wanted: CardFilter, places: list[int]
) -> None:
    assert found(session, team, wanted) == [cards[i] for i in places]


def test_a_filter_survives_being_stored() -> None:
    wanted = CardFilter("a", "kind", "issue", True)
    assert CardFilter.from_json(wanted.as_json()) == wanted


def test_the_list_shows_key_title_excerpt_and_attributes(
    client: TestClient, team: Team, cards: list[int]
) -> None:
    answer = sign_in(client).get(f"{team.url}/cards")
    assert answer.status_code == 200
    words = words_of(answer)
    for part in ("3 cards", "c1", "Größe", "The first 100%_ text", "kind issue", "example.org"):
        assert part in words


def test_an_empty_list_says_what_to_do(app: FastAPI, client: TestClient, team: Team) -> None:
    assert "Import cards" in words_of(sign_in(client).get(f"{team.url}/cards"))
    said = words_of(browser_of(app, "Ben").get(f"{team.url}/cards"))
    assert "A lead of the study imports the cards." in said
    assert "Import cards" not in said


def test_a_search_without_a_hit_is_counted_and_can_be_cleared(
    client: TestClient, team: Team, cards: list[int]
) -> None:
    said = words_of(sign_in(client).get(f"{team.url}/cards?search=nowhere"))
    assert f"0 of {len(cards)} cards" in said
    assert "No card fits" in said
    assert "Clear the search" in said


def test_the_list_comes_in_pages_of_fifty(client: TestClient, session: Session, team: Team) -> None:
    make_cards(session, team.study_id, *(f"k{i:03},text {i}" for i in range(120)))
    sign_in(client)
    assert "k049" in words_of(client.get(f"{team.url}/cards"))
    last = client.get(f"{team.url}/cards?search=text&page=3")
    assert "k100" in words_of(last)
    assert "k099" not in words_of(last)
    beyond = client.get(f"{team.url}/cards?page=2147483647")
    assert "k119" in words_of(beyond)


def test_B65_a_search_is_plain_text_and_bounded(
    client: TestClient, team: Team, cards: list[int]
) -> None:
    sign_in(client)
    for search in ("(a+)+$", "%_%_", "\\", "{{7*7}}", "%s", "a" * 500):
        answer = client.get(f"{team.url}/cards?search={quote(search)}")
        assert answer.status_code == 200
    long = client.get(f"{team.url}/cards?search={'a' * 50_000}")
    assert long.status_code == 422
    assert "Search for at most 500 characters; these are 50,000." in words_of(long)


def test_B65_ten_thousand_cards_are_searched_in_a_fifth_of_a_second(
    session: Session, team: Team
) -> None:
    text = "a" * 600 + " board"
    make_cards(session, team.study_id, *(f"k{i},{text} {i}" for i in range(10_000)))
    n_cards(session, team.study_id)
    started = time.perf_counter()
    assert n_cards(session, team.study_id, CardFilter(search="a" * 499 + "b")) == 0
    assert time.perf_counter() - started < 0.2


def test_the_page_of_a_card_shows_its_text_safely_with_source_and_attributes(
    client: TestClient, session: Session, team: Team
) -> None:
    (card_id,) = make_cards(
        session,
        team.study_id,
        "c1,A *title*,**bold** <img src=x onerror=alert(1)> ![p](https://example.org/p.png)"
        ",https://example.org/a,<b>x</b>",
        columns="id,title,text,url,kind",
    )
    answer = sign_in(client).get(f"{team.url}/cards/{card_id}")
    assert answer.status_code == 200
    assert "<strong>bold</strong>" in answer.text
    assert "<img" not in answer.text
    assert "<b>x</b>" not in answer.text
    assert 'href="https://example.org/a" rel="noopener noreferrer nofollow"' in answer.text
    assert "A *title*" in words_of(answer)


def test_a_text_speaks_its_language_in_its_direction(
    client: TestClient, team: Team, cards: list[int]
) -> None:
    page = sign_in(client).get(f"{team.url}/cards/{cards[1]}").text
    assert '<div class="excerpt" dir="auto" lang="zh">' in page


def test_neighbours_stay_within_what_was_searched(
    client: TestClient, team: Team, cards: list[int]
) -> None:
    sign_in(client)
    page = client.get(f"{team.url}/cards/{cards[0]}?attribute=kind%3Dissue").text
    assert f'href="{team.url}/cards/{cards[2]}?attribute=kind%3Dissue"' in page
    assert 'rel="prev"' not in page
    assert f'href="{team.url}/cards/{cards[1]}"' in client.get(f"{team.url}/cards/{cards[0]}").text


def test_a_card_of_another_study_is_not_found(
    client: TestClient, session: Session, team: Team, cards: list[int]
) -> None:
    other = make_study(session, "Another", coders=())
    sign_in(client)
    assert client.get(f"{other.url}/cards/{cards[0]}").status_code == 404
    assert client.get(f"{other.url}/cards/999999").status_code == 404


def test_a_study_of_others_is_not_found(
    client: TestClient, session: Session, team: Team, cards: list[int]
) -> None:
    make_study(session, "Another", lead="Dan", coders=())
    sign_in(client, "Dan")
    assert client.get(f"{team.url}/cards").status_code == 404
    assert client.get(f"{team.url}/cards/{cards[0]}").status_code == 404


@pytest.mark.parametrize("query", ["page=-1", "page=x", "source=maybe", "sort=text"])
def test_a_query_the_list_does_not_know_is_refused(
    client: TestClient, team: Team, query: str
) -> None:
    assert sign_in(client).get(f"{team.url}/cards?{query}").status_code == 422
