"""PURE: the 24 colours of categories, as the stylesheet fills a swatch with them."""

import re

TONES = (
    "#0873bb", "#efb740", "#77140a", "#5fdcca", "#d96858", "#61196b", "#b6a6f7", "#468019",
    "#4b3e9a", "#a7d3fd", "#825b4f", "#28b586", "#28627e", "#635d0c", "#c4d981", "#738eee",
    "#254934", "#9da41e", "#af6b89", "#e7bdaa", "#8d285d", "#8a81b3", "#7fb2bb", "#9850a2",
)  # fmt: skip

_COLOUR = re.compile("#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def colour_of(tone: int) -> str:
    """Return `#rrggbb` of a tone."""
    return TONES[(tone - 1) % len(TONES)]


def tone_of(text: str) -> int | None:
    """Return the tone a cell means: its number, or the one nearest to `#rgb` or `#rrggbb`."""
    if text.isascii() and text.isdigit() and len(text) < 4:
        return int(text) if 1 <= int(text) <= len(TONES) else None
    if not _COLOUR.fullmatch(text):
        return None
    wanted = _channels(text)
    return 1 + min(range(len(TONES)), key=lambda i: _distance(_channels(TONES[i]), wanted))


def _channels(colour: str) -> tuple[int, ...]:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return tuple(bytes.fromhex(digits))


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
