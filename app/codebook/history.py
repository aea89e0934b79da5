"""What the audit trail says of changes to the codebook."""

from collections.abc import Mapping
from typing import Any

from app.studies.activity_words import declare_activity
from app.web.render import plural


def _imported(_subject: str, detail: Mapping[str, Any]) -> str:
    added = plural(detail.get("categories added", 0), "new category", "new categories")
    changed = plural(detail.get("categories changed", 0), "changed one", "changed ones")
    return f"imported a codebook: {added}, {changed}."


for _word in ("facet", "category"):
    for _act in ("added", "changed", "moved", "retired", "restored"):
        declare_activity(f"{_word} {_act}", f"{_act} the {_word} “{{name}}”.")
declare_activity("category merged", "merged the category “{name}” into “{into}”.")
declare_activity("category split", "split the category “{name}” into {into}.")
declare_activity("codebook imported", _imported)
declare_activity("codebook published", "published version {number} of the codebook.")
