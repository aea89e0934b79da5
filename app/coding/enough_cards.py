"""What the shared cards of a draft are enough for: its minimum alpha, and precision."""

from dataclasses import dataclass

from app.agreement.figures import MINIMUM_FOR_INTERVAL
from app.agreement.planning import LARGEST, cards_for_minimum_alpha, half_width_with
from app.coding.planning import Preview
from app.coding.rules import Kind, Sort, measures_reliability
from app.studies.models import Study
from app.web.render import count, plural, two_digits

PREVALENCES = (0.5, 0.25, 0.1, 0.05)


@dataclass(frozen=True, slots=True)
class EnoughRow:
    """How many cards a category takes that is on this percentage of them.

    `interval` says how far the interval of kappa would reach with the cards of the draft.
    """

    percentage: int
    n_needed: int
    n_missing: int
    interval: str


@dataclass(frozen=True, slots=True)
class Enough:
    """What the cards that two coders or more judge can show about the threshold."""

    minimum: float
    n_cards: int
    rows: tuple[EnoughRow, ...]
    verdict: str


def enough_cards(study: Study, kind: Kind, sort: Sort, found: Preview | None) -> Enough | None:
    """Return what the draft is enough for, or None where no coefficient will be held to it."""
    measures = measures_reliability(study.stance, kind, sort)
    if not measures or found is None or not found.n_cards or len(found.hands) < 2:
        return None
    minimum = study.threshold if found.threshold is None else found.threshold
    if minimum > LARGEST:
        sentence = "No number of cards can show that alpha is above a threshold of 1."
        return Enough(minimum, found.n_comparable, (), sentence)
    rows = tuple(_row(minimum, share, found.n_comparable) for share in PREVALENCES)
    return Enough(minimum, found.n_comparable, rows, _verdict(found.n_comparable, rows))


def _row(minimum: float, share: float, n_cards: int) -> EnoughRow:
    needed = cards_for_minimum_alpha(minimum, share)
    return EnoughRow(
        percentage=round(100 * share),
        n_needed=needed,
        n_missing=max(0, needed - n_cards),
        interval=_interval(minimum, share, n_cards),
    )


def _interval(kappa: float, share: float, n_cards: int) -> str:
    if n_cards < MINIMUM_FOR_INTERVAL:
        return "not computed"
    half_width = half_width_with(n_cards, kappa, (share, 1 - share))
    return f"± {two_digits(half_width)}" if half_width < 1 else "over ± 1"


def _verdict(n_cards: int, rows: tuple[EnoughRow, ...]) -> str:
    met = [row for row in rows if not row.n_missing]
    shared = f"{plural(n_cards, 'card is', 'cards are')} judged by two coders or more:"
    if not met:
        return f"{shared} too few. It takes {count(rows[0].n_needed)} at the least."
    if len(met) == len(rows):
        return f"{shared} enough even for a category on {rows[-1].percentage} % of the cards."
    return (
        f"{shared} enough for a category on {met[-1].percentage} % of the cards, not for one on "
        f"{rows[len(met)].percentage} %."
    )
