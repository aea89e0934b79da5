"""One disagreement as its page shows it: the card, the positions, the talk, the decisions."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from app.codebook.content import CategoryContent, Choice, FacetContent
from app.coding.models import Assignment, Placement, Round
from app.coding.rules import Phase, Value
from app.coding.visibility import NOBODY, visible_placements
from app.corpus.pages import view_of
from app.corpus.service import card as card_of
from app.negotiation.agenda import cluster_key, pair_url
from app.negotiation.comments import comments_on
from app.negotiation.models import Decision, Disagreement
from app.negotiation.naming import (
    Speaker,
    agenda_url,
    category_ids_of,
    facet_of,
    named_answer,
    named_category,
    named_pair,
    named_value,
    speakers_of,
)
from app.negotiation.pages import (
    AnswerOption,
    CommentView,
    DecisionView,
    DisagreementPage,
    PositionView,
    Typed,
)
from app.negotiation.positions import answer_of
from app.negotiation.rules import (
    WORDS_FOR_CAUSE,
    WORDS_FOR_FLAG,
    WORDS_FOR_OUTCOME,
    Cause,
    Flag,
    Outcome,
    possible_outcomes,
)
from app.negotiation.service import decisions_on, disagreements
from app.studies.deps import Here
from app.studies.rules import Action, Role, refuse

CONFIDENCE = {None: "", 1: "unsure", 2: "fairly sure", 3: "sure"}
SPECIAL_ANSWERS = (Value.NONE_APPLIES, Value.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a disagreement stands on the agenda of its facet."""

    in_cluster: int
    n_in_cluster: int
    previous_id: int | None
    next_id: int | None


def place_of(every: Sequence[Disagreement], found: Disagreement) -> Place:
    """Return the place among the disagreements of the facet, in the order of the agenda."""
    here = next(n for n, one in enumerate(every) if one.id == found.id)
    cluster = [one.id for one in every if cluster_key(one) == cluster_key(found)]
    return Place(
        in_cluster=cluster.index(found.id) + 1,
        n_in_cluster=len(cluster),
        previous_id=every[here - 1].id if here > 0 else None,
        next_id=every[here + 1].id if here + 1 < len(every) else None,
    )


def next_open(session: Session, round_: Round, found: Disagreement) -> Disagreement | None:
    """Return what to talk about next: an open one of the same cluster, else of the facet."""
    every = disagreements(session, round_, facet_id=found.facet_id)
    here = next(n for n, one in enumerate(every) if one.id == found.id)
    waiting = [one for one in [*every[here + 1 :], *every[:here]] if one.state == "open"]
    same = (one for one in waiting if cluster_key(one) == cluster_key(found))
    return next(same, waiting[0] if waiting else None)


def disagreement_page(
    session: Session,
    here: Here,
    round_: Round,
    found: Disagreement,
    typed: Typed | None = None,
) -> DisagreementPage:
    """Return one disagreement; `typed` is what could not be saved."""
    facet = facet_of(session, round_, found.facet_id)
    speakers = speakers_of(session, round_, here.member_id)
    every = disagreements(session, round_, facet_id=facet.id)
    place = place_of(every, found)
    base = agenda_url(here, round_)
    # By label, for the two lines on the page run down from A on the left and B on the right.
    said = sorted(_said(session, round_, found), key=lambda one: speakers[one.coder_id].name)
    card = card_of(session, here.study_id, found.card_id)
    is_over = round_.phase != Phase.NEGOTIATING
    why_not = "The negotiation of this round is over." if is_over else None
    return DisagreementPage(
        url=f"{base}/{found.id}",
        agenda_url=f"{base}?facet={facet.id}",
        round_name=round_.name,
        facet_name=facet.name,
        card=view_of(card, here.url("cards", card.id)),
        pair=named_pair(facet, found.cluster),
        cluster_url=pair_url(here, round_, facet.id, cluster_key(found)),
        place=place.in_cluster,
        n_in_cluster=place.n_in_cluster,
        flag=WORDS_FOR_FLAG[Flag(found.flag)],
        positions=tuple(_position(facet, speakers[one.coder_id], one) for one in said),
        silent=_silent(session, round_, found, said, speakers),
        definitions=_definitions(facet, said),
        comments=tuple(
            CommentView(speakers[one.member_id], one.text, one.at)
            for one in comments_on(session, found)
        ),
        decisions=tuple(_decision(facet, speakers, one) for one in decisions_on(session, found)),
        revision=found.revision,
        is_multiple=facet.choice is Choice.MULTIPLE,
        options=_options(facet),
        outcomes=_outcomes(here, facet, said),
        causes=tuple((cause.value, WORDS_FOR_CAUSE[cause]) for cause in Cause),
        may_comment=not is_over and here.may(Action.COMMENT),
        may_decide=not is_over and here.may(Action.DECIDE),
        why_not=why_not or refuse(here.role, Action.DECIDE) or "",
        previous_url=f"{base}/{place.previous_id}" if place.previous_id else "",
        next_url=f"{base}/{place.next_id}" if place.next_id else "",
        comment_operation=str(uuid.uuid4()),
        decision_operation=str(uuid.uuid4()),
        typed=typed or Typed(),
    )


