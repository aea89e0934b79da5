"""The addresses of the application, made from its own route table."""

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import BaseRoute, Route

from tests.alignment.looking import LOOKING

if TYPE_CHECKING:
    from tests.coding.world import World

# A page draws a fresh operation id for each form; nothing else may differ.
FRESH = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

Answer = tuple[int, tuple[tuple[str, str], ...], bytes]

ABSENT = "00000000-0000-4000-8000-000000000000"


def routes_of(app: FastAPI) -> list[Route]:
    """Return every route with a path and methods, however routers are nested."""
    return list(_flatten(app.router.routes))


def _flatten(routes: Iterable[BaseRoute]) -> Iterator[Route]:
    for route in routes:
        inner = getattr(getattr(route, "original_router", None), "routes", None)
        if inner is not None:
            yield from _flatten(inner)
        elif getattr(route, "methods", None):
            yield route  # type: ignore[misc]


def walk(app: FastAPI, browser: TestClient, world: "World") -> dict[str, Answer]:
    """Return everything this person is sent, by address."""
    return {path: ask(browser, path) for path in get_paths(app, world)}


def ask(browser: TestClient, path: str) -> Answer:
    """Return the answer without what is new in each."""
    response = browser.get(path)
    headers = tuple(sorted((k, v) for k, v in response.headers.items()))
    return response.status_code, headers, FRESH.sub(b"<id>", response.content)


def get_paths(app: FastAPI, world: "World") -> list[str]:
    """Return every address that can be got, with each id of the world in each place.

    A new kind of parameter fails here until somebody says what stands for it.
    """
    values: dict[str, tuple[object, ...]] = {
        "study_id": (world.study_id,),
        "round_id": (world.round_id,),
        "card_id": world.card_ids,
        "facet_id": (world.single_id, world.several_id),
        "category_id": tuple(i for ids in world.category_ids.values() for i in ids),
        "version_id": (world.version_id,),
        "other_id": (world.version_id,),
        "disagreement_id": range(1, 12),
        "clause_id": (1,),
        "meeting_id": (1,),
        "member_id": tuple(world.member_ids.values()),
        "job_id": (1,),
        "source_id": (world.source_id,),
        "staged_id": (ABSENT,),
        "import_id": (ABSENT,),
        "invitation_id": (1,),
        "token": ("not-a-token",),
        "topic": ("start",),
        "format": ("csv", "md", "qdc", "html", "json", "check"),
        "name": ("coefficients", "categories", "pairs", "confusion", "course"),
        "kind": ("svg", "pdf"),
    }
    paths: list[str] = []
    for route in routes_of(app):
        if "GET" not in (route.methods or ()):
            continue
        names = list(route.param_convertors)
        for filled in product(*(values[name] for name in names)):
            path = str(route.url_path_for(route.name, **dict(zip(names, filled, strict=True))))
            paths.extend(f"{path}{query}" for query in _queries(path, world))
    return sorted(set(paths))


def _queries(path: str, world: "World") -> Iterator[str]:
    yield ""
    if path.endswith(
        (
            "/sort",
            "/board",
            "/disagreements",
            "/clusters",
            "/agreement",
            "/what-if",
            "/cells",
            "/cards",
            "/piles",
            *("/piles/all", *LOOKING),
        )
    ):
        for facet_id in (world.single_id, world.several_id):
            yield f"?facet={facet_id}"
            yield f"?facet={facet_id}&first=0&second=1&row=0&column=1"
    if path.endswith(("/sort/live", "/progress/live")):
        yield "?once=true"
    if path.endswith("/piles"):
        yield from (f"?pile={number}" for number in (1, 2, 4))
    if path.endswith("/board"):
        yield f"?facet={world.single_id}&pile=p1"
    if path.endswith("/like-it"):
        for card_id in world.card_ids:
            yield f"?card={card_id}&facet={world.single_id}"
    if path.endswith("/sort"):
        for card_id in world.card_ids:
            yield f"?card={card_id}"
