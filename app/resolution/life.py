"""A card from its import to what it counts as now, as one pair of eyes may see it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from app.activity.models import Activity
from app.codebook.content import FacetContent
from app.coding.affecting import may_settle
from app.coding.counted import placements_seen
from app.coding.measuring import facets_of_round
from app.coding.models import Assignment, Placement, Round
from app.coding.pile_rules import OwnPile
from app.coding.round_facts import WORDS_FOR_KIND
from app.coding.rounds import has_figures, waits_for_alignment
from app.coding.rules import Kind, Phase
from app.coding.seals import has_seals
from app.coding.seen_piles import piles_seen
from app.coding.visibility import Viewer
from app.corpus.models import Card
from app.corpus.pages import view_of
from app.corpus.service import card as card_of
from app.negotiation.item.pages import View
from app.negotiation.item.scene import Scene, scene_of
from app.negotiation.item.slips import CONFIDENCE
from app.negotiation.models import Disagreement
from app.negotiation.naming import Named, Speaker, named_answer, speakers_of
from app.negotiation.positions import answer_of
from app.negotiation.rules import Flag
from app.resolution.labels import FinalLabel, final_label
from app.resolution.life_pages import (
    FacetLife,
    LifePage,
    MigrationLine,
    NowLine,
    PlacementView,
    RoundLife,
)
from app.resolution.life_talk import clause_lines, talk_lines
from app.resolution.study_labels import version_numbers, with_later_names
from app.studies.deps import Here

NO_PILES: Mapping[int, Sequence[OwnPile]] = {}
OPEN_ROUND = "What others say of this card is sealed until the round closes."
SEALED_ROUND = (
    "What others said of this card is sealed until every coder of the round has written their "
    "statements."
)
VOID_ROUND = "This round was declared void before it closed: what others said stays sealed."
WITH_ARBITER = "An arbiter reads the reasons without letters; the item page shows them."

Talks = Mapping[tuple[int, int], Disagreement]


def life_page(session: Session, here: Here, card_id: int) -> LifePage:
    """Return the page; 404 for a card of another study.

    What is hidden from this reader elsewhere is hidden here, too: while a round is open nothing on
    the page moves with what others do.
    """
    card = card_of(session, here.study_id, card_id)
    rounds = _rounds_with(session, here, card_id)
    talks = _talks(session, rounds, card_id)
    versions = version_numbers(session, here.study_id)
    lives = [_round_life(session, here, one, card_id, talks, versions) for one in rounds]
    file, at = _import_of(session, card)
    return LifePage(
        card=view_of(card, here.url("cards", card_id)),
        imported_from=file,
        imported_at=at,
        now=_now(session, here, rounds, card_id, versions),
        rounds=tuple(lives),
        cards_url=here.url("cards"),
    )


def _rounds_with(session: Session, here: Here, card_id: int) -> list[Round]:
    """Return the rounds that took the card in, the first one first."""
    given = select(Assignment.round_id).where(Assignment.card_id == card_id)
    statement = select(Round).where(
        Round.study_id == here.study_id, col(Round.id).in_(given), Round.phase != Phase.DRAFT
    )
    return list(session.exec(statement.order_by(col(Round.number))).all())


def _talks(session: Session, rounds: Iterable[Round], card_id: int) -> Talks:
    statement = select(Disagreement).where(
        Disagreement.card_id == card_id,
        col(Disagreement.round_id).in_([one.id for one in rounds]),
    )
    return {(one.round_id, one.facet_id): one for one in session.exec(statement)}


def _import_of(session: Session, card: Card) -> tuple[str, datetime]:
    """Return the file a card came from, empty where none is on record, and when it came."""
    act = session.exec(
        select(Activity)
        .where(
            Activity.study_id == card.study_id,
            col(Activity.kind).in_(("cards imported", "past work imported")),
            Activity.at >= card.created_at,
        )
        .order_by(col(Activity.seq))
    ).first()
    if act is None:
        return "", card.created_at
    return str(act.detail.get("file") or act.subject), card.created_at


def _round_life(
    session: Session,
    here: Here,
    round_: Round,
    card_id: int,
    talks: Talks,
    versions: Mapping[int | None, int],
) -> RoundLife:
    speakers = speakers_of(session, round_, here.member_id)
    is_hidden = not has_figures(round_) or has_seals(session, round_)
    facets = []
    for facet in facets_of_round(session, round_):
        found = talks.get((round_.id or 0, facet.id))
        if found is not None and not (is_hidden and found.flag >= Flag.FRAGILE_AGREEMENT):
            scene = scene_of(session, here, round_, found)
            life = _talked_about(scene, speakers, card_id)
        else:
            life = _alone(session, here, round_, facet, speakers, card_id, is_hidden=is_hidden)
        facets.append(life if is_hidden else _with_label(session, round_, facet, life, card_id))
    return RoundLife(
        name=round_.name,
        url=here.url("rounds", round_.id),
        kind=WORDS_FOR_KIND[Kind(round_.kind)],
        version=versions.get(round_.codebook_version_id, 0),
        is_open=round_.closed_at is None,
        is_void=round_.phase == Phase.VOID,
        since=round_.closed_at or round_.opened_at or round_.created_at,
        facets=tuple(facets),
    )


def _alone(
    session: Session,
    here: Here,
    round_: Round,
    facet: FacetContent,
    speakers: Mapping[int, Speaker],
    card_id: int,
    *,
    is_hidden: bool,
) -> FacetLife:
    """Return the judgements of a card nobody talks about; one's own alone while they are sealed."""
    said = _placements(session, here, round_, facet, card_id, own_only=is_hidden)
    words = VOID_ROUND if round_.phase == Phase.VOID else OPEN_ROUND
    if round_.closed_at is not None:
        words = waits_for_alignment(round_) or SEALED_ROUND
    return FacetLife(
        name=facet.name,
        placements=_views(
            facet, speakers, said, piles_seen(session, Viewer(here.member_id), round_)
        ),
        sealed_words=words if is_hidden else "",
    )


