"""Confirming the map: shared categories become the codebook's, and the round gets its figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.activity.service import record
from app.alignment.reading import map_of
from app.alignment.rules import AlignmentMap, Mapped, PileKey, Verdict, codebook_key
from app.codebook import service as codebook
from app.codebook.content import FacetContent, content_hash
from app.codebook.editing import add_category, free_tone
from app.codebook.models import CodebookVersion
from app.codebook.published import forget_unless_kept
from app.codebook.rules import CategoryFields
from app.coding.aligned import Counted
from app.coding.aligning import align_round
from app.coding.models import Round
from app.coding.partitions import Heap, Partition, piles_of_round
from app.coding.rules import Phase
from app.coding.sorted_facets import facets_before_aligning
from app.coding.visibility import NOBODY
from app.errors import Conflict, Invalid
from app.evolution.publishing import AS_PROPOSED, Publication, publish_version
from app.evolution.service import impact_of_draft
from app.resolution.closing import measure_round
from app.studies.models import Study
from app.text import is_blank
from app.web.render import plural


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the lead confirms: the map and the draft as the page showed them, and why."""

    last_act: int
    draft_hash: str
    note: str


@dataclass(frozen=True, slots=True)
class FacetState:
    """One facet before confirming. `waiting` are piles with cards that go nowhere yet."""

    facet: FacetContent
    partitions: tuple[Partition, ...]
    waiting: tuple[tuple[str, Heap], ...]
    dropped: tuple[tuple[str, Heap, Mapped], ...]
    unused: tuple[str, ...]


def states_of(session: Session, round_: Round, found: AlignmentMap) -> tuple[FacetState, ...]:
    """Return how far the map of each facet of the round is."""
    return tuple(
        _state(session, round_, facet, found) for facet in facets_before_aligning(session, round_)
    )


def _state(session: Session, round_: Round, facet: FacetContent, found: AlignmentMap) -> FacetState:
    partitions = piles_of_round(session, NOBODY, round_, facet)
    own = [
        (one.coder.label, heap, found.of((one.coder.id, heap.number)))
        for one in partitions
        for heap in one.heaps
        if heap.number is not None
    ]
    used = {key for _, _, mapped in own for key in mapped.targets}
    return FacetState(
        facet=facet,
        partitions=partitions,
        waiting=tuple(
            (label, heap)
            for label, heap, mapped in own
            if heap.card_ids and mapped.verdict is Verdict.OPEN
        ),
        dropped=tuple(
            (label, heap, mapped)
            for label, heap, mapped in own
            if mapped.verdict in {Verdict.NONE_APPLIES, Verdict.CANNOT_JUDGE}
        ),
        unused=tuple(one.name for one in found.on_facet(facet.id) if one.key not in used),
    )


def what_is_missing(
    session: Session, round_: Round, found: AlignmentMap, states: Sequence[FacetState]
) -> list[str]:
    """Return what stands against confirming, as sentences."""
    missing = []
    n_waiting = sum(len(one.waiting) for one in states)
    if n_waiting:
        verb = "goes" if n_waiting == 1 else "go"
        missing.append(f"{plural(n_waiting, 'pile')} {verb} nowhere yet: match or leave out each.")
    last = codebook.latest_version(session, round_.study_id)
    draft = codebook.draft(session, round_.study_id)
    if last is None or last.content_hash != content_hash(draft):
        missing.append(
            "The codebook's draft holds other changes. Publish or take them back first: the "
            "version that comes of this map holds its categories and nothing else."
        )
    missing += _missing_categories(session, round_, found, states)
    return missing


