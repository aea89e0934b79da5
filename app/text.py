"""What Concord counts as good text: one form for storing, one for comparing, one for showing."""

import re
import unicodedata

LONGEST_FILE_NAME = 120

_BAD_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BLANK_LETTERS = frozenset(  # fillers, blank Braille, joiner and variation selectors draw nothing
    "\u034f\u115f\u1160\u2800\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10)))
)
_LINE_END = re.compile("\r\n?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_QUOTED_FORMULA = re.compile("'+[=+\\-@\t\r]")


def normalised(text: str) -> str:
    """Return the text as it is stored: Unicode NFC, every line end a line feed."""
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def first_bad_character(text: str) -> tuple[int, str] | None:
    r"""Return position and name (`U+0000`) of the first character no database can keep, or None.

    Bad are control characters other than tab and line ends, lone surrogates, U+FFFE and U+FFFF:
    SQLite would store what PostgreSQL refuses, and XML can hold none of them.
    """
    if text.isprintable():
        return None
    found = _BAD_CHARACTER.search(text)
    return None if found is None else (found.start(), f"U+{ord(found.group()):04X}")


def comparable(name: str) -> str:
    """Return the key under which two names are the same name to a reader.

    Composed and decomposed letters, upper and lower case, outer and repeated white space and
    invisible characters make no difference.
    """
    folded = unicodedata.normalize("NFD", name).casefold()
    for character in set(folded):
        if not _is_visible(character):
            folded = folded.replace(character, "")
    return unicodedata.normalize("NFC", " ".join(folded.split()))


def is_blank(text: str) -> bool:
    """Whether nothing would be seen: white space, control and zero-width characters only."""
    return not any(_is_visible(c) and not c.isspace() for c in text)


def shown_file_name(name: str) -> str:
    """Return an uploaded file's name fit for showing: no folders, no control or bidi characters.

    Never use it as a path. A long name keeps its beginning and its ending.
    """
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in base if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    kept = " ".join(unicodedata.normalize("NFC", kept).split())
    if len(kept) > LONGEST_FILE_NAME:
        ending = kept[-20:]
        kept = f"{kept[: LONGEST_FILE_NAME - 21]}…{ending}"
    return kept if kept.strip(". ") else "unnamed file"


def safe_cell(text: str) -> str:
    """Return the text for a CSV cell that no spreadsheet takes for a formula.

    An apostrophe goes before what would start one, and before a text that `plain_cell` would
    otherwise rob of an apostrophe of its own, so that the way back is exact.
    """
    if text.startswith(_FORMULA_STARTS) or _QUOTED_FORMULA.match(text):
        return "'" + text
    return text


def plain_cell(text: str) -> str:
    """Return the text that `safe_cell` was given."""
    return text[1:] if text.startswith("'") and _QUOTED_FORMULA.match(text) else text


def _is_visible(character: str) -> bool:
    if character.isspace():
        return True
    category = unicodedata.category(character)
    return category not in {"Cc", "Cf", "Cs"} and character not in _BLANK_LETTERS
