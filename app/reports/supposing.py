"""What may be supposed of a facet's judgements, and the judgements then."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.agreement import Ratings, Scale, SetRatings
from app.agreement.what_if import (
    against_the_rest,
    groups_by_top,
    merge_categories,
    places_after,
    without_coder,
)
from app.coding.measuring import RoundRatings
from app.coding.rules import Value
from app.errors import Invalid

Judgements = Ratings | SetRatings
_LETTERS = {Value.NONE_APPLIES: "0", Value.NOT_APPLICABLE: "9"}


@dataclass(frozen=True, slots=True)
class Choices:
    """What was asked for, as it stands in the address."""

    merge: tuple[str, ...] = ()
    without: str = ""
    against: str = ""
    by_parent: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.merge or self.without or self.against or self.by_parent)


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen: how the address names it, and how people do."""

    key: str
    name: str
    is_chosen: bool
    tone: int | None = None
    letter: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Select:
    """A field with one choice: pairs of key and words, the first of them no choice."""

    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What this facet of this round can be asked; empty or None where there is no choice."""

    answers: tuple[Option, ...]
    against: Select | None
    coders: Select | None
    has_parents: bool
    by_parent: bool
    is_ordered: bool


def offer(found: RoundRatings, choices: Choices) -> Offer:
    """Return what can be asked of this facet, with what was asked already marked."""
    names, coders = found.ratings.categories, found.ratings.coders
    categories = {one.id: one for one in found.facet.categories}
    answers = []
    for answer, name in zip(found.answers, names, strict=True):
        key, is_chosen = str(answer), str(answer) in choices.merge
        if isinstance(answer, Value):
            answers.append(Option(key, name, is_chosen, None, _LETTERS.get(answer, "")))
        else:
            one = categories[answer]
            depth = found.facet.depth(one)
            answers.append(Option(key, name, is_chosen, one.tone, one.letter, depth))
    columns = [(str(place), coder) for place, coder in enumerate(coders, start=1)]
    return Offer(
        answers=tuple(answers) if len(answers) > 1 else (),
        against=_select("keep them all", [(one.key, one.name) for one in answers], choices.against),
        coders=_select("keep everybody", columns, choices.without),
        has_parents=bool(groups_by_top(_parents(found))),
        by_parent=choices.by_parent,
        is_ordered=isinstance(found.ratings, Ratings) and found.ratings.scale is Scale.ORDINAL,
    )


def _select(nothing: str, options: list[tuple[str, str]], chosen: str) -> Select | None:
    """Return the field; with two options there is nothing to choose."""
    return Select((("", nothing), *options), chosen) if len(options) > 2 else None


def suppose(
    found: RoundRatings, choices: Choices
) -> tuple[tuple[str, ...], Judgements, Sequence[int]]:
    """Return what is supposed in words, the judgements then, and the new place of each answer.

    Raises `Invalid` with the field for what this facet cannot be asked.
    """
    supposing = _Supposing(found)
    if choices.without:
        supposing.leave_out(choices.without)
    if choices.by_parent:
        supposing.roll_up()
    if choices.merge:
        supposing.merge(choices.merge)
    if choices.against:
        supposing.oppose(choices.against)
    return tuple(supposing.words), supposing.ratings, supposing.places.tolist()


class _Supposing:
    """Changes judgements step by step and keeps in mind where each answer has gone."""

    def __init__(self, found: RoundRatings) -> None:
        self._found = found
        self._positions = {key: place for place, key in enumerate(_keys(found))}
        self.ratings: Judgements = found.ratings
        self.places = np.arange(len(found.answers))
        self.words: list[str] = []

    def leave_out(self, key: str) -> None:
        coders = self._found.ratings.coders
        keys = [str(place) for place in range(1, len(coders) + 1)]
        if len(coders) < 3:
            raise Invalid("A coder can be left out of three or more.", field="without")
        if key not in keys:
            raise Invalid("There is no such coder in this round.", field="without")
        self.ratings = without_coder(self.ratings, keys.index(key))
        self.words.append(f"{coders[keys.index(key)]} is left out")

    def roll_up(self) -> None:
        groups = groups_by_top(_parents(self._found))
        if not groups:
            raise Invalid("No category of this facet stands below another.", field="parents")
        names = [self._found.ratings.categories[group[0]] for group in groups]
        self._join(groups, names, field="parents")
        self.words.append("Each category counts as the one at the top of its branch")

    def merge(self, keys: Sequence[str]) -> None:
        chosen = [self._position(key, "merge") for key in dict.fromkeys(keys)]
        group = sorted(set(self.places[chosen].tolist()))
        if len(chosen) < 2:
            raise Invalid("Choose two categories or more to merge.", field="merge")
        if len(group) < 2:
            raise Invalid("These are one category already, by their parent.", field="merge")
        names = [self.ratings.categories[place] for place in group]
        self._join([group], [], field="merge")
        self.words.append(f"{', '.join(names[:-1])} and {names[-1]} are one category")

    def oppose(self, key: str) -> None:
        place = int(self.places[self._position(key, "against")])
        name = self.ratings.categories[place]
        self.ratings = against_the_rest(self.ratings, place)
        self.places = (self.places != place).astype(np.int64)
        self.words.append(f"{name} stands against all others")

    def _position(self, key: str, field: str) -> int:
        if key not in self._positions:
            raise Invalid("There is no such category in this facet.", field=field)
        return self._positions[key]

    def _join(self, groups: Sequence[Sequence[int]], names: Sequence[str], *, field: str) -> None:
        after = places_after(len(self.ratings.categories), groups)
        try:
            self.ratings = merge_categories(self.ratings, groups, names)
        except ValueError as refusal:  # the order of the categories would be lost
            raise Invalid(str(refusal), field=field) from refusal
        self.places = after[self.places]


def _keys(found: RoundRatings) -> list[str]:
    """Return how the address names each answer: the id of a category, or the value itself."""
    return [str(answer) for answer in found.answers]


def _parents(found: RoundRatings) -> list[int | None]:
    positions = {one.id: place for place, one in enumerate(found.facet.categories)}
    above = {one.id: one.parent_id for one in found.facet.categories}
    parent_ids = [None if isinstance(one, Value) else above[one] for one in found.answers]
    return [None if one is None else positions.get(one) for one in parent_ids]
