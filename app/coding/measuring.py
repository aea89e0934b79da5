"""From placements to figures: the ratings of a closed round, and their frozen Snapshot."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlmodel import Session, col, select

from app.agreement import ALGORITHM_VERSION, Ratings, Scale, SetRatings, as_dict, describe
from app.codebook.content import Choice, FacetContent, FacetScale
from app.codebook.published import codebook_of_version
from app.coding.judged import Judged, judged
from app.coding.models import Assignment, Round, RoundCoder, Snapshot
from app.coding.rounds import round_id_of
from app.coding.rules import WORDS_FOR_VALUE, Kind, Value, coder_label
from app.coding.sorted_facets import facets_at
from app.coding.visibility import NOBODY
from app.db import now
from app.errors import Conflict
from app.studies.models import Membership
from app.text import comparable


@dataclass(frozen=True, slots=True)
class CoderOfRound:
    """A coder with the label under which the report speaks of them."""

    id: int
    label: str


@dataclass(frozen=True, slots=True)
class RoundRatings:
    """One facet's judgements as numbers, with what rows, columns and codes stand for.

    `answers` are the declared answers in the order of the codes: category ids, then the `Value`
    "none applies" where a coder used it. `gate` says of each card whether the facet applies to it
    at all; None where nobody doubted it. `n_exposed` more cards were coded and do not count.
    """

    facet: FacetContent
    card_ids: tuple[int, ...]
    coders: tuple[CoderOfRound, ...]
    answers: tuple[int | Value, ...]
    ratings: Ratings | SetRatings
    gate: Ratings | None
    n_assigned: int
    n_cannot_judge: int
    n_not_applicable: int
    n_exposed: int


Taken = tuple[Snapshot, RoundRatings]

GATE = ("applies", "does not apply")


def facets_of_round(session: Session, round_: Round) -> tuple[FacetContent, ...]:
    """Return the round's facets as published; of an open sort without their categories."""
    if round_.codebook_version_id is None:
        return ()
    return facets_at(round_, codebook_of_version(session, round_.codebook_version_id))


def coders_of_round(session: Session, round_: Round) -> tuple[CoderOfRound, ...]:
    """Return the round's coders in their order: pseudonyms as imported, others as letters.

    A pseudonym that reads like the letters of somebody else in the round says what it is.
    """
    rows = session.exec(
        select(RoundCoder, Membership)
        .join(Membership, col(Membership.id) == col(RoundCoder.coder_id))
        .where(RoundCoder.round_id == round_.id)
        .order_by(col(RoundCoder.place))
    ).all()
    said = [member.alias or coder_label(coder.place) for coder, member in rows]
    labels = [
        _unlike(label, said[:at] + said[at + 1 :], "pseudonym") if rows[at][1].alias else label
        for at, label in enumerate(said)
    ]
    return tuple(
        CoderOfRound(coder.coder_id, label) for (coder, _), label in zip(rows, labels, strict=True)
    )


def _unlike(name: str, others: Iterable[str], addition: str) -> str:
    """Return the name, with an addition in brackets where it would read like one of the others."""
    taken = {comparable(other) for other in others}
    while comparable(name) in taken:
        name = f"{name} ({addition})"
    return name


def _assigned(session: Session, round_: Round) -> tuple[list[tuple[int, int]], set[int]]:
    """Return card and coder of what counts, and the cards that were talked about before."""
    statement = select(Assignment.card_id, Assignment.coder_id, Assignment.is_exposed).where(
        Assignment.round_id == round_.id
    )
    rows = session.exec(statement).all()
    can_count = round_.kind == Kind.CALIBRATION  # whose figures are no reliability in any case
    exposed = {card_id for card_id, _, is_exposed in rows if is_exposed and not can_count}
    return [(card, coder) for card, coder, _ in rows if card not in exposed], exposed


