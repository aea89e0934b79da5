"""PURE: from a Snapshot to what is said of one facet: headline, companions, pairs, categories."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.agreement import Estimate, Measure
from app.codebook.content import FacetContent
from app.coding.rules import WORDS_FOR_VALUE, Value
from app.reports import wording
from app.reports.bands import Bands, bands_of
from app.reports.companions import Companions, companions
from app.reports.figure import Figure
from app.reports.gate import Gate, gate_of
from app.reports.headline import Headline, headline_of
from app.reports.helped import Helped
from app.reports.matrices import Matrix, matrices
from app.reports.newer import NewerVersion
from app.reports.pairs import PairRow, pair_rows
from app.reports.remarks import Remark, remarks
from app.reports.stored import Stored, StoredFacet, estimates_of
from app.reports.wording import Verdict

THIN = 6  # judgements of a category for each coder, below which its own figures tell little
_NAMES = {
    Measure.CATEGORY_COHEN: "Cohen's kappa",
    Measure.CATEGORY_FLEISS: "Fleiss' kappa",
    Measure.ALPHA_NOMINAL: "Krippendorff's alpha",
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
    headline: Headline | None
    verdict: Verdict | None
    bands: tuple[Bands, ...]
    companions: Companions
    pairs: tuple[PairRow, ...]
    categories: tuple[CategoryRow, ...]
    matrices: tuple[Matrix, ...]
    gate: Gate | None
    remarks: tuple[Remark, ...]
    helped: Helped | None = None

    @property
    def missing(self) -> str:
        return wording.missing(self.stored.n_missing, self.stored.n_cannot_judge)

    @property
    def intervals(self) -> str:
        """How the intervals were made, in a sentence or two."""
        return wording.how_intervals(self.stored.intervals)

    @property
    def how_headline(self) -> str:
        """How the interval of the headline was made; empty without one."""
        if self.headline is None:
            return ""
        return wording.how_interval(self.headline.figure.estimate, self.stored.intervals)

    @property
    def category_kappa_name(self) -> str:
        return _NAMES[_measure_of_categories(self.stored)]


def facet_report(
    stored: StoredFacet,
    facet: FacetContent,
    threshold: float | None,
    *,
    chosen: str = "",
    newer: NewerVersion | None = None,
    helped: Helped | None = None,
) -> FacetReport:
    """Return the report; `threshold` is None where no verdict may be given."""
    headline = headline_of(stored, chosen)
    agreement = stored.agreement
    if headline is None or agreement is None:
        return _without_coefficients(stored, facet)
    figure = headline.figure
    return FacetReport(
        facet=facet,
        stored=stored,
        faces=faces(stored, facet),
        headline=headline,
        verdict=None if threshold is None else _verdict(stored, figure.estimate, threshold),
        bands=bands_of(figure, is_by_documents=wording.is_by_documents(stored.intervals)),
        companions=companions(stored, figure.measure),
        pairs=pair_rows(stored),
        categories=_categories(stored, agreement),
        matrices=matrices(stored),
        gate=gate_of(stored),
        remarks=remarks(stored, agreement, figure, newer, helped),
        helped=helped,
    )


def _verdict(stored: StoredFacet, estimate: Estimate, threshold: float) -> Verdict:
    is_by_documents = wording.is_by_documents(stored.intervals)
    return wording.verdict(estimate, threshold, is_by_documents=is_by_documents)


def _without_coefficients(stored: StoredFacet, facet: FacetContent) -> FacetReport:
    return FacetReport(
        facet=facet,
        stored=stored,
        faces=faces(stored, facet),
        headline=None,
        verdict=None,
        bands=(),
        companions=Companions((), ()),
        pairs=(),
        categories=(),
        matrices=(),
        gate=None,
        remarks=(),
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


def _categories(stored: StoredFacet, agreement: Stored) -> tuple[CategoryRow, ...]:
    measure = _measure_of_categories(stored)
    n_coders = max(len(stored.coders), 1)
    rows = [
        _category(place, found, measure, least=THIN * n_coders)
        for place, found in enumerate(agreement["categories"])
    ]
    return tuple(sorted(rows, key=_by_need))


def _measure_of_categories(stored: StoredFacet) -> Measure:
    """Return the figure of a category against all others: kappa, or alpha for partial overlap.

    Fleiss' kappa takes chance from all judgements and agreement from the cards judged twice, so a
    rare category can fall below -1 when most cards were judged once.
    """
    agreement = stored.agreement
    if agreement is None or not agreement["categories"]:
        return Measure.CATEGORY_FLEISS
    if Measure.CATEGORY_COHEN in agreement["categories"][0]["figures"]:
        return Measure.CATEGORY_COHEN
    is_partial = agreement["n_pairable"] < agreement["n_units"]
    return Measure.ALPHA_NOMINAL if is_partial else Measure.CATEGORY_FLEISS


def _category(place: int, found: Stored, measure: Measure, *, least: int) -> CategoryRow:
    figures: Mapping[Measure, Estimate] = estimates_of(found["figures"])
    kappa = figures[measure]
    return CategoryRow(
        answer=place,
        n_labels=found["n_labels"],
        n_units=kappa.n_units,
        prevalence=found["prevalence"],
        positive=Figure(Measure.SPECIFIC, figures[Measure.SPECIFIC]),
        negative=Figure(Measure.NEGATIVE, figures[Measure.NEGATIVE]),
        ac1=Figure(Measure.AC1, figures[Measure.AC1]),
        kappa=Figure(measure, kappa),
        is_thin=found["n_labels"] < least,
    )


def _by_need(row: CategoryRow) -> tuple[bool, bool, float, int]:
    """Order by what to fix first: low kappa on many cards, then on few, then undefined ones."""
    value = row.kappa.estimate.value
    return (value is None, row.is_thin, 0.0 if value is None else value, row.answer)
