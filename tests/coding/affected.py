"""A new version of the codebook that puts cards in question, for tests of coding again."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session

from app.codebook.files import read_codebook
from app.codebook.importing import import_codebook
from app.codebook.models import CodebookVersion
from app.codebook.service import publish
from app.coding.models import AffectedCard
from tests.factories import Team


def publish_change(
    session: Session,
    team: Team,
    *,
    facet: str = "Smell",
    category: str = "Stale",
    says: str = "Older than a year.",
    changes: list[dict[str, object]] | None = None,
) -> int:
    """Publish a version in which a category says something else; the id of the version."""
    text = f"facet,name,definition\n{facet},{category},{says}\n"
    import_codebook(
        session, team.study_id, read_codebook(text.encode(), file_name="c.csv"), by=None
    )
    version = publish(session, team.study_id, "", by=None)
    if changes is not None:
        version.changes = changes
        session.add(version)
    session.commit()
    assert version.id is not None
    return version.id


def put_in_question(
    session: Session, team: Team, version_id: int, cards: Mapping[str, Iterable[int]], facet_id: int
) -> None:
    """Note which cards each person should code again by a version."""
    version = session.get_one(CodebookVersion, version_id)
    for person, card_ids in cards.items():
        session.add_all(
            AffectedCard(
                version_id=version_id,
                coder_id=team.members[person],
                card_id=card_id,
                facet_id=facet_id,
                study_id=version.study_id,
                reason="confused",
            )
            for card_id in card_ids
        )
    session.commit()
