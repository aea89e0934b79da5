"""PURE: the figures of a long table, and the document that holds them."""

import json
from dataclasses import dataclass, replace

from app.agreement import SetRatings
from app.agreement.calculation import Calculation, calculate
from app.agreement.resampling import Progress, TooLarge
from app.calculator.reading import WIDE, Judgements, read_judgements
from app.calculator.reasons import of_found_categories
from app.calculator.rows import Bounds, Layout
from app.errors import Invalid
from app.tables.table import Table


@dataclass(frozen=True, slots=True)
class Resampling:
    """How often cards are drawn anew for intervals, and from which seed; 0 = no intervals."""

    n_resamples: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked of a table, what it says, and the figures."""

    layout: Layout
    judgements: Judgements
    resampling: Resampling
    calculation: Calculation

    @property
    def kind(self) -> str:
        """What a judgement is: nominal, ordinal, interval, or sets."""
        is_sets = isinstance(self.judgements.ratings, SetRatings)
        return "sets" if is_sets else self.layout.scale.value


def work_out(
    table: Table,
    layout: Layout,
    resampling: Resampling,
    *,
    bounds: Bounds = WIDE,
    progress: Progress | None = None,
) -> Answer:
    """Return the figures of a table; raises `Invalid` with the row that cannot be read.

    `progress` is told the share of the resamples that are done.
    """
    judgements = read_judgements(table, layout, bounds)
    if layout.is_multiple and not judgements.ratings.categories:
        raise Invalid(
            "Every cell is empty and no category is declared. Declare those that could apply.",
            field="categories",
        )
    try:
        calculation = calculate(
            judgements.ratings,
            n_resamples=resampling.n_resamples,
            seed=resampling.seed,
            clusters=judgements.clusters,
            progress=progress,
        )
    except TooLarge as refusal:
        raise Invalid(f"{refusal} Ask for the figures without intervals.") from refusal
    if not layout.categories and not layout.is_multiple:
        calculation = replace(calculation, figures=of_found_categories(calculation.figures))
    return Answer(layout, judgements, resampling, calculation)


def as_json(answer: Answer) -> bytes:
    """Return the answer as a JSON document; on one machine the same table gives the same bytes.

    Intervals of sets may differ elsewhere after seven digits, see `resample_sets`.

    `figures` and `intervals` have the keys of `app.agreement.names`; a figure is a number, a
    nested object or {"undefined": reason}.
    """
    ratings = answer.judgements.ratings
    document = {
        "figures": answer.calculation.figures,
        "intervals": answer.calculation.intervals,
        "notices": [
            {"kind": notice.kind, "sentence": notice.sentence}
            for notice in answer.calculation.notices
        ],
        "kind": answer.kind,
        "categories": ratings.categories,
        "coders": ratings.coders,
        "n_rows": answer.judgements.n_rows,
        "reading": answer.judgements.notices,
        "n_resamples": answer.resampling.n_resamples,
        "seed": answer.resampling.seed,
        "algorithm_version": answer.calculation.algorithm_version,
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    return f"{text}\n".encode()
