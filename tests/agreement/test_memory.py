"""A million cards are counted, described and resampled in a few hundred megabytes."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import re
from pathlib import Path
import numpy as np
from app.agreement import Ratings
from app.agreement.counting import count
from app.agreement.resampling import resample
from app.agreement.values import evaluate

chance = np.random.default_rng(1)
codes = np.full((1_000_000, 5), -1, dtype=np.int8)
truth = chance.integers(0, 20, 1_000_000, dtype=np.int8)
for coder in range(5):
    guess = chance.integers(0, 20, 1_000_000, dtype=np.int8)
    codes[:, coder] = np.where(chance.random(1_000_000, dtype=np.float32) < 0.7, truth, guess)
    codes[chance.random(1_000_000, dtype=np.float32) < 0.1, coder] = -1
ratings = Ratings(codes, tuple(str(number) for number in range(20)))
counts = count(ratings)
values = evaluate(counts, ratings.scale)
drawn = resample(ratings, counts, n_resamples=200, seed=1)
assert np.isfinite(drawn.values.over_all["krippendorff_alpha_nominal"]).all()
print(values.over_all["krippendorff_alpha_nominal"])
# Not getrusage: a child begins with the peak of the process that started it.
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is counted in other units")
def test_a_million_cards_and_five_coders_take_less_than_400_megabytes():
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, check=True
    )
    alpha, megabytes = map(float, found.stdout.split())
    assert alpha == pytest.approx(0.49, abs=0.005)  # both see the truth with 0.7²
    assert megabytes < 400
