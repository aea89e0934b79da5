"""PURE: the map from coders' own piles to shared categories, and what may become of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.codebook.content import Choice, FacetContent
from app.codebook.rules import NO_CATEGORY
from app.text import comparable, is_blank


class ActKind(StrEnum):
    """What somebody did; the words stand in the log."""

    MATCHED = "matched"
    DROPPED = "dropped"
    UNMATCHED = "unmatched"
    PROPOSED = "proposed"
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    UNDONE = "undone"


class Verdict(StrEnum):
    """What a pile counts as. The last two are for piles that are no shared category."""

    CATEGORIES = "categories"
    NONE_APPLIES = "none_applies"
    CANNOT_JUDGE = "cannot_judge"
    OPEN = "open"


WORDS_FOR_VERDICT: Mapping[Verdict, str] = {
    Verdict.NONE_APPLIES: "No category: counts as “None of these applies”",
    Verdict.CANNOT_JUDGE: "Left out: counts as “Cannot judge”",
    Verdict.OPEN: "Not matched",
}

PileKey = tuple[int, int]
"""A coder and the number of the pile among the coder's own."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A category that the team makes; `act` is the newest act about it."""

    number: int
    facet_id: int
    name: str
    definition: str
    act: int
    is_gone: bool = False

    @property
    def key(self) -> str:
        return f"s{self.number}"


@dataclass(frozen=True, slots=True)
class Mapped:
    """Where a pile goes; `act` is the newest act about it, 0 before there is one."""

    verdict: Verdict = Verdict.OPEN
    targets: tuple[str, ...] = ()
    act: int = 0


NOT_MAPPED = Mapped()


@dataclass(frozen=True, slots=True)
class AlignmentMap:
    """The map of a round as it is now; `last_act` is 0 before anybody did anything."""

    shared: Mapping[int, Shared] = field(default_factory=dict)
    mapped: Mapping[PileKey, Mapped] = field(default_factory=dict)
    last_act: int = 0

    def of(self, pile: PileKey) -> Mapped:
        return self.mapped.get(pile, NOT_MAPPED)

    def on_facet(self, facet_id: int) -> list[Shared]:
        """Return the living shared categories of a facet, in the order they were made in."""
        found = (one for one in self.shared.values() if one.facet_id == facet_id)
        return sorted((one for one in found if not one.is_gone), key=lambda one: one.number)


def codebook_key(category_id: int) -> str:
    return f"c{category_id}"


def refuse_name(
    name: str, facet: FacetContent, shared: Iterable[Shared], *, own: int | None = None
) -> str | None:
    """Say why a shared category cannot have this name, or nothing."""
    if is_blank(name):
        return "Give the shared category a name."
    key = comparable(name)
    if key in NO_CATEGORY:
        return f"“{name}” already stands for an answer without a category. Take another name."
    if any(comparable(one.name) == key for one in facet.categories):
        return f"{name} is a category of the codebook. Choose it, or take another name."
    if any(comparable(one.name) == key for one in shared if one.number != own):
        return f"There is a shared category called {name}. Choose it, or take another name."
    return None


def refuse_targets(
    verdict: Verdict, targets: Collection[str], known: Collection[str], choice: Choice
) -> str | None:
    """Say why piles cannot go there, or nothing."""
    if verdict is not Verdict.CATEGORIES:
        return "A category and “no category” exclude each other." if targets else None
    if not targets:
        return "Choose where the piles go."
    if any(one not in known for one in targets):
        return "A category you chose is gone by now. Choose another."
    if choice is Choice.SINGLE and len(targets) > 1:
        return "A card has one category by this facet, so a pile goes to one. Choose one."
    return None


def in_use(mapped: Iterable[Mapped]) -> set[str]:
    """Return the keys of the categories to which a pile goes."""
    return {key for one in mapped for key in one.targets}
