"""The form of a draft: what was typed, and the draft it stands for."""

from collections.abc import Iterable
from typing import Literal

from app.coding.assistance import Assistance, declared
from app.coding.drafts import RoundDraft
from app.coding.models import Round
from app.coding.rounds import plan_of, protocol_of
from app.coding.rules import CardChoice, Headline, Kind, Plan, Protocol, Sort
from app.corpus.search import LONGEST_SEARCH
from app.errors import Invalid
from app.text import comparable
from app.web.forms import Form, Id, Line, MaybeId, Text, Write

LONGEST_NAME = 200
LONGEST_PARTICIPANTS = 1000
GREATEST_SEED = 2**31 - 1


class DraftFields(Form):
    """What is typed into a draft; numbers are text until they are looked at."""

    name: Line = ""
    kind: Kind = Kind.INDEPENDENT
    sort: Sort = Sort.CLOSED
    cards: CardChoice = CardChoice.ALL
    search: Line = ""
    attribute: Text = ""
    sample_size: Line = ""
    affected_by: MaybeId = None
    is_fresh: bool = False
    is_undiscussed: bool = False
    coder_ids: list[Id] = []  # noqa: RUF012  (pydantic copies it)
    facet_ids: list[Id] = []  # noqa: RUF012
    version_id: MaybeId = None
    share: Line = "100"
    seed: Line = "0"
    headline: Headline = Headline.BY_DESIGN
    threshold: Line = ""
    has_statements: bool = False
    owner_last: bool = False
    assistance: list[Assistance] = []  # noqa: RUF012
    participants: Line = ""

    def draft(self) -> RoundDraft:
        """Return the draft; raises `Invalid` with the field that cannot be read."""
        if max(len(self.name), len(comparable(self.name)) // 2) > LONGEST_NAME:
            raise Invalid(f"A name has at most {LONGEST_NAME} characters.", field="name")
        return RoundDraft(
            name=self.name,
            plan=self.plan(),
            coder_ids=tuple(self.coder_ids),
            facet_ids=tuple(self.facet_ids),
            codebook_version_id=self.version_id,
            seed=_number("seed", self.seed, 0, GREATEST_SEED),
            kind=self.kind,
            sort=self.sort,
            headline=self.headline,
            threshold=_share("threshold", self.threshold) if self.threshold else None,
            protocol=self.protocol(),
        )

    def protocol(self) -> Protocol:
        assistance = declared(self.assistance)
        if self.sort is Sort.OPEN and Assistance.SUGGESTED_CATEGORY in assistance:
            sentence = "An open sort has no categories, so none can be suggested."
            raise Invalid(sentence, field="assistance")
        return Protocol(self.has_statements, self.owner_last, assistance)

    def plan(self) -> Plan:
        is_filter = self.cards is CardChoice.FILTER
        attribute, _, value = self.attribute.partition("=") if is_filter else ("", "", "")
        if is_filter and not (self.search or attribute):
            raise Invalid("Say which words or which attribute the cards have.", field="search")
        if len(self.search) > LONGEST_SEARCH:
            raise Invalid(f"Search for at most {LONGEST_SEARCH} characters.", field="search")
        if self.cards is CardChoice.GIVEN:
            raise Invalid("Choose which cards the round takes.", field="cards")
        if self.cards is CardChoice.AFFECTED:
            return self._plan_of_affected()
        is_sample = self.cards is CardChoice.SAMPLE
        return Plan(
            cards=self.cards,
            search=self.search if is_filter else "",
            attribute=attribute,
            attribute_value=value,
            sample_size=_number("sample_size", self.sample_size, 1, 100_000) if is_sample else 0,
            is_fresh=self.is_fresh,
            is_undiscussed=self.is_undiscussed,
            share=_number("share", self.share, 0, 100),
            participants=self._participants(),
        )

    def _participants(self) -> str:
        """Return who sorts together, as the lead names them."""
        if len(self.participants) > LONGEST_PARTICIPANTS:
            sentence = f"Name the participants in at most {LONGEST_PARTICIPANTS} characters."
            raise Invalid(sentence, field="participants")
        return self.participants.strip()

    def _plan_of_affected(self) -> Plan:
        if self.kind is not Kind.RECODE:
            sentence = "Affected cards are coded again in a recoding round: choose that kind."
            raise Invalid(sentence, field="cards")
        if self.affected_by is None:
            raise Invalid("Say which version affects the cards.", field="affected_by")
        return Plan(
            cards=CardChoice.AFFECTED,
            affected_by=self.affected_by,
            participants=self._participants(),
        )


class DraftQuery(DraftFields):
    """The same fields sent to be looked at only; what belongs to saving is passed over."""

    operation_id: str = ""
    revision: str = ""
    act: str = ""


class DraftForm(DraftFields, Write):
    """The draft to save, and whether to open the round with it."""

    revision: MaybeId = None
    act: Literal["save", "open"] = "save"


def _number(field: str, typed: str, least: int, most: int) -> int:
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 12 else -1
    if not least <= number <= most:
        raise Invalid(f"Write a whole number from {least} to {most}.", field=field)
    return number


def _share(field: str, typed: str) -> float:
    try:
        number = float(typed)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise Invalid("Write a number from 0 to 1, such as 0.67.", field=field)
    return number


def fields_of(round_: Round, coder_ids: Iterable[int]) -> DraftFields:
    """Return the fields of a draft as they are saved."""
    plan, protocol = plan_of(round_), protocol_of(round_)
    return DraftFields(
        name=round_.name,
        kind=Kind(round_.kind),
        sort=Sort(round_.sort),
        cards=plan.cards,
        search=plan.search,
        attribute=f"{plan.attribute}={plan.attribute_value}" if plan.attribute else "",
        sample_size=str(plan.sample_size) if plan.sample_size else "",
        affected_by=plan.affected_by or None,
        is_fresh=plan.is_fresh,
        is_undiscussed=plan.is_undiscussed,
        participants=plan.participants,
        coder_ids=list(coder_ids),
        facet_ids=list(round_.facet_ids),
        version_id=round_.codebook_version_id,
        share=str(plan.share),
        seed=str(round_.seed),
        headline=Headline(round_.headline),
        threshold="" if round_.threshold is None else str(round_.threshold),
        has_statements=protocol.has_statements,
        owner_last=protocol.owner_last,
        assistance=list(protocol.assistance),
    )
