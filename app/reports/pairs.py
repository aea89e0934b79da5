"""PURE: each two coders: their figures, and the coefficient as a table of coder by coder."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.agreement import Measure
from app.reports.figure import Figure
from app.reports.stored import StoredFacet, estimates_of

_OF_SETS = (Measure.MEAN_JACCARD, Measure.MEAN_MASI)
_OF_ORDERED = (Measure.COHEN_QUADRATIC, Measure.COHEN_LINEAR, Measure.COHEN)
_OF_NAMES = (Measure.COHEN,)


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two coders: what they agree on, then the figures; the first of these counts."""

    place: int
    first: int
    second: int
    names: tuple[str, str]
    n_units: int
    percent: Figure
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class PairTable:
    """The coefficient of each two coders; a coder with themselves has none."""

    measure: Figure
    coders: tuple[str, ...]
    rows: tuple[tuple[PairRow | None, ...], ...]


def pair_rows(stored: StoredFacet) -> tuple[PairRow, ...]:
    """Return each two coders who judged anything."""
    percent = Measure.PERCENT_EXACT_SET if stored.is_multiple else Measure.PERCENT
    rows = []
    for place, pair in enumerate(stored.pairs()):
        found = estimates_of(pair.figures)
        figures = tuple(Figure(one, found[one]) for one in _measures(stored) if one in found)
        rows.append(
            PairRow(
                place=place,
                first=pair.first,
                second=pair.second,
                names=(stored.coders[pair.first], stored.coders[pair.second]),
                n_units=pair.found["n_units"],
                percent=Figure(percent, found[percent]),
                figures=figures,
            )
        )
    return tuple(rows)


def _measures(stored: StoredFacet) -> Sequence[Measure]:
    if stored.is_multiple:
        return _OF_SETS
    return _OF_ORDERED if stored.is_ordinal else _OF_NAMES


def pair_table(coders: Sequence[str], pairs: Sequence[PairRow]) -> PairTable | None:
    """Return the table of coder by coder; None for two coders, whose one figure says it all."""
    if len(pairs) < 2:
        return None
    by_places = {(pair.first, pair.second): pair for pair in pairs}
    active = sorted({place for places in by_places for place in places})
    return PairTable(
        measure=pairs[0].figures[0],
        coders=tuple(coders[place] for place in active),
        rows=tuple(
            tuple(by_places.get((min(row, column), max(row, column))) for column in active)
            for row in active
        ),
    )
