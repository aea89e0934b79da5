"""The forms about own piles, and what their fields may hold."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from app.coding.pile_rules import KEY
from app.web.forms import Count, Form, Id, MaybeId, Text, Write


def _one_line(name: str) -> str:
    return " ".join(name.split())


PileKey = Annotated[str, StringConstraints(pattern=KEY)]
# A name too long is refused by `pile_rules`, so that the page shows it again.
PileName = Annotated[Text, AfterValidator(_one_line)]


class PilesQuery(Form):
    facet: MaybeId = None
    pile: MaybeId = None


class NewPileForm(Write):
    """A pile to make; the cards of a board that were picked go into it."""

    facet_id: Id
    name: PileName = ""
    description: Text = ""
    parent: MaybeId = None
    card_ids: list[Id] = Field(default_factory=list, max_length=10_000)
    view: Literal["piles", "board"] = "piles"


class PileForm(Write):
    """A change of the pile that the page showed as it was at `seen_turn`."""

    pile: Id
    seen_turn: Count


class NamePileForm(PileForm):
    name: PileName = ""
    description: Text = ""


class NestPileForm(PileForm):
    parent: MaybeId = None


class MergePileForm(PileForm):
    into: MaybeId = None


class SplitPileForm(PileForm):
    name: PileName = ""
    description: Text = ""
    card_ids: list[Id] = Field(default_factory=list, max_length=10_000)
