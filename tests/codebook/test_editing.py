"""The draft of a codebook, edited page by page: what is kept and what is refused."""

from fastapi.testclient import TestClient
from sqlmodel import Session

from app.codebook.service import draft
from app.coding.models import Round
from app.db import now
from tests.codebook.browsing import CATEGORY, names, revision, seen, send
from tests.factories import (
    Team,
    fresh_id,
    publish_codebook,
)


def test_an_empty_draft_says_what_to_do(ada: TestClient, team: Team) -> None:
    page = ada.get(f"{team.url}/codebook")
    assert "No facets yet" in seen(page)
    assert "Import a codebook" in seen(page)


def test_a_facet_and_its_categories_are_added_by_name(
    ada: TestClient, team: Team, session: Session
) -> None:
    added = send(ada, f"{team.url}/codebook/facets", name=" Smell ", choice="multiple")
    assert added.status_code == 303
    facet_id = draft(session, team.study_id).facets[0].id
    session.rollback()
    for name in ("Stale", "Missing"):
        url = f"{team.url}/codebook/facets/{facet_id}/categories"
        assert send(ada, url, name=name).status_code == 303
    (facet,) = draft(session, team.study_id).facets
    session.rollback()
    assert (facet.name, facet.choice) == ("Smell", "multiple")
    assert [(one.name, one.tone, one.letter) for one in facet.categories] == [
        ("Stale", 1, "s"),
        ("Missing", 2, "m"),
    ]


def test_everything_said_about_a_category_is_kept(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    given = {
        "name": "Trust",
        "brief": "who believes it",
        "definition": "Two\r\nlines",
        "inclusion": "a",
        "exclusion": "b",
        "examples": " one \r\n\r\ntwo",
        "tone": "24",
        "parent_id": str(ids["Stale"]),
    }
    answer = send(ada, f"{team.url}/codebook/categories/{ids['Trust']}", revision=1, **given)
    assert answer.status_code == 303
    facet = draft(session, team.study_id).facets[0]
    session.rollback()
    trust = facet.category(ids["Trust"])
    assert trust is not None
    assert (trust.definition, trust.examples, trust.tone) == ("Two\nlines", "one\ntwo", 24)
    assert trust.parent_id == ids["Stale"]
    assert [one.name for one in facet.categories] == ["Stale", "Trust"]


def test_B69_a_stale_change_shows_the_newer_one_and_keeps_what_was_typed(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    send(ada, url, revision=1, **{**CATEGORY, "brief": "theirs"})
    mine = {**CATEGORY, "brief": "mine"}
    answer = send(ada, url, revision=1, **mine)
    assert answer.status_code == 409
    assert "<del>mine</del>" in answer.text
    assert "<ins>theirs</ins>" in answer.text
    assert 'value="mine"' in answer.text
    assert "Keep the newer one" in seen(answer)
    assert "Save mine over it" in seen(answer)
    assert revision(session, ids["Trust"]) == 2
    assert send(ada, url, revision=2, **mine).status_code == 303
    assert revision(session, ids["Trust"]) == 3


def test_B69_a_stale_facet_too(ada: TestClient, team: Team, ids: dict[str, int]) -> None:
    url = f"{team.url}/codebook/facets/{ids['Smell']}"
    fields = {"choice": "single", "scale": "nominal"}
    assert send(ada, url, revision=1, name="Smells", **fields).status_code == 303
    answer = send(ada, url, revision=1, name="Odours", **fields)
    assert answer.status_code == 409
    assert "<ins>Smells</ins>" in answer.text
    assert 'value="Odours"' in answer.text


def test_B70_a_change_without_its_revision_is_refused(
    ada: TestClient, team: Team, ids: dict[str, int]
) -> None:
    for path in ("", "/move", "/retire"):
        url = f"{team.url}/codebook/categories/{ids['Trust']}{path}"
        assert send(ada, url, **CATEGORY).status_code == 422


def test_a_change_sent_twice_happens_once(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    form = {"operation_id": fresh_id(), "name": "Missing"}
    url = f"{team.url}/codebook/facets/{ids['Smell']}/categories"
    first, second = ada.post(url, data=form), ada.post(url, data=form)
    assert first.headers["location"] == second.headers["location"]
    assert names(session, team)[0] == ["Trust", "Stale", "Missing"]


def test_a_category_moves_one_place_and_stays_at_the_edge(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    url = f"{team.url}/codebook/categories/{ids['Stale']}/move"
    for expected in (["Stale", "Trust"], ["Stale", "Trust"]):
        answer = send(ada, url, revision=revision(session, ids["Stale"]), direction="up")
        assert answer.status_code == 303
        assert names(session, team)[0] == expected


def test_a_facet_moves_too(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    url = f"{team.url}/codebook/facets/{ids['Smell']}/move"
    assert send(ada, url, revision=1, direction="down").status_code == 303
    assert names(session, team) == [["Score"], ["Trust", "Stale"]]


def test_a_category_is_no_part_of_itself_or_of_its_parts(
    ada: TestClient, team: Team, ids: dict[str, int]
) -> None:
    url = f"{team.url}/codebook/categories"
    parts = {**CATEGORY, "name": "Stale", "parent_id": ids["Trust"]}
    assert send(ada, f"{url}/{ids['Stale']}", revision=1, **parts).status_code == 303
    for parent in ("Trust", "Stale"):
        above = {**CATEGORY, "parent_id": ids[parent]}
        answer = send(ada, f"{url}/{ids['Trust']}", revision=1, **above)
        assert answer.status_code == 422
        assert "cannot be a part of itself" in seen(answer)
    foreign = {**CATEGORY, "parent_id": ids["Score"]}
    assert send(ada, f"{url}/{ids['Trust']}", revision=1, **foreign).status_code == 422


def test_a_retired_category_gives_its_name_back_and_can_return(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    assert send(ada, f"{url}/retire", revision=1).status_code == 303
    assert names(session, team)[0] == ["Stale"]
    page = ada.get(f"{team.url}/codebook")
    assert "Retired" in seen(page)
    assert "Restore Trust" in page.text
    again = send(ada, f"{team.url}/codebook/facets/{ids['Smell']}/categories", name="trust")
    assert again.status_code == 303
    taken = send(ada, f"{url}/restore", revision=2)
    assert taken.status_code == 409
    assert "You already have trust." in seen(taken)


def test_a_retired_category_that_somebody_still_edits_keeps_the_typed_text(
    ada: TestClient, team: Team, ids: dict[str, int]
) -> None:
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    send(ada, f"{url}/retire", revision=1)
    answer = send(ada, url, revision=1, **{**CATEGORY, "brief": "typed words"})
    assert answer.status_code == 409
    assert "was retired. Restore it first." in seen(answer)
    assert "typed words" in answer.text


def test_B75_a_used_category_is_never_deleted_only_retired_and_stays_where_it_is_used(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    version_id = publish_codebook(session, team.study_id)
    session.add(
        Round(
            study_id=team.study_id,
            number=1,
            name="Pilot",
            name_key="pilot",
            phase="open",
            codebook_version_id=version_id,
            created_at=now(),
        )
    )
    session.commit()
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    assert (
        "It stays in version 1 (Pilot)."
        in ada.get(f"{team.url}/codebook?category={ids['Trust']}").text
    )
    assert ada.delete(url).status_code == 405
    assert send(ada, f"{url}/delete", revision=1).status_code == 404
    assert send(ada, f"{url}/retire", revision=1).status_code == 303
    assert "Trust" in seen(ada.get(f"{team.url}/codebook/versions/{version_id}"))