def _said(session: Session, round_: Round, found: Disagreement) -> list[Placement]:
    statement = visible_placements(NOBODY, round_).where(
        Placement.facet_id == found.facet_id,
        Placement.card_id == found.card_id,
        Placement.value != Value.NOT_JUDGED,
    )
    return list(session.exec(statement).all())


def _position(facet: FacetContent, speaker: Speaker, said: Placement) -> PositionView:
    return PositionView(
        speaker=speaker,
        answer=named_answer(facet, answer_of(said)),
        confidence=CONFIDENCE[said.confidence],
        memo=said.memo,
    )


def _silent(
    session: Session,
    round_: Round,
    found: Disagreement,
    said: Sequence[Placement],
    speakers: dict[int, Speaker],
) -> tuple[str, ...]:
    """Return the coders who were to judge the card and did not."""
    statement = select(Assignment.coder_id).where(
        Assignment.round_id == round_.id, Assignment.card_id == found.card_id
    )
    spoke = {one.coder_id for one in said}
    missing = [coder for coder in session.exec(statement).all() if coder not in spoke]
    return tuple(sorted(speakers[coder].name for coder in missing))


def _definitions(facet: FacetContent, said: Sequence[Placement]) -> tuple[CategoryContent, ...]:
    used = {one for placement in said for one in category_ids_of(answer_of(placement))}
    return tuple(category for category in facet.categories if category.id in used)


def _decision(
    facet: FacetContent, speakers: dict[int, Speaker], decision: Decision
) -> DecisionView:
    has_label = decision.value != Value.NOT_JUDGED
    by = speakers.get(decision.decided_by or 0)
    return DecisionView(
        answer=named_answer(facet, answer_of(decision)) if has_label else (),
        outcome=WORDS_FOR_OUTCOME[Outcome(decision.outcome)],
        cause=WORDS_FOR_CAUSE[Cause(decision.cause)],
        rationale=decision.rationale,
        by=by.name if by else "",
        at=decision.at,
    )


def _options(facet: FacetContent) -> tuple[AnswerOption, ...]:
    categories = tuple(
        AnswerOption(str(one.id), named_category(one), one.brief) for one in facet.categories
    )
    special = tuple(AnswerOption(one.value, named_value(one), "") for one in SPECIAL_ANSWERS)
    return categories + special


def _outcomes(
    here: Here, facet: FacetContent, said: Sequence[Placement]
) -> tuple[tuple[str, str], ...]:
    """Return the outcomes this person may choose; a coder of the card never arbitrates it."""
    is_party = any(one.coder_id == here.member_id for one in said)
    may_arbitrate = here.role in {Role.ARBITER, Role.LEAD} and not is_party
    return tuple(
        (outcome.value, WORDS_FOR_OUTCOME[outcome])
        for outcome in possible_outcomes(
            {answer_of(one) for one in said},
            {option.value for option in _options(facet)},
            is_multiple=facet.choice is Choice.MULTIPLE,
        )
        if may_arbitrate or outcome is not Outcome.ARBITRATED
    )
