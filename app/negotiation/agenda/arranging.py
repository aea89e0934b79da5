"""The order of an agenda after somebody moved a cluster or a card. Pure."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Way(StrEnum):
    UP = "up"
    DOWN = "down"
    TOP = "top"


class Placed(NamedTuple):
    """A disagreement and the cluster it is listed under."""

    id: int
    key: str


def card_moved(order: Sequence[Placed], card: int, way: Way) -> list[int]:
    """Return the ids in their new order; a card moves within its cluster, at an end it stays."""
    clusters = _clusters(order)
    for key, ids in clusters.items():
        if card in ids:
            clusters[key] = _moved(ids, card, way)
    return [one for ids in clusters.values() for one in ids]


def cluster_moved(order: Sequence[Placed], key: str, way: Way) -> list[int]:
    """Return the ids in their new order; at an end a cluster stays where it is."""
    clusters = _clusters(order)
    keys = _moved(list(clusters), key, way) if key in clusters else list(clusters)
    return [one for key in keys for one in clusters[key]]


def _clusters(order: Iterable[Placed]) -> dict[str, list[int]]:
    clusters: dict[str, list[int]] = {}
    for one in order:
        clusters.setdefault(one.key, []).append(one.id)
    return clusters


def _moved(things: Sequence[T], thing: T, way: Way) -> list[T]:
    here = things.index(thing)
    rest = [*things[:here], *things[here + 1 :]]
    there = {Way.UP: max(here - 1, 0), Way.DOWN: here + 1, Way.TOP: 0}[way]
    return [*rest[:there], thing, *rest[there:]]
