"""What comparing two codebooks says, and the laws it keeps."""

from dataclasses import replace

from hypothesis import given

from app.codebook.content import CategoryContent, Codebook, FacetContent, with_letters
from app.codebook.diff import Change, compare, compare_texts
from tests.codebook.drawn import TEXTS, codebooks


def smells(*names: str) -> Codebook:
    categories = tuple(CategoryContent(i, name) for i, name in enumerate(names, 1))
    return Codebook((FacetContent(1, "Smell", categories=categories),))


def kinds(old: Codebook, new: Codebook) -> dict[str, tuple[Change, ...]]:
    return {
        change.category.name: change.kinds
        for facet in compare(old, new).facets
        for change in facet.categories
    }


def with_category(codebook: Codebook, category_id: int, **fields: object) -> Codebook:
    facet = codebook.facets[0]
    changed = tuple(
        replace(one, **fields) if one.id == category_id else one  # type: ignore[arg-type]
        for one in facet.categories
    )
    return Codebook((replace(facet, categories=changed),))


def test_what_is_new_removed_renamed_or_changed_is_said_so() -> None:
    old = smells("Stale", "Missing", "Dead end")
    new = with_category(with_category(old, 1, name="Outdated"), 2, definition="Not there.")
    facet = new.facets[0]
    categories = (*facet.categories[:2], CategoryContent(9, "Wrong owner"))
    new = Codebook((replace(facet, categories=categories),))
    assert kinds(old, new) == {
        "Outdated": (Change.RENAMED,),
        "Missing": (Change.CHANGED,),
        "Wrong owner": (Change.ADDED,),
        "Dead end": (Change.REMOVED,),
    }


def test_one_category_moved_past_many_is_one_move() -> None:
    old = smells("a", "b", "c", "d", "e")
    facet = old.facets[0]
    order = (facet.categories[4], *facet.categories[:4])
    assert kinds(old, Codebook((replace(facet, categories=order),))) == {"e": (Change.MOVED,)}


def test_another_parent_is_a_move_with_both_parents_named() -> None:
    old = smells("a", "b")
    (facet,) = compare(old, with_category(old, 2, parent_id=1)).facets
    (change,) = facet.categories
    assert change.kinds == (Change.MOVED,)
    assert [(one.words, one.before, one.after) for one in change.fields] == [("Part of", "", "a")]


def test_a_changed_facet_and_its_changed_categories_count_one_by_one() -> None:
    old = smells("a", "b")
    new = Codebook((replace(with_category(old, 1, tone=5).facets[0], name="Smells"),))
    assert compare(old, new).n_changes == 2


@given(codebooks())
def test_a_codebook_does_not_differ_from_itself(codebook: Codebook) -> None:
    assert compare(codebook, codebook).n_changes == 0


@given(codebooks(), codebooks())
def test_what_is_new_one_way_is_removed_the_other_way(one: Codebook, other: Codebook) -> None:
    there, back = compare(one, other), compare(other, one)

    def facets(comparison: object, kind: Change) -> set[int]:
        return {f.facet.id for f in comparison.facets if kind in f.kinds}  # type: ignore[attr-defined]

    assert facets(there, Change.ADDED) == facets(back, Change.REMOVED)
    assert facets(there, Change.REMOVED) == facets(back, Change.ADDED)
    assert (there.n_changes == 0) == (back.n_changes == 0) == (one == other)


@given(TEXTS, TEXTS)
def test_a_compared_text_holds_both_texts_completely(before: str, after: str) -> None:
    pieces = compare_texts(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "ins") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "del") == after


@given(codebooks(), codebooks())
def test_key_letters_differ_within_a_facet_and_stay_with_their_category(
    earlier: Codebook, later: Codebook
) -> None:
    earlier = with_letters(earlier, Codebook())
    later = with_letters(later, earlier)
    for facet in later.facets:
        letters = [one.letter for one in facet.categories]
        assert len(set(letters)) == len(letters)
        before = earlier.facet(facet.id)
        for category in facet.categories:
            had = before.category(category.id) if before else None
            assert had is None or had.letter == category.letter


def test_the_first_free_letter_of_a_name_is_its_key() -> None:
    lettered = with_letters(smells("Stale", "Submitted", "Стар", "Ss"), Codebook())
    assert [one.letter for one in lettered.facets[0].categories] == ["s", "u", "a", "b"]
