"""The protocol of a round as one hash: who has it can tell whether a rule was changed later."""

import json
from hashlib import sha256

from app.coding.models import Round


def protocol_hash(round_: Round, codebook_hash: str) -> str:
    """Return the SHA-256 of everything that froze when the round opened, cards and coders aside.

    It is taken of JSON with sorted keys and no spaces, so anybody can compute it again.
    """
    frozen = {
        "kind": round_.kind,
        "sort": round_.sort,
        "plan": round_.plan,
        "facets": round_.facet_ids,
        "seed": round_.seed,
        "headline": round_.headline,
        "threshold": round_.threshold,
        "rules": round_.protocol,
        "codebook": codebook_hash,
    }
    text = json.dumps(frozen, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()
