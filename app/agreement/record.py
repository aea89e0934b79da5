"""The stored form of a facet's agreement: plain content for JSON."""

from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import TypeAlias

from app.agreement.facet import ALGORITHM_VERSION, FacetAgreement

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | float | bool | None"


def _plain(content: object) -> Plain:
    if content is None or isinstance(content, bool | int | float):
        return content
    if isinstance(content, str):
        return content.value if isinstance(content, StrEnum) else content
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

    Keys are the field names of the dataclasses, preceded by `algorithm_version`. An estimate keeps
    all its keys; undefined, its value is None and its reason a sentence. NaN never occurs.

    Parameters
    ----------
    agreement : FacetAgreement
        What `describe` returned.

    Examples
    --------
    >>> from app.agreement import Ratings, describe
    >>> stored = as_dict(describe(Ratings([[0], [1]], ("a", "b"))))
    >>> stored["alpha"]["value"], stored["alpha"]["reason"]
    (None, 'fewer than two coders judged cards')
    """
    stored: dict[str, Plain] = {"algorithm_version": ALGORITHM_VERSION}
    for field in fields(agreement):
        stored[field.name] = _plain(getattr(agreement, field.name))
    return stored
