"""What the pages of a negotiation show."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    """One choice above a list, with how many it holds."""

    words: str
    url: str
    is_current: bool
    count: int | None = None
