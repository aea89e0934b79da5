"""PURE: piles that coders make for themselves: order, names, what may become of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.codebook.content import FacetContent, letters_for
from app.codebook.tones import TONES
from app.text import comparable, is_blank

LONGEST_NAME = 200
MOST_PILES = 500
KEY = r"^p[1-9][0-9]{0,8}$"


@dataclass(frozen=True, slots=True)
class OwnPile:
    """A pile as it is now. `number` counts its coder's piles; `parent` is the one it lies under."""

    number: int
    facet_id: int
    turn: int
    name: str
    description: str = ""
    tone: int = 1
    letter: str = ""
    parent: int | None = None
    is_gone: bool = False
    merged_into: int | None = None
    split_from: int | None = None

    @property
    def key(self) -> str:
        """Return what forms and boards call the pile."""
        return key_of(self.number)


def key_of(number: int) -> str:
    return f"p{number}"


def number_of(key: str) -> int:
    """Return the number in a key that `KEY` matches."""
    return int(key[1:])


def on_facet(piles: Iterable[OwnPile], facet_id: int) -> list[OwnPile]:
    """Return the piles of a facet that there are, each before those that lie under it."""
    living = [one for one in piles if one.facet_id == facet_id and not one.is_gone]
    known = {one.number for one in living}
    found = []
    for one in living:
        if one.parent not in known:
            found += [one, *(below for below in living if below.parent == one.number)]
    return found


def names_of(piles: Iterable[OwnPile], numbers: Sequence[int]) -> list[str]:
    """Return the names of these piles, in the order they were made in."""
    return [one.name for one in piles if one.number in numbers]


def described(piles: Sequence[OwnPile], numbers: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """Return description and the name of what it lies under, for each of these piles."""
    names = {one.number: one.name for one in piles}
    return tuple(
        (one.description, names.get(one.parent or 0, "")) for one in piles if one.number in numbers
    )


def look_of(
    number: int, name: str, facet: FacetContent, living: Iterable[OwnPile]
) -> tuple[int, str]:
    """Return colour and key letter of a coder's next pile: they follow from the own piles alone."""
    taken = [*(one.letter for one in facet.categories), *(one.letter for one in living)]
    return (len(facet.categories) + number - 1) % len(TONES) + 1, _free_letter(name, taken)


def _free_letter(name: str, taken: Sequence[str]) -> str:
    """Return the first letter of the name that is free, else any; none beyond the 26th."""
    return letters_for([*taken, name], [*(one or "-" for one in taken), ""])[-1]


def refuse_name(
    name: str, facet: FacetContent, living: Iterable[OwnPile], *, own: int | None = None
) -> str | None:
    """Say why a pile cannot have this name, or nothing; `own` is the pile that asks for it."""
    if is_blank(name):
        return "Give the pile a name."
    key = comparable(name)
    if max(len(name), len(key) // 2) > LONGEST_NAME:
        return f"A name has at most {LONGEST_NAME} characters."
    same = next((one for one in living if one.number != own and comparable(one.name) == key), None)
    if same is not None:
        return f"You already have a pile called {same.name}. Choose it, or take another name."
    if any(comparable(one.name) == key for one in facet.categories):
        return f"{name} is a category of the codebook. Choose it, or take another name."
    return None


def refuse_parent(pile: OwnPile, parent: OwnPile, living: Iterable[OwnPile]) -> str | None:
    """Say why a pile cannot lie under another one, or nothing: there is one level."""
    if pile.number == parent.number:
        return "A pile cannot lie under itself."
    if parent.parent is not None:
        return f"{parent.name} lies under another pile already. Piles go one level deep."
    if any(one.parent == pile.number for one in living):
        return f"Other piles lie under {pile.name}. Piles go one level deep."
    return None
