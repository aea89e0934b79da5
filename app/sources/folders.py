"""Several files at once: a folder as zip is opened in memory, and what cannot be read is named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.errors import ConcordError, Invalid
from app.sources.documents import Document, kind_by_name, read_document
from app.sources.extraction.contained import Readers
from app.sources.extraction.extracted import NOT_ADDED
from app.tables.packages import Package
from app.tables.signatures import kind_of

MOST_UNPACKED = 100_000_000
MOST_RATIO = 200
SMALL = 1_000_000
MOST_CHARACTERS_AT_ONCE = 20_000_000

_NOISE = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is no document here, and why."""

    name: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.name}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """The documents among the files, in their order, and the files left out."""

    documents: tuple[Document, ...]
    left_out: tuple[LeftOut, ...]


def read_files(uploads: Sequence[Upload], readers: Readers | None = None) -> ReadFiles:
    """Return the documents of an upload; a zip that is not safe to open is refused whole."""
    readers = readers or Readers()
    documents: list[Document] = []
    left_out: list[LeftOut] = []
    n_characters = 0
    for one in _unpacked(uploads):
        if isinstance(one, LeftOut):
            left_out.append(one)
            continue
        try:
            found = read_document(one.name, one.content, readers)
        except ConcordError as refusal:
            left_out.append(LeftOut(_short(one.name), refusal.message))
            continue
        documents.append(found)
        n_characters += len(found.extracted.text)
        if n_characters > MOST_CHARACTERS_AT_ONCE:
            raise Invalid(
                f"These files hold more than {MOST_CHARACTERS_AT_ONCE:,} characters together. "
                "Upload them in smaller lots. Nothing was added."
            )
    return ReadFiles(tuple(documents), tuple(left_out))


def _unpacked(uploads: Sequence[Upload]) -> Iterator[Upload | LeftOut]:
    for one in uploads:
        if kind_of(one.content) == "zip" and kind_by_name(one.name) is None:
            yield from _members(one)
        else:
            yield one


def _members(folder: Upload) -> Iterator[Upload | LeftOut]:
    """Yield the files of a zip; budget and names are checked before the first is read."""
    budget = min(MOST_UNPACKED, max(SMALL, MOST_RATIO * len(folder.content)))
    package = Package(folder.content, budget=budget)
    names = [name for name in package.names if not name.endswith("/")]
    for name in names:
        _check_path(name, is_link=package.is_link(name))
    for name in names:
        if any(part in name for part in _NOISE) or PurePosixPath(name).name.startswith("."):
            continue
        content = package.read(name)
        if kind_of(content) == "zip" and kind_by_name(name) is None:
            yield LeftOut(
                _short(name), f"A zip inside the zip is not opened. Unpack it first. {NOT_ADDED}"
            )
        else:
            yield Upload(name, content)


def _check_path(name: str, *, is_link: bool) -> None:
    parts = name.replace("\\", "/").split("/")
    leads_out = ".." in parts or not parts[0] or parts[0].endswith(":")
    if leads_out or is_link:
        raise Invalid(
            f"“{_short(name)}” inside the zip points outside of its folder. Pack the folder anew "
            "from the files themselves. Nothing was added."
        )


def _short(name: str) -> str:
    return name if len(name) <= 100 else f"…{name[-99:]}"
