"""What to keep in mind when reading the figures, in plain words."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from app.agreement.figures import MINIMUM_FOR_INTERVAL
from app.agreement.measures import Measure
from app.agreement.undefined import Estimate

if TYPE_CHECKING:
    from app.agreement.facet import CategoryAgreement, FacetAgreement, PairAgreement

FEW_CARDS = 30
WIDE = 0.4
PARADOX_PERCENT = 0.8  # at least so much agreement
PARADOX_KAPPA = 0.6  # less than this kappa, if one category makes up more than
PARADOX_SHARE = 0.8
LOW_KAPPA = 0.4  # less than this kappa, whatever the shares


class NoticeKind(StrEnum):
    """What a notice is about."""

    SILENT_CODER = "silent coder"
    FEW_CARDS = "few cards"
    MISSING = "missing judgements"
    WIDE_INTERVAL = "wide interval"
    UNUSED_CATEGORY = "unused category"
    CONSTANT_CODER = "constant coder"
    NO_VARIATION = "no variation"
    PERFECT = "perfect agreement"
    UNDEFINED_PAIRS = "undefined pairs"
    PARADOX = "kappa paradox"
    FEW_SORTS = "few sorts"
    TIED = "tied similarities"


class Notice(NamedTuple):
    """A kind, for style and order, and the sentence to show."""

    kind: NoticeKind
    sentence: str


def _list_names(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _notice_coders(facet: "FacetAgreement") -> Iterator[Notice]:
    silent = [margin.coder for margin in facet.margins if margin.n_units == 0]
    if silent:
        yield Notice(
            NoticeKind.SILENT_CODER,
            f"{_list_names(silent)} judged no card and is left out of every figure."
            if len(silent) == 1
            else f"{_list_names(silent)} judged no card and are left out of every figure.",
        )
    used = [(margin.coder, [n for n in margin.labels if n]) for margin in facet.margins]
    constant = [coder for coder, labels in used if len(labels) == 1]
    if facet.scale is not None and constant and facet.n_coders > 1:
        yield Notice(
            NoticeKind.CONSTANT_CODER,
            f"{_list_names(constant)} used a single category: a kappa with such a coder is 0 or "
            "undefined, whatever the others did.",
        )


def _notice_amount(facet: "FacetAgreement") -> Iterator[Notice]:
    cards = _count(facet.n_pairable, "card was", "cards were")
    if 0 < facet.n_pairable < MINIMUM_FOR_INTERVAL:
        yield Notice(
            NoticeKind.FEW_CARDS,
            f"Only {cards} judged by two or more coders: read the values as an impression; no "
            "interval is given.",
        )
    elif 0 < facet.n_pairable < FEW_CARDS:
        yield Notice(
            NoticeKind.FEW_CARDS,
            f"Only {cards} judged by two or more coders: another set of cards could give quite "
            "different values.",
        )
    if facet.n_missing and facet.n_labels:
        missing = _count(facet.n_missing, "judgement is", "judgements are")
        total = facet.n_missing + facet.n_labels
        yield Notice(
            NoticeKind.MISSING,
            f"{missing} missing ({facet.n_missing / total:.0%} of {total}); each figure uses the "
            "cards it can.",
        )


def _notice_categories(facet: "FacetAgreement") -> Iterator[Notice]:
    unused = [entry.category for entry in facet.categories if entry.n_labels == 0]
    if unused and facet.n_labels:
        yield Notice(
            NoticeKind.UNUSED_CATEGORY,
            f"Nobody used {_list_names(unused)}; "
            f"{'it counts' if len(unused) == 1 else 'they count'} as declared all the same.",
        )


def _is_wide(kappa: Estimate) -> bool:
    return kappa.low is not None and kappa.high is not None and kappa.high - kappa.low > WIDE


def _notice_pairs(facet: "FacetAgreement") -> Iterator[Notice]:
    if facet.is_of_sets:
        return
    wide = [pair for pair in facet.pairs if _is_wide(pair.figures[Measure.COHEN])]
    if wide:
        yield Notice(
            NoticeKind.WIDE_INTERVAL,
            f"The interval of kappa is wider than {WIDE} for {_name_pairs(wide)}: too few cards to "
            "tell weak from strong agreement.",
        )
    undefined = [pair for pair in facet.pairs if pair.figures[Measure.COHEN].value is None]
    if undefined:
        yield Notice(
            NoticeKind.UNDEFINED_PAIRS,
            f"Kappa is not defined for {len(undefined)} of "
            f"{_count(len(facet.pairs), 'pair', 'pairs')}: {_explain_pairs(undefined)}.",
        )


def _name_pairs(pairs: "Iterable[PairAgreement]") -> str:
    return _list_names([f"{pair.first} with {pair.second}" for pair in pairs])


def _explain_pairs(pairs: "Sequence[PairAgreement]") -> str:
    return "; ".join(
        f"{pair.first} with {pair.second}, {pair.figures[Measure.COHEN].reason}" for pair in pairs
    )


def _notice_variation(facet: "FacetAgreement") -> Iterator[Notice]:
    used = sum(entry.n_labels > 0 for entry in facet.categories)
    percent = Measure.PERCENT_EXACT_SET if facet.is_of_sets else Measure.PERCENT
    alpha = Measure.ALPHA_MASI if facet.is_of_sets else Measure.ALPHA_NOMINAL
    if facet.figures[percent].value != 1:
        return
    if facet.scale is not None and used == 1:
        yield Notice(
            NoticeKind.NO_VARIATION,
            "Every judgement names the same category, so agreement beyond chance is not defined.",
        )
    elif facet.figures[alpha].value is not None:
        bound = min(3 / facet.n_pairable, 1)
        yield Notice(
            NoticeKind.PERFECT,
            f"All coders agree on every card. {_count(facet.n_pairable, 'card', 'cards')} cannot "
            f"rule out disagreement on up to {bound:.0%} of further ones (3/n).",
        )


def _shown(found: Estimate) -> str:
    return "not defined" if found.value is None else f"{found.value:.2f}"


def _prevalence_sentence(facet: "FacetAgreement") -> str:
    indices = facet.pairs[0].figures if len(facet.pairs) == 1 else {}
    if Measure.PREVALENCE_INDEX in indices:
        prevalence, bias = indices[Measure.PREVALENCE_INDEX], indices[Measure.BIAS_INDEX]
        return f"prevalence index {prevalence.value:.2f}, bias index {bias.value:.2f}"
    top = max(facet.categories, key=lambda entry: entry.prevalence or 0)
    return f"{top.category} makes up {top.prevalence or 0:.0%} of the judgements"


def _is_paradox(percent: Estimate, kappa: Estimate, top_share: float) -> bool:
    """Tell whether agreement is high and kappa low because one answer is so frequent."""
    if percent.value is None or kappa.value is None or percent.value < PARADOX_PERCENT:
        return False
    limit = PARADOX_KAPPA if top_share > PARADOX_SHARE else LOW_KAPPA
    return kappa.value < limit


def _notice_paradox(facet: "FacetAgreement") -> Iterator[Notice]:
    if facet.is_of_sets:
        return
    percent, kappa = facet.figures[Measure.PERCENT], facet.figures[Measure.LIGHT]
    top_share = max((entry.prevalence or 0.0 for entry in facet.categories), default=0.0)
    if not _is_paradox(percent, kappa, top_share):
        return
    ac1 = _shown(facet.figures[Measure.AC1])
    yield Notice(
        NoticeKind.PARADOX,
        f"The coders agree on {percent.value:.0%} although kappa is only "
        f"{kappa.value:.2f}: one category is so frequent that chance alone would bring them "
        f"close (Gwet's AC1 {ac1}, {_prevalence_sentence(facet)}).",
    )


def _notice_category_paradox(facet: "FacetAgreement") -> Iterator[Notice]:
    caught: list[CategoryAgreement] = [
        entry
        for entry in facet.categories
        if _is_paradox(
            entry.figures[Measure.PERCENT],
            entry.figures[Measure.CATEGORY_FLEISS],
            max(entry.prevalence or 0.0, 1 - (entry.prevalence or 0.0)),
        )
    ]
    if facet.scale is None and caught:
        yield Notice(
            NoticeKind.PARADOX,
            f"High agreement but low kappa on {_list_names([entry.category for entry in caught])}: "
            "rare or very frequent categories, read AC1 and positive agreement beside kappa.",
        )


def collect_notices(facet: "FacetAgreement") -> tuple[Notice, ...]:
    """Return what to keep in mind about these figures, most basic first.

    Parameters
    ----------
    facet : FacetAgreement
        The figures.

    References
    ----------
    Paradox: Feinstein, A. R. & Cicchetti, D. V. (1990). High agreement but low kappa: I. The
    problems of two paradoxes. Journal of Clinical Epidemiology 43(6), 543-549.
    doi:10.1016/0895-4356(90)90158-L. 3/n: Hanley, J. A. & Lippman-Hand, A. (1983). If nothing
    goes wrong, is everything all right? JAMA 249(13), 1743-1745.
    doi:10.1001/jama.1983.03330370053031
    """
    sources = (
        _notice_coders,
        _notice_amount,
        _notice_categories,
        _notice_pairs,
        _notice_variation,
        _notice_paradox,
        _notice_category_paradox,
    )
    return tuple(notice for source in sources for notice in source(facet))
