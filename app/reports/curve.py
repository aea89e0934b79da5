"""PURE: where the steps of a saturation curve lie, in units of its view box."""

from dataclasses import dataclass

from app.reports.saturation import Saturation
from app.reports.wording import counted

_LEFT, _RIGHT = 40.0, 760.0
_TOP, _BOTTOM = 16.0, 176.0


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve as a path, where the quiet run begins, and the ticks of both scales."""

    path: str
    quiet_from: float
    ticks: tuple[tuple[float, str], ...]
    levels: tuple[tuple[float, str], ...]
    description: str


def curve(found: Saturation) -> Curve | None:
    """Return the drawing; None before the first category came into use."""
    if not found.n_categories:
        return None

    def across(n_cards: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * n_cards / found.n_cards, 1)

    def up(n_categories: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * n_categories / found.n_categories, 1)

    path = f"M {_LEFT} {_BOTTOM}"
    for n_cards, n_categories in found.steps:
        path += f" H {across(n_cards)} V {up(n_categories)}"
    cards, categories = _ticks(found.n_cards), _ticks(found.n_categories)
    return Curve(
        path=path,
        quiet_from=across(found.n_cards - found.run),
        ticks=tuple((across(n), f"{n:,}") for n in cards),
        levels=tuple((up(n), f"{n:,}") for n in categories),
        description=(
            f"After {counted(found.n_cards, 'card')} {found.n_categories:,} categories are in use; "
            f"the last {counted(found.run, 'card')} brought no new one. "
            + "; ".join(f"{n:,} after card {at:,}" for at, n in found.steps)
            + "."
        ),
    )


def _ticks(end: int) -> tuple[int, ...]:
    """Return some round numbers from 0 on, and the end itself."""
    step = 1
    while end / step > 5:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    inner = tuple(n for n in range(0, end, step) if end - n >= step * 0.6)
    return (*inner, end)
