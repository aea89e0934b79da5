"""What the draft's page says its cards are enough for."""

import re
from typing import Protocol

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.studies.rules import Stance
from tests.coding.factories import make_book, make_numbered_cards
from tests.factories import Team, fresh_id, make_study, sign_in

QUESTION = "How many cards are enough?"


class Look(Protocol):
    def __call__(self, **typed: str | list[str]) -> str: ...


def start(session: Session, client: TestClient, team: Team, *, n_cards: int) -> Look:
    """Make a draft of all the cards; the answer looks at its page as a form would fill it."""
    make_numbered_cards(session, team, [f"L-{number}" for number in range(n_cards)])
    book = make_book(session, team)
    ada = sign_in(client, "Ada")
    url = ada.post(f"{team.url}/rounds/new", data={"operation_id": fresh_id()}).headers["location"]

    def look(**typed: str | list[str]) -> str:
        form: dict[str, str | list[str]] = {
            "name": "Pilot",
            "coder_ids": [str(team.members[name]) for name in ("Ben", "Cleo")],
            "facet_ids": [str(facet.id) for facet in book.facets.values()],
            "version_id": str(book.version_id),
        }
        answer = ada.get(url, params={**form, **typed})
        assert answer.status_code == 200, answer.text
        return answer.text

    return look


def rows_of(page: str) -> list[list[str]]:
    table = page[page.index(QUESTION) :]
    table = table[table.index("<tbody>") : table.index("</tbody>")]
    return [
        re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in re.findall(r"<tr>.*?</tr>", table, re.S)
    ]


def test_a_draft_says_for_which_categories_its_cards_are_enough(
    session: Session, client: TestClient
) -> None:
    look = start(session, client, make_study(session), n_cards=90)
    page = look()
    assert (
        "90 cards are judged by two coders or more: enough for a category on 25 % of the cards, "
        "not for one on 10 %."
    ) in page
    assert "To show alpha above 0.67" in page
    assert [row[:3] for row in rows_of(page)] == [
        ["50 %", "61", "enough"],
        ["25 %", "82", "enough"],
        ["10 %", "174", "84 more"],
        ["5 %", "333", "243 more"],
    ]


def test_only_cards_that_two_coders_judge_count(session: Session, client: TestClient) -> None:
    look = start(session, client, make_study(session), n_cards=90)
    assert "45 cards are judged by two coders or more: too few. It takes 61 at" in look(share="50")
    nothing_shared = look(share="0")
    assert "0 cards are judged by two coders or more: too few." in nothing_shared
    assert {row[3] for row in rows_of(nothing_shared)} == {"not computed"}


def test_the_interval_with_few_cards_of_a_category_says_how_little_it_tells(
    session: Session, client: TestClient
) -> None:
    look = start(session, client, make_study(session), n_cards=10)
    assert [row[3] for row in rows_of(look())] == ["± 0.46", "± 0.54", "± 0.78", "over ± 1"]


def test_many_cards_are_enough_even_for_a_rare_category(
    session: Session, client: TestClient
) -> None:
    team = make_study(session)
    _set_threshold(session, team, 0.0)
    page = start(session, client, team, n_cards=100)()
    assert "enough even for a category on 5 % of the cards." in page


def test_a_threshold_of_1_cannot_be_shown_and_says_so(session: Session, client: TestClient) -> None:
    team = make_study(session)
    _set_threshold(session, team, 1.0)
    page = start(session, client, team, n_cards=6)()
    assert "No number of cards can show that alpha is above a threshold of 1." in page


@pytest.mark.parametrize("stance", [Stance.CONSENSUS_ONLY, Stance.JOINT_SORT])
def test_a_study_without_coefficients_is_told_nothing_of_them(
    session: Session, client: TestClient, stance: Stance
) -> None:
    page = start(session, client, make_study(session, stance=stance), n_cards=6)()
    assert "6 cards" in page
    assert QUESTION not in page


def test_calibration_and_a_round_of_one_coder_measure_no_alpha(
    session: Session, client: TestClient
) -> None:
    team = make_study(session)
    look = start(session, client, team, n_cards=6)
    assert QUESTION in look()
    assert QUESTION in look(kind="recode")
    assert QUESTION not in look(kind="calibration")
    assert QUESTION not in look(coder_ids=[str(team.members["Ben"])])
    assert QUESTION not in look(share="half")


def _set_threshold(session: Session, team: Team, threshold: float) -> None:
    team.study.threshold = threshold
    session.add(team.study)
    session.commit()
