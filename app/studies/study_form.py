"""The form of a study: what was typed, and the settings it stands for."""

import math
from dataclasses import dataclass, field

from app.errors import Invalid
from app.studies.models import Study
from app.studies.rules import Stance
from app.studies.service import StopRule
from app.web.forms import Name, Text, Write


class StudyForm(Write):
    name: Name
    description: Text = ""
    stance: Stance = Stance.RELIABILITY
    threshold: Text = "0.67"
    stop_bound: Text = ""
    stop_quiet_cards: Text = ""

    def threshold_value(self) -> float:
        """Return the threshold as a number; refuses anything but 0 to 1."""
        try:
            value = float(self.threshold)
        except ValueError:
            value = math.nan
        if not 0 <= value <= 1:
            raise Invalid("Write a number from 0 to 1, such as 0.67.", field="threshold")
        return value

    def stop_rule(self) -> StopRule:
        """Return when the team means to stop; refuses what cannot be reached."""
        typed = self.stop_bound.strip()
        try:
            bound = float(typed) if typed else None
        except ValueError:
            bound = math.nan
        if bound is not None and not 0 <= bound < 1:
            sentence = "Write a number from 0 to below 1, such as 0.6, or nothing."
            raise Invalid(sentence, field="stop_bound")
        return StopRule(bound, self._quiet_cards())

    def _quiet_cards(self) -> int | None:
        typed = self.stop_quiet_cards.strip()
        if not typed:
            return None
        number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 8 else 0
        if not 1 <= number <= 1_000_000:
            raise Invalid("Write a whole number from 1, or nothing.", field="stop_quiet_cards")
        return number


@dataclass(frozen=True, slots=True)
class StudyValues:
    """What the form of a study holds."""

    name: str = ""
    description: str = ""
    stance: str = Stance.RELIABILITY
    threshold: str = "0.67"
    stop_bound: str = ""
    stop_quiet_cards: str = ""


@dataclass(frozen=True, slots=True)
class StudyErrors:
    """The sentence under each field that was refused."""

    name: str = ""
    description: str = ""
    stance: str = ""
    threshold: str = ""
    stop_bound: str = ""
    stop_quiet_cards: str = ""


@dataclass(frozen=True, slots=True)
class StudyFormPage:
    values: StudyValues = field(default_factory=StudyValues)
    errors: StudyErrors = field(default_factory=StudyErrors)
    error: str = ""


def values_of(study: Study) -> StudyValues:
    """Return the settings as they are saved."""
    return StudyValues(
        name=study.name,
        description=study.description,
        stance=study.stance,
        threshold=str(study.threshold),
        stop_bound="" if study.stop_bound is None else str(study.stop_bound),
        stop_quiet_cards="" if study.stop_quiet_cards is None else str(study.stop_quiet_cards),
    )