def _missing_categories(
    session: Session, round_: Round, found: AlignmentMap, states: Sequence[FacetState]
) -> list[str]:
    """Name categories that piles or cards go to and that are out of the codebook by now."""
    gone = []
    for state in states:
        in_draft = codebook.draft(session, round_.study_id).facet(state.facet.id)
        if in_draft is None:
            gone.append(state.facet.name)
            continue
        known = {codebook_key(one.id) for one in in_draft.categories}
        known |= {one.key for one in found.on_facet(state.facet.id)}
        own = [(one.coder.id, heap) for one in state.partitions for heap in one.heaps]
        for coder_id, heap in own:
            if heap.category_id is not None:
                targets: tuple[str, ...] = (codebook_key(heap.category_id),)
                targets = targets if heap.card_ids else ()
            else:
                targets = found.of((coder_id, heap.number or 0)).targets
            if not known.issuperset(targets):
                gone.append(heap.name)
    names = ", ".join(f"“{name}”" for name in dict.fromkeys(gone))
    words = f"Retired or merged since: where {names} goes. Restore it, or match anew."
    return [words] if gone else []


def confirm_map(
    session: Session, study: Study, round_: Round, wanted: Confirmation, *, by: int | None
) -> CodebookVersion:
    """Publish the shared categories, and let the round be read by them: figures, agenda, labels.

    One transaction. It cannot be taken back: what was seen cannot be unseen, and figures stay.
    """
    session.refresh(round_, with_for_update=True)
    if round_.phase != Phase.ALIGNING:
        raise Conflict("The piles of this round are not to be matched (any more).")
    found = map_of(session, round_)
    draft = codebook.draft(session, round_.study_id)
    if found.last_act != wanted.last_act or content_hash(draft) != wanted.draft_hash:
        raise Conflict(
            "The map or the codebook was changed since you opened this page. Nothing was confirmed "
            "yet; look at it again."
        )
    if is_blank(wanted.note):
        raise Invalid("Say why this version: whoever reads the history needs it.", field="note")
    states = states_of(session, round_, found)
    if missing := what_is_missing(session, round_, found, states):
        raise Conflict(" ".join(missing))
    ids = _add_categories(session, round_, found, by=by)
    version = _publish(session, study, wanted.note, has_new=bool(ids), by=by)
    forget_unless_kept(session, codebook.id_of(version))
    align_round(session, round_, _answers(found, states, ids), codebook.id_of(version))
    n_flagged = measure_round(session, round_, by=by)
    detail = {"version": version.number, "categories": len(ids), "flagged": n_flagged}
    record(
        session,
        round_.study_id,
        account_id=by,
        kind="piles aligned",
        subject=round_.name,
        detail=detail,
    )
    return version


def _add_categories(
    session: Session, round_: Round, found: AlignmentMap, *, by: int | None
) -> dict[str, int]:
    """Put the shared categories into the codebook's draft; return their ids by key."""
    ids: dict[str, int] = {}
    for facet_id in round_.facet_ids:
        facet = codebook.facet_row(session, round_.study_id, facet_id)
        for one in found.on_facet(facet_id):
            tone = free_tone(session, round_.study_id)
            fields = CategoryFields(one.name, definition=one.definition, tone=tone)
            ids[one.key] = codebook.id_of(add_category(session, facet, fields, by=by))
    return ids


def _publish(
    session: Session, study: Study, note: str, *, has_new: bool, by: int | None
) -> CodebookVersion:
    last = codebook.latest_version(session, study.id or 0)
    if last is not None and not has_new:
        return last  # every pile went to a category that there is
    draft_hash = content_hash(codebook.draft(session, study.id or 0))
    impact = impact_of_draft(session, study.id or 0, AS_PROPOSED)
    return publish_version(session, study, Publication(draft_hash, impact.hash, note), by=by)


def _answers(
    found: AlignmentMap, states: Sequence[FacetState], ids: dict[str, int]
) -> dict[PileKey, Counted]:
    return {
        (one.coder.id, heap.number): _counted(found.of((one.coder.id, heap.number)), ids)
        for state in states
        for one in state.partitions
        for heap in one.heaps
        if heap.number is not None
    }


def _counted(mapped: Mapped, ids: dict[str, int]) -> Counted:
    """Return what a pile counts as; an empty one that went nowhere answers nothing."""
    if mapped.verdict is Verdict.OPEN:
        return Verdict.CANNOT_JUDGE.value, ()
    chosen = (ids[key] if key in ids else int(key[1:]) for key in mapped.targets)
    return mapped.verdict.value, tuple(sorted(chosen))
