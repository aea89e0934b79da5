"""The page on which a lead confirms the map."""

from sqlmodel import Session

from app.alignment.confirming import FacetState, states_of, what_is_missing
from app.alignment.pages import ConfirmPage, FacetSummary
from app.alignment.reading import acts_of, facet_in_draft, map_of
from app.alignment.rules import WORDS_FOR_VERDICT, AlignmentMap, codebook_key
from app.codebook import service as codebook
from app.codebook.content import content_hash
from app.coding.models import Round
from app.coding.rounds import round_id_of
from app.studies.deps import Here
from app.studies.rules import Stance


def confirm_page(
    session: Session, here: Here, round_: Round, *, note: str | None = None, error: str = ""
) -> ConfirmPage:
    """Return what confirming would make of the map as it is."""
    found = map_of(session, round_)
    states = states_of(session, round_, found)
    last = codebook.latest_version(session, round_.study_id)
    reasons = {one.number: one.reason for one in acts_of(session, round_)}
    url = here.url("rounds", round_id_of(round_))
    summaries = [
        _summary(session, round_, found, state, reasons, f"{url}/piles/map") for state in states
    ]
    usual = f"Categories that the team made of the piles of {round_.name}."
    return ConfirmPage(
        round_name=round_.name,
        round_url=url,
        map_url=f"{url}/piles/map",
        url=f"{url}/piles/map/confirm",
        next_version=(last.number if last else 0) + 1,
        has_new=any(found.on_facet(state.facet.id) for state in states),
        facets=tuple(summaries),
        missing=what_is_missing(session, round_, found, states),
        unused=tuple(name for state in states for name in state.unused),
        last_act=found.last_act,
        draft_hash=content_hash(codebook.draft(session, round_.study_id)),
        note=usual if note is None else note,
        error=error,
        has_coefficients=here.study.stance == Stance.RELIABILITY,
    )


def _summary(
    session: Session,
    round_: Round,
    found: AlignmentMap,
    state: FacetState,
    reasons: dict[int, str],
    url: str,
) -> FacetSummary:
    facet = facet_in_draft(session, round_, state.facet.id)
    used = [key for one in _own(state) for key in found.of(one).targets]
    shared = [
        (one.name, one.definition, True, used.count(one.key)) for one in found.on_facet(facet.id)
    ]
    known = [
        (one.name, one.brief or one.definition, False, used.count(codebook_key(one.id)))
        for one in facet.categories
    ]
    return FacetSummary(
        name=facet.name,
        url=f"{url}?facet={facet.id}",
        categories=(*shared, *known),
        dropped=tuple(
            (
                label,
                heap.name,
                len(heap.card_ids),
                WORDS_FOR_VERDICT[mapped.verdict],
                reasons.get(mapped.act, ""),
            )
            for label, heap, mapped in state.dropped
        ),
        waiting=tuple((label, heap.name, len(heap.card_ids)) for label, heap in state.waiting),
    )


def _own(state: FacetState) -> list[tuple[int, int]]:
    return [
        (one.coder.id, heap.number)
        for one in state.partitions
        for heap in one.heaps
        if heap.number is not None
    ]
