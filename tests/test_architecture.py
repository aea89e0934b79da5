"""The shape of the code: sizes, names and who may know whom."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.project import ROOT, files, relative

LONGEST_MODULE = 300
VAGUE_NAMES = {"common", "helper", "helpers", "misc", "shared", "util", "utils"}

# Only here may the current time be read; everything else is handed the time, or asks app.db.now.
READS_THE_TIME = {"app/db.py"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}

# Put together here, so that this file does not contain what it looks for.
HOSTS_OF_PACKAGES = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"))]
HOSTS_OF_PACKAGES += [".".join(parts) for parts in (("npmjs", "org"), ("npmjs", "com"))]
FOLDERS_OF_ONE_MACHINE = ["/".join(parts) for parts in (("", "tmp", ""), ("", "work", ""))]
FOLDERS_OF_ONE_MACHINE += ["/".join(("", "root", "")), "/".join(("", "home", ""))]
NOTES_TO_SELF = ["".join(parts) for parts in (("TO", "DO"), ("FIX", "ME"))]
TEXT_SUFFIXES = {
    "", ".cfg", ".css", ".csv", ".html", ".js", ".json", ".lock", ".mako", ".md", ".py", ".svg",
    ".toml", ".txt", ".typ", ".yaml", ".yml",
}  # fmt: skip


def modules(package: str = ".") -> Iterator[Path]:
    return files("*.py", under=ROOT / package)


def texts() -> Iterator[tuple[str, str]]:
    """Every text of the project that its people wrote, with its path."""
    for path in files():
        is_foreign = "vendor" in path.parts or path.name.startswith("LICENSE")
        if path.suffix in TEXT_SUFFIXES and not is_foreign:
            yield relative(path), path.read_text(encoding="utf-8")


def breaches(words: list[str], *, outside: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{path}:{number} has {word}"
        for path, text in texts()
        if not path.startswith(outside)
        for number, line in enumerate(text.splitlines(), start=1)
        for word in words
        if word in line
    ]


def test_no_module_is_longer_than_300_lines() -> None:
    # A migration is a record of one day's tables: it is written once and never grows.
    lengths = {
        relative(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules()
        if not relative(path).startswith("migrations/versions/")
    }
    assert {path: n for path, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_packages_say_nothing_of_their_own_but_the_public_faces_of_deep_ones() -> None:
    spoken = [
        relative(path) for path in modules() if path.name == "__init__.py" and path.stat().st_size
    ]
    assert set(spoken) <= {"app/agreement/__init__.py", "app/reports/plots/__init__.py"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [relative(path) for path in modules() if path.stem in VAGUE_NAMES] == []


def test_packages_know_only_the_packages_below_them() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_only_the_database_module_reads_the_clock() -> None:
    assert [
        f"{relative(path)}:{call.lineno}"
        for path in modules("app")
        if relative(path) not in READS_THE_TIME
        for call in calls_in(path)
        if ast.unparse(call.func).endswith(tuple(CLOCKS))
    ] == []


def test_every_draw_of_chance_has_a_seed() -> None:
    assert [
        f"{relative(path)}:{call.lineno}"
        for path in modules("app")
        for call in calls_in(path)
        if ast.unparse(call.func).split(".")[-1] in {"default_rng", "Random", "RandomState"}
        and not (call.args or call.keywords)
    ] == []


def calls_in(path: Path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_no_file_names_a_host_that_packages_come_from() -> None:
    assert breaches(HOSTS_OF_PACKAGES) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert breaches(FOLDERS_OF_ONE_MACHINE, outside=("seed_data/sources/",)) == []


def test_no_code_carries_a_note_to_self() -> None:
    assert breaches(NOTES_TO_SELF, outside=("seed_data/",)) == []
