"""Published codebooks as values, each parsed once: a version never changes."""

from collections.abc import MutableMapping
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event
from sqlmodel import Session

from app.codebook.content import Codebook, from_json
from app.codebook.models import CodebookVersion
from app.errors import NotFound

_MOST_KEPT = 64
# By the engine, for a number means another version in another database.
_parsed: MutableMapping[Engine | Connection, dict[int, Codebook]] = WeakKeyDictionary()


def codebook_of_version(session: Session, version_id: int) -> Codebook:
    """Return the codebook of a published version."""
    known = _parsed.setdefault(session.get_bind(), {})
    found = known.get(version_id)
    if found is not None:
        return found
    version = session.get(CodebookVersion, version_id)
    if version is None:
        raise NotFound
    if len(known) >= _MOST_KEPT:
        known.clear()
    return known.setdefault(version_id, from_json(version.content))


def forget_unless_kept(session: Session, version_id: int) -> None:
    """Forget a version that this transaction made if it is not kept: its number comes again.

    For whoever publishes and reads the version at once.
    """
    known = _parsed.setdefault(session.get_bind(), {})
    event.listen(session, "after_rollback", lambda _session: known.pop(version_id, None), once=True)
