"""Published versions: when there is one, that it never changes, who can read and take it along."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.codebook import service
from app.codebook.content import CategoryContent, Codebook, FacetContent
from app.codebook.rules import objections_to_publishing
from tests.codebook.browsing import CATEGORY, seen, send
from tests.factories import Team, make_codebook, make_study, publish_codebook, sign_in


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def ids(session: Session, team: Team) -> dict[str, int]:
    return make_codebook(session, team.study_id, {"Smell": ("Trust", "Stale", "Tidy")})


@pytest.fixture
def ada(client: TestClient, team: Team) -> TestClient:
    return sign_in(client, "Ada")


def draft_hash(ada: TestClient, team: Team) -> str:
    page = ada.get(f"{team.url}/codebook/publish").text
    found = re.search(r'name="draft_hash" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found.group(1)


def test_a_version_holds_the_draft_with_note_author_and_key_letters(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    given = {"draft_hash": draft_hash(ada, team), "note": "After the pilot."}
    answer = send(ada, f"{team.url}/codebook/publish", **given)
    assert answer.status_code == 303
    page = seen(ada.get(answer.headers["location"]))
    assert "Codebook, version 1" in page
    assert "After the pilot." in page
    assert "by Ada" in page
    version = service.latest_version(session, team.study_id)
    assert version is not None
    (facet,) = service.content_of(version).facets
    assert [one.letter for one in facet.categories] == ["t", "s", "i"]


def test_a_published_version_stays_as_it_is(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    version_id = publish_codebook(session, team.study_id)
    before = service.version(session, team.study_id, version_id).content
    session.rollback()
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    send(ada, url, revision=1, **{**CATEGORY, "name": "Distrust"})
    send(ada, f"{team.url}/codebook/categories/{ids['Tidy']}/retire", revision=1)
    session.expire_all()
    assert service.version(session, team.study_id, version_id).content == before


def test_a_category_keeps_its_key_letter_in_later_versions(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    publish_codebook(session, team.study_id)
    send(ada, f"{team.url}/codebook/categories/{ids['Tidy']}/move", revision=1, direction="up")
    send(ada, f"{team.url}/codebook/categories/{ids['Trust']}/retire", revision=1)
    send(ada, f"{team.url}/codebook/facets/{ids['Smell']}/categories", name="Tangled")
    (facet,) = service.draft(session, team.study_id).facets
    assert {one.name: one.letter for one in facet.categories} == {
        "Stale": "s",
        "Tidy": "i",
        "Tangled": "t",
    }


def test_the_same_draft_is_not_published_twice(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    publish_codebook(session, team.study_id)
    answer = send(ada, f"{team.url}/codebook/publish", draft_hash=draft_hash(ada, team))
    assert answer.status_code == 409
    assert "Nothing has changed since the last version." in seen(answer)
    assert len(service.published(session, team.study_id)) == 1


def test_a_draft_that_changed_meanwhile_is_looked_at_again_and_the_note_is_kept(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    before = draft_hash(ada, team)
    send(ada, f"{team.url}/codebook/facets/{ids['Smell']}/categories", name="Wordy")
    answer = send(ada, f"{team.url}/codebook/publish", draft_hash=before, note="typed words")
    assert answer.status_code == 409
    assert "The draft was changed since you opened this page." in seen(answer)
    assert "typed words" in answer.text
    assert "Wordy" in seen(answer)
    assert not service.published(session, team.study_id)


def test_a_codebook_needs_a_facet_with_two_categories() -> None:
    one = FacetContent(1, "Smell", categories=(CategoryContent(1, "Stale"),))
    two = FacetContent(2, "Part", categories=(CategoryContent(2, "a"), CategoryContent(3, "b")))
    assert objections_to_publishing(Codebook(), None) == ["The codebook has no facet yet."]
    assert "“Smell”" in objections_to_publishing(Codebook((one,)), None)[0]
    assert objections_to_publishing(Codebook((one, two)), None) == []


def test_two_versions_are_compared_word_by_word(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    publish_codebook(session, team.study_id)
    url = f"{team.url}/codebook/categories/{ids['Stale']}"
    send(ada, url, revision=1, name="Stale", tone=2, definition="It was true once.")
    publish_codebook(session, team.study_id)
    send(ada, url, revision=2, name="Stale", tone=2, definition="It was true before.")
    between = ada.get(f"{team.url}/codebook/compare?older=1&newer=2")
    assert "<ins>It was true once.</ins>" in between.text
    to_draft = ada.get(f"{team.url}/codebook/compare")
    assert "From version 2 to the draft" in seen(to_draft)
    assert "<del>once</del>" in to_draft.text
    assert "<ins>before</ins>" in to_draft.text
    assert "They are the same." in seen(ada.get(f"{team.url}/codebook/compare?older=1&newer=1"))
    for query in ("older=9", "newer=x", "older=0"):
        assert ada.get(f"{team.url}/codebook/compare?{query}").status_code == 404


@pytest.mark.parametrize(
    ("kind", "media_type", "says"),
    [
        ("csv", "text/csv; charset=utf-8", b"Smell,single,Trust"),
        ("md", "text/markdown; charset=utf-8", b"### Trust"),
        ("qdc", "application/xml", b'name="Trust"'),
    ],
)
def test_draft_and_versions_are_downloaded_under_the_name_of_the_study(
    ada: TestClient,
    team: Team,
    ids: dict[str, int],
    session: Session,
    kind: str,
    media_type: str,
    says: bytes,
) -> None:
    version_id = publish_codebook(session, team.study_id)
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    send(ada, url, revision=1, **{**CATEGORY, "name": "Distrust"})
    old = ada.get(f"{team.url}/codebook/export/{kind}?version={version_id}")
    assert old.headers["content-type"] == media_type
    assert f'filename="Leaderboards_ codebook 1.{kind}"' in old.headers["content-disposition"]
    assert says in old.content
    new = ada.get(f"{team.url}/codebook/export/{kind}")
    assert says.replace(b"Trust", b"Distrust") in new.content


def test_an_unknown_format_is_not_found(ada: TestClient, team: Team) -> None:
    assert ada.get(f"{team.url}/codebook/export/exe").status_code == 404


def test_readers_get_the_newest_version_and_before_it_the_draft(
    client: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    ben = sign_in(client, "Ben")
    assert "Nothing is published yet." in seen(ben.get(f"{team.url}/codebook"))
    publish_codebook(session, team.study_id)
    make_codebook(session, team.study_id, {"Smell": ("Later",)})
    page = seen(ben.get(f"{team.url}/codebook"))
    assert "Codebook, version 1" in page
    assert "Later" not in page
