"""Reads one document in a process of its own: `python -m app.sources.extraction KIND < FILE`.

A file made to exhaust its reader exhausts this process only, within the limits set here.
"""

import json
import sys
from contextlib import suppress

from app.errors import ConcordError
from app.sources.extraction.extracted import Extracted
from app.sources.extraction.markup import read_html
from app.sources.extraction.portable import read_pdf
from app.sources.extraction.word import read_docx

MOST_MEMORY = 1 << 30
MOST_SECONDS = 20


def read(kind: str, content: bytes) -> Extracted:
    if kind == "html":
        return read_html(content.decode())
    return read_pdf(content) if kind == "pdf" else read_docx(content)


def _set_limits() -> None:
    import resource

    # Some systems know no such limit; the time that the caller waits remains.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 1))


def main() -> None:
    content = sys.stdin.buffer.read()
    _set_limits()
    try:
        answer = read(sys.argv[1], content).as_json()
    except ConcordError as refusal:
        answer = {"refusal": refusal.message, "status": refusal.status}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
