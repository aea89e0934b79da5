"""A page that is still open when somebody else signs in works for nobody but its own coder."""

import pytest
from fastapi import FastAPI
from httpx2 import Response

from app.coding.drafts import RoundDraft, create_round
from app.coding.models import Round
from app.coding.rounds import open_round
from app.coding.rules import Plan
from app.db import Database
from tests.coding.desk import Desk, desk_of, fresh_id
from tests.coding.world import World, sign_in_as

REFUSAL = "Somebody else is signed in here now. What you did waits until you sign in again."


def name_of(world: World, person: str) -> str:
    """What the pages of this person name the desk."""
    return f"{world.account_ids[person]}-{world.round_id}"


def send(desk: Desk, act: str, named: str | None) -> Response:
    """Send an act as the script of a page does; the page may be somebody else's."""
    forms: dict[str, dict[str, object]] = {
        "placements": {
            "card_id": desk.world.card_ids[0],
            "facet_id": desk.world.single_id,
            "seen_turn": 0,
            "value": "cannot_judge",
            "memo": "Because of the table",
        },
        "parking": {"card_id": desk.world.card_ids[0], "is_parked": "true"},
    }
    form = {"operation_id": fresh_id(), **forms.get(act, {})}
    headers = {"HX-Request": "true"} | ({"Concord-Desk": named} if named else {})
    return desk.client.post(f"{desk.base}/{act}", data=form, headers=headers)


@pytest.fixture
def taken(app: FastAPI, ben: Desk) -> Desk:
    """Ben's browser, in which Cleo has signed in meanwhile and judged a card."""
    cleo = desk_of(app, ben.world, "cleo")
    sign_in_as(app, ben.client, ben.world, "cleo")
    cleo.place(cleo.cards[1], category_ids=cleo.categories[0], memo="Only for Cleo")
    return cleo


def assert_refused(answer: Response) -> None:
    assert answer.status_code == 409
    assert answer.headers["Concord-Desk"] == "other"
    assert REFUSAL in answer.text
    for private in ("Cleo", "Leaderboards", "Excerpt number", "Because of the table"):
        assert private not in answer.text


@pytest.mark.parametrize("act", ["placements", "parking", "undo", "hand-in", "take-back"])
def test_an_act_of_another_person_s_page_is_refused_and_nothing_is_stored(
    ben: Desk, taken: Desk, act: str
) -> None:
    before = (taken.placements, taken.parkings)
    assert_refused(send(ben, act, name_of(ben.world, "ben")))
    assert (taken.placements, taken.parkings) == before
    assert ben.placements == []


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize("page", ["/sort", "/board", "/board?pile=not_judged", "/hand-in"])
def test_another_person_s_page_is_shown_nothing(ben: Desk, page: str) -> None:
    assert_refused(ben.get(page, **{"Concord-Desk": name_of(ben.world, "ben")}))


@pytest.mark.parametrize("person", ["odo", "dan"])
def test_somebody_without_cards_here_is_told_apart_too(
    app: FastAPI, ben: Desk, person: str
) -> None:
    # Any other refusal would make the script drop what waits.
    sign_in_as(app, ben.client, ben.world, person)
    answer = send(ben, "placements", name_of(ben.world, "ben"))
    assert answer.status_code == 409
    assert answer.headers["Concord-Desk"] == "other"
    plain = send(ben, "placements", None)
    assert plain.status_code == {"odo": 403, "dan": 404}[person]
    assert "Concord-Desk" not in plain.headers


def test_a_person_who_is_signed_out_is_asked_to_sign_in(ben: Desk) -> None:
    ben.client.cookies.clear()
    answer = send(ben, "placements", name_of(ben.world, "ben"))
    assert answer.status_code == 401
    assert "Concord-Desk" not in answer.headers


def test_the_own_page_and_one_without_scripts_work_as_ever(ben: Desk) -> None:
    page = ben.get("/board").text
    assert f'data-desk="{name_of(ben.world, "ben")}"' in page
    named = name_of(ben.world, "ben")
    for page_name in ("/sort", "/board"):
        assert ben.get(page_name, **{"Concord-Desk": named}).status_code == 200
    assert send(ben, "placements", named).status_code == 200
    assert send(ben, "undo", named).status_code == 200
    assert send(ben, "parking", None).status_code in {200, 303}
    assert [row.value for row in ben.placements] == ["cannot_judge", "not_judged"]
    assert [row.is_parked for row in ben.parkings] == [True]


def test_the_refused_act_is_stored_once_its_coder_is_back(
    app: FastAPI, ben: Desk, taken: Desk
) -> None:
    named = name_of(ben.world, "ben")
    assert send(ben, "placements", named).status_code == 409
    sign_in_as(app, ben.client, ben.world, "ben")
    assert send(ben, "placements", named).status_code == 200
    assert [row.memo for row in ben.placements] == ["Because of the table"]
    assert [row.memo for row in taken.placements] == ["Only for Cleo"]


@pytest.mark.parametrize("act", ["placements", "parking", "undo"])
def test_B68_an_act_of_one_round_is_not_taken_for_an_act_of_another(
    ben: Desk, database: Database, act: str
) -> None:
    with database.transaction() as session:
        first = session.get_one(Round, ben.world.round_id)
        draft = RoundDraft(
            name="Second",
            plan=Plan(),
            coder_ids=(ben.world.member_ids["ben"], ben.world.member_ids["cleo"]),
            facet_ids=tuple(first.facet_ids),
            codebook_version_id=ben.world.version_id,
            seed=1,
        )
        second = create_round(session, ben.world.study_id, draft, by=None)
        open_round(session, second, by=None)
        second_id = second.id
    form: dict[str, object] = {"operation_id": fresh_id()}
    if act != "undo":
        form["card_id"] = ben.world.card_ids[0]
    if act == "parking":
        form["is_parked"] = "true"
    if act == "placements":
        form |= {"facet_id": ben.world.single_id, "seen_turn": 0, "value": "cannot_judge"}
    assert ben.client.post(f"{ben.base}/{act}", data=form).status_code == 303
    other = f"/studies/{ben.world.study_id}/rounds/{second_id}/{act}"
    assert ben.client.post(other, data=form).status_code == 409
