"""`make bench`: how fast the main acts are, as ratios to the floor measured in the same run."""

import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, select

from app.accounts.deps import cookie_name
from app.accounts.models import Account
from app.accounts.service import sign_in
from app.coding.models import Assignment, Placement, Round, RoundCoder
from app.db import Database, now, open_database
from app.resolution.closing import close_round
from app.schema import migrate
from app.settings import Settings
from tests.bench import large_report
from tests.bench.engine import bench_engine
from tests.bench.figures import Figure, against_floor, against_limit, keep, p50, p95, table
from tests.bench.floor import bare_commit, bare_route
from tests.coding.world import World, cards_of, make_world
from tests.project import ROOT
from tests.serving import COMMAND, Browser, Server, start_server

SAVES = 300
PAGES = 40
CODERS = ("ada", "ben", "cleo")


@dataclass(frozen=True, slots=True)
class Floor:
    """Milliseconds of the bare parts."""

    route: float
    commit: float

    @property
    def save(self) -> float:
        return self.route + self.commit


@dataclass(slots=True)
class Bench:
    """A study of some size in a data folder of its own, and a server on it."""

    folder: Path
    world: World
    database: Database
    cookies: dict[str, str]

    def served(self) -> Server:
        return start_server({"CONCORD_DATA_DIR": str(self.folder)})

    @property
    def round_path(self) -> str:
        return f"/studies/{self.world.study_id}/rounds/{self.world.round_id}"

    def form(self, card_id: int, turn: int = 0) -> dict[str, object]:
        facet_id = self.world.single_id
        return {
            "operation_id": str(uuid.uuid4()),
            "card_id": card_id,
            "facet_id": facet_id,
            "seen_turn": turn,
            "value": "categories",
            "category_ids": self.world.category_ids[facet_id][card_id % 3],
            "memo": "",
            "view": "focus",
        }


def prepare(folder: Path, n_cards: int) -> Bench:
    settings = Settings(data_dir=folder)
    migrate(settings)
    database = open_database(settings)
    world = make_world(database, n_cards=n_cards)
    cookies = {}
    with database.transaction() as session:
        for name in CODERS:
            token = sign_in(session, session.get_one(Account, world.account_ids[name]), days=1)
            cookies[name] = f"{cookie_name(settings)}={token}"
    return Bench(folder, world, database, cookies)


def timed(act: Callable[[], tuple[int, bytes]]) -> float:
    """Return the milliseconds of a request, which must succeed."""
    started = time.perf_counter()
    status, body = act()
    elapsed = (time.perf_counter() - started) * 1000
    if status not in {200, 303}:
        raise RuntimeError(f"status {status}: {body[:300]!r}")
    return elapsed


def saves(bench: Bench, server: Server, coder: str, card_ids: list[int]) -> list[float]:
    path = f"{bench.round_path}/placements"
    with Browser(server.port, bench.cookies[coder]).opened() as browser:
        return [timed(lambda c=card: browser.post(path, bench.form(c))) for card in card_ids]  # type: ignore[misc]


def bench_saves(bench: Bench, floor: Floor) -> Iterator[Figure]:
    server = bench.served()
    try:
        mine = cards_of(bench.database, bench.world, "ben")
        alone = saves(bench, server, "ben", mine[:SAVES])[20:]
        yield against_floor("save, 1 client, p50", p50(alone), "ms", floor.save, at_most=5)
        yield against_floor("save, 1 client, p95", p95(alone), "ms", floor.save)
        crowd = _crowd(bench, server, mine[SAVES:])
        yield against_floor("save, 8 clients, p50", p50(crowd), "ms", floor.save)
        yield against_floor("save, 8 clients, p95", p95(crowd), "ms", floor.save)
    finally:
        server.stop()


