"""Scenario S9 of the method note: 600 cards, rotating pairs, and a codebook that moves under them.

Four coders, nine categories, five rounds. After the third B splits, C goes into D and E retires;
one coder leaves and one joins, and a card proves a duplicate. Nothing that was measured before
may change, and exactly the cards that the changes put in question are coded again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import pytest
from sqlmodel import Session, select

from app.accounts.models import Account
from app.codebook.content import content_hash
from app.codebook.models import Category, CodebookVersion, Lineage
from app.codebook.service import draft, publish
from app.coding.desks import Judgement
from app.coding.drafts import RoundDraft, create_round
from app.coding.handing_in import hand_in
from app.coding.measuring import facets_of_round
from app.coding.models import AffectedCard, Assignment, Placement, Round, Snapshot
from app.coding.past_rounds import PastPlacement, write_past_round
from app.coding.placing import place_card
from app.coding.prepared import fresh_check
from app.coding.rounds import open_round
from app.coding.rules import CardChoice, Plan, Value
from app.coding.staleness import stale_since
from app.db import now
from app.evolution.publishing import AS_PROPOSED, Publication, draft_recode_rounds, publish_version
from app.evolution.service import impact_of_draft
from app.negotiation.clauses import ClauseDraft, ClauseKind
from app.negotiation.models import Disagreement
from app.negotiation.proposals import ProposalDraft, confirm, propose
from app.negotiation.rules import Cause, Outcome, Provenance
from app.negotiation.settling import Settlement
from app.resolution.closing import close_round
from app.resolution.labels import final_labels
from app.resolution.models import LabelMigration
from app.studies.models import Membership
from app.studies.rules import Role
from app.studies.service import add_member
from tests.factories import Team, make_account, make_cards, make_codebook, make_study

NAMES = tuple("ABCDEFGHI")
CODERS = ("Ben", "Cleo", "Dan", "Eve")
N_CALIBRATING, N_CARDS, N_FRESH = 40, 600, 60
N_SHARED_BY_A_PAIR = 30


@dataclass(frozen=True, slots=True)
class Drift:
    """The study after its third round has been negotiated and version 2 published."""

    session: Session
    team: Team
    facet_id: int
    ids: Mapping[str, int]
    rounds: tuple[Round, ...]
    version: CodebookVersion
    hashes: tuple[str, ...]
    said: Mapping[tuple[int, int], str]
    merged_keys: frozenset[int]


def hash_of(snapshots: list[Snapshot]) -> tuple[str, ...]:
    return tuple(
        hashlib.sha256(
            json.dumps([one.figures, one.input_hash, one.algorithm_version]).encode()
        ).hexdigest()
        for one in sorted(snapshots, key=lambda one: one.id or 0)
    )


def answers_of(place: int) -> tuple[str, str]:
    """What a first and a second coder say of the card at this place: B is confused with A only."""
    own = NAMES[place % len(NAMES)]
    other = {("B", 0): "A", ("D", 0): "F"}.get((own, place % 2), own)
    return own, other


def write_round(
    session: Session,
    team: Team,
    name: str,
    facet_id: int,
    ids: Mapping[str, int],
    hands: Mapping[str, list[int]],
) -> tuple[Round, dict[tuple[int, int], str]]:
    said: dict[tuple[int, int], str] = {}
    seen: dict[int, int] = {}
    for coder, hand in hands.items():
        for card_id in hand:
            turn = seen.get(card_id, 0)
            seen[card_id] = turn + 1
            said[team.members[coder], card_id] = answers_of(card_id)[min(turn, 1)]
    version_id = session.exec(select(CodebookVersion.id)).one()
    planned = RoundDraft(
        name=name,
        plan=Plan(cards=CardChoice.GIVEN),
        coder_ids=tuple(team.members[coder] for coder in hands),
        facet_ids=(facet_id,),
        codebook_version_id=version_id,
        seed=9,
    )
    placements = [
        PastPlacement(coder_id, card_id, facet_id, Value.CATEGORIES, (ids[answer],), 3)
        for (coder_id, card_id), answer in said.items()
    ]
    by_id = {team.members[coder]: hand for coder, hand in hands.items()}
    round_ = write_past_round(session, team.study_id, planned, by_id, placements, by=None)
    close_round(session, round_, reason="", is_forced=False, by=None)
    return round_, said


def rotating_hands(card_ids: list[int]) -> dict[str, list[int]]:
    """Six pairs share thirty cards each; the other 420 go to one coder each."""
    hands: dict[str, list[int]] = {coder: [] for coder in CODERS}
    waiting = list(card_ids)
    for pair in combinations(CODERS, 2):
        shared, waiting = waiting[:N_SHARED_BY_A_PAIR], waiting[N_SHARED_BY_A_PAIR:]
        for coder in pair:
            hands[coder] += shared
    for place, card_id in enumerate(waiting):
        hands[CODERS[place % len(CODERS)]].append(card_id)
    return hands


def settle(
    session: Session, team: Team, round_: Round, cluster: set[str], ids: Mapping[str, int], **how
) -> Disagreement:
    """Let the two coders of an open disagreement between these categories settle it."""
    wanted = " | ".join(sorted(str(ids[name]) for name in cluster))
    found = session.exec(
        select(Disagreement).where(
            Disagreement.round_id == round_.id,
            Disagreement.cluster == wanted,
            Disagreement.state == "open",
        )
    ).first()
    assert found is not None
    label = how.pop("label", None)
    settlement = Settlement(
        value=Value.CATEGORIES if label else Value.NOT_JUDGED,
        category_ids=(ids[label],) if label else (),
        outcome=how.pop("outcome"),
        cause=Cause.OVERLAPPING_CODES,
        rationale="So that the next ones are told apart.",
    )
    coders = session.exec(
        select(Placement.coder_id).where(
            Placement.round_id == round_.id, Placement.card_id == found.card_id
        )
    ).all()
    first, second = (session.get_one(Membership, one) for one in coders)
    draft_ = ProposalDraft(settlement, found.revision, how.pop("clauses", ()))
    proposal = propose(session, found, draft_, by=first)
    assert confirm(session, found, proposal.id or 0, by=second)
    return found


@pytest.fixture
def drift(session: Session) -> Drift:
    team = make_study(session, coders=CODERS)
    ids = make_codebook(session, team.study_id, {"Pattern": NAMES})
    facet_id = ids["Pattern"]
    publish(session, team.study_id, "The first version.", by=None)
    n_cards = 2 * N_CALIBRATING + N_CARDS + N_FRESH
    rows = [f"c-{place},Excerpt number {place}" for place in range(n_cards)]
    card_ids = make_cards(session, team.study_id, *rows)
    first, rest = card_ids[:N_CALIBRATING], card_ids[N_CALIBRATING:]
    second, rest = rest[:N_CALIBRATING], rest[N_CALIBRATING:]
    third = rest[:N_CARDS]
    all_hands = (
        ("Round 1", dict.fromkeys(CODERS, first)),
        ("Round 2", dict.fromkeys(CODERS, second)),
        ("Round 3", rotating_hands(third)),
    )
    said: dict[tuple[int, int], str] = {}
    rounds = []
    for name, hands in all_hands:
        round_, answers = write_round(session, team, name, facet_id, ids, hands)
        rounds.append(round_)
        said |= answers
    round_ = rounds[2]
    split = ClauseDraft(ClauseKind.SPLIT, ids["B"], name="B one\nB two")
    merge = ClauseDraft(ClauseKind.MERGE, ids["C"], into_id=ids["D"])
    retire = ClauseDraft(ClauseKind.RETIRE, ids["E"])
    how = {"outcome": Outcome.PERSUADED, "label": "A"}
    settle(session, team, round_, {"A", "B"}, ids, clauses=(split, merge, retire), **how)
    settle(session, team, round_, {"D", "F"}, ids, outcome=Outcome.DROPPED)  # a duplicate
    # Eve leaves, Fay joins.
    eve = session.get_one(Membership, team.members["Eve"])
    eve.left_at = now()
    session.add(eve)
    fay: Account = make_account(session, "Fay")
    add_member(session, team.study, fay, role=Role.CODER)
    session.commit()
    hashes = hash_of(list(session.exec(select(Snapshot))))
    publication = Publication(
        draft_hash=content_hash(draft(session, team.study_id)),
        impact_hash=impact_of_draft(session, team.study_id, AS_PROPOSED).hash,
        note="B was two things, C and D were one, E was never agreed on.",
    )
    version = publish_version(session, team.study, publication, by=None)
    session.commit()
    merged = frozenset(card for (_, card), answer in said.items() if answer == "C")
    return Drift(session, team, facet_id, ids, tuple(rounds), version, hashes, said, merged)


def test_what_was_measured_stays_bit_for_bit(drift: Drift) -> None:
    assert len(drift.hashes) == 3
    assert hash_of(list(drift.session.exec(select(Snapshot)))) == drift.hashes


def test_the_impact_list_is_b_e_and_the_neighbours_of_b_and_nobody_who_left(drift: Drift) -> None:
    rows = drift.session.exec(select(AffectedCard)).all()
    found = {(one.coder_id, one.card_id) for one in rows}
    cards = {card for (_, card), answer in drift.said.items() if answer in {"A", "B", "E"}}
    eve = drift.team.members["Eve"]
    wanted = {(coder, card) for coder, card in drift.said if card in cards and coder != eve}
    assert found == wanted
    assert {one.facet_id for one in rows} == {drift.facet_id}


def test_merged_labels_are_mapped_by_rule_and_coded_by_nobody(drift: Drift) -> None:
    rows = drift.session.exec(select(LabelMigration)).all()
    assert {one.card_id for one in rows} == drift.merged_keys
    assert {(tuple(one.from_ids), tuple(one.to_ids)) for one in rows} == {
        ((drift.ids["C"],), (drift.ids["D"],))
    }
    affected = {one.card_id for one in drift.session.exec(select(AffectedCard))}
    assert not affected & drift.merged_keys


def test_the_lineage_says_what_became_of_each_category(drift: Drift) -> None:
    names = {one.id: one.name for one in drift.session.exec(select(Category))}
    found = {
        (one.kind, names[one.from_id], names[one.to_id])
        for one in drift.session.exec(select(Lineage))
    }
    assert found == {("split", "B", "B one"), ("split", "B", "B two"), ("merged", "C", "D")}
    assert {names[drift.ids[name]] for name in "BCE"} == {"B", "C", "E"}  # ids stay for good


def test_what_was_split_is_coded_again_blind_by_those_who_coded_it(drift: Drift) -> None:
    session = drift.session
    (round_,) = draft_recode_rounds(session, drift.team.study_id, drift.version, by=None)
    open_round(session, round_, by=None)
    hands = session.exec(
        select(Assignment.coder_id, Assignment.card_id).where(Assignment.round_id == round_.id)
    ).all()
    wanted = {(one.coder_id, one.card_id) for one in session.exec(select(AffectedCard))}
    assert set(hands) == wanted
    facet = facets_of_round(session, round_)[0]
    assert [one.name for one in facet.categories if one.name in {"B", "C", "E"}] == []


def test_the_cards_of_one_coder_are_stale_until_a_check_on_fresh_cards(drift: Drift) -> None:
    session, third = drift.session, drift.rounds[2]
    facet = facets_of_round(session, third)[0]
    single = [
        one
        for one in final_labels(session, third, facet)
        if one.provenance is Provenance.SINGLE_CODED
    ]
    assert len(single) == N_CARDS - 6 * N_SHARED_BY_A_PAIR
    assert stale_since(session, third, drift.facet_id) == 2
    check = create_round(
        session, drift.team.study_id, fresh_check(session, drift.team.study), by=None
    )
    open_round(session, check, by=None)
    assigned = session.exec(select(Assignment).where(Assignment.round_id == check.id)).all()
    assert len({one.card_id for one in assigned}) == N_FRESH
    assert not any(one.is_exposed for one in assigned)
    for one in assigned:
        judgement = Judgement(
            one.card_id, drift.facet_id, Value.CATEGORIES, (drift.ids["D"],), confidence=3
        )
        place_card(session, check.id or 0, one.coder_id, judgement)
    assert stale_since(session, third, drift.facet_id) == 2
    for coder_id in {one.coder_id for one in assigned}:
        hand_in(session, check.id or 0, coder_id)
    close_round(session, check, reason="", is_forced=False, by=None)
    assert stale_since(session, third, drift.facet_id) is None
