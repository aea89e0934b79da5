"""PURE: what to mind when quoting the figures of a facet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.agreement import Estimate, Measure, NoticeKind
from app.agreement.notices import WIDE
from app.reports.figure import Figure
from app.reports.helped import Helped
from app.reports.newer import NewerVersion
from app.reports.stored import Stored, StoredFacet, StoredPair, estimate_of
from app.reports.wording import counted, exposed_words, is_by_documents

_MOST_NAMED = 3


class Weight(StrEnum):
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to mind: how weighty, a heading, a sentence.

    `versions` are the two versions of the codebook that it speaks of.
    """

    weight: Weight
    title: str
    sentence: str
    versions: tuple[int, int] | None = None


_TITLES: Mapping[str, tuple[Weight, str]] = {
    NoticeKind.SILENT_CODER: (Weight.WARN, "Not everybody judged."),
    NoticeKind.FEW_CARDS: (Weight.WARN, "Few cards."),
    NoticeKind.UNUSED_CATEGORY: (Weight.INFO, "Not every category was used."),
    NoticeKind.CONSTANT_CODER: (Weight.WARN, "A coder used a single category."),
    NoticeKind.NO_VARIATION: (Weight.WARN, "Nothing varied."),
    NoticeKind.PERFECT: (Weight.INFO, "Perfect agreement."),
    NoticeKind.UNDEFINED_PAIRS: (Weight.WARN, "Some pairs have no kappa."),
    NoticeKind.PARADOX: (Weight.WARN, "High agreement, low kappa."),
}


def remarks(
    stored: StoredFacet,
    agreement: Stored,
    headline: Figure,
    newer: NewerVersion | None,
    helped: Helped | None = None,
) -> tuple[Remark, ...]:
    """Return what to mind about the figures of a facet, what bears on all of them first.

    What was stored of wide intervals was said before the resamples were drawn, and what was stored
    of missing judgements takes in cards that were never given to a coder: both are said anew here,
    of the intervals shown and of what was assigned.
    """
    said = [
        *_about_help(helped),
        *_about_codebook(newer),
        *_about_exposed(stored),
        *_about_headline(stored, headline),
    ]
    said += [
        Remark(*_TITLES[notice["kind"]], notice["sentence"])
        for notice in agreement["notices"]
        if notice["kind"] in _TITLES
    ]
    return (*said, *_about_pairs(stored, headline), *_about_missing(stored))


def _about_help(helped: Helped | None) -> Iterator[Remark]:
    if helped is not None:
        yield Remark(Weight.WARN, "Coders had help.", helped.sentence)


def _about_codebook(newer: NewerVersion | None) -> Iterator[Remark]:
    if newer is None:
        return
    versions = (newer.own, newer.number)
    published = f"version {newer.number} was published on {newer.published_at:%Y-%m-%d}"
    if newer.is_changed:
        yield Remark(
            Weight.WARN,
            "The codebook has changed since.",
            f"These figures are of version {newer.own}; {published}. "
            f"They say nothing about labels given under it. {_about_labels(newer.stale_since)}",
            versions,
        )
    else:
        yield Remark(
            Weight.INFO,
            "There is a newer codebook.",
            f"These figures are of version {newer.own}; {published}. "
            "This facet reads the same in both.",
            versions,
        )


def _about_labels(stale_since: int | None) -> str:
    if stale_since is None:
        return "A round of several coders has checked the newer codebook since."
    return (
        f"Labels of a single coder are stale since version {stale_since}, until a round of several "
        "coders on fresh cards has closed by that version or a newer one."
    )


def _about_exposed(stored: StoredFacet) -> Iterator[Remark]:
    n_exposed = stored.figures.get("n_exposed", 0)
    if n_exposed:
        yield Remark(Weight.INFO, "Not every card counts.", exposed_words(n_exposed))


def _about_headline(stored: StoredFacet, headline: Figure) -> Iterator[Remark]:
    if _is_wide(headline.estimate):
        few = "source documents" if is_by_documents(stored.intervals) else "cards"
        yield Remark(
            Weight.WARN,
            "A wide interval.",
            f"The interval of {headline.name}, {headline.interval}, is wider than {WIDE}: "
            f"too few {few} to tell weak from strong agreement.",
        )


def _is_wide(estimate: Estimate) -> bool:
    if estimate.low is None or estimate.high is None:
        return False
    return estimate.high - estimate.low > WIDE


def _about_pairs(stored: StoredFacet, headline: Figure) -> Iterator[Remark]:
    pairs = () if stored.is_multiple else stored.pairs()
    wide = [pair for pair in pairs if _is_wide(estimate_of(pair.figures[Measure.COHEN]))]
    if not wide or (len(pairs) == 1 and headline.measure is Measure.COHEN):
        return
    yield Remark(
        Weight.WARN,
        "Wide intervals of pairs.",
        f"The interval of Cohen's kappa is wider than {WIDE} for "
        f"{_named(stored.coders, wide, len(pairs))}: too few cards to tell these coders apart.",
    )


def _named(coders: Sequence[str], pairs: Sequence[StoredPair], n_pairs: int) -> str:
    if len(pairs) > _MOST_NAMED:
        return f"{len(pairs)} of {counted(n_pairs, 'pair')}"
    names = [f"{coders[pair.first]} with {coders[pair.second]}" for pair in pairs]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _about_missing(stored: StoredFacet) -> Iterator[Remark]:
    n_missing, n_assigned = stored.n_missing, stored.figures["n_assigned"]
    if not n_missing:
        return
    sentence = (
        f"{n_missing} of {counted(n_assigned, 'judgement')} asked for "
        f"({100 * n_missing / n_assigned:.0f}%) are missing; each figure uses the cards it can."
    )
    if stored.is_ordinal or stored.is_multiple:
        sentence += " An answer outside the categories counts as missing here."
    yield Remark(Weight.INFO, "Missing judgements.", sentence)
