"""Cards that are nearly alike: found in an import and in a study, shown side by side, decided."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.corpus.likeness import alike, marked_differences
from app.corpus.models import AlikePair
from app.corpus.service import matching_card_ids
from tests.corpus.uploads import words_of
from tests.factories import Team, fresh_id, make_cards, sign_in

FIRST = "Open a pull request with your results and the logs of the run."
NEARLY = "Open a pull request with your results and all logs of the run."
OTHER = "The mean of all the tasks is shown first in the table."
PAIRS = "/cards/alike"


def pairs(*texts: str, n_known: int = 0) -> list[tuple[int, int]]:
    return [(one.first, one.second) for one in alike(texts, n_known=n_known)]


def test_texts_that_differ_in_a_word_are_alike_and_others_are_not() -> None:
    assert pairs(FIRST, OTHER, NEARLY) == [(0, 2)]


def test_the_same_words_in_other_case_and_spacing_are_wholly_alike() -> None:
    (only,) = alike([FIRST, FIRST.upper().replace(" ", "  ")])
    assert only.likeness == 1


def test_texts_in_scripts_without_spaces_are_compared_too() -> None:
    assert pairs(
        "排行榜每周更新一次并显示分数", "请提交你的结果", "排行榜每周更新一次并显示总分数"
    ) == [(0, 2)]


def test_of_two_texts_known_before_nothing_is_said() -> None:
    assert pairs(FIRST, NEARLY, OTHER, n_known=2) == []
    assert pairs(FIRST, OTHER, NEARLY, n_known=2) == [(0, 2)]


@pytest.mark.parametrize("texts", [(), ("one",), ("!", "?"), ("", "")])
def test_too_few_or_empty_texts_do_no_harm(texts: tuple[str, ...]) -> None:
    assert all(first < second for first, second in pairs(*texts))


def test_a_text_that_stands_many_times_is_paired_with_each_copy_once() -> None:
    assert pairs(*["the same words"] * 4) == [(0, 1), (0, 2), (0, 3)]


def test_differences_are_marked_on_both_sides_and_nothing_is_lost() -> None:
    first, second = marked_differences(FIRST, NEARLY)
    assert "".join(one.text for one in first) == FIRST
    assert "".join(one.text for one in second) == NEARLY
    assert [one.text for one in first if one.differs] == ["the"]
    assert [one.text for one in second if one.differs] == ["all"]


@pytest.fixture
def cards(session: Session, team: Team) -> list[int]:
    return make_cards(
        session, team.study_id, f"k1,{FIRST}", f"k2,{OTHER}", f"k3,{NEARLY}", f"k4,{OTHER}"
    )


def post(client: TestClient, url: str, **fields: object) -> object:
    return client.post(url, data={"operation_id": fresh_id(), **fields})


def test_the_pairs_of_a_study_are_looked_for_and_shown_side_by_side(
    client: TestClient, team: Team, cards: list[int]
) -> None:
    ada = sign_in(client)
    assert "They have not been looked for yet" in words_of(ada.get(team.url + PAIRS))
    post(ada, team.url + PAIRS)
    page = ada.get(team.url + PAIRS)
    said = words_of(page)
    for part in ("2 pairs are nearly alike", "4 cards were compared", "Set k4 aside", "% alike"):
        assert part in said
    assert "<b>the</b>" in page.text
    assert "<b>all</b>" in page.text


def test_one_is_set_aside_with_a_reason_or_both_stay_and_that_stands(
    client: TestClient, session: Session, team: Team, cards: list[int]
) -> None:
    ada = sign_in(client)
    post(ada, team.url + PAIRS)
    same = {"first_id": cards[1], "second_id": cards[3]}
    near = {"first_id": cards[0], "second_id": cards[2]}
    assert post(ada, f"{team.url}{PAIRS}/decide", **same, verdict="second").status_code == 303
    assert post(ada, f"{team.url}{PAIRS}/decide", **near, verdict="stay").status_code == 303
    assert "Nearly the same as k2." in words_of(ada.get(f"{team.url}/cards/{cards[3]}"))
    assert matching_card_ids(session, team.study_id) == cards[:3]
    session.commit()
    assert post(ada, f"{team.url}{PAIRS}/decide", **near, verdict="first").status_code == 409
    post(ada, team.url + PAIRS)
    assert "Nothing to decide" in words_of(ada.get(team.url + PAIRS))
    assert {pair.verdict for pair in session.exec(select(AlikePair))} == {"second", "stay"}


def test_cards_that_came_since_are_counted(
    client: TestClient, session: Session, team: Team, cards: list[int]
) -> None:
    ada = sign_in(client)
    post(ada, team.url + PAIRS)
    make_cards(session, team.study_id, "k5,Something else.")
    assert "1 card came since" in words_of(ada.get(team.url + PAIRS))


def test_a_pair_of_another_study_is_not_found(
    client: TestClient, team: Team, cards: list[int]
) -> None:
    ada = sign_in(client)
    ids = {"first_id": cards[0], "second_id": cards[1]}
    assert post(ada, f"{team.url}{PAIRS}/decide", **ids, verdict="stay").status_code == 404


def test_an_import_says_before_it_is_done_which_rows_are_nearly_alike(
    client: TestClient, team: Team, cards: list[int]
) -> None:
    ada = sign_in(client)
    content = f"id,text\nn1,{NEARLY} Now.\nn2,Nothing of the kind here.\n".encode()
    sent = ada.post(
        f"{team.url}/cards/import",
        data={"operation_id": fresh_id()},
        files={"file": ("new.csv", content)},
    )
    url = sent.headers["location"]
    assert f'hx-get="{url}/alike/line"' in ada.get(url).text
    assert "1 row is nearly like another text." in ada.get(f"{url}/alike/line").text
    said = words_of(ada.get(f"{url}/alike"))
    assert "k3 (here already)" in said
    assert "n2" not in said
