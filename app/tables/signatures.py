"""What a file is, judged by its first bytes and not by its name."""

import re

_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"SQLite format 3\0", "SQLite"),
)
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[\[{\]])")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:(\?xml)|!doctype html|html|table)[\s>]", re.I)


def kind_of(content: bytes) -> str:
    """Return `zip`, `ole`, `text`, `JSON` or the name of another well-known kind of file."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    start = content[:1024]
    if _JSON.match(start):
        return "JSON"
    markup = _MARKUP.match(start)
    if markup is not None:
        return "XML" if markup.group(1) else "HTML"
    return "text"
