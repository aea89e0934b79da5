"""The project's own files, for tests that read them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Made by tools, never by people; see .gitignore.
MADE = frozenset({"build", "dist", "data", "__pycache__", "node_modules"})


def is_made(path: Path) -> bool:
    """True when a tool made the file or its folder."""
    parts = path.relative_to(ROOT).parts
    return any(part in MADE or (part.startswith(".") and part != ".ci") for part in parts[:-1])


def files(pattern: str = "*", *, under: Path = ROOT) -> Iterator[Path]:
    """Every file that belongs to the project."""
    return (path for path in sorted(under.rglob(pattern)) if path.is_file() and not is_made(path))


def relative(path: Path) -> str:
    """The path as people write it, from the project's folder on."""
    return path.relative_to(ROOT).as_posix()
