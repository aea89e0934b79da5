"""What the audit trail says of aligning; the acts on the map are their own history."""

from collections.abc import Mapping
from typing import Any

from app.studies.activity_words import declare_activity
from app.web.render import plural


def _aligned(subject: str, detail: Mapping[str, Any]) -> str:
    differing = plural(detail["flagged"], "disagreement")
    return (
        f"confirmed what the piles of {subject} count as, by version {detail['version']} of the "
        f"codebook; {differing} to talk about."
    )


declare_activity("piles aligned", _aligned)
