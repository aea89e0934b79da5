"""PURE: what to say of categories that were found in the labels, or that read like others."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from app.agreement import Scale
from app.calculator.labels import number_in
from app.calculator.rows import Layout

_MOST_NAMES = 8


def cautions_of(layout: Layout, categories: Sequence[str]) -> tuple[str, ...]:
    """Return sentences on categories whose number, order or sameness may not be what was meant."""
    if layout.is_multiple:
        return ()
    return (*_of_found(layout, categories), *_of_same_numbers(layout, categories))


def _of_found(layout: Layout, categories: Sequence[str]) -> Iterator[str]:
    if layout.categories:
        return
    if len(categories) == 1:
        yield (
            f"“{categories[0][:60]}” is the only label, and no other category is declared. Declare "
            "all that could be chosen: percent agreement, AC1 and Brennan-Prediger depend on them."
        )
    has_words = any(number_in(name) is None for name in categories)
    if layout.scale is Scale.ORDINAL and len(categories) > 1 and has_words:
        yield (
            f"The ranks follow the alphabet: {_listed(categories)}. If that is not their order, "
            "the weighted forms mean nothing: declare all categories in their order."
        )


def _of_same_numbers(layout: Layout, categories: Sequence[str]) -> Iterator[str]:
    if layout.scale is Scale.NOMINAL:
        return
    spellings = defaultdict[float | None, list[str]](list)
    for name in categories:
        spellings[number_in(name)].append(name)
    for value, names in spellings.items():
        if value is not None and len(names) > 1:
            yield f"The same number in several spellings is several categories: {_listed(names)}."


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name[:60]}”" for name in names[:_MOST_NAMES])
    return f"{shown} …" if len(names) > _MOST_NAMES else shown
