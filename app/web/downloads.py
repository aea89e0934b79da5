"""Files on their way to the reader's disk."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse

from app.text import is_blank, shown_file_name

_FORBIDDEN_IN_NAMES = re.compile(r'[\\/:*?"<>|\r\n\t]+')
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._ ()-]+")


def file_name(study_name: str, what: str, ending: str) -> str:
    """Return a file name that every system can store: `My study, codebook.csv`."""
    base = " ".join(_FORBIDDEN_IN_NAMES.sub(" ", study_name).split())[:80]
    base = "study" if is_blank(base) else base
    return f"{shown_file_name(f'{base}, {what}').strip('. ')}.{ending}"


def download(content: bytes, *, name: str, media_type: str) -> Response:
    """Return the bytes as a file of that name (RFC 6266); the name cannot break the header."""
    return Response(content, media_type=media_type, headers=_named(name))


def download_in_parts(parts: Iterable[bytes], *, name: str, media_type: str) -> Response:
    """Return the same for a file that is made while it is sent."""
    return StreamingResponse(parts, media_type=media_type, headers=_named(name))


def _named(name: str) -> dict[str, str]:
    plain = _NOT_PLAIN.sub("_", name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": disposition}
