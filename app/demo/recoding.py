"""What the team of the demo learnt: a version of the codebook, and the cards coded again."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, select

from app.codebook.content import FacetContent, content_hash
from app.codebook.models import CodebookVersion
from app.codebook.service import draft
from app.coding.desks import Judgement
from app.coding.handing_in import hand_in
from app.coding.judged import judged
from app.coding.measuring import facets_of_round
from app.coding.models import Assignment, Round
from app.coding.placing import place_card
from app.coding.rounds import coder_ids_of, open_round, round_id_of
from app.coding.rules import Value
from app.coding.visibility import NOBODY
from app.demo.study import Filling
from app.evolution.publishing import AS_PROPOSED, Publication, draft_recode_rounds, publish_version
from app.evolution.service import impact_of_draft
from app.resolution.closing import close_round
from app.resolution.labels import final_labels
from app.studies.models import Study
from app.text import comparable

Script = Mapping[str, Any]
Said = Mapping[tuple[int, int, int], Judgement]


def publish_what_was_learnt(session: Session, filling: Filling, reason: str) -> CodebookVersion:
    """Publish the draft into which the decisions were written."""
    study = session.get_one(Study, filling.study_id)
    publication = Publication(
        draft_hash=content_hash(draft(session, filling.study_id)),
        impact_hash=impact_of_draft(session, filling.study_id, AS_PROPOSED).hash,
        note=reason,
    )
    return publish_version(session, study, publication, by=filling.lead.id)


def code_again(
    session: Session, filling: Filling, version: CodebookVersion, pilot: Round, script: Script
) -> list[Round]:
    """Let the coders judge again what the version puts in question, and close those rounds.

    Where the script names nothing they say what the Pilot came to.
    """
    scripted = _scripted(filling, script)
    rounds = draft_recode_rounds(session, filling.study_id, version, by=filling.lead.id)
    for round_ in rounds:
        _code_and_close(session, filling, pilot, round_, scripted)
    return rounds


def _code_and_close(
    session: Session, filling: Filling, pilot: Round, round_: Round, scripted: Said
) -> None:
    open_round(session, round_, by=filling.lead.id)
    for coder_id in coder_ids_of(session, round_):
        for judgement in _judgements(session, pilot, round_, coder_id, scripted):
            place_card(session, round_id_of(round_), coder_id, judgement)
        hand_in(session, round_id_of(round_), coder_id)
    close_round(session, round_, reason="", is_forced=False, by=filling.lead.id)


def _scripted(filling: Filling, script: Script) -> Said:
    said = {}
    for one in script["said"]:
        facet = filling.facet(one["facet"])
        card_id = filling.cards[comparable(one["card"])]
        answer = filling.answer(facet, one["category"])
        said[filling.member_id(one["by"]), card_id, facet.id] = Judgement(
            card_id,
            facet.id,
            Value(answer.value),
            answer.category_ids,
            confidence=3,
            memo=one.get("memo", ""),
        )
    return said


def _judgements(
    session: Session, pilot: Round, round_: Round, coder_id: int, scripted: Said
) -> list[Judgement]:
    assigned = select(Assignment.card_id).where(
        Assignment.round_id == round_.id, Assignment.coder_id == coder_id
    )
    said_before = {
        facet.id: _came_out(session, pilot, facet) for facet in facets_of_round(session, round_)
    }
    return [
        scripted.get((coder_id, card_id, facet_id), before[card_id])
        for card_id in session.exec(assigned).all()
        for facet_id, before in said_before.items()
    ]


def _came_out(session: Session, pilot: Round, facet: FacetContent) -> dict[int, Judgement]:
    """Return what the Pilot came to on each card, or what most coders said where it is open."""
    said: dict[int, Counter[tuple[str, tuple[int, ...]]]] = defaultdict(Counter)
    for one in judged(session, NOBODY, pilot, facet.id):
        said[one.card_id][one.value, one.category_ids] += 1
    found = {card_id: counts.most_common(1)[0][0] for card_id, counts in said.items()}
    for label in final_labels(session, pilot, facet):
        if label.current is not None:
            value = Value.CATEGORIES if label.category_ids else Value(label.current)
            found[label.card_id] = (value, label.category_ids)
    return {
        card_id: Judgement(card_id, facet.id, Value(value), ids, confidence=3)
        for card_id, (value, ids) in found.items()
    }
