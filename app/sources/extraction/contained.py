"""Documents whose reading may take long or much are read in another process, within limits."""

import json
import subprocess
import sys
import time

from app.errors import Invalid, WrongType
from app.sources.extraction.extracted import NOT_ADDED, Extracted

SECONDS_FOR_ONE = 20.0
SECONDS_FOR_ALL = 60.0


class Readers:
    """Reads the documents of one upload one after the other, in a bounded time for all."""

    def __init__(self, seconds: float = SECONDS_FOR_ALL) -> None:
        self._ends_at = time.monotonic() + seconds

    def read(self, kind: str, content: bytes) -> Extracted:
        """Return the text; raises `Invalid` or `WrongType` with a sentence about the document."""
        seconds = min(SECONDS_FOR_ONE, self._ends_at - time.monotonic())
        if seconds <= 0:
            raise Invalid(f"There was no time left for it. Upload it by itself. {NOT_ADDED}")
        command = [sys.executable, "-m", "app.sources.extraction", kind]
        try:
            done = subprocess.run(  # noqa: S603  (our own module, the kind is one of three words)
                command, input=content, capture_output=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            raise _exhausting() from None
        if done.returncode != 0:
            raise _exhausting()
        answer = json.loads(done.stdout)
        if "refusal" in answer:
            refused = WrongType if answer["status"] == WrongType.status else Invalid
            raise refused(answer["refusal"])
        return Extracted.from_json(answer)


def _exhausting() -> Invalid:
    return Invalid(
        "It could not be read within the time and memory allowed for one document: it is very "
        f"large inside, or damaged. Save it anew or as plain text. {NOT_ADDED}"
    )
