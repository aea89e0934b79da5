"""What a benchmark reports, and how it is printed and kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement beside its floor: what the bare parts cost in the same run."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


def against_floor(
    name: str, value: float, unit: str, floor: float, *, at_most: float | None = None
) -> Figure:
    """Return a figure judged by its ratio to the floor."""
    ratio = value / floor
    target = f"≤ {at_most:g} × floor" if at_most is not None else ""
    met = ratio <= at_most if at_most is not None else None
    return Figure(name, round(value, 3), unit, round(floor, 3), round(ratio, 2), target, met)


def against_limit(
    name: str, value: float, unit: str, limit: float, *, floor: float | None = None
) -> Figure:
    """Return a figure judged by an absolute limit."""
    ratio = round(value / floor, 2) if floor else None
    shown = round(floor, 3) if floor else None
    return Figure(name, round(value, 3), unit, shown, ratio, f"< {limit:g} {unit}", value < limit)


def p50(samples: Sequence[float]) -> float:
    return median(samples)


def p95(samples: Sequence[float]) -> float:
    return quantiles(samples, n=20, method="inclusive")[-1]


def table(figures: Sequence[Figure]) -> str:
    head = ("name", "value", "unit", "floor", "ratio", "target", "met")
    rows = [head, *(tuple(_shown(part) for part in asdict(one).values()) for one in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _shown(part: object) -> str:
    if isinstance(part, bool):
        return "yes" if part else "NO"
    if isinstance(part, float):
        return f"{part:,.2f}"
    return "" if part is None else str(part)


def keep(figures: Sequence[Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(one) for one in figures], indent=1), encoding="utf-8")
