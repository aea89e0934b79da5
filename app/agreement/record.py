"""The stored form of a facet's agreement: plain content for JSON."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from app.agreement.facet import ALGORITHM_VERSION, FacetAgreement
from app.agreement.grouping import Unit
from app.agreement.intervals import FacetIntervals
from app.agreement.measures import Measure
from app.agreement.undefined import Method

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | float | bool | None"


def _plain(content: object) -> Plain:
    if content is None or isinstance(content, bool | int | float):
        return content
    if isinstance(content, str):
        return content.value if isinstance(content, StrEnum) else content
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    if is_dataclass(content) and not isinstance(content, type):
        return {field.name: _plain(getattr(content, field.name)) for field in fields(content)}
    if isinstance(content, tuple):
        names = getattr(content, "_fields", None)
        if names is not None:
            return dict(zip(names, map(_plain, content), strict=True))
        return [_plain(part) for part in content]
    raise TypeError(f"A stored agreement cannot hold {type(content).__name__}.")


def as_dict(agreement: FacetAgreement) -> dict[str, Plain]:
    """Return the agreement as dictionaries, lists, strings, numbers and None.

    Keys are the field names of the dataclasses, preceded by `algorithm_version`; figures stand
    under the text of their `Measure`. An estimate keeps all its keys; undefined, its value is None
    and its reason a sentence. NaN never occurs.

    Parameters
    ----------
    agreement : FacetAgreement
        What `describe` returned.

    Examples
    --------
    >>> from app.agreement import Ratings, describe
    >>> stored = as_dict(describe(Ratings([[0], [1]], ("a", "b"))))
    >>> alpha = stored["figures"]["krippendorff_alpha_nominal"]
    >>> alpha["value"], alpha["reason"]
    (None, 'fewer than two coders judged cards')
    """
    stored: dict[str, Plain] = {"algorithm_version": ALGORITHM_VERSION}
    for field in fields(agreement):
        stored[field.name] = _plain(getattr(agreement, field.name))
    return stored


def intervals_as_dict(intervals: FacetIntervals) -> dict[str, Plain]:
    """Return bootstrap intervals as dictionaries, lists, strings, numbers and None."""
    return {field.name: _plain(getattr(intervals, field.name)) for field in fields(intervals)}


def with_intervals(agreement: Mapping[str, Any], intervals: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored agreement whose figures carry their bootstrap intervals.

    One rule for all figures: the interval is the bootstrap's. Only Cohen's kappa keeps the
    large-sample interval of Fleiss, Cohen and Everitt, which other programs give as well, unless
    cards share sources, for which that formula does not hold.

    Parameters
    ----------
    agreement : mapping
        As `as_dict` makes it.
    intervals : mapping
        As `intervals_as_dict` makes it, of the same judgements.

    Examples
    --------
    >>> from app.agreement import Ratings, bootstrap, describe
    >>> ratings = Ratings([[0, 0]] * 20 + [[0, 1]] * 5 + [[1, 1]] * 15, ("a", "b"))
    >>> facet = describe(ratings)
    >>> drawn = intervals_as_dict(bootstrap(ratings, facet, n_resamples=200, seed=1))
    >>> shown = with_intervals(as_dict(facet), drawn)
    >>> shown["figures"]["krippendorff_alpha_nominal"]["method"]
    'bootstrap'
    >>> shown["pairs"][0]["figures"]["cohen_kappa"]["method"]
    'large-sample'
    """
    keeps_kappa = intervals["unit"] != Unit.CLUSTERS
    found = dict(agreement)
    found["figures"] = _joined(agreement["figures"], intervals["figures"], keeps_kappa=keeps_kappa)
    for part in ("pairs", "categories"):
        found[part] = [
            {**one, "figures": _joined(one["figures"], own, keeps_kappa=keeps_kappa)}
            for one, own in zip(agreement[part], intervals[part], strict=True)
        ]
    return found


_KAPPAS = frozenset(
    {Measure.COHEN, Measure.COHEN_LINEAR, Measure.COHEN_QUADRATIC, Measure.CATEGORY_COHEN}
)


def _joined(
    figures: Mapping[str, Any], intervals: Mapping[str, Any], *, keeps_kappa: bool
) -> dict[str, Any]:
    found = dict(figures)
    for key, interval in intervals.items():
        figure = figures[key]
        if figure["value"] is None or (keeps_kappa and key in _KAPPAS):
            continue
        is_given = interval["low"] is not None
        found[key] = {
            **figure,
            "low": interval["low"],
            "high": interval["high"],
            "method": Method.BOOTSTRAP.value if is_given else None,
            "note": figure["note"] or interval["note"],
            "n_undefined": interval["n_undefined"],
        }
    return found
