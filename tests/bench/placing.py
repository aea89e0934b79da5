"""Placing at speed: one writer, eight writers, new connections, and after 100,000 placements.

`/proc` tells what the server itself spent on a save, which a busy machine hardly changes.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import Session, select

from app.coding.models import Assignment, Placement, RoundCoder
from app.db import now
from tests.bench.figures import Figure, against_floor, against_limit, p50
from tests.bench.prepared import CODERS, Bench, Floor, timed
from tests.coding.world import World, cards_of
from tests.serving import Browser, Server

N = 200
WRITERS = 8
EACH = 60
CARDS = 17_000  # of three coders on two facets: 102,000 placements


def bench_placing(bench: Bench, floor: Floor) -> Iterator[Figure]:
    """Measure an empty round, fill it, and measure it again."""
    cards = cards_of(bench.database, bench.world, "ben")
    server = bench.served()
    try:
        placed(bench, server, cards[:30])  # warm
        kept, first = _spent(server, lambda: placed(bench, server, cards[30 : 30 + N]))
        yield against_limit("placing, one writer, p50", p50(kept), "ms", 5, floor=floor.save)
        yield Figure("placing, one writer, processor time", round(first, 2), "ms")
        new = cards[300 : 300 + N]
        fresh, spent = _spent(server, lambda: placed(bench, server, new, is_kept=False))
        yield against_floor("placing, new connections, p50", p50(fresh), "ms", p50(kept))
        yield against_floor("placing, new connections, processor time", spent, "ms", first)
        per_second, spent = _crowd(bench, server)
        yield at_least("placing, 8 writers", per_second, 400, 1000 / floor.save)
        yield against_floor("placing, 8 writers, processor time", spent, "ms", first)
    finally:
        server.stop()
    with bench.database.transaction() as session:
        n = fill(session, bench.world)
    server = bench.served()
    try:
        placed(bench, server, cards[:30], turn=1)
        full, spent = _spent(server, lambda: placed(bench, server, cards[30 : 30 + N], turn=1))
        yield against_floor(f"placing after {n:,}, p50", p50(full), "ms", p50(kept))
        name = f"placing after {n:,}, processor time"
        yield against_floor(name, spent, "ms", first, at_most=1.25)
    finally:
        server.stop()


def _spent(server: Server, act: Callable[[], list[float]]) -> tuple[list[float], float]:
    """Return what was measured, and the server's own milliseconds for each."""
    before = seconds_of_processor(server)
    samples = act()
    return samples, (seconds_of_processor(server) - before) / len(samples) * 1000


def at_least(name: str, value: float, limit: float, bare: float) -> Figure:
    """Return a rate beside the rate of a bare route with a bare commit, one after the other."""
    ratio = round(value / bare, 2)
    return Figure(
        name, round(value, 1), "/s", round(bare, 1), ratio, f"≥ {limit:g} /s", value >= limit
    )


def placed(
    bench: Bench,
    server: Server,
    card_ids: Sequence[int],
    *,
    coder: str = "ben",
    turn: int = 0,
    is_kept: bool = True,
) -> list[float]:
    """Place the cards one after the other; return the milliseconds of each."""
    path, cookie = f"{bench.round_path}/placements", bench.cookies[coder]
    samples = []
    with Browser(server.port, cookie).opened() as browser:
        for card_id in card_ids:
            form = bench.form(card_id, turn)
            if is_kept:
                samples.append(timed(lambda: browser.post(path, form)))  # noqa: B023
            else:
                samples.append(timed(lambda: _on_a_new_line(server.port, cookie, path, form)))  # noqa: B023
    return samples


def _on_a_new_line(port: int, cookie: str, path: str, form: dict[str, object]) -> tuple[int, bytes]:
    with Browser(port, cookie).opened() as browser:
        return browser.post(path, form)


def _crowd(bench: Bench, server: Server) -> tuple[float, float]:
    """Return placements a second of eight connections, and the server's own time for each."""
    dealt = {name: cards_of(bench.database, bench.world, name)[1000:] for name in CODERS}
    threads = []
    for number in range(WRITERS):
        coder = CODERS[number % 3]
        part = dealt[coder][number * EACH : (number + 1) * EACH]
        keywords = {"coder": coder}
        threads.append(threading.Thread(target=placed, args=(bench, server, part), kwargs=keywords))
    started, cpu = time.perf_counter(), seconds_of_processor(server)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    n, took = WRITERS * EACH, time.perf_counter() - started
    return n / took, (seconds_of_processor(server) - cpu) / n * 1000


def seconds_of_processor(server: Server) -> float:
    """Return how long the server has computed so far."""
    stat = Path(f"/proc/{server.process.pid}/stat").read_text(encoding="ascii")
    parts = stat.rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def fill(session: Session, world: World) -> int:
    """Let every coder have judged everything once; return how many placements there are."""
    saved = session.exec(select(Placement.coder_id, Placement.card_id, Placement.facet_id)).all()
    known, rows = set(saved), []
    coders = session.exec(select(RoundCoder).where(RoundCoder.round_id == world.round_id)).all()
    acts = {coder.coder_id: coder.n_acts for coder in coders}
    for coder_id, card_id in session.exec(select(Assignment.coder_id, Assignment.card_id)).all():
        for facet_id in (world.single_id, world.several_id):
            if (coder_id, card_id, facet_id) not in known:
                acts[coder_id] += 1
                rows.append(_row(world, coder_id, card_id, facet_id, acts[coder_id]))
    session.connection().execute(insert(Placement), rows)
    for coder in coders:
        coder.n_acts = acts[coder.coder_id]
        session.add(coder)
    return len(saved) + len(rows)


def _row(world: World, coder_id: int, card_id: int, facet_id: int, act: int) -> dict[str, object]:
    return {
        "study_id": world.study_id,
        "round_id": world.round_id,
        "coder_id": coder_id,
        "card_id": card_id,
        "facet_id": facet_id,
        "turn": 1,
        "act": act,
        "value": "categories",
        "category_ids": [world.category_ids[facet_id][card_id % 3]],
        "pile_numbers": [],
        "memo": "",
        "at": now(),
    }