def _talked_about(scene: Scene, speakers: Mapping[int, Speaker], card_id: int) -> FacetLife:
    url = scene.here.url("rounds", scene.round_.id, "disagreements", scene.found.id)
    if scene.view is View.OPEN:
        return FacetLife(
            name=scene.facet.name,
            placements=_views(
                scene.facet,
                scene.speakers,
                scene.said,
                piles_seen(scene.session, Viewer(scene.here.member_id), scene.round_),
            ),
            talk_url=url,
            lines=talk_lines(scene),
            clauses=clause_lines(scene),
        )
    own = _placements(scene.session, scene.here, scene.round_, scene.facet, card_id, own_only=True)
    return FacetLife(
        name=scene.facet.name,
        placements=_views(scene.facet, speakers, own),
        sealed_words=SEALED_ROUND if scene.view is View.SEALED else WITH_ARBITER,
        talk_url="" if scene.view is View.SEALED else url,
    )


def _placements(
    session: Session,
    here: Here,
    round_: Round,
    facet: FacetContent,
    card_id: int,
    *,
    own_only: bool,
) -> list[Placement]:
    conditions = [col(Placement.facet_id) == facet.id, col(Placement.card_id) == card_id]
    if own_only:
        conditions.append(col(Placement.coder_id) == here.member_id)
    return placements_seen(session, Viewer(here.member_id), round_, *conditions)


def _views(
    facet: FacetContent,
    speakers: Mapping[int, Speaker],
    said: Iterable[Placement],
    piles: Mapping[int, Sequence[OwnPile]] = NO_PILES,
) -> tuple[PlacementView, ...]:
    ordered = sorted(said, key=lambda one: speakers[one.coder_id].name)
    return tuple(
        PlacementView(
            speakers[one.coder_id],
            named_answer(facet, answer_of(one)) + _named_piles(piles.get(one.coder_id, ()), one),
            CONFIDENCE[one.confidence],
            one.memo,
            one.at,
        )
        for one in ordered
    )


def _named_piles(piles: Sequence[OwnPile], said: Placement) -> tuple[Named, ...]:
    found = (one for one in piles if one.number in said.pile_numbers)
    return tuple(Named(one.name, one.tone, one.letter or None) for one in found)


def _with_label(
    session: Session, round_: Round, facet: FacetContent, life: FacetLife, card_id: int
) -> FacetLife:
    """Add what a closed round came to, and what a later merge made of it."""
    label = final_label(session, round_, facet, card_id)
    named = with_later_names(session, facet, [label])
    was, moved = named_answer(named, label.answer or ""), label.migrated
    migrations: tuple[MigrationLine, ...] = ()
    if moved is not None:
        became = named_answer(named, label.current or "")
        migrations = (MigrationLine(moved.version, was, became),)
    return replace(life, label=was, provenance=label.provenance.value, migrations=migrations)


def _now(
    session: Session,
    here: Here,
    rounds: list[Round],
    card_id: int,
    versions: Mapping[int | None, int],
) -> tuple[NowLine, ...]:
    """Return what the card counts as, facet by facet: what the newest closed round says."""
    closed = [
        one
        for one in rounds
        if has_figures(one) and one.phase != Phase.VOID and not has_seals(session, one)
    ]
    closed.sort(key=lambda one: (one.closed_at, one.number), reverse=True)
    found: dict[int, NowLine] = {}
    judged: set[int] = set()
    for round_ in closed:
        for facet in facets_of_round(session, round_):
            if not may_settle(session, round_, facet.id, card_id):
                continue
            label = final_label(session, round_, facet, card_id)
            if facet.id in judged or (facet.id in found and not label.n_coders):
                continue
            named = with_later_names(session, facet, [label])
            found[facet.id] = _now_line(here, round_, named, label, versions)
            if label.n_coders:
                judged.add(facet.id)
    return tuple(found.values())


def _now_line(
    here: Here,
    round_: Round,
    facet: FacetContent,
    label: FinalLabel,
    versions: Mapping[int | None, int],
) -> NowLine:
    moved = label.migrated
    return NowLine(
        facet=facet.name,
        answer=named_answer(facet, label.current or ""),
        provenance=label.provenance.value,
        round_name=round_.name,
        round_url=here.url("rounds", round_.id),
        version=versions.get(round_.codebook_version_id, 0),
        was=named_answer(facet, label.answer or "") if moved else (),
        migrated_in=moved.version if moved else None,
        stale_since=label.stale_since,
    )
