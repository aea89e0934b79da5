"""PURE: from a Snapshot to what is said of one facet: headline, companions, pairs, categories."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.codebook.content import FacetContent
from app.coding.rules import WORDS_FOR_VALUE, Value
from app.reports import wording
from app.reports.companions import companions
from app.reports.headline import Figure, headline_of
from app.reports.matrices import Matrix, matrices
from app.reports.stored import Stored, StoredFacet, estimate_of
from app.reports.wording import Remark, Verdict

THIN = 6  # judgements of a category for each coder, below which its own figures tell little
_NAMES = {
    "Cohen": "Cohen's kappa",
    "Fleiss": "Fleiss' kappa",
    "alpha": "Krippendorff's alpha",
}
_KEYS = {Value.NONE_APPLIES: "0", Value.NOT_APPLICABLE: "9"}


@dataclass(frozen=True, slots=True)
class AnswerFace:
    """An answer as it is drawn: its name, colour and key letter; `answer` as it is compared."""

    answer: str
    name: str
    tone: int | None
    letter: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two coders: what they agree on, then the chance-corrected figures."""

    first: str
    second: str
    n_units: int
    percent: Figure
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One category against all others; `kappa` is alpha where overlap is partial."""

    answer: int
    n_labels: int
    n_units: int
    prevalence: float | None
    positive: Figure
    negative: Figure
    ac1: Figure
    kappa: Figure
    is_thin: bool


@dataclass(frozen=True, slots=True)
class FacetReport:
    """Everything the figures say of one facet. Empty but for the head without coefficients."""

    facet: FacetContent
    stored: StoredFacet
    faces: tuple[AnswerFace, ...]
    headline: Figure | None
    verdict: Verdict | None
    companions: tuple[Figure, ...]
    pairs: tuple[PairRow, ...]
    categories: tuple[CategoryRow, ...]
    matrices: tuple[Matrix, ...]
    remarks: tuple[Remark, ...]

    @property
    def missing(self) -> str:
        return wording.missing(self.stored.n_missing, self.stored.n_cannot_judge)

    @property
    def category_kappa_name(self) -> str:
        return _NAMES[_figure_of_categories(self.stored)]


def facet_report(
    figures: Stored, facet: FacetContent, threshold: float | None, *, has_coefficients: bool
) -> FacetReport:
    """Return the report; `threshold` is None where no verdict may be given."""
    stored = StoredFacet(figures if has_coefficients else {**figures, "agreement": None})
    headline = headline_of(stored)
    agreement = stored.agreement
    return FacetReport(
        facet=facet,
        stored=stored,
        faces=faces(stored, facet),
        headline=headline,
        verdict=None
        if headline is None or threshold is None
        else wording.verdict(headline.estimate, threshold),
        companions=() if agreement is None else companions(stored, agreement),
        pairs=_pairs(stored),
        categories=() if agreement is None else _categories(stored, agreement),
        matrices=matrices(stored),
        remarks=() if agreement is None else _remarks(stored, agreement),
    )


def faces(stored: StoredFacet, facet: FacetContent) -> tuple[AnswerFace, ...]:
    """Return how each answer is drawn; the codebook of the round gives colours and letters."""
    categories = [AnswerFace(str(c.id), c.name, c.tone, c.letter) for c in facet.categories]
    values = {WORDS_FOR_VALUE[value]: value for value in _KEYS}
    others = [values[name] for name in stored.answers[len(categories) :]]
    return (
        *categories,
        *(AnswerFace(value, WORDS_FOR_VALUE[value], None, _KEYS[value]) for value in others),
    )


def _pairs(stored: StoredFacet) -> tuple[PairRow, ...]:
    return tuple(
        PairRow(
            first=stored.coders[pair.first],
            second=stored.coders[pair.second],
            n_units=pair.figures["n_units"],
            percent=Figure("Percent agreement", estimate_of(pair.figures["percent"]), True),
            figures=tuple(_figures_of_pair(pair.figures, stored)),
        )
        for pair in stored.pairs()
    )


def _figures_of_pair(figures: Stored, stored: StoredFacet) -> Sequence[Figure]:
    if stored.is_multiple:
        return [Figure("Mean Jaccard similarity", estimate_of(figures["jaccard"]))]
    if stored.is_ordinal:
        return [
            Figure("Kappa, quadratic weights", estimate_of(figures["kappa_quadratic"])),
            Figure("Kappa, linear weights", estimate_of(figures["kappa_linear"])),
            Figure("Kappa, unweighted", estimate_of(figures["kappa"])),
        ]
    return [Figure("Cohen's kappa", estimate_of(figures["kappa"]))]


def _categories(stored: StoredFacet, agreement: Stored) -> tuple[CategoryRow, ...]:
    rows = [_category(place, found, stored) for place, found in enumerate(agreement["categories"])]
    return tuple(sorted(rows, key=_by_need))


def _figure_of_categories(stored: StoredFacet) -> str:
    """Return the figure of a category against all others: kappa, or alpha for partial overlap.

    Fleiss' kappa takes chance from all judgements and agreement from the cards judged twice, so a
    rare category can fall below -1 when most cards were judged once.
    """
    agreement = stored.agreement
    if agreement is None or not agreement["categories"]:
        return "Fleiss"
    definition = str(agreement["categories"][0]["kappa_definition"])
    is_partial = agreement["n_pairable"] < agreement["n_units"]
    return "alpha" if definition == "Fleiss" and is_partial else definition


def _category(place: int, found: Stored, stored: StoredFacet) -> CategoryRow:
    is_alpha = _figure_of_categories(stored) == "alpha"
    kappa = estimate_of(found["alpha" if is_alpha else "kappa"])
    return CategoryRow(
        answer=place,
        n_labels=found["n_labels"],
        n_units=kappa.n_units,
        prevalence=found["prevalence"],
        positive=Figure("Positive agreement", estimate_of(found["positive"])),
        negative=Figure("Negative agreement", estimate_of(found["negative"])),
        ac1=Figure("Gwet's AC1", estimate_of(found["ac1"])),
        kappa=Figure("Kappa", kappa, topic="category-kappa"),
        is_thin=found["n_labels"] < THIN * max(len(stored.coders), 1),
    )


def _by_need(row: CategoryRow) -> tuple[bool, bool, float, int]:
    """Order by what to fix first: low kappa on many cards, then on few, then undefined ones."""
    value = row.kappa.estimate.value
    return (value is None, row.is_thin, 0.0 if value is None else value, row.answer)


def _remarks(stored: StoredFacet, agreement: Stored) -> tuple[Remark, ...]:
    return wording.remarks(
        agreement["notices"],
        n_missing=stored.n_missing or 0,
        n_assigned=stored.figures["n_assigned"],
        has_order=stored.is_ordinal or stored.is_multiple,
    )
