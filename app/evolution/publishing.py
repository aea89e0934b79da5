"""Publishing the draft with everything that follows from it, in one act."""

from dataclasses import dataclass, replace
from itertools import chain, count

from sqlmodel import Session, select

from app.codebook import service
from app.codebook.content import FacetContent, content_hash
from app.codebook.models import CodebookVersion
from app.coding.affecting import affected_by, note_affected, recode_rounds_of
from app.coding.drafts import RoundDraft, create_round
from app.coding.models import Round
from app.coding.rules import CardChoice, Kind, Plan, usual_protocol
from app.errors import Conflict, Invalid
from app.evolution.service import Choices, Impact, able_coders, impact_of_draft
from app.negotiation.clause_states import publish_clauses
from app.resolution.migrating import migrate_labels
from app.studies.models import Study
from app.studies.service import locked_study
from app.text import comparable, is_blank

AS_PROPOSED = Choices()
MOST_OF_A_NAME = 190


@dataclass(frozen=True, slots=True)
class Publication:
    """What the lead publishes: the draft and the impact list as the page showed them, and why."""

    draft_hash: str
    impact_hash: str
    note: str
    choices: Choices = AS_PROPOSED


def publish_version(
    session: Session, study: Study, wanted: Publication, *, by: int | None
) -> CodebookVersion:
    """Store the draft as the next version, and with it which judgements it puts in question.

    Old placements and Snapshots stay as they are. Of two who publish at once the second gets 409.
    """
    study_id = locked_study(session, study.id or 0).id or 0
    if content_hash(service.draft(session, study_id)) != wanted.draft_hash:
        raise Conflict(
            "The draft was changed since you opened this page. Nothing was published yet; "
            "look at the changes again."
        )
    last = service.latest_version(session, study_id)
    _check_is_newer(last, wanted)
    impact = impact_of_draft(session, study_id, wanted.choices)
    _check_impact(impact, wanted)
    if last is not None and is_blank(wanted.note):
        raise Invalid("Say why this version: whoever reads the history needs it.", field="note")
    declared = wanted.choices.declared
    row = service.publish(session, study_id, wanted.note, by=by, declared=declared)
    version_id = service.id_of(row)
    rows = [(one.coder_id, one.card_id, one.facet_id, one.reason) for one in impact.affected]
    note_affected(session, study_id, version_id, rows)
    migrate_labels(session, study_id, version_id, impact.mapped)
    publish_clauses(session, study_id, version_id)
    return row


def publish_as_proposed(
    session: Session, study: Study, note: str, *, by: int | None
) -> CodebookVersion:
    """Publish the draft with the impact list as it would be proposed, where nobody is to look."""
    study_id = locked_study(session, study.id or 0).id or 0
    impact = impact_of_draft(session, study_id, AS_PROPOSED)
    draft_hash = content_hash(service.draft(session, study_id))
    return publish_version(session, study, Publication(draft_hash, impact.hash, note), by=by)


def _check_is_newer(last: CodebookVersion | None, wanted: Publication) -> None:
    if last is not None and last.content_hash == wanted.draft_hash:
        raise Conflict(
            f"Nothing has changed since the last version. Version {last.number} may have been "
            "published while your page was open. Nothing was published twice."
        )


def _check_impact(impact: Impact, wanted: Publication) -> None:
    if impact.sealed:
        raise Conflict(sealed_sentence(impact))
    if impact.hash != wanted.impact_hash:
        raise Conflict(
            "Other cards are affected than the page showed you: you chose otherwise below, or a "
            "round was closed meanwhile. Nothing was published yet; look at the list again."
        )


def sealed_sentence(impact: Impact) -> str:
    names = ", ".join(impact.sealed)
    return (
        f"Statements are missing in {names}. Until they are in, nobody may see which cards this "
        "version would put in question, so it cannot be published yet."
    )


def draft_recode_rounds(
    session: Session, study_id: int, version: CodebookVersion, *, by: int | None
) -> list[Round]:
    """Return the recode round of each affected facet; those that were missing are drafted.

    Each asks one facet, of the coders whose cards are in question there: a round on all of them
    would ask for judgements that nothing puts in question, and replace their labels.
    """
    locked_study(session, study_id)
    coders = coders_to_recode(session, study_id, version)
    if not coders:
        raise Conflict("This version puts no card of anybody in question who still codes.")
    known = recode_rounds_of(session, study_id, service.id_of(version))
    rounds: dict[int, Round] = {}
    for facet, coder_ids in coders.items():
        round_ = next((one for one in known if facet.id in one.facet_ids), None)
        if round_ is None:
            about = "" if len(coders) == 1 else f": {facet.name}"
            name = _free_name(session, study_id, f"Recode after version {version.number}{about}")
            draft = _recode_draft(session, study_id, version, facet.id, coder_ids)
            round_ = create_round(session, study_id, replace(draft, name=name), by=by)
        rounds[round_.id or 0] = round_
    return list(rounds.values())


def coders_to_recode(
    session: Session, study_id: int, version: CodebookVersion
) -> dict[FacetContent, set[int]]:
    """Return who still codes and has cards in question, by facet, in the codebook's order."""
    able = able_coders(session, study_id)
    rows = affected_by(session, service.id_of(version))
    found = {
        facet: {one.coder_id for one in rows if one.facet_id == facet.id} & able
        for facet in service.content_of(version).facets
    }
    return {facet: coder_ids for facet, coder_ids in found.items() if coder_ids}


def asked_of_nobody(
    session: Session, study_id: int, version: CodebookVersion
) -> tuple[FacetContent, ...]:
    """Return the facets on which a version puts cards in question only of coders who have left."""
    in_question = {one.facet_id for one in affected_by(session, service.id_of(version))}
    coders = coders_to_recode(session, study_id, version)
    facets = service.content_of(version).facets
    return tuple(one for one in facets if one.id in in_question and one not in coders)


def lacks_recode_round(session: Session, study_id: int, version: CodebookVersion) -> bool:
    """Whether a facet that a version puts in question has no round yet that codes it again."""
    rounds = recode_rounds_of(session, study_id, service.id_of(version))
    covered = {facet_id for one in rounds for facet_id in one.facet_ids}
    coders = coders_to_recode(session, study_id, version)
    return any(facet.id not in covered for facet in coders)


def _recode_draft(
    session: Session, study_id: int, version: CodebookVersion, facet_id: int, coder_ids: set[int]
) -> RoundDraft:
    version_id = service.id_of(version)
    return RoundDraft(
        name="",
        plan=Plan(cards=CardChoice.AFFECTED, affected_by=version_id, share=100),
        coder_ids=tuple(sorted(coder_ids)),
        facet_ids=(facet_id,),
        codebook_version_id=version_id,
        seed=version_id,
        kind=Kind.RECODE,
        protocol=usual_protocol(session.get_one(Study, study_id).stance),
    )


def _free_name(session: Session, study_id: int, name: str) -> str:
    """Return the name, with a number behind it where a void round has it already."""
    name = name[:MOST_OF_A_NAME]  # a facet's name may be as long as a round's
    keys = set(session.exec(select(Round.name_key).where(Round.study_id == study_id)))
    names = chain([name], (f"{name} ({n})" for n in count(2)))
    return next(one for one in names if comparable(one) not in keys)
