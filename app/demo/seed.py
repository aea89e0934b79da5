"""The demo study as it lies in `seed_data`."""

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.accounts.service import NewAccount, new_account
from app.studies.rules import Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo study, with the account ready to be added."""

    account: NewAccount
    role: Role


@dataclass(frozen=True, slots=True)
class Seed:
    """The demo study as it lies in `seed_data`."""

    folder: Path
    plan: Mapping[str, Any]

    def rows(self, name: str) -> list[dict[str, str]]:
        text = (self.folder / self.plan["files"][name]).read_text(encoding="utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def talk(self) -> dict[str, Any]:
        """Return what was said after the first round, as its script tells."""
        return self.script("talk")

    def script(self, name: str) -> dict[str, Any]:
        text = (self.folder / self.plan["files"][name]).read_text(encoding="utf-8")
        return tomllib.loads(text)

    def some_rows(self, name: str, ids: frozenset[str]) -> bytes:
        """Return the file with those of its rows that have one of the ids."""
        kept = [row for row in self.rows(name) if row["id"] in ids]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(kept[0]))
        writer.writeheader()
        writer.writerows(kept)
        return text.getvalue().encode()

    def content(self, name: str) -> tuple[bytes, str]:
        path = self.folder / self.plan["files"][name]
        return path.read_bytes(), path.name


def read_seed(folder: Path) -> Seed:
    return Seed(folder, tomllib.loads((folder / "study.toml").read_text(encoding="utf-8")))


def people(seed: Seed, password: str) -> list[Person]:
    """Return the people of the study; hashing takes its time, so do it before a transaction."""
    return [
        Person(new_account(email=one["email"], name=one["name"], password=password), one["role"])
        for one in seed.plan["members"]
    ]
