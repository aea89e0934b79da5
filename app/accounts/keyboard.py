"""PURE: the keys of sorting, and how somebody gives an act another one.

Letters belong to the categories, so no act ever takes one.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Act:
    """Something a key does in Focus or on the Board, and the key it has unless changed."""

    name: str
    key: str
    words: str


ACTS: tuple[Act, ...] = (
    Act("none_applies", "0", "none applies"),
    Act("not_applicable", "9", "does not apply"),
    Act("cannot_judge", "8", "cannot judge"),
    Act("unsure", "1", "unsure"),
    Act("fairly", "2", "fairly sure"),
    Act("sure", "3", "sure"),
    Act("find", "/", "find a category or pile by name"),
    Act("go_on", "Enter", "save what is ticked or written and go on; on the board, open the card"),
    Act("previous", "ArrowLeft", "previous card; on the board, the pile before"),
    Act("next", "ArrowRight", "next card; on the board, the pile after"),
    Act("up", "ArrowUp", "on the board, the card above"),
    Act("down", "ArrowDown", "on the board, the card below"),
    Act("previous_facet", "<", "previous facet"),
    Act("next_facet", ">", "next facet"),
    Act("pick", "Space", "on the board, pick the card"),
    Act("new_pile", "+", "a new pile; in an open or hybrid sort"),
    Act("park", ".", "park the card for later, or take it back"),
    Act("memo", ",", "write a memo"),
    Act("like_it", "=", "cards like this one; where the round declares it"),
    Act("suggest", "!", "ask for a suggested category; where the round declares it"),
    Act("undo", "Backspace", "undo your last act"),
    Act("redo", "Shift+Backspace", "redo what you have just undone"),
    Act("view", "#", "Focus or Board"),
    Act("map", "?", "the keyboard map"),
)
NAMED = (
    *("Enter", "Space", "Backspace", "Shift+Backspace", "Delete", "Insert", "Home", "End"),
    *("PageUp", "PageDown", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"),
)
_SIGNS = {
    **{"ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓"},
    **{"Backspace": "⌫", "Shift+Backspace": "⇧⌫", "PageUp": "Page ↑", "PageDown": "Page ↓"},
}
_BY_NAME = {name.lower(): name for name in NAMED}
_USUAL = {act.name: act.key for act in ACTS}
# In the map these stand in one line.
_TOGETHER = (
    (
        ("none_applies", "not_applicable", "cannot_judge"),
        "none applies, does not apply, cannot judge",
    ),
    (("unsure", "fairly", "sure"), "unsure, fairly, sure"),
    (("previous", "next", "up", "down"), "previous card, next card; on the board up and down, too"),
    (("previous_facet", "next_facet"), "previous facet, next facet"),
)


def sign_of(key: str) -> str:
    """Return a key as it is printed on a small cap."""
    return _SIGNS.get(key, key)


@dataclass(frozen=True, slots=True)
class KeyMap:
    """Which key does what; `own` holds only what was changed, by the name of the act."""

    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_stored(cls, stored: Mapping[str, str]) -> "KeyMap":
        """Return the map; an act that is not known any more keeps no key."""
        own = {name: key for name, key in stored.items() if name in _USUAL and key != _USUAL[name]}
        return cls(MappingProxyType(own))

    def key(self, name: str) -> str:
        """Return the key of an act; none if its usual one serves another act by now."""
        if name in self.own:
            return self.own[name]
        usual = _USUAL[name]
        return "" if usual in self.own.values() else usual

    def sign(self, name: str) -> str:
        return sign_of(self.key(name))

    def sign_for(self, usual: str) -> str:
        """Return what is printed for the act that usually has this key; letters stay letters."""
        return next((self.sign(act.name) for act in ACTS if act.key == usual), usual)

    def cap_for(self, usual: str) -> str:
        """Return the same where there is room for two letters only."""
        sign = self.sign_for(usual)
        return sign if len(sign) <= 2 else "…"

    @property
    def pressed(self) -> dict[str, str]:
        """Return the usual key of what each key does now: scripts know acts by these."""
        return {key: act.key for act in ACTS if (key := self.key(act.name))}

    @property
    def rows(self) -> list[tuple[tuple[str, ...], str]]:
        """Return the lines of the map: keys as they are printed, and what they do."""
        grouped = {names[0]: (names, words) for names, words in _TOGETHER}
        inside = {name for names, _ in _TOGETHER for name in names[1:]}
        lines = [
            grouped.get(act.name, ((act.name,), act.words))
            for act in ACTS
            if act.name not in inside
        ]
        return [
            (tuple(sign for name in names if (sign := self.sign(name))), words)
            for names, words in lines
        ]


def key_named(typed: str) -> str | None:
    """Return the key that was pressed or typed, by its one name; None where none is meant."""
    if typed == " ":
        return "Space"
    typed = typed.strip()
    if len(typed) == 1:
        return typed.lower()
    return _BY_NAME.get(typed.lower()) if typed else None


def refuse_keys(typed: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with a whole map, by the act; nothing where all is well."""
    keys = {act.name: key_named(typed.get(act.name, "")) for act in ACTS}
    words = {act.name: act.words.partition(";")[0] for act in ACTS}
    times = Counter(key for key in keys.values() if key)
    wrong: dict[str, str] = {}
    for name, key in keys.items():
        if key is None:
            wrong[name] = "Press or type one key, such as ; or Delete."
        elif len(key) == 1 and "a" <= key <= "z":
            wrong[name] = f"{key} is a letter, and letters belong to the categories."
        elif len(key) == 1 and not key.isprintable():
            wrong[name] = "This key cannot be told from others. Choose another."
        elif times[key] > 1:
            rest = [f"“{words[other]}”" for other in keys if other != name and keys[other] == key]
            wrong[name] = f"{key} is also set for {' and '.join(rest)}. Each act needs its own key."
    return wrong


def key_map(typed: Mapping[str, str]) -> KeyMap:
    """Return the map of keys that `refuse_keys` found nothing wrong with."""
    return KeyMap.from_stored({name: key_named(key) or "" for name, key in typed.items()})
