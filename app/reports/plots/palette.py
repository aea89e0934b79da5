"""PURE: the colours of figures, by the names they have in static/css/tokens.css."""

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "ink": "#1a1f26",
    "ink-2": "#4a515b",
    "ink-3": "#5f656e",
    "line": "#dbd8d0",
    "line-firm": "#85827a",
    "accent": "#3a45a6",
    "heat-1": "#eeeff8",
    "heat-2": "#dcdff3",
    "heat-3": "#c5caec",
    "heat-4": "#a9b1e3",
    "heat-5": "#5a66bd",
    "heat-6": "#363f94",
    "heat-ink-strong": "#fffefc",
}
DARK: Mapping[str, str] = {
    "ink": "#eae7e0",
    "ink-2": "#bab8b2",
    "ink-3": "#9c9b96",
    "line": "#33373d",
    "line-firm": "#7b8089",
    "accent": "#adb8ff",
    "heat-1": "#24283b",
    "heat-2": "#2c3150",
    "heat-3": "#383f6b",
    "heat-4": "#475089",
    "heat-5": "#8e9bef",
    "heat-6": "#b9c3ff",
    "heat-ink-strong": "#12151a",
}


def heat_tone(step: int) -> str:
    """Return the shade of a cell: step 1 is the faintest, 6 the strongest."""
    return f"heat-{step}"


def ink_on(step: int) -> str:
    """Return the ink that is readable on a shade."""
    return "heat-ink-strong" if step >= 5 else "ink"
