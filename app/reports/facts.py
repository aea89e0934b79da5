"""The design of a round in words, for every form of the report."""

from app.coding.assistance import assistance_words
from app.coding.frozen import protocol_hash
from app.coding.rounds import protocol_of
from app.coding.rules import WORDS_FOR_HEADLINE, CardChoice, Headline, Kind, Plan
from app.reports.service import RoundReport, has_coefficients
from app.reports.wording import counted, exposed_words, limit
from app.studies.rules import Stance

KIND_WORDS = {
    Kind.CALIBRATION: "calibration",
    Kind.INDEPENDENT: "independent",
    Kind.RECODE: "recoding",
    Kind.DRIFT_CHECK: "drift check",
}
_STANCE_WORDS = {
    Stance.RELIABILITY: "reliability: coefficients of what coders said before any talk",
    Stance.CONSENSUS_ONLY: "consensus only: no coefficient anywhere",
    Stance.JOINT_SORT: "joint sort: no coefficient anywhere",
}

_RECOMPUTING = (
    "Export the placements of this round as a long table (card_id, coder, facet, category).",
    "Take the rows of one facet. “None of these applies” is an answer like a category. “Does not "
    "apply” is compared by itself, applies against does not apply (up to algorithm version 2 it "
    "was an answer like a category); “cannot judge” and what was never judged are missing.",
    "Cohen's kappa of two coders is computed on the cards both judged, over all answers of the "
    "codebook: in Python, sklearn.metrics.cohen_kappa_score(first, second, labels=answers). Its "
    "interval is kappa ± 1.96 standard errors (Fleiss, Cohen and Everitt 1969), or the bootstrap's "
    "where cards share source documents.",
    "Krippendorff's alpha takes every card judged by two coders or more; for sets its distance "
    "is MASI. Light's kappa is the mean of the pairwise kappas that are defined.",
    "The file with the stored figures (JSON) has every confusion table, from which each figure "
    "follows with pencil and paper.",
    "The file to check with another program (concord report --format check) has every judgement "
    "beside every figure, and the seed from which the resamples of the bootstrap come; where "
    "documents were drawn, also which card is from which.",
)
_RECOMPUTING_SHARES = (
    _RECOMPUTING[0],
    "Take the rows of one facet and the cards that two coders or more judged. The share agreed "
    "before negotiation is that of the cards on which all of them gave the same answer.",
)


def recomputing(report: RoundReport) -> tuple[str, ...]:
    """Return how to compute the figures again; of coefficients only where there are any."""
    return _RECOMPUTING if has_coefficients(report.study) else _RECOMPUTING_SHARES


def facts(report: RoundReport) -> tuple[tuple[str, str], ...]:
    """Return what a reviewer asks about the design, as pairs of term and answer."""
    design, round_ = report.design, report.round
    told = [
        ("Study", report.study.name),
        ("Round", f"{round_.name}, {KIND_WORDS[Kind(round_.kind)]}, {round_.sort} sort"),
        ("Stance", _STANCE_WORDS[report.stance]),
        *_threshold(report),
        ("Cards", f"{counted(design.n_cards, 'card')}, {_drawn(design.plan)}"),
        *_not_counted(report),
        *_drawing(report),
        ("Asked for", counted(design.n_judgements_asked, "judgement") + " on each facet"),
        *_coders(report),
        *_help(report),
        *_past_work(report),
        ("Codebook", f"version {design.version_number}, SHA-256 {design.version_hash}"),
        ("Protocol", f"SHA-256 {protocol_hash(round_, design.version_hash)}"),
        ("Closed with a reason", round_.close_reason or "no: everybody had handed in"),
        ("Not handed in at closing", ", ".join(design.unfinished) or "nobody"),
    ]
    if round_.phase == "void":
        told.append(("Declared void", round_.end_reason))
    return tuple(told)


def _not_counted(report: RoundReport) -> tuple[tuple[str, str], ...]:
    n_exposed = next((one.figures.get("n_exposed", 0) for one in report.snapshots), 0)
    return (("Not counted", exposed_words(n_exposed)),) if n_exposed else ()


def _coders(report: RoundReport) -> tuple[tuple[str, str], ...]:
    """Return who sorted; of a joint sort the people named, and who typed for them."""
    coders, together = ", ".join(report.design.coders), report.design.plan.participants
    if report.stance is Stance.JOINT_SORT:
        return (("Sorted together by", together or "not recorded"), ("Typed by", coders))
    return (("Coders", f"{len(report.design.coders)}: {coders}"),)


def _help(report: RoundReport) -> tuple[tuple[str, str], ...]:
    """Return what help was declared; of past work nobody knows."""
    if report.design.plan.cards is CardChoice.GIVEN:
        return ()
    return (("Help while sorting", assistance_words(protocol_of(report.round).assistance)),)


def _threshold(report: RoundReport) -> tuple[tuple[str, str], ...]:
    if report.threshold is None:
        return ()
    headline = WORDS_FOR_HEADLINE[Headline(report.round.headline)]
    when = "for the study" if report.round.threshold is None else "before the round opened"
    if report.design.plan.cards is CardChoice.GIVEN:
        when = "in the study when the past work came in, after it was judged"
    return (
        ("Headline coefficient", headline),
        ("Threshold", f"{limit(report.threshold)}, set {when}"),
    )


def _past_work(report: RoundReport) -> tuple[tuple[str, str], ...]:
    if report.design.plan.cards is not CardChoice.GIVEN:
        return ()
    return (
        ("Past work", "brought in from a file; opened and closed say when, not when it was judged"),
    )


def _drawing(report: RoundReport) -> tuple[tuple[str, str], ...]:
    """Return how cards were dealt out; for past work nobody knows."""
    plan = report.design.plan
    if plan.cards is CardChoice.GIVEN:
        return ()
    return (
        ("Judged by every coder", f"{plan.share}% of the cards"),
        ("Seed of the draw and the order of cards", str(report.design.seed)),
    )


def _drawn(plan: Plan) -> str:
    how = {
        CardChoice.ALL: "all cards of the study",
        CardChoice.FILTER: "those that met a search",
        CardChoice.SAMPLE: "a sample drawn at random",
        CardChoice.GIVEN: "those that were coded before",
        CardChoice.AFFECTED: "those that a new version of the codebook put in question",
    }[plan.cards]
    how += ", none that the team had talked about" if plan.is_undiscussed else ""
    return f"{how}, none from an earlier round" if plan.is_fresh else how
