"""Merging, splitting and retiring categories of the draft, and taking it back."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.codebook import editing, lineage, service
from app.codebook.changes import ChangeKind
from app.codebook.models import Category, CodebookVersion, Lineage
from app.codebook.steps import lineage_of_draft
from app.errors import Invalid
from tests.codebook.browsing import names, revision, seen, send
from tests.conftest import Clock
from tests.factories import Team, make_codebook, publish_codebook


@pytest.fixture
def ids(session: Session, team: Team) -> dict[str, int]:
    made = make_codebook(session, team.study_id, {"Smell": ("A", "B", "C", "D"), "Part": ("X",)})
    publish_codebook(session, team.study_id)
    return made


def row(session: Session, category_id: int) -> Category:
    return session.get_one(Category, category_id, populate_existing=True)


def merge(session: Session, one: int, into: int, **how: bool) -> None:
    found = row(session, one)
    lineage.merge(session, found, row(session, into), revision=found.revision, by=None, **how)
    session.commit()


def split(session: Session, one: int, *into: str) -> dict[str, int]:
    found = row(session, one)
    made = lineage.split(session, found, into, revision=found.revision, by=None)
    session.commit()
    return {part.name: service.id_of(part) for part in made}


def restore(session: Session, one: int) -> None:
    found = row(session, one)
    editing.restore(session, found, revision=found.revision, by=None)
    session.commit()


def kinds(session: Session, team: Team) -> dict[int | None, ChangeKind]:
    session.rollback()
    found = service.draft_changes(session, team.study_id)
    session.rollback()
    return {one.category_id: one.kind for one in found}


def test_a_merged_category_leaves_the_draft_and_may_give_its_examples(
    session: Session, team: Team, ids: dict[str, int]
) -> None:
    found = row(session, ids["A"])
    found.examples, found.near_misses = "an example", "a near miss"
    session.add(found)
    merge(session, ids["A"], ids["B"], takes_examples=True)
    assert names(session, team)[0] == ["B", "C", "D"]
    into = row(session, ids["B"])
    assert (into.examples, into.near_misses) == ("an example", "a near miss")
    assert kinds(session, team)[ids["A"]] is ChangeKind.MERGED


def test_a_split_category_comes_apart_into_new_ones_at_its_place(
    session: Session, team: Team, ids: dict[str, int]
) -> None:
    made = split(session, ids["B"], "B one", "B two")
    found = kinds(session, team)
    assert found[ids["B"]] is ChangeKind.SPLIT
    assert {found[one] for one in made.values()} == {ChangeKind.ADDED}
    assert {"B one", "B two"} < set(names(session, team)[0])


def test_a_split_may_reuse_the_name_of_what_it_splits(
    session: Session, team: Team, ids: dict[str, int]
) -> None:
    assert set(split(session, ids["B"], "B", "Bee")) == {"B", "Bee"}


@pytest.mark.parametrize("names_given", [("Only",), ("C", "New"), ("New", "new"), ("", "")])
def test_a_split_makes_all_of_its_parts_or_none(
    ada: TestClient, team: Team, session: Session, ids: dict[str, int], names_given: tuple[str]
) -> None:
    url = f"{team.url}/codebook/categories/{ids['B']}/split"
    answer = send(ada, url, revision=1, names="\n".join(names_given))
    assert answer.status_code in {409, 422}
    assert "\n".join(names_given).strip() in answer.text
    assert names(session, team)[0] == ["A", "B", "C", "D"]


def test_restoring_before_publishing_takes_a_merge_back(
    session: Session, team: Team, ids: dict[str, int]
) -> None:
    merge(session, ids["A"], ids["B"])
    restore(session, ids["A"])
    assert lineage_of_draft(session, team.study_id) == []
    assert ids["A"] not in kinds(session, team)


def test_a_merge_taken_back_does_not_return_with_a_later_retirement(
    session: Session, team: Team, ids: dict[str, int], clock: Clock
) -> None:
    merge(session, ids["A"], ids["B"])
    restore(session, ids["A"])
    clock.advance(minutes=1)
    found = row(session, ids["A"])
    editing.retire(session, found, revision=found.revision, by=None)
    session.commit()
    assert kinds(session, team)[ids["A"]] is ChangeKind.RETIRED


def test_restoring_what_was_split_leaves_the_parts_in_the_draft(
    session: Session, team: Team, ids: dict[str, int]
) -> None:
    split(session, ids["B"], "B one", "B two")
    restore(session, ids["B"])
    assert set(names(session, team)[0]) == {"A", "B", "C", "D", "B one", "B two"}
    assert lineage_of_draft(session, team.study_id) == []


def test_publishing_makes_lineage_final_and_ids_never_change(
    session: Session, team: Team, ids: dict[str, int]
) -> None:
    merge(session, ids["C"], ids["D"])
    version_id = publish_codebook(session, team.study_id)
    step = session.exec(select(Lineage)).one()
    assert (step.from_id, step.to_id, step.version_id) == (ids["C"], ids["D"], version_id)
    stored = session.get_one(CodebookVersion, version_id).changes
    assert [(one["kind"], one["category_id"], one["into_ids"]) for one in stored] == [
        ("merged", ids["C"], [ids["D"]])
    ]
    assert row(session, ids["C"]).name == "C"


def test_parts_of_a_category_that_leaves_move_up_and_return_with_it(
    session: Session, team: Team, ids: dict[str, int]
) -> None:
    for child, parent in (("B", "A"), ("C", "B")):
        found = row(session, ids[child])
        found.parent_id = ids[parent]
        session.add(found)
    session.commit()
    (move,) = lineage.parts_that_move_up(session, row(session, ids["B"]))
    assert (move.name, move.to) == ("C", "A")
    merge(session, ids["B"], ids["D"])
    facet = service.draft(session, team.study_id).facets[0]
    assert facet.categories[1].name == "C"
    assert facet.categories[1].parent_id == ids["A"]
    restore(session, ids["B"])
    assert service.draft(session, team.study_id).facets[0].category(ids["C"]).parent_id == ids["B"]


def test_a_category_cannot_go_into_itself_or_another_facet(
    session: Session, ids: dict[str, int]
) -> None:
    for into in ("A", "X"):
        with pytest.raises(Invalid):
            merge(session, ids["A"], ids[into])


def test_merging_on_the_page_shows_first_what_it_touches(
    ada: TestClient, team: Team, session: Session, ids: dict[str, int]
) -> None:
    url = f"{team.url}/codebook/categories/{ids['A']}"
    page = seen(ada.get(f"{url}/leaving"))
    assert "It stays in version 1." in page
    answer = send(ada, f"{url}/merge", revision=1, into_id=ids["B"])
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"category={ids['B']}")
    retired = seen(ada.get(f"{team.url}/codebook?category={ids['A']}"))
    assert "This went into B and is not in the draft." in retired


def test_somebody_elses_change_is_not_merged_away(
    ada: TestClient, team: Team, session: Session, ids: dict[str, int]
) -> None:
    url = f"{team.url}/codebook/categories/{ids['A']}"
    send(ada, url, revision=1, name="Alpha", tone=1)
    answer = send(ada, f"{url}/merge", revision=1, into_id=ids["B"])
    assert answer.status_code == 409
    assert "was changed since you opened this page" in seen(answer)
    assert revision(session, ids["A"]) == 2
