"""Codebooks drawn by Hypothesis: names that differ to a reader, texts that fight back."""

from typing import Any

from hypothesis import strategies as st

from app.codebook.content import (
    CategoryContent,
    Choice,
    Codebook,
    FacetContent,
    FacetScale,
    Gate,
    GateNeed,
)
from app.codebook.rules import CategoryFields, FacetFields, tidy_category, tidy_facet
from app.text import comparable, is_blank, normalised

NASTY = st.sampled_from(
    [
        "=1+1", "'=1+1", "@x", "-2", "# Heading", "## Trust", "### x", "**Definition**",
        "**Choice:** single", "\\# x", "\\", "Definition:", "\\Examples:", "- one", "---", "===",
        "```", "<script>alert(1)</script>", "a & b", ']]>', "שלום", "é", "e\u0301", "🎉", '"', ",",
        "a\nb", "a\n\n  b\n# c", " x ", "{{7*7}}", "%s", "|", "**Part of:** x", "> q", "1",
    ]
)  # fmt: skip
ANY = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"),
    max_size=30,
)
TEXTS = st.lists(NASTY | ANY, max_size=3).map("\n".join).map(normalised)
NAMES = (NASTY | ANY).map(normalised).filter(lambda name: not is_blank(name))


def _unique(names: list[str]) -> list[str]:
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(comparable(name), name)
    return list(kept.values())


@st.composite
def codebooks(draw: Any, *, least: int = 0) -> Codebook:
    """A codebook as the draft could hold it, in reading order."""
    names = draw(st.lists(NAMES, min_size=least, max_size=3).map(_unique))
    facets = []
    for number, name in enumerate(names, 1):
        fields = tidy_facet(
            FacetFields(
                name, draw(TEXTS), draw(st.sampled_from(Choice)), draw(st.sampled_from(FacetScale))
            )
        )
        categories = draw(_categories(number * 100, least))
        gate = draw(_gates([one for one in facets if one.categories])) if categories else None
        facets.append(
            FacetContent(
                number,
                fields.name,
                fields.description,
                fields.choice,
                fields.scale,
                categories,
                gate,
            )
        )
    return Codebook(tuple(facets))


@st.composite
def _gates(draw: Any, earlier: list[FacetContent]) -> Gate | None:
    if not earlier or draw(st.booleans()):
        return None
    asked, needs = draw(st.sampled_from(earlier)), draw(st.sampled_from(GateNeed))
    ids = [one.id for one in asked.categories]
    chosen = draw(st.lists(st.sampled_from(ids), min_size=1, unique=True).map(sorted))
    return Gate(asked.id, needs, tuple(chosen) if needs is GateNeed.CATEGORIES else ())


@st.composite
def _categories(draw: Any, first_id: int, least: int) -> tuple[CategoryContent, ...]:
    names = draw(st.lists(NAMES, min_size=least, max_size=4).map(_unique))
    categories: list[CategoryContent] = []
    # Every category is a part of the one above it, of that one's parent, or of nothing.
    for i, name in enumerate(names):
        parents = [None]
        if categories:
            above = categories[-1]
            parents = [None, above.parent_id, above.id]
        given = tidy_category(
            CategoryFields(
                name,
                *(draw(TEXTS) for _ in range(6)),
                draw(st.integers(1, 24)),
                draw(st.sampled_from(parents)),
            )
        )
        categories.append(
            CategoryContent(
                id=first_id + i,
                name=given.name,
                brief=given.brief,
                definition=given.definition,
                inclusion=given.inclusion,
                exclusion=given.exclusion,
                examples=given.examples,
                near_misses=given.near_misses,
                tone=given.tone,
                parent_id=given.parent_id,
                external_id=draw(st.sampled_from(["", f"id-{first_id + i}"])),
            )
        )
    return tuple(categories)
