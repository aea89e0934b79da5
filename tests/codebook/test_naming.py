"""Names and texts of the draft: what is no name, what is taken, what never runs."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.codebook.models import Category
from app.codebook.rules import NO_CATEGORY
from app.coding.rules import WORDS_FOR_VALUE, Value
from app.text import comparable
from tests.codebook.browsing import CATEGORY, Tags, names, seen, send
from tests.factories import (
    Team,
    publish_codebook,
)


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
    assert "at most 100,000 characters and has 200,000" in seen(huge)
    assert "x" * 200_000 in huge.text


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


ANSWERS = ("None of these applies", "does not  apply to this card", "CANNOT JUDGE", "none_applies")


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_without_a_category_is_no_name_of_a_category(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session, name: str
) -> None:
    said = f"“{' '.join(name.split())}” already stands for an answer without a category"
    answer = send(ada, f"{team.url}/codebook/facets/{ids['Smell']}/categories", name=name)
    assert answer.status_code == 422
    assert said in seen(answer)
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    answer = send(ada, url, revision=1, **{**CATEGORY, "name": name, "brief": "typed words"})
    assert answer.status_code == 422
    assert said in seen(answer)
    assert "typed words" in answer.text
    assert names(session, team) == [["Trust", "Stale"], ["Score"]]
    assert send(ada, f"{team.url}/codebook/facets", name=name).status_code == 303


def test_every_answer_without_a_category_is_refused_as_a_name() -> None:
    words = {comparable(word) for word in WORDS_FOR_VALUE.values()}
    assert words | (set(Value) - {Value.CATEGORIES}) == NO_CATEGORY


def test_a_category_that_was_called_like_an_answer_before_keeps_its_name(
    ada: TestClient, team: Team, ids: dict[str, int], session: Session
) -> None:
    row = session.get_one(Category, ids["Trust"])
    row.name, row.name_key = "Cannot judge", "cannot judge"
    session.add(row)
    session.commit()
    url = f"{team.url}/codebook/categories/{ids['Trust']}"
    fields = {**CATEGORY, "name": "Cannot judge", "brief": "Nobody can."}
    assert send(ada, url, revision=1, **fields).status_code == 303
    assert publish_codebook(session, team.study_id)
