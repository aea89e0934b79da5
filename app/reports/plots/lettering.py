"""PURE: names in any script made fit for a figure: one line, known characters, a known width."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from fontTools.ttLib import TTFont, TTLibError
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.ft2font import LoadFlags

MAIN_FAMILY = "DejaVu Sans"  # comes with matplotlib, so it is there on every machine
# Where the machine has one of these, print shows more scripts. Only outlines that a PDF can embed.
_MORE_FAMILIES = (
    "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei",
    "Droid Sans Fallback", "Microsoft YaHei", "Arial Unicode MS", "Noto Sans",
    "Noto Sans Hebrew", "Noto Sans Arabic", "Noto Sans Devanagari", "Noto Sans Thai",
    "Noto Emoji", "Symbola",
)  # fmt: skip
_STAND_IN = "□"
_ELLIPSIS = "…"
_JOINERS = "\u200c\u200d"
_MEASURED_AT = 100
_BREAKING_SPACE = re.compile(r"[^\S\u00a0\u202f]+")

Weight = Literal["normal", "bold"]


def tidy(words: str) -> str:
    """Return words as one line, without characters that steer or that XML cannot carry."""
    spaced = _BREAKING_SPACE.sub(" ", unicodedata.normalize("NFC", words)).strip()
    return "".join(character for character in spaced if _is_text(character))


def _is_text(character: str) -> bool:
    if character in _JOINERS:
        return True
    is_nothing = ord(character) & 0xFFFE == 0xFFFE  # the last two of each plane are no characters
    return not is_nothing and unicodedata.category(character) not in ("Cc", "Cf", "Cs")


def _adds_to_the_one_before(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) in ("Mn", "Me")


@lru_cache(maxsize=1)
def more_families() -> tuple[str, ...]:
    """Return the further families that this machine has, the most useful first."""
    known = {font.name: font for font in fontManager.ttflist if font.name in _MORE_FAMILIES}
    return tuple(name for name in _MORE_FAMILIES if name in known and _has_outlines(name))


def _has_outlines(family: str) -> bool:
    try:
        with TTFont(findfont(family), fontNumber=0, lazy=True) as font:
            return "glyf" in font
    except (OSError, TTLibError):
        return False


@lru_cache(maxsize=4096)
def _is_in(family: str, weight: Weight, character: str) -> bool:
    font = get_font(findfont(FontProperties(family=[family], weight=weight)))
    return font.get_char_index(ord(character)) != 0


def printable(words: str, families: Sequence[str], weight: Weight) -> str:
    """Return words in which a box stands for each character that no family has."""
    return "".join(_printed(character, families, weight) for character in words)


def _printed(character: str, families: Sequence[str], weight: Weight) -> str:
    if any(_is_in(family, weight, character) for family in families):
        return character
    return "" if _adds_to_the_one_before(character) else _STAND_IN


@lru_cache(maxsize=4096)
def _advance(character: str) -> float:
    """Return the width of a character, in units of the size of the type."""
    if _adds_to_the_one_before(character):
        return 0.0
    if not _is_in(MAIN_FAMILY, "normal", character):
        return 1.0
    font = get_font(findfont(MAIN_FAMILY))
    font.set_size(_MEASURED_AT, 72)
    glyph = font.load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536 / _MEASURED_AT


def width_of(words: str, size: float) -> float:
    """Return the width of a line in points."""
    return size * sum(_advance(character) for character in words)


def shortened(words: str, size: float, room: float) -> str:
    """Return words that fit into the room, with an ellipsis where some had to go."""
    if width_of(words, size) <= room:
        return words
    n_kept = len(words)
    while n_kept and width_of(words[:n_kept].rstrip() + _ELLIPSIS, size) > room:
        n_kept -= 1
    while n_kept and _adds_to_the_one_before(words[n_kept]):
        n_kept -= 1
    return words[:n_kept].rstrip(_JOINERS + " ") + _ELLIPSIS


def wrapped(words: str, size: float, room: float, *, most_lines: int = 2) -> tuple[str, ...]:
    """Return at most `most_lines` lines that fit into the room."""
    lines: list[str] = []
    rest = tidy(words)
    while rest and len(lines) < most_lines - 1 and width_of(rest, size) > room:
        line, rest = _first_line(rest, size, room)
        lines.append(line)
    return (*lines, shortened(rest, size, room)) if rest else tuple(lines)


def _first_line(words: str, size: float, room: float) -> tuple[str, str]:
    """Return the part that fits, up to a space where there is one, and the rest."""
    n_fitting = 1
    while n_fitting < len(words) and width_of(words[: n_fitting + 1], size) <= room:
        n_fitting += 1
    while n_fitting > 1 and _adds_to_the_one_before(words[n_fitting]):
        n_fitting -= 1
    space = words.rfind(" ", 0, n_fitting + 1)
    at = space if space > 0 else n_fitting
    return words[:at].rstrip(), words[at:].lstrip()
