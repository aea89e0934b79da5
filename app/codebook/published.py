"""Published codebooks as values, each parsed once: a version never changes."""

from sqlmodel import Session, select

from app.codebook.content import Codebook, from_json
from app.codebook.models import CodebookVersion
from app.errors import NotFound

_MOST_KEPT = 64
_parsed: dict[str, Codebook] = {}


def codebook_of_version(session: Session, version_id: int) -> Codebook:
    """Return the codebook of a published version."""
    wanted = select(CodebookVersion.content_hash).where(CodebookVersion.id == version_id)
    content_hash = session.exec(wanted).first()
    if content_hash is None:
        raise NotFound
    found = _parsed.get(content_hash)
    if found is None:
        found = from_json(session.get_one(CodebookVersion, version_id).content)
        if len(_parsed) >= _MOST_KEPT:
            _parsed.clear()
        _parsed[content_hash] = found
    return found