def ratings_for(session: Session, round_: Round, facet: FacetContent) -> RoundRatings:
    """Return the judgements of a closed round on one facet.

    "None applies" is an answer like a category, and the empty set in sets; an ordinal scale has no
    place for it, so there it is missing. "Does not apply" is a judgement of another kind: whether
    the facet applies is measured by itself, as the gate, and the facet on the cards both coders
    let through. Counted as a category, every card to which a facet does not apply would raise its
    agreement. "Cannot judge" and what was never judged are missing. Cards that the team had talked
    about before the round opened are left out, unless the round is a calibration.
    """
    if round_.closed_at is None:
        raise Conflict("There are no figures while a round is open.")
    assigned, exposed = _assigned(session, round_)
    card_ids = tuple(sorted({card_id for card_id, _ in assigned}))
    coders = coders_of_round(session, round_)
    every = judged(session, NOBODY, round_, facet.id)
    placements = [found for found in every if found.card_id not in exposed] if exposed else every
    answers = _answers(facet, placements)
    table = _Table(card_ids, coders, answers, placements)
    is_multiple = facet.choice is Choice.MULTIPLE
    return RoundRatings(
        facet=facet,
        card_ids=card_ids,
        coders=coders,
        answers=answers,
        ratings=table.sets(facet) if is_multiple else table.codes(facet),
        gate=table.gate(),
        n_assigned=len(assigned),
        n_cannot_judge=sum(found.value == Value.CANNOT_JUDGE for found in placements),
        n_not_applicable=sum(found.value == Value.NOT_APPLICABLE for found in placements),
        n_exposed=len(exposed),
    )


def _answers(facet: FacetContent, placements: Sequence[Judged]) -> tuple[int | Value, ...]:
    declared: list[int | Value] = [category.id for category in facet.categories]
    is_plain = facet.choice is Choice.SINGLE and facet.scale is FacetScale.NOMINAL
    if is_plain and any(found.value == Value.NONE_APPLIES for found in placements):
        declared.append(Value.NONE_APPLIES)
    return tuple(declared)


def answer_names(facet: FacetContent, answers: Sequence[int | Value]) -> tuple[str, ...]:
    """Return the name of each answer, category names first; no two read alike.

    Versions published before such names were refused may hold a category called like an answer
    without a category. Both were judged, so both are counted, and the category says what it is.
    """
    words = [WORDS_FOR_VALUE[answer] for answer in answers if isinstance(answer, Value)]
    keys = {comparable(word) for word in words}
    names = {category.id: category.name for category in facet.categories}
    for category_id, name in names.items():
        if comparable(name) in keys:
            others = [other for one, other in names.items() if one != category_id]
            names[category_id] = _unlike(name, [*words, *others], "category")
    return (*(names[answer] for answer in answers if not isinstance(answer, Value)), *words)


class _Table:
    """Cards × coders, filled from placements."""

    def __init__(
        self,
        card_ids: Sequence[int],
        coders: Sequence[CoderOfRound],
        answers: Sequence[int | Value],
        placements: Sequence[Judged],
    ) -> None:
        self._rows = {card_id: row for row, card_id in enumerate(card_ids)}
        self._columns = {coder.id: column for column, coder in enumerate(coders)}
        self._codes = {answer: code for code, answer in enumerate(answers)}
        self._labels = tuple(coder.label for coder in coders)
        self._placements = placements
        self._answers = answers

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self._rows), len(self._columns)

    def codes(self, facet: FacetContent) -> Ratings:
        codes = np.full(self._shape, -1, dtype=np.int64)
        for found in self._placements:
            answer = found.category_ids[0] if found.category_ids else Value(found.value)
            code = self._codes.get(answer, -1)
            codes[self._rows[found.card_id], self._columns[found.coder_id]] = code
        names = answer_names(facet, self._answers)
        return Ratings(codes, names, scale=Scale(facet.scale.value), coders=self._labels)

    def sets(self, facet: FacetContent) -> SetRatings:
        judged = np.zeros(self._shape, dtype=np.bool_)
        members = np.zeros((*self._shape, len(self._answers)), dtype=np.bool_)
        for found in self._placements:
            if found.value not in {Value.CATEGORIES, Value.NONE_APPLIES}:
                continue
            row, column = self._rows[found.card_id], self._columns[found.coder_id]
            judged[row, column] = True
            for category_id in found.category_ids:
                members[row, column, self._codes[category_id]] = True
        names = answer_names(facet, self._answers)
        return SetRatings(members, judged, names, coders=self._labels)

    def gate(self) -> Ratings | None:
        """Return who said that the facet applies (0) and that it does not (1); None if all did."""
        if all(found.value != Value.NOT_APPLICABLE for found in self._placements):
            return None
        codes = np.full(self._shape, -1, dtype=np.int64)
        for found in self._placements:
            if found.value != Value.CANNOT_JUDGE:
                cell = self._rows[found.card_id], self._columns[found.coder_id]
                codes[cell] = found.value == Value.NOT_APPLICABLE
        return Ratings(codes, GATE, coders=self._labels)


