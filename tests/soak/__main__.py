"""`make soak`: fifty coders sort for ten minutes, each with an open stream; SECONDS, CODERS."""

import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import p50, p95
from tests.serving import Server, start_server
from tests.soak.crowd import Coder, Crowd, gather

EVERY = 3.0
SECONDS_TO_HEAR = 12


@dataclass(frozen=True, slots=True)
class Verdict:
    """One demand, what was measured, and whether it is met."""

    name: str
    measured: str
    demanded: str
    is_met: bool


def soak(folder: Path, *, coders: int, seconds: float) -> list[Verdict]:
    """Let the coders work on a real server, and judge what came of it."""
    crowd = gather(folder, coders=coders, cards=int(seconds / EVERY) + 5)
    server = start_server({"CONCORD_DATA_DIR": str(folder), "CONCORD_LIVE_SECONDS": "15"})
    try:
        return _work(crowd, server, seconds)
    finally:
        server.stop()
        crowd.database.close()


def _work(crowd: Crowd, server: Server, seconds: float) -> list[Verdict]:
    people = [Coder(crowd, server.port, member_id) for member_id in crowd.cookies]
    stopped = threading.Event()
    listening = [threading.Thread(target=one.listen, args=(stopped,)) for one in people]
    for thread in listening:
        thread.start()
    _wait_until(lambda: all(one.heard for one in people))
    megabytes, files, cpu = server.resident_megabytes(), _files(server), _cpu(server)
    until = time.monotonic() + seconds
    working = [threading.Thread(target=one.work, args=(until, EVERY)) for one in people]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    cpu = _cpu(server) - cpu
    _wait_until(lambda: all(one.heard == str(len(one.acknowledged)) for one in people))
    found = judge(crowd, people)
    growth, more = server.resident_megabytes() - megabytes, _files(server) - files
    found.append(Verdict("memory growth", f"{growth:.1f} MB", "≤ 50 MB", growth <= 50))
    # Connections of the workers themselves are closed by now; what they used may still be pooled.
    found.append(Verdict("open files", f"{more:+d}", f"≤ {POOLED}", more <= POOLED))
    n_saves = sum(len(one.save_ms) for one in people)
    found.append(
        Verdict("processor time", f"{cpu / max(n_saves, 1) * 1000:.1f} ms a save", "", True)
    )
    stopped.set()
    for thread in listening:
        thread.join(timeout=35)
    return found


POOLED = 30  # connections to the database, each with three files


def judge(crowd: Crowd, people: list[Coder]) -> list[Verdict]:
    """Hold what was acknowledged against what is stored."""
    stored = [(row.coder_id, row.card_id) for row in crowd.stored()]
    acknowledged = [(one.member_id, card_id) for one in people for card_id in one.acknowledged]
    errors = [error for one in people for error in one.errors]
    lost = len(set(acknowledged) - set(stored))
    twice = len(stored) - len(set(stored))
    saves = [ms for one in people for ms in one.save_ms]
    pages = [ms for one in people for ms in one.page_ms]
    deaf = sum(one.heard != str(len(one.acknowledged)) for one in people)
    return [
        Verdict("coders, saves", f"{len(people)}, {len(saves):,}", "", bool(saves)),
        Verdict("errors", f"{len(errors)} {errors[:1] or ''}", "0", not errors),
        Verdict("lost", str(lost), "0", not lost),
        Verdict("stored twice", str(twice), "0", not twice),
        Verdict("streams that missed an act", str(deaf), "0", not deaf),
        Verdict("save, p50", f"{p50(saves):.0f} ms", "", True),
        Verdict("save, p95", f"{p95(saves):.0f} ms", "< 500 ms", p95(saves) < 500),
        Verdict("next page, p95", f"{p95(pages):.0f} ms", "< 500 ms", p95(pages) < 500),
    ]


def _wait_until(is_so) -> None:  # type: ignore[no-untyped-def]
    give_up = time.monotonic() + SECONDS_TO_HEAR
    while not is_so() and time.monotonic() < give_up:
        time.sleep(0.05)


def _files(server: Server) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


def _cpu(server: Server) -> float:
    parts = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    seconds, coders = float(os.environ.get("SECONDS", "600")), int(os.environ.get("CODERS", "50"))
    print(f"{coders} coders, one placement every {EVERY:g} s each, for {seconds:g} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="concord-soak-") as folder:
        found = soak(Path(folder), coders=coders, seconds=seconds)
    for one in found:
        met = "yes" if one.is_met else "NO"
        print(f"{one.name:<28}{one.measured:<24}{one.demanded:<12}{met}")
    return 0 if all(one.is_met for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
