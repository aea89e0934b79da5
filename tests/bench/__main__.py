"""`make bench`: how fast the main acts are, as ratios to the floor measured in the same run."""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from app.coding.models import Round
from app.resolution.closing import close_round
from tests.bench import agenda, large_report, painting, placing
from tests.bench.board import CATEGORIES, sort_everything
from tests.bench.closing import judge_everything
from tests.bench.deciding import bench_deciding
from tests.bench.engine import bench_engine
from tests.bench.figures import Figure, against_floor, against_limit, keep, p50, p95, table
from tests.bench.floor import bare_commit, bare_route
from tests.bench.prepared import CODERS, Bench, Floor, prepare, timed
from tests.coding.world import cards_of
from tests.project import ROOT
from tests.serving import COMMAND, Browser, Server

SAVES = 300
PAGES = 40


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


def bench_sorted_board(bench: Bench, floor: Floor) -> Iterator[Figure]:
    """Everything sorted into 60 piles: the page, the next cards of a pile, how much is sent."""
    with bench.database.transaction() as session:
        sort_everything(session, bench.world, "ben")
    server = bench.served()
    pile = bench.world.category_ids[bench.world.single_id][0]
    cards = f"board/cards?facet={bench.world.single_id}&pile={pile}"
    sizes: list[int] = []
    try:
        with Browser(server.port, bench.cookies["ben"]).opened() as browser:
            for name, path in (("Board page", "board"), ("next cards of a pile", cards)):
                act = lambda p=path: browser.get(f"{bench.round_path}/{p}")  # noqa: E731
                samples = [timed(act) for _ in range(PAGES)][5:]
                label = f"{name}, 10,000 sorted into 60 piles, p50"
                yield against_limit(label, p50(samples), "ms", 150, floor=floor.route)
                sizes.append(len(act()[1]))
        yield against_limit("Board page of 60 piles, size", sizes[0] / 1000, "kB", 600)
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
        judge_everything(session, bench.world)
    started = time.perf_counter()
    with bench.database.transaction() as session:
        round_ = session.get_one(Round, bench.world.round_id)
        close_round(session, round_, reason="", is_forced=False, by=None)
    elapsed = (time.perf_counter() - started) * 1000
    yield against_floor("closing 3 coders × 10,000 cards", elapsed, "ms", floor.commit)


def bench_agenda(bench: Bench, floor: Floor) -> Iterator[Figure]:
    """The page takes no longer when most of it is decided."""
    agenda.fill_and_close(bench.database, bench.world)
    server = bench.served()
    path = f"{bench.round_path}/disagreements?facet={bench.world.several_id}"
    name = f"agenda of {agenda.DISAGREEMENTS:,} disagreements"
    try:
        for n_decided in (0, 1_900):
            if n_decided:
                agenda.decide(bench.database, n_decided)
            with Browser(server.port, bench.cookies["ben"]).opened() as browser:
                samples = [timed(lambda: browser.get(path)) for _ in range(PAGES)][5:]
            yield against_limit(
                f"{name}, {n_decided:,} decided, p50", p50(samples), "ms", 150, floor=floor.route
            )
    finally:
        server.stop()


def bench_decisions(bench: Bench, floor: Floor) -> Iterator[Figure]:
    server = bench.served()
    path = f"{bench.round_path}/disagreements"
    try:
        with Browser(server.port, bench.cookies["cleo"]).opened() as browser:
            post = lambda act, form: timed(lambda: browser.post(f"{path}/{act}", form))  # noqa: E731
            yield from bench_deciding(bench.database, bench.world, post, floor=floor.save)
    finally:
        server.stop()


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
        f"sorted board, {LARGE:,} cards, 60 piles": (
            lambda at: bench_sorted_board(prepare(at, LARGE, CATEGORIES), floor)
        ),
        "save, 1 client, 8 clients": lambda at: bench_saves(prepare(at, SMALL), floor),
        "placing: one writer, eight writers, after 100,000 placements": (
            lambda at: placing.bench_placing(prepare(at, placing.CARDS), floor)
        ),
        "painting: key to next card": lambda at: painting.bench_painting(prepare(at, LARGE)),
        "import of 10,000 cards": lambda at: bench_import(at, floor),
        "agreement engine: point estimates, resamples, memory": lambda _: bench_engine(),
        "closing and report page of 5 coders × 100,000 cards": (
            lambda at: bench_report(prepare(at, 1), floor)
        ),
        "agenda of 2,000 disagreements": (
            lambda at: bench_agenda(prepare(at, agenda.DISAGREEMENTS + agenda.AGREED), floor)
        ),
        "deciding one of 2,000": (
            lambda at: bench_decisions(prepare(at, agenda.DISAGREEMENTS + agenda.AGREED), floor)
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