def take_snapshots(session: Session, round_: Round, *, has_coefficients: bool) -> list[Taken]:
    """Freeze the figures of a round that has just closed; returns them with what they are of.

    A study that works by consensus only has no coefficient anywhere, so none is computed.
    """
    taken = []
    for facet in facets_of_round(session, round_):
        found = ratings_for(session, round_, facet)
        taken.append((_snapshot(round_, found, has_coefficients=has_coefficients), found))
    session.add_all(snapshot for snapshot, _ in taken)
    session.flush()  # what is stored beside a Snapshot needs its id
    return taken


def _snapshot(round_: Round, found: RoundRatings, *, has_coefficients: bool) -> Snapshot:
    return Snapshot(
        study_id=round_.study_id,
        round_id=round_id_of(round_),
        facet_id=found.facet.id,
        figures=figures_of(found, has_coefficients=has_coefficients),
        input_hash=_hash_of_input(found),
        algorithm_version=str(ALGORITHM_VERSION),
        taken_at=now(),
    )


def figures_of(found: RoundRatings, *, has_coefficients: bool) -> dict[str, object]:
    """Return everything a Snapshot stores of a facet, as JSON."""
    return {
        "facet": found.facet.name,
        "choice": found.facet.choice.value,
        "scale": found.facet.scale.value,
        "coders": [coder.label for coder in found.coders],
        "answers": list(answer_names(found.facet, found.answers)),
        "n_cards": len(found.card_ids),
        "n_assigned": found.n_assigned,
        "n_cannot_judge": found.n_cannot_judge,
        "n_not_applicable": found.n_not_applicable,
        # Only where there are any: what other rounds store is what it always was.
        **({"n_exposed": found.n_exposed} if found.n_exposed else {}),
        "gate": _gate_of(found.gate, has_coefficients=has_coefficients),
        "agreement": as_dict(describe(found.ratings)) if has_coefficients else None,
    }


def _gate_of(gate: Ratings | None, *, has_coefficients: bool) -> dict[str, object] | None:
    if gate is None:
        return None
    said_both = (gate.codes == 0).any(axis=1) & (gate.codes == 1).any(axis=1)
    return {
        "n_conflicts": int(np.count_nonzero(said_both)),
        "agreement": as_dict(describe(gate)) if has_coefficients else None,
    }


def _hash_of_input(found: RoundRatings) -> str:
    digest = hashlib.sha256()
    head = [found.facet.id, [coder.id for coder in found.coders], list(found.answers)]
    digest.update(json.dumps([head, list(found.card_ids)]).encode())
    ratings = found.ratings
    if isinstance(ratings, Ratings):
        digest.update(np.ascontiguousarray(ratings.codes, dtype="<i8").tobytes())
    else:
        for part in (ratings.judged, ratings.members):
            digest.update(np.ascontiguousarray(part).tobytes())
    if found.gate is not None:
        digest.update(np.ascontiguousarray(found.gate.codes, dtype="<i8").tobytes())
    return digest.hexdigest()


def snapshots(session: Session, round_: Round) -> Sequence[Snapshot]:
    """Return the frozen figures of a round, in the order of its facets; none while it is open."""
    rows = session.exec(select(Snapshot).where(Snapshot.round_id == round_.id)).all()
    order = {facet_id: place for place, facet_id in enumerate(round_.facet_ids)}
    return sorted(rows, key=lambda row: order.get(row.facet_id, len(order)))
