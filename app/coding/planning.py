"""What a draft would give: how many cards and judgements each coder gets, what is missing."""

from dataclasses import asdict, dataclass

from sqlmodel import Session

from app.coding.allocation import allocate
from app.coding.drafts import RoundDraft
from app.coding.models import Round
from app.coding.rounds import missing_parts, planned_card_ids
from app.coding.rules import CardChoice
from app.db import now


@dataclass(frozen=True, slots=True)
class Hand:
    """What one coder would get."""

    coder_id: int
    n_cards: int
    n_judgements: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What opening a draft would give as things stand, before anything is drawn for good.

    Without a `threshold` of its own the round takes the study's.
    """

    n_cards: int
    n_shared: int
    threshold: float | None
    hands: tuple[Hand, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]


def preview(session: Session, study_id: int, draft: RoundDraft) -> Preview:
    """Return what the draft would give; nothing is stored."""
    planned = Round(
        study_id=study_id,
        number=0,
        name="",
        name_key="",
        plan=asdict(draft.plan),
        facet_ids=list(draft.facet_ids),
        codebook_version_id=draft.codebook_version_id,
        seed=draft.seed,
        created_at=now(),
    )
    card_ids = planned_card_ids(session, planned)
    hands = allocate(card_ids, draft.coder_ids, share=draft.plan.share, seed=draft.seed)
    n_shared = len(set.intersection(*map(set, hands.values()))) if len(hands) > 1 else 0
    missing = missing_parts(planned, n_coders=len(hands), n_cards=len(card_ids))
    return Preview(
        n_cards=len(card_ids),
        n_shared=n_shared,
        threshold=draft.threshold,
        hands=tuple(
            Hand(coder_id, len(hand), len(hand) * len(draft.facet_ids))
            for coder_id, hand in hands.items()
        ),
        missing=tuple(missing),
        warnings=tuple(_warnings(draft, n_cards=len(card_ids), n_shared=n_shared)),
    )


def _warnings(draft: RoundDraft, *, n_cards: int, n_shared: int) -> list[str]:
    """Return what is allowed and has a consequence that nobody should meet unprepared."""
    found = []
    if len(draft.coder_ids) == 1:
        found.append("With one coder there is nothing to compare: no agreement will be computed.")
    elif draft.coder_ids and n_cards and not n_shared:
        found.append("No card is judged by two coders: no agreement will be computed.")
    if draft.plan.cards is CardChoice.SAMPLE and 0 < n_cards < draft.plan.sample_size:
        found.append(f"There are only {n_cards:,} cards to draw from; all of them are taken.")
    return found
