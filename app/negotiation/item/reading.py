"""One disagreement as its page shows it: the card, the positions, the talk, what is decided."""

from sqlmodel import Session

from app.codebook.models import CodebookVersion
from app.coding.models import Round, Seal
from app.corpus.service import card as card_of
from app.negotiation.agenda.along import Place, place_of
from app.negotiation.agenda.flags import shown_flag
from app.negotiation.agenda.listing import REVIEWS, SEALED, has_sealed
from app.negotiation.agenda.page import pair_url
from app.negotiation.gates import gate_decided
from app.negotiation.hearing import live_page
from app.negotiation.item.cluster import cluster_url
from app.negotiation.item.decision import decision_part
from app.negotiation.item.definitions import definitions_of
from app.negotiation.item.pages import DisagreementPage, Typed, View
from app.negotiation.item.parts import DecisionPart, Definitions, StageView
from app.negotiation.item.scene import Scene, scene_of
from app.negotiation.item.slips import (
    item_card,
    sealed_part,
    slips,
    text_of,
    visible_statements,
)
from app.negotiation.item.stages import stage_line
from app.negotiation.item.talk import talk_part
from app.negotiation.models import Disagreement
from app.negotiation.naming import SINGLES, agenda_url, named_pair
from app.negotiation.parties import who_spoke
from app.negotiation.rules import WORDS_FOR_FLAG, Flag, Stage
from app.studies.deps import Here

GROUPS = {SEALED: "Sealed", REVIEWS: "Agreements to look at again", SINGLES: "Single cards"}


def disagreement_page(
    session: Session,
    here: Here,
    round_: Round,
    found: Disagreement,
    typed: Typed | None = None,
    *,
    wanted: str = "",
) -> DisagreementPage:
    """Return one disagreement; `typed` is what could not be saved."""
    typed = typed or Typed()
    scene = scene_of(session, here, round_, found)
    card = card_of(session, here.study_id, found.card_id)
    text = text_of(card)
    statements = visible_statements(scene)
    own_or_all = slips(scene, text, statements)
    place = place_of(session, found)
    base = agenda_url(here, round_)
    tells = scene.sees_talk
    is_review = found.flag >= Flag.FRAGILE_AGREEMENT
    decision = decision_part(scene, cluster_url=_cluster_url(scene, place), wanted=wanted)
    return DisagreementPage(
        url=f"{base}/{found.id}",
        revision=found.revision,
        view=scene.view,
        agenda_url=f"{base}?facet={scene.facet.id}",
        round_name=round_.name,
        facet_name=scene.facet.name,
        pair=named_pair(scene.facet, found.cluster) if tells and not is_review else (),
        group=GROUPS.get(place.key, "") if tells or place.key == SEALED else "",
        group_url=pair_url(here, round_, scene.facet.id, place.key) if tells else "",
        place=place.in_cluster,
        n_in_group=place.n_in_cluster,
        flag=_reason(scene) if tells else "",
        gate=gate_decided(session, round_, scene.facet, found.card_id)[1] if tells else "",
        is_review=is_review,
        stages=_stages(scene, decision),
        card=item_card(scene, card, text, statements),
        definitions=_definitions(scene),
        sealed=sealed_part(scene, own_or_all, text, typed) if scene.view is View.SEALED else None,
        slips=own_or_all if tells else (),
        talk=talk_part(scene),
        decision=decision,
        previous_url=f"{base}/{place.previous_id}" if place.previous_id else "",
        next_url=f"{base}/{place.next_id}" if place.next_id else "",
        live=live_page(session, here, round_, found),
        typed=typed,
    )


def _reason(scene: Scene) -> str:
    """Return why the card is flagged, as far as this can be told while others are sealed."""
    found = scene.found
    is_blind = has_sealed(scene.session, found.round_id, found.facet_id)
    return WORDS_FOR_FLAG[shown_flag(found.flag, found.flags, is_blind=is_blind)[0]]


def _cluster_url(scene: Scene, place: Place) -> str:
    """Return the way to propose for the whole cluster, where there are several cards in it."""
    if place.n_in_cluster < 2 or place.key in GROUPS:
        return ""
    return cluster_url(scene.here, scene.round_, scene.facet.id, place.key)


def _stages(scene: Scene, decision: DecisionPart) -> tuple[StageView, ...]:
    found = scene.found
    seal = scene.session.get(Seal, (found.round_id, found.facet_id, found.card_id))
    decided = decision.decision
    shown = decided if decided and scene.stage is Stage.CLOSED else None
    return stage_line(
        scene.stage,
        found.state,
        was_sealed=seal is not None,
        was_discussed=scene.view is not View.SEALED and bool(who_spoke(scene.session, found)),
        n_clauses=len(shown.clauses) if shown else None,
    )


def _definitions(scene: Scene) -> Definitions | None:
    """Return what the answers mean; all definitions while the answers are hidden."""
    version_id = scene.round_.codebook_version_id
    version = scene.session.get(CodebookVersion, version_id) if version_id is not None else None
    used = {one for said in scene.said for one in said.category_ids}
    tells = scene.sees_talk and used
    words = f"codebook {version.number}" if version else ""
    return definitions_of(scene.facet, words, used if tells else None)
