"""The labels of the whole study: of each card and facet, what the newest round came to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.codebook.models import CodebookVersion
from app.codebook.published import codebook_of_version
from app.coding.affecting import asked_again, is_of_affected_cards
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.coding.rounds import with_figures
from app.coding.rules import Phase
from app.coding.seals import has_seals
from app.corpus.models import Card
from app.resolution.labels import FinalLabel, final_labels


@dataclass(frozen=True, slots=True)
class StudyLabel:
    """What a card counts as on a facet in the end, by which round and codebook version.

    `facet` names every category that the label holds or held.
    """

    label: FinalLabel
    facet: FacetContent
    round: Round
    version: int


def closed_rounds(session: Session, study_id: int) -> list[Round]:
    """Return the rounds that count, the one that closed last first; a sealed one has no labels."""
    rounds = session.exec(
        select(Round)
        .where(
            Round.study_id == study_id,
            with_figures(),
            Round.phase != Phase.VOID,
        )
        .order_by(col(Round.closed_at).desc(), col(Round.number).desc())
    ).all()
    return [one for one in rounds if not has_seals(session, one)]


def labels_of_study(session: Session, study_id: int) -> list[StudyLabel]:
    """Return the labels facet by facet, in the order of the cards.

    A round that was given a card and got no judgement of it leaves an earlier label in place, and
    so does a recode round on a card and facet that its version does not put in question.
    """
    numbers = version_numbers(session, study_id)
    found: dict[tuple[int, int], StudyLabel] = {}
    for round_ in closed_rounds(session, study_id):
        version = numbers.get(round_.codebook_version_id, 0)
        anew = asked_again(session, round_) if is_of_affected_cards(round_) else None
        for facet in facets_of_round(session, round_):
            labels = final_labels(session, round_, facet)
            named = with_later_names(session, facet, labels)
            for label in labels:
                key = (facet.id, label.card_id)
                if anew is not None and key not in anew:
                    continue
                if key not in found or (label.n_coders and not found[key].label.n_coders):
                    found[key] = StudyLabel(label, named, round_, version)
    cards = select(Card.id, Card.position).where(Card.study_id == study_id)
    places = dict(session.exec(cards).all())
    facet_ids = list(dict.fromkeys(facet_id for facet_id, _ in found))
    return sorted(
        found.values(),
        key=lambda one: (facet_ids.index(one.facet.id), places[one.label.card_id]),
    )


def version_numbers(session: Session, study_id: int) -> dict[int | None, int]:
    """Return the number of each codebook version by its id."""
    statement = select(CodebookVersion.id, CodebookVersion.number).where(
        CodebookVersion.study_id == study_id
    )
    return dict(session.exec(statement).all())


def with_later_names(
    session: Session, facet: FacetContent, labels: Iterable[FinalLabel]
) -> FacetContent:
    """Return the facet with the categories, too, into which a later version merged labels."""
    known = {category.id for category in facet.categories}
    versions = sorted({one.migrated.version_id for one in labels if one.migrated})
    added = []
    for version_id in versions:
        later = codebook_of_version(session, version_id).facet(facet.id)
        for category in later.categories if later else ():
            if category.id not in known:
                known.add(category.id)
                added.append(category)
    return replace(facet, categories=(*facet.categories, *added)) if added else facet
