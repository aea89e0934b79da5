"""The forms of the map: shape is checked here, meaning in `rules`."""

from typing import Annotated

from pydantic import Field

from app.web.forms import TYPED, Count, Id, Line, Text, Write

Reason = Annotated[Text, Field(max_length=2_000)]
MaybeName = Annotated[Line, Field(max_length=200), TYPED]
PileValue = Annotated[str, Field(pattern=r"^[0-9]{1,4}\.[0-9]{1,9}\.[0-9]{1,9}$")]
Piles = Annotated[list[PileValue], Field(max_length=5_000)]
Target = Annotated[
    str, Field(pattern=r"^$|^[sc][1-9][0-9]{0,8}$|^none_applies$|^cannot_judge$|^open$")
]
Keys = Annotated[list[Line], Field(max_length=2_000)]


class MatchForm(Write):
    """Piles, as coder's place, number and the act that was shown, and where they go."""

    facet_id: Id
    piles: Piles = []  # noqa: RUF012  (pydantic copies it)
    target: Annotated[list[Target], Field(max_length=500)] = []  # noqa: RUF012
    new_name: MaybeName = ""
    reason: Reason = ""


class ProposalsForm(Write):
    """The proposals to take over: those that are ticked, or every one that was shown."""

    facet_id: Id
    shown: Keys = []  # noqa: RUF012
    groups: Keys = []  # noqa: RUF012
    every: bool = False
    reason: Reason = ""

    def wanted(self) -> frozenset[str]:
        return frozenset(self.shown if self.every else self.groups)


class AddForm(Write):
    facet_id: Id
    name: MaybeName = ""
    definition: Text = ""
    reason: Reason = ""


class ChangeForm(Write):
    facet_id: Id
    number: Id
    seen_act: Count
    name: MaybeName = ""
    definition: Text = ""
    reason: Reason = ""


class RemoveForm(Write):
    facet_id: Id
    number: Id
    seen_act: Count


class UndoForm(Write):
    facet_id: Id
    act: Id


class ConfirmForm(Write):
    last_act: Count
    draft_hash: Line = ""
    note: Reason = ""
