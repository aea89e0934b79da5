"""How fast the agreement engine is, as ratios to counting the same codes with numpy."""

import subprocess
import sys
import timeit
from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np

from app.agreement import Ratings, Scale
from app.agreement.counting import count
from app.agreement.resampling import resample
from app.agreement.values import Values, evaluate
from tests.bench.figures import Figure, against_floor, against_limit

CODERS, CATEGORIES, MISSING = 5, 20, 0.1
RESAMPLES = 1_000
SIZES = (10_000, 1_000_000)
_MEMORY = (
    "import re, pathlib; from tests.bench.engine import design, point_estimates, SIZES;"
    "point_estimates(design(SIZES[-1]));"
    "status = pathlib.Path('/proc/self/status').read_text();"
    "print(int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) / 1024)"
)


def design(n_cards: int) -> Ratings:
    """Return judgements of coders who agree on about seven cards of ten."""
    chance = np.random.default_rng(1)
    true = chance.integers(0, CATEGORIES, (n_cards, 1), dtype=np.int8)
    guess = chance.integers(0, CATEGORIES, (n_cards, CODERS), dtype=np.int8)
    codes = np.where(chance.random((n_cards, CODERS), dtype=np.float32) < 0.7, true, guess)
    codes[chance.random((n_cards, CODERS), dtype=np.float32) < MISSING] = -1
    return Ratings(codes, tuple(f"category {code}" for code in range(CATEGORIES)))


def point_estimates(ratings: Ratings) -> Values:
    """Return the nominal set: every figure of all coders, of each pair and each category."""
    return evaluate(count(ratings), Scale.NOMINAL)


def best_ms(act: Callable[[], object], repeat: int, times: int) -> float:
    return min(timeit.repeat(act, repeat=repeat, number=times)) / times * 1000


def ten_bincounts(ratings: Ratings) -> Callable[[], object]:
    """Return the floor: a table of each two coders, counted over the same codes."""
    width = CATEGORIES + 1

    def run() -> None:
        for first, second in combinations(ratings.codes.T, 2):
            np.bincount((first + 1) * np.intp(width) + (second + 1), minlength=width**2)

    return run


def loop_over_resamples(ratings: Ratings, times: int) -> None:
    """Draw cards and compute everything anew: what a bootstrap costs without tables."""
    chance = np.random.default_rng(1)
    for _ in range(times):
        cards = chance.integers(0, ratings.n_units, ratings.n_units)
        point_estimates(Ratings(ratings.codes[cards], ratings.categories))


def bench_engine() -> Iterator[Figure]:
    """Measure point estimates, resampling and memory."""
    for n_cards in reversed(SIZES):  # the large one first: it gives the small one warm memory
        ratings = design(n_cards)
        repeat, times = (30, 20) if n_cards < 100_000 else (5, 1)
        floor = best_ms(ten_bincounts(ratings), repeat, times)
        value = best_ms(lambda cards=ratings: point_estimates(cards), repeat, times)
        name = f"all point estimates, {n_cards:,} cards"
        yield against_floor(name, value, "ms", floor, at_most=3)
        counts = count(ratings)

        def bootstrap(cards: Ratings = ratings, tables: object = counts) -> None:
            resample(cards, tables, n_resamples=RESAMPLES, seed=1)

        name = f"{RESAMPLES:,} resamples, {n_cards:,} cards"
        if n_cards < 100_000:
            spent = best_ms(bootstrap, 5, 1)
            loop = best_ms(lambda cards=ratings: loop_over_resamples(cards, 50), 3, 1)
            yield against_floor(name, spent, "ms", loop * RESAMPLES / 50, at_most=0.2)
        else:
            yield against_limit(name, best_ms(bootstrap, 2, 1) / 1000, "s", 6)
    command = [sys.executable, "-c", _MEMORY]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    name = f"peak memory, {SIZES[-1]:,} cards × {CODERS} coders"
    yield against_limit(name, float(run.stdout), "MB", 400)
