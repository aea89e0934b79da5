"""PURE: the help that coders had, in words that stand beside a figure."""

from dataclasses import dataclass

from app.coding.assistance import Assistance, assistance_words
from app.reports.wording import counted


@dataclass(frozen=True, slots=True)
class Helped:
    """What a round declared, and how often a category was shown and followed on one facet."""

    assistance: tuple[Assistance, ...]
    n_shown: int = 0
    n_judged: int = 0
    n_followed: int = 0

    @property
    def sentence(self) -> str:
        """What was declared, what it means for the figures, and how often it was used."""
        told = (
            f"Declared before the round opened: {assistance_words(self.assistance)}. The figures "
            "tell how alike coders are with this help, not how alike they are alone."
        )
        if Assistance.SUGGESTED_CATEGORY not in self.assistance:
            return told
        return f"{told} {self.uptake}"

    @property
    def uptake(self) -> str:
        """How often a category was shown, and how often a coder then chose it."""
        if not self.n_shown:
            return "Nobody asked for a suggested category on this facet."
        times = counted(self.n_shown, "time")
        return (
            f"A category was suggested {times}; of {counted(self.n_judged, 'judgement')} made with "
            f"the suggestion in view, {self.n_followed} chose it."
        )
