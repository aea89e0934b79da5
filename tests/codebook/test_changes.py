"""Of which class each change is, what follows from it, and the hash of a codebook."""

from dataclasses import replace

import pytest

from app.codebook.changes import (
    ChangeClass,
    ChangeKind,
    CodebookChange,
    Step,
    classify,
    fate,
)
from app.codebook.content import (
    CategoryContent,
    Choice,
    Codebook,
    FacetContent,
    FacetScale,
    content_hash,
    from_json,
    to_json,
)
from app.codebook.stored_changes import from_stored, lineage_in_words, to_stored

A, B, C, D, E = (CategoryContent(i, name) for i, name in enumerate("ABCDE", 1))
SMELL = FacetContent(1, "Smell", categories=(A, B, C))
# Computed by the release before near misses existed.
HASH_BEFORE_NEAR_MISSES = "92a07a4810c3c39afd8d710b97c1aed5d57cb68ea75acb7b8cf6ea9bc8fd5b86"


def book(*categories: CategoryContent, **of_facet: object) -> Codebook:
    return Codebook((replace(SMELL, categories=categories, **of_facet),))


def changed(new: Codebook, *steps: Step, declared: tuple[str, ...] = ()) -> list[CodebookChange]:
    return list(classify(book(A, B, C), new, steps, declared))


def test_a_codebook_without_near_misses_keeps_its_hash() -> None:
    assert content_hash(book(A, replace(B, definition="It is old."))) == HASH_BEFORE_NEAR_MISSES


def test_near_misses_are_stored_change_the_hash_and_come_back() -> None:
    with_misses = book(replace(A, near_misses="Looks like it."), B)
    assert content_hash(with_misses) != content_hash(book(A, B))
    assert from_json(to_json(with_misses)) == with_misses


def test_a_version_stored_before_near_misses_existed_can_be_read() -> None:
    stored = to_json(book(A, B))
    assert "near_misses" not in stored["facets"][0]["categories"][0]
    assert from_json(stored) == book(A, B)


@pytest.mark.parametrize(
    "as_it_is_now",
    [
        replace(B, name="Bee"),
        replace(B, tone=9),
        replace(B, letter="x"),
        replace(B, parent_id=1),
        replace(B, external_id="b"),
    ],
)
def test_name_colour_key_parent_and_id_are_editorial(as_it_is_now: CategoryContent) -> None:
    (found,) = changed(book(A, as_it_is_now, C))
    assert (found.category_id, found.change_class) == (2, ChangeClass.EDITORIAL)
    assert not found.declared_editorial


def test_another_order_is_editorial() -> None:
    found = changed(book(B, A, C))
    assert {one.change_class for one in found} == {ChangeClass.EDITORIAL}


@pytest.mark.parametrize(
    "field", ["brief", "definition", "inclusion", "exclusion", "examples", "near_misses"]
)
def test_what_a_category_means_is_clarifying_even_when_the_name_changes_too(field: str) -> None:
    (found,) = changed(book(A, replace(B, name="Bee", **{field: "New words."}), C))
    assert found.kind is ChangeKind.CLARIFIED
    assert found.change_class is ChangeClass.CLARIFYING


def test_the_lead_may_declare_that_only_the_wording_changed() -> None:
    new = book(A, replace(B, definition="Nicer words."), C)
    (found,) = changed(new, declared=("c2", "c3"))
    assert found.change_class is ChangeClass.EDITORIAL
    assert found.declared_editorial
    assert "says the lead" in found.consequence


def test_a_structural_change_cannot_be_declared_editorial() -> None:
    (found,) = changed(book(A, B), declared=("c3",))
    assert found.kind is ChangeKind.RETIRED
    assert found.change_class is ChangeClass.STRUCTURAL


def test_merges_splits_additions_and_retirements_are_structural() -> None:
    steps = [Step("split", 2, 4), Step("split", 2, 5), Step("merged", 3, 1)]
    found = {one.category_id: one for one in changed(book(A, D, E), *steps)}
    assert {one.change_class for one in found.values()} == {ChangeClass.STRUCTURAL}
    assert (found[2].kind, found[2].into_ids) == (ChangeKind.SPLIT, (4, 5))
    assert (found[3].kind, found[3].into_ids) == (ChangeKind.MERGED, (1,))
    assert (found[4].kind, found[4].from_ids) == (ChangeKind.ADDED, (2,))


@pytest.mark.parametrize(
    ("steps", "kind", "into"),
    [
        ([], ChangeKind.RETIRED, ()),
        ([Step("merged", 1, 2)], ChangeKind.RETIRED, ()),
        ([Step("merged", 1, 2), Step("merged", 2, 8)], ChangeKind.MERGED, (8,)),
        ([Step("split", 1, 2), Step("split", 1, 8), Step("merged", 2, 9)], "split", (8, 9)),
        ([Step("split", 1, 2), Step("split", 1, 8)], ChangeKind.SPLIT, (8,)),
        ([Step("merged", 1, 2), Step("split", 2, 8), Step("split", 2, 9)], "split", (8, 9)),
        ([Step("merged", 1, 2), Step("merged", 2, 1)], ChangeKind.RETIRED, ()),
    ],
)
def test_what_became_of_a_category_is_followed_to_what_is_in_the_draft(
    steps: list[Step], kind: ChangeKind, into: tuple[int, ...]
) -> None:
    assert fate(1, steps, {8, 9}) == (kind, into)


def test_changes_of_a_facet() -> None:
    several = changed(book(A, B, C, choice=Choice.MULTIPLE))
    ordered = changed(book(A, B, C, scale=FacetScale.ORDINAL))
    asked = changed(book(A, B, C, description="Which smell?"))
    named = changed(book(A, B, C, name="Smells"))
    kinds = [one.kind for found in (several, ordered, asked, named) for one in found]
    assert kinds == [
        ChangeKind.CHOICE,
        ChangeKind.SCALE,
        ChangeKind.CLARIFIED,
        ChangeKind.EDITED,
    ]
    assert {one.category_id for one in several} == {None}
    assert changed(Codebook())[0].kind is ChangeKind.FACET_RETIRED


def test_changes_come_back_as_they_were_stored() -> None:
    found = tuple(changed(book(A, D), Step("merged", 2, 4), Step("merged", 3, 4)))
    assert from_stored(to_stored(found)) == found


def test_merges_and_splits_are_told_in_sentences() -> None:
    merged = changed(book(A, D), Step("merged", 2, 4), Step("merged", 3, 4))
    assert lineage_in_words(merged, {4: "D"}) == ["“B” and “C” became “D”."]
    split = changed(book(A, C, D, E), Step("split", 2, 4), Step("split", 2, 5))
    assert lineage_in_words(split, {4: "D", 5: "E"}) == ["“B” became “D” and “E”."]
