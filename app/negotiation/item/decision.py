"""What is on the table of one disagreement: the proposal, the decision, and what one may do."""

from collections import Counter
from dataclasses import replace

from sqlmodel import col, select

from app.coding.seals import has_seals
from app.corpus.models import Card
from app.negotiation.batches import open_in_batch
from app.negotiation.item.choices import proposal_choices
from app.negotiation.item.pages import View
from app.negotiation.item.parts import DecisionPart, DecisionView, Options, ProposalView, Sibling
from app.negotiation.item.proposed import decision_view, proposal_view
from app.negotiation.item.scene import Scene
from app.negotiation.models import Disagreement, Proposal, TalkEvent
from app.negotiation.naming import Speaker, agenda_url
from app.negotiation.parties import have_talked
from app.negotiation.positions import answer_of
from app.negotiation.proposals import proposals_on
from app.negotiation.rules import Flag, Stage
from app.negotiation.service import decisions_on
from app.studies.models import Membership
from app.studies.rules import Action, Role, refuse


def decision_part(scene: Scene, *, cluster_url: str, wanted: str = "") -> DecisionPart:
    """Return what is on the table; `wanted` is an outcome that somebody came to propose."""
    shown = scene.sees_talk
    proposals = proposals_on(scene.session, scene.found) if shown else ()
    decisions = decisions_on(scene.session, scene.found) if shown else ()
    on_table = next((one for one in proposals if one.status == "open"), None)
    past = [one for one in proposals if one.status in {"withdrawn", "replaced"}]
    views = [decision_view(scene, one) for one in decisions]
    newest = views[0] if views and not _is_taken_up(scene, views[0]) else None
    talks = not scene.is_over and scene.stage is not Stage.SEALED
    may_steer = talks and (scene.is_party or scene.is_lead) and scene.found.state != "decided"
    may_propose = _may_propose(scene)
    said = {answer_of(one) for one in scene.said}
    return DecisionPart(
        proposal=_on_table(scene, on_table) if on_table else None,
        decision=newest,
        earlier_decisions=tuple(views[1:] if newest else views),
        earlier_proposals=tuple(proposal_view(scene, one) for one in past),
        escalated=_handed_over(scene) if scene.stage is Stage.ESCALATED else None,
        choices=proposal_choices(scene.facet, said, wanted=wanted),
        may_propose=may_propose,
        may_defer=may_steer and scene.found.state != "deferred",
        may_take_up=talks
        and scene.found.state == "deferred"
        and (scene.is_party or scene.here.role not in {Role.OBSERVER, Role.ARBITER}),
        may_escalate=may_steer and scene.stage is not Stage.ESCALATED and _has_talk(scene),
        may_arbitrate=not scene.is_over and scene.stage is Stage.ESCALATED and scene.is_judge,
        may_uphold=_may_uphold(scene),
        waits_for=scene.waits_for,
        why_not=_why_not(scene, may_propose=may_propose),
        in_charge=_in_charge(scene) if talks else (),
        cluster_url=cluster_url if may_propose else "",
    )


def _has_talk(scene: Scene) -> bool:
    """Whether the coders have tried, without which no arbiter is asked."""
    return not scene.parties or have_talked(scene.session, scene.found, scene.parties)


def _is_taken_up(scene: Scene, newest: DecisionView) -> bool:
    """Whether a card that was put off is back on the agenda, and so not decided."""
    return newest.is_deferred and scene.found.state == "open"


def _may_uphold(scene: Scene) -> bool:
    return (
        scene.found.flag >= Flag.FRAGILE_AGREEMENT
        and scene.found.state == "open"
        and scene.stage is Stage.OPENED
        and not scene.is_over
        and scene.here.may(Action.DECIDE)
        and (scene.is_party or scene.is_lead)
        and not has_seals(scene.session, scene.round_)
    )


def _may_propose(scene: Scene) -> bool:
    return (
        not scene.is_over
        and scene.view is View.OPEN
        and scene.stage is not Stage.ESCALATED
        and scene.here.may(Action.DECIDE)
        and (scene.here.role is not Role.ARBITER or scene.is_party)
    )


def _why_not(scene: Scene, *, may_propose: bool) -> str:
    if may_propose:
        return ""
    if scene.is_over:
        return "The negotiation of this round is over."
    if scene.stage is Stage.ESCALATED:
        return "The coders do not agree; the arbiter decides this card."
    if scene.here.role is Role.ARBITER:
        return "An arbiter decides what coders hand over, and proposes nothing before."
    return refuse(scene.here.role, Action.DECIDE) or ""


def _on_table(scene: Scene, row: Proposal) -> ProposalView:
    """Return the open proposal with what this person may do about it."""
    view = proposal_view(scene, row)
    if scene.is_over or scene.view is not View.OPEN:
        return view
    you = scene.here.member_id
    waiting = [one for one in view.voices if one.at is None]
    may_answer = any(one.speaker.is_you for one in waiting)
    batch = open_in_batch(scene.session, scene.round_, row.batch, you) if row.batch else []
    return replace(
        view,
        may_answer=may_answer,
        may_withdraw=row.member_id == you,
        may_settle=not waiting and scene.here.may(Action.DECIDE),
        batch=row.batch,
        siblings=_siblings(scene, row),
        n_to_confirm=len(batch) if may_answer and scene.is_party else 0,
    )


def _siblings(scene: Scene, row: Proposal) -> tuple[Sibling, ...]:
    """Return the other cards of the same act that still wait."""
    if not row.batch:
        return ()
    statement = (
        select(Disagreement.id, Card.key)
        .join(Proposal, col(Proposal.disagreement_id) == col(Disagreement.id))
        .join(Card, col(Card.id) == col(Disagreement.card_id))
        .where(Proposal.batch == row.batch, Proposal.status == "open", Proposal.id != row.id)
        .order_by(col(Card.position))  # `Disagreement.place` tells of sealed cards
    )
    base = agenda_url(scene.here, scene.round_)
    return tuple(Sibling(key, f"{base}/{one}") for one, key in scene.session.exec(statement).all())


def _handed_over(scene: Scene) -> tuple[str, Speaker | None]:
    """Return why the card was handed over, and by whom."""
    statement = (
        select(TalkEvent)
        .where(
            TalkEvent.round_id == scene.round_.id,
            TalkEvent.disagreement_id == scene.found.id,
            TalkEvent.kind == "escalated",
        )
        .order_by(col(TalkEvent.id).desc())
    )
    event = scene.session.exec(statement).first()
    if event is None:
        return "", None
    return str(event.detail.get("reason", "")), scene.speaker(event.member_id)


def _in_charge(scene: Scene) -> Options:
    """Return who can take care of a deferred card, by letter or role, numbered if need be."""
    statement = (
        select(Membership)
        .where(
            Membership.study_id == scene.round_.study_id,
            col(Membership.left_at).is_(None),
            col(Membership.account_id).is_not(None),
            Membership.role != Role.OBSERVER,
        )
        .order_by(col(Membership.id))
    )
    members = scene.session.exec(statement).all()
    names = [scene.speaker(one.id).name for one in members]
    seen: Counter[str] = Counter()
    options = []
    for member, name in zip(members, names, strict=True):
        seen[name] += 1
        words = f"{name} {seen[name]}" if names.count(name) > 1 else name
        you = " (you)" if member.id == scene.here.member_id else ""
        options.append((str(member.id), f"{words}{you}"))
    return tuple(options)
