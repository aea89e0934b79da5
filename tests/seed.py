"""The demo study's files as plain rows, read without Concord."""

import csv
import json
import tomllib
from itertools import combinations
from pathlib import Path

SEED = Path(__file__).parents[1] / "seed_data"
SPECIAL = {"none_applies", "not_applicable", "cannot_judge"}
OUTCOMES = {
    "persuaded",
    "third_code",
    "both_kept",
    "slip",
    "with_dissent",
    "arbitrated",
    "unresolved",
    "deferred",
    "dropped",
    "dissolved",
}
CAUSES = {
    "slip", "unclear_definition", "overlapping_codes", "missing_code", "multi_topic",
    "lacking_context", "ambiguous",
}  # fmt: skip


def read_rows(name):
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CARDS = read_rows("cards.csv")
CODEBOOK = read_rows("codebook.csv")
PLACEMENTS = read_rows("placements.csv")
TALK = tomllib.loads((SEED / "talk.toml").read_text(encoding="utf-8"))
STUDY = tomllib.loads((SEED / "study.toml").read_text(encoding="utf-8"))
EXPECTED = json.loads((SEED / "expected_agreement.json").read_text(encoding="utf-8"))

FACETS = {row["facet"]: row["choice"] for row in CODEBOOK}
CATEGORIES = {f: [r["name"] for r in CODEBOOK if r["facet"] == f] for f in FACETS}
CARD_IDS = [row["id"] for row in CARDS]
PILOT, MAIN = STUDY["rounds"]
CODERS = sorted(PILOT["coders"])
PAIRS = list(combinations(CODERS, 2))
UNITS = sorted(PILOT["cards"])
SINGLE = [facet for facet, choice in FACETS.items() if choice == "single"]
MULTIPLE = [facet for facet, choice in FACETS.items() if choice == "multiple"]


def judged(facet):
    """What each coder said of each card, as a set; what counts as missing is left out."""
    return {
        (row["card_id"], row["coder"]): (frozenset(row["category"].split("|")) - {"none_applies"})
        for row in PLACEMENTS
        if row["facet"] == facet and row["category"] != "cannot_judge"
    }
