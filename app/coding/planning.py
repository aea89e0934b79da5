"""What a draft would give: how many cards and judgements each coder gets, what is missing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain

from sqlmodel import Session

from app.coding.allocation import HandedOn
from app.coding.drafts import RoundDraft
from app.coding.exposing import exposed_card_ids
from app.coding.models import Round
from app.coding.rounds import missing_from
from app.coding.rules import CardChoice, Kind
from app.coding.taking_in import deal_cards
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

    Without a `threshold` of its own the round takes the study's. `n_shared` cards go to every
    coder; of affected cards, which go to those who coded them, they go to several. `n_exposed`
    were talked about before and will not count; `n_comparable` of the shared ones will.
    """

    n_cards: int
    n_shared: int
    n_exposed: int
    n_comparable: int
    threshold: float | None
    hands: tuple[Hand, ...]
    left_out: tuple[int, ...]
    handed_on: tuple[HandedOn, ...]
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
        sort=draft.sort,
        facet_ids=list(draft.facet_ids),
        codebook_version_id=draft.codebook_version_id,
        seed=draft.seed,
        protocol=asdict(draft.protocol),
        created_at=now(),
    )
    deal = deal_cards(session, planned, draft.plan, draft.coder_ids)
    n_cards, shared = len(deal.card_ids), _shared(draft, deal.hands)
    exposed = set() if draft.kind is Kind.CALIBRATION else exposed_card_ids(session, study_id)
    return Preview(
        n_cards=n_cards,
        n_shared=len(shared),
        n_exposed=len(exposed.intersection(deal.card_ids)),
        n_comparable=len(shared - exposed),
        threshold=draft.threshold,
        hands=tuple(
            Hand(coder_id, len(hand), len(hand) * len(draft.facet_ids))
            for coder_id, hand in deal.hands.items()
        ),
        left_out=deal.left_out,
        handed_on=deal.handed_on,
        missing=tuple(missing_from(session, planned, deal)),
        warnings=tuple(_warnings(draft, n_cards=n_cards, n_shared=len(shared))),
    )


def _shared(draft: RoundDraft, hands: Mapping[int, Sequence[int]]) -> set[int]:
    n_coders = Counter(chain.from_iterable(hands.values()))
    least = 2 if draft.plan.cards is CardChoice.AFFECTED else max(2, len(hands))
    return {card_id for card_id, n in n_coders.items() if n >= least}


def _warnings(draft: RoundDraft, *, n_cards: int, n_shared: int) -> list[str]:
    """Return what is allowed and has a consequence that nobody should meet unprepared."""
    found = []
    if draft.protocol.assistance and draft.kind is not Kind.CALIBRATION:
        found.append(
            "Coders will have help, and every figure of this round will say so: it tells how alike "
            "they are with it, not how alike they are alone."
        )
    if len(draft.coder_ids) == 1:
        found.append("With one coder there is nothing to compare: no agreement will be computed.")
    elif draft.coder_ids and n_cards and not n_shared:
        found.append("No card is judged by two coders: no agreement will be computed.")
    if draft.plan.cards is CardChoice.SAMPLE and 0 < n_cards < draft.plan.sample_size:
        found.append(f"There are only {n_cards:,} cards to draw from; all of them are taken.")
    return found
