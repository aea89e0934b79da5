"""How somebody likes to read and work, as a value; kept with the account, for any browser."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from app.accounts.keyboard import KeyMap
from app.web.render import Look

TextSize = Literal["normal", "large", "larger"]
Spacing = Literal["normal", "wide"]
Contrast = Literal["normal", "high"]
Theme = Literal["system", "light", "dark"]
Motion = Literal["system", "reduced"]
Rest = Literal["off", "25", "50", "90"]
Clock = Literal["shown", "hidden"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """Every choice, as its form sends it. Without a theme the one of the browser stays."""

    text: TextSize = "normal"
    spacing: Spacing = "normal"
    contrast: Contrast = "normal"
    theme: Theme | None = None
    motion: Motion = "system"
    rest: Rest = "off"
    clock: Clock = "shown"
    keys: KeyMap = field(default_factory=KeyMap)

    @property
    def look(self) -> Look:
        """What the frame of every page needs; the usual choices need nothing."""
        said = {
            "text": self.text,
            "spacing": self.spacing,
            "contrast": self.contrast,
            "theme": self.theme or "",
            "motion": self.motion,
            "rest": self.rest,
        }
        usual = {"normal", "off", ""}
        return Look(
            tuple(
                (name, value)
                for name, value in said.items()
                if value not in usual and (name, value) != ("motion", "system")
            )
        )


_CHOICES: dict[str, tuple[str, ...]] = {
    "text": get_args(TextSize),
    "spacing": get_args(Spacing),
    "contrast": get_args(Contrast),
    "theme": get_args(Theme),
    "motion": get_args(Motion),
    "rest": get_args(Rest),
    "clock": get_args(Clock),
}


def from_stored(stored: Mapping[str, Any]) -> Preferences:
    """Return the preferences; what this version does not know is left out."""
    known: dict[str, Any] = {
        name: stored[name] for name, choices in _CHOICES.items() if stored.get(name) in choices
    }
    return Preferences(**known, keys=KeyMap.from_stored(stored.get("keys", {})))


def to_stored(preferences: Preferences) -> dict[str, Any]:
    """Return what is stored: only what differs from the usual."""
    usual = Preferences()
    said = {
        one.name: getattr(preferences, one.name)
        for one in fields(Preferences)
        if one.name != "keys"
    }
    stored = {name: value for name, value in said.items() if value != getattr(usual, name)}
    own = preferences.keys.own
    return stored | ({"keys": dict(own)} if own else {})
