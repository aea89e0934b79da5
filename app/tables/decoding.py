"""From bytes to text: which encoding a file is in, or the line that is in none."""

import re
from dataclasses import dataclass

from app.tables.table import refuse

ENCODINGS = ("utf-8", "utf-8-bom", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "latin-1")

_CODECS = {"utf-8-bom": "utf-8-sig", "windows-1252": "cp1252"}
_UTF8_LETTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_SAMPLE = 4096


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and the encoding it was read in."""

    text: str
    encoding: str


def decode(content: bytes, encoding: str | None = None) -> Decoded:
    """Return the text; without a chosen encoding, the one the bytes speak for.

    Raises `Invalid` naming the first bad line when the bytes are not in that encoding.
    """
    name = encoding or guess_encoding(content)
    if name not in ENCODINGS:
        raise refuse(f"“{name}” is not an encoding Concord reads: {', '.join(ENCODINGS)}.")
    try:
        text = content.decode(_CODECS.get(name, name))
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise refuse(
            f"Line {line} is not in the encoding {name.upper()} like the rest of the file. "
            "Save the file as UTF-8, or choose another encoding."
        ) from None
    return Decoded(text.removeprefix("\ufeff"), name)


def guess_encoding(content: bytes) -> str:
    """Return the most likely encoding.

    A file is taken for Windows-1252 (of which Latin-1's letters are a part) only when it holds
    no single letter in UTF-8: one that mixes both is in no encoding, and must not be guessed.
    """
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-bom"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = content[:_SAMPLE]
    for name, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros.count(0) * 2 > len(zeros):
            return name
    if _is_utf8(content) or _UTF8_LETTER.search(content):
        return "utf-8"
    return "windows-1252"


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
