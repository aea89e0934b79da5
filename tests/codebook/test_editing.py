"""The draft of a codebook, edited page by page: what is kept, what is refused, who may."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session

from app.codebook.models import Category
from app.codebook.service import draft
from app.coding.models import Round
from app.db import now
from app.studies.rules import Role
from tests.factories import (
    Team,
    browser_of,
    fresh_id,
    make_account,
    make_codebook,
    make_study,
    publish_codebook,
    sign_in,
)

CATEGORY = {"name": "Trust", "tone": "3", "brief": "", "definition": ""}


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session, others={"Olga": Role.OBSERVER, "Ari": Role.ARBITER})


@pytest.fixture
def ids(session: Session, team: Team) -> dict[str, int]:
    return make_codebook(session, team.study_id, {"Smell": ("Trust", "Stale"), "Part": ("Score",)})


@pytest.fixture
def ada(client: TestClient, team: Team) -> TestClient:
    return sign_in(client, "Ada")


def send(client: TestClient, url: str, **fields: object) -> Response:
    return client.post(url, data={"operation_id": fresh_id(), **fields})


def seen(answer: Response) -> str:
    """The text of a page, as a reader sees it."""
    return " ".join(unescape(re.sub("<[^>]+>", "", answer.text)).split())


class Tags(HTMLParser):
    """The tags of a page, their attributes, and where its links go."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]


def names(session: Session, team: Team) -> list[list[str]]:
    session.rollback()
    found = [[one.name for one in f.categories] for f in draft(session, team.study_id).facets]
    session.rollback()
    return found


def revision(session: Session, category_id: int) -> int:
    session.rollback()
    found = session.get_one(Category, category_id, populate_existing=True).revision
    session.rollback()
    return found


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


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u200d", "\u3164"])
def test_B56_B57_a_name_that_nobody_sees_is_no_name(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session, name: str
) -> None:
    for url in ("facets", f"facets/{ids['Smell']}/categories"):
        answer = send(ada, f"{team.url}/codebook/{url}", name=name)
        assert answer.status_code == 422
        assert "A name is needed." in seen(answer)
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    answer = send(ada, url, revision=1, **{**CATEGORY, "name": name, "brief": "typed words"})
    assert answer.status_code == 422
    assert "A name is needed." in seen(answer)
    assert "typed words" in answer.text
    assert names(session, team) == [["Trust", "Stale"], ["Score"]]


@pytest.mark.parametrize("name", ["Trust", "trust ", "TRUST", "T\u200brust", "  Trust"])
def test_B58_the_same_name_to_a_reader_is_taken_within_its_facet(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session, name: str
) -> None:
    answer = send(ada, f"{team.url}/codebook/facets/{ids['Smell']}/categories", name=name)
    assert answer.status_code == 409
    assert "You already have Trust." in seen(answer)
    url = f"{team.url}/codebook/categories/{ids['Stale']}"
    answer = send(ada, url, revision=1, **{**CATEGORY, "name": name, "brief": "typed words"})
    assert answer.status_code == 409
    assert "You already have Trust." in seen(answer)
    assert "typed words" in answer.text
    other = send(ada, f"{team.url}/codebook/facets/{ids['Part']}/categories", name=name)
    assert other.status_code == 303
    assert names(session, team)[0] == ["Trust", "Stale"]


def test_B58_composed_and_decomposed_letters_are_the_same_name(
    ada: TestClient, team: Team, ids: dict[str, int]
) -> None:
    assert send(ada, f"{team.url}/codebook/facets", name="Größe").status_code == 303
    answer = send(ada, f"{team.url}/codebook/facets", name="Gro\u0308ße")
    assert answer.status_code == 409
    assert "You already have Größe." in seen(answer)


def test_B59_a_name_that_turns_the_line_around_is_kept_apart(
    ada: TestClient, team: Team, ids: dict[str, int]
) -> None:
    name = "\u202eevil\u2066"
    send(ada, f"{team.url}/codebook/facets/{ids['Smell']}/categories", name=name)
    page = ada.get(f"{team.url}/codebook?category={ids['Trust']}").text
    assert f"<bdi>{name}</bdi>" in page


def test_B60_a_text_that_is_too_long_is_refused_with_limit_and_length(
    ada: TestClient, team: Team, ids: dict[str, int]
) -> None:
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    for field, most in (("definition", 20_000), ("brief", 2_000), ("name", 200)):
        answer = send(ada, url, revision=1, **{**CATEGORY, field: "x" * (most + 1)})
        assert answer.status_code == 422
        assert f"at most {most:,} characters, this has {most + 1:,}." in seen(answer)
        assert "x" * (most + 1) in answer.text
    huge = send(ada, url, revision=1, **{**CATEGORY, "definition": "x" * 200_000})
    assert huge.status_code == 422
    assert len(huge.text) < 20_000


@pytest.mark.parametrize(
    "text",
    [
        '<script>alert(1)</script><svg onload="x()">',
        '<b hx-get="/x" hx-on:click="y()">b</b>',
        "[x](javascript:alert(1))",
        "![p](http://elsewhere.example/p.png)",
        "{{7*7}} %s ${1}",
    ],
)
def test_B62_B63_B64_what_people_write_is_shown_and_never_runs(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session, text: str
) -> None:
    fields = {**CATEGORY, "name": text, "brief": text, "definition": text, "examples": text}
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    assert send(ada, url, revision=1, **fields).status_code == 303
    version_id = publish_codebook(session, team.study_id, text)
    pages = ("codebook", f"codebook?category={ids['Trust']}", f"codebook/versions/{version_id}")
    for path in (*pages, "codebook/versions", "codebook/draft", "codebook/compare"):
        page = Tags(ada.get(f"{team.url}/{path}").text.split("<main", 1)[1])
        assert not page.names & {"script", "img", "b"}
        assert not {name for name in page.attributes if name.startswith(("on", "hx-"))}
        assert not [address for address in page.addresses if not address.startswith(("/", "#"))]
    assert " ".join(text.split()) in seen(ada.get(f"{team.url}/codebook/versions/{version_id}"))


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
