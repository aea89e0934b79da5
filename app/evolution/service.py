"""The impact list: which coder should judge which card again if the draft were published."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.codebook.changes import ChangeClass, ChangeKind, CodebookChange
from app.codebook.content import Codebook
from app.codebook.service import draft, draft_changes, latest_version
from app.coding.judged import judged
from app.coding.models import Round
from app.coding.rounds import with_figures
from app.coding.rules import Phase
from app.coding.seals import has_seals
from app.coding.visibility import NOBODY
from app.evolution.impact import (
    Judgement,
    Neighbours,
    Reason,
    Touched,
    neighbours_of,
    strongest,
    touched_cards,
)
from app.resolution.migrating import MappedLabel, mapped_labels
from app.studies.models import Membership
from app.studies.rules import Role


@dataclass(frozen=True, slots=True)
class Choices:
    """What the lead says about the changes: only wording, and which neighbours are read again.

    `neighbours` holds "key-id" for each; None means that those proposed are taken.
    """

    declared: frozenset[str] = frozenset()
    neighbours: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Affected:
    """A coder who should judge a card again on a facet."""

    coder_id: int
    card_id: int
    facet_id: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Impact:
    """What publishing the draft would put in question.

    `sealed` names rounds whose statements are missing: until then nothing is told of them, so
    nothing is published that would. `n_without_coder` cards were judged only by people who left.
    """

    changes: tuple[CodebookChange, ...]
    neighbours: tuple[Neighbours, ...]
    chosen: Mapping[str, frozenset[int]]
    touched: tuple[Touched, ...]
    affected: tuple[Affected, ...]
    mapped: tuple[MappedLabel, ...]
    n_without_coder: int
    sealed: tuple[str, ...]

    @property
    def n_cards(self) -> int:
        return len({one.card_id for one in self.affected})

    @property
    def n_coders(self) -> int:
        return len({one.coder_id for one in self.affected})

    @property
    def hash(self) -> str:
        """Return what tells this list from another; empty while it is empty."""
        rows = sorted((one.coder_id, one.card_id, one.facet_id) for one in self.affected)
        moved = sorted((one.facet_id, one.card_id, one.to_ids) for one in self.mapped)
        if not rows and not moved:
            return ""
        return hashlib.sha256(json.dumps([rows, moved]).encode()).hexdigest()


def impact_of_draft(session: Session, study_id: int, choices: Choices) -> Impact:
    """Return what publishing the draft now would put in question."""
    changes = draft_changes(session, study_id, choices.declared)
    asked = {one.facet_id for one in changes if one.change_class is not ChangeClass.EDITORIAL}
    rounds = [one for one in closed_rounds(session, study_id) if asked & set(one.facet_ids)]
    sealed = tuple(one.name for one in rounds if has_seals(session, one))
    said = {} if sealed else judged_so_far(session, rounds, asked)
    neighbours = neighbours_of(changes, said, _categories(draft(session, study_id)))
    chosen = _chosen(neighbours, choices.neighbours)
    touched = touched_cards(changes, said, chosen, seed=_seed(session, study_id))
    affected, n_without = _pairs(touched, said, able_coders(session, study_id))
    return Impact(
        changes=changes,
        neighbours=neighbours,
        chosen=chosen,
        touched=touched,
        affected=affected,
        mapped=() if sealed else tuple(mapped_labels(session, study_id, _merges(changes))),
        n_without_coder=n_without,
        sealed=sealed,
    )


def closed_rounds(session: Session, study_id: int) -> Sequence[Round]:
    """Return the closed rounds that are not void, the newest first."""
    statement = select(Round).where(
        Round.study_id == study_id, with_figures(), Round.phase != Phase.VOID
    )
    return session.exec(
        statement.order_by(col(Round.closed_at).desc(), col(Round.number).desc())
    ).all()


def judged_so_far(
    session: Session, rounds: Sequence[Round], facet_ids: Collection[int]
) -> dict[int, list[Judgement]]:
    """Return for each facet what was said of every card in the first of the rounds that has it."""
    found: dict[int, list[Judgement]] = {facet_id: [] for facet_id in sorted(facet_ids)}
    for facet_id, kept in found.items():
        seen: set[int] = set()
        for round_ in rounds:
            said = judged(session, NOBODY, round_, facet_id) if facet_id in round_.facet_ids else []
            kept += [
                Judgement(one.card_id, one.coder_id, one.value, one.category_ids, one.confidence)
                for one in said
                if one.card_id not in seen
            ]
            seen |= {one.card_id for one in said}
    return found


def able_coders(session: Session, study_id: int) -> set[int]:
    """Return the members who can code again: with an account, not left, lead or coder."""
    statement = select(Membership.id).where(
        Membership.study_id == study_id,
        col(Membership.account_id).is_not(None),
        col(Membership.left_at).is_(None),
        col(Membership.role).in_([Role.LEAD, Role.CODER]),
    )
    return {one for one in session.exec(statement) if one is not None}


def _seed(session: Session, study_id: int) -> int:
    """Return a seed that is the same when the list is shown and when it is stored."""
    last = latest_version(session, study_id)
    return study_id * 1_000 + (last.number if last else 0)


def _categories(codebook: Codebook) -> dict[int, tuple[int, ...]]:
    return {facet.id: tuple(one.id for one in facet.categories) for facet in codebook.facets}


def _chosen(
    neighbours: Sequence[Neighbours], ticked: Collection[str] | None
) -> dict[str, frozenset[int]]:
    return {
        one.key: frozenset(
            one.proposed
            if ticked is None
            else (beside for beside in one.possible if f"{one.key}-{beside}" in ticked)
        )
        for one in neighbours
    }


def _merges(changes: Sequence[CodebookChange]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    for one in changes:
        if one.kind is ChangeKind.MERGED and one.category_id is not None:
            found.setdefault(one.facet_id, {})[one.category_id] = one.into_ids[0]
    return found


def _pairs(
    touched: Sequence[Touched], said: Mapping[int, Sequence[Judgement]], able: Collection[int]
) -> tuple[tuple[Affected, ...], int]:
    coders: dict[tuple[int, int], set[int]] = {}
    for facet_id, judgements in said.items():
        for one in judgements:
            coders.setdefault((facet_id, one.card_id), set()).add(one.coder_id)
    reasons = strongest(touched)
    affected = [
        Affected(coder_id, card_id, facet_id, reason)
        for (facet_id, card_id), reason in sorted(reasons.items())
        for coder_id in sorted(coders[facet_id, card_id] & set(able))
    ]
    covered = {(one.facet_id, one.card_id) for one in affected}
    return tuple(affected), len(set(reasons) - covered)
