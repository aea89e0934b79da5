"""Who reads a codebook, who edits it, and who finds nothing."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from tests.codebook.browsing import CATEGORY, names, send
from tests.factories import (
    Team,
    browser_of,
    make_account,
    make_codebook,
    make_study,
    publish_codebook,
)


@pytest.mark.parametrize("person", ["Ben", "Olga", "Ari"])
def test_all_others_in_the_study_read_and_do_not_edit(
    app: FastAPI, client: TestClient, team: Team, ids: dict[str, int], session: Session, person: str
) -> None:
    publish_codebook(session, team.study_id)
    reader = browser_of(app, person)
    for path in ("", "/draft", "/versions", "/compare", "/export/csv"):
        assert reader.get(f"{team.url}/codebook{path}").status_code == 200
    assert (
        "<form"
        not in reader.get(f"{team.url}/codebook").text.split("<main", 1)[1].split("</main>")[0]
    )
    assert reader.get(f"{team.url}/codebook/import").status_code == 403
    assert reader.get(f"{team.url}/codebook/publish").status_code == 403
    for path in (
        "facets",
        f"facets/{ids['Smell']}",
        f"facets/{ids['Smell']}/categories",
        f"facets/{ids['Smell']}/move",
        f"facets/{ids['Smell']}/retire",
        f"categories/{ids['Trust']}",
        f"categories/{ids['Trust']}/retire",
        f"categories/{ids['Trust']}/restore",
        "publish",
        "import",
    ):
        answer = send(reader, f"{team.url}/codebook/{path}", revision=1, name="Mine")
        assert answer.status_code in {403, 422}, path
    form = {"revision": 1, **CATEGORY}
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    assert send(reader, url, **form).status_code == 403
    assert names(session, team) == [["Trust", "Stale"], ["Score"]]


def test_people_outside_the_study_find_nothing(
    app: FastAPI, client: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    version_id = publish_codebook(session, team.study_id)
    make_account(session, "Dan")
    dan = browser_of(app, "Dan")
    for path in ("", "/draft", "/versions", f"/versions/{version_id}", "/compare", "/export/csv"):
        assert dan.get(f"{team.url}/codebook{path}").status_code == 404


def test_another_study_s_facets_and_categories_are_not_reached_from_here(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    other = make_study(session, "Another")
    theirs = make_codebook(session, other.study_id, {"Tone": ("Warm", "Cold")})
    version_id = publish_codebook(session, other.study_id)
    assert ada.get(f"{team.url}/codebook?category={theirs['Warm']}").status_code == 404
    assert ada.get(f"{team.url}/codebook/versions/{version_id}").status_code == 404
    assert ada.get(f"{team.url}/codebook/export/csv?version={version_id}").status_code == 404
    url = f"{team.url}/codebook/categories/{theirs['Warm']}"
    assert send(ada, url, revision=1, **CATEGORY).status_code == 404
    assert send(ada, f"{url}/retire", revision=1).status_code == 404