def _crowd(bench: Bench, server: Server, rest: list[int]) -> list[float]:
    """Eight connections at once; two coders have three each, one has two."""
    shares = {"ben": rest, "cleo": list(bench.world.card_ids), "ada": list(bench.world.card_ids)}
    samples: list[float] = []

    def work(coder: str, card_ids: list[int]) -> None:
        samples.extend(saves(bench, server, coder, card_ids))

    threads = []
    for number in range(8):
        coder = CODERS[number % 3]
        part = shares[coder][number // 3 :: 3][:60]
        threads.append(threading.Thread(target=work, args=(coder, part)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return samples


def bench_pages(bench: Bench, floor: Floor, n_cards: int) -> Iterator[Figure]:
    server = bench.served()
    try:
        with Browser(server.port, bench.cookies["ben"]).opened() as browser:
            for name, path, limit in (("Focus", "sort", 50), ("Board", "board", 150)):
                act = lambda p=path: browser.get(f"{bench.round_path}/{p}")  # noqa: E731
                samples = [timed(act) for _ in range(PAGES)][5:]
                yield against_limit(
                    f"{name} page, {n_cards:,} cards, p50",
                    p50(samples),
                    "ms",
                    limit,
                    floor=floor.route,
                )
    finally:
        server.stop()


def bench_import(folder: Path, floor: Floor) -> Iterator[Figure]:
    """The command, from the start of its process to its end."""
    bench = prepare(folder, 1)
    source = folder / "cards.csv"
    lines = [f'N-{n},Guide {n},"Excerpt {n}: results, dates and names."' for n in range(10_000)]
    source.write_text("\n".join(["id,title,text", *lines]), encoding="utf-8")
    started = time.perf_counter()
    subprocess.run(
        [*COMMAND, "import", "cards", str(bench.world.study_id), str(source)],
        env={"CONCORD_DATA_DIR": str(bench.folder), "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )
    seconds = time.perf_counter() - started
    yield against_floor("import of 10,000 cards", seconds * 1000, "ms", floor.commit)


def bench_report(bench: Bench, floor: Floor) -> Iterator[Figure]:
    """The first byte of the agreement page; what follows it is measured with it."""
    closing = large_report.fill_and_close(bench.database, bench.world)
    name = f"5 coders × {large_report.CARDS:,} cards"
    yield against_floor(f"closing {name}", closing * 1000, "ms", floor.commit)
    server = bench.served()
    try:
        with Browser(server.port, bench.cookies["ada"]).opened() as browser:
            act = lambda: browser.get(f"{bench.round_path}/agreement")  # noqa: E731
            samples = [timed(act) for _ in range(PAGES)][5:]
        yield against_limit(f"report page, {name}, p50", p50(samples), "ms", 300, floor=floor.route)
    finally:
        server.stop()


def bench_closing(bench: Bench, floor: Floor) -> Iterator[Figure]:
    with bench.database.transaction() as session:
        _judge_everything(session, bench.world)
    started = time.perf_counter()
    with bench.database.transaction() as session:
        round_ = session.get_one(Round, bench.world.round_id)
        close_round(session, round_, reason="", is_forced=False, by=None)
    elapsed = (time.perf_counter() - started) * 1000
    yield against_floor("closing 3 coders × 10,000 cards", elapsed, "ms", floor.commit)


def _judge_everything(session: Session, world: World) -> None:
    chance = random.Random(7)
    acts: dict[int, int] = {}
    done = set(session.exec(select(Placement.coder_id, Placement.card_id)).all())
    for coder in session.exec(select(RoundCoder).where(RoundCoder.round_id == world.round_id)):
        coder.submitted_at = now()
        acts[coder.coder_id] = coder.n_acts
    rows = []
    for assignment in session.exec(select(Assignment)):
        for facet_id in (world.single_id, world.several_id):
            if facet_id == world.single_id and (assignment.coder_id, assignment.card_id) in done:
                continue
            acts[assignment.coder_id] += 1
            right = assignment.card_id % 3
            pick = right if chance.random() < 0.8 else chance.randrange(3)
            rows.append(
                Placement(
                    study_id=world.study_id,
                    round_id=world.round_id,
                    coder_id=assignment.coder_id,
                    card_id=assignment.card_id,
                    facet_id=facet_id,
                    turn=1,
                    act=acts[assignment.coder_id],
                    value="categories",
                    category_ids=[world.category_ids[facet_id][pick]],
                    at=now(),
                )
            )
    session.add_all(rows)


def bench_start(bench: Bench) -> Iterator[Figure]:
    server = bench.served()
    try:
        yield against_limit("start to first answer", server.seconds_to_first_answer, "s", 2)
        yield against_limit("idle memory", server.resident_megabytes(), "MB", 150)
    finally:
        server.stop()


SMALL, LARGE = 500, 10_000


def run(folder: Path, only: str) -> Iterator[Figure]:
    """Measure what `only` asks for; each group of figures prepares its own study."""
    floor = Floor(p50(bare_route(300)), p50(bare_commit(folder / "floor", 300)))
    yield Figure("floor: bare route", round(floor.route, 3), "ms")
    yield Figure("floor: bare commit", round(floor.commit, 3), "ms")
    groups: dict[str, Callable[[Path], Iterator[Figure]]] = {
        "start to first answer, idle memory": lambda at: bench_start(prepare(at, SMALL)),
        f"focus page, board page, {SMALL:,} cards": (
            lambda at: bench_pages(prepare(at, SMALL), floor, SMALL)
        ),
        f"focus page, board page, {LARGE:,} cards": (
            lambda at: bench_pages(prepare(at, LARGE), floor, LARGE)
        ),
        "save, 1 client, 8 clients": lambda at: bench_saves(prepare(at, SMALL), floor),
        "import of 10,000 cards": lambda at: bench_import(at, floor),
        "agreement engine: point estimates, resamples, memory": lambda _: bench_engine(),
        "closing and report page of 5 coders × 100,000 cards": (
            lambda at: bench_report(prepare(at, 1), floor)
        ),
        "closing 3 coders × 10,000 cards": lambda at: bench_closing(prepare(at, LARGE), floor),
    }
    for number, (name, measure) in enumerate(groups.items()):
        if only.casefold() in name.casefold():
            yield from measure(folder / str(number))


def main(only: str) -> int:
    figures = []
    with tempfile.TemporaryDirectory(prefix="concord-bench-") as folder:
        for figure in run(Path(folder), only):
            figures.append(figure)
            print(f"{figure.name}: {figure.value:g} {figure.unit}", flush=True)
    print()
    print(table(figures))
    keep(figures, ROOT / "build" / "bench.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
