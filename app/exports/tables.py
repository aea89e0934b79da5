"""PURE: placements and final labels as CSV, from which Concord and others read them back."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.text import safe_cell

SEPARATOR = "|"
OWN_ONLY = "own placements only: this round is open"

PILE_COLUMNS = ("pile_description", "pile_under")
ALIGNED_COLUMNS = ("pile", *PILE_COLUMNS)
SUGGESTION_COLUMNS = ("suggested", "suggested_confidence")
PLACEMENT_COLUMNS = ("card_id", "coder", "facet", "category", "memo", "confidence", "round")
LABEL_COLUMNS = (
    "card_id", "title", "facet", "category", "provenance", "n_coders", "rationale", "round",
    "outcome", "cause", "decided_by", "decided_at", "dissent", "migrated_from",
    "codebook_version", "stale_since",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """What a coder said of a card on a facet; `categories` may be one special value.

    `piles` are the coder's own piles among them: the description, and what each lies under. Once
    the team has matched them, `categories` are what they count as and `pile_names` what they are.
    `suggested` is the category that was in view when it was judged, and how sure the model was.
    """

    card_id: str
    coder: str
    facet: str
    categories: tuple[str, ...]
    memo: str
    confidence: int | None
    round: str
    piles: tuple[tuple[str, str], ...] = ()
    pile_names: tuple[str, ...] = ()
    suggested: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class LabelRow:
    """What a card counts as on a facet; no category where nothing was settled.

    `decided_by` is a coder as the placements name them, or a role; `decided_at` is UTC. `dissent`
    is what coders keep to say against it. `migrated_from` are the categories before a merge took
    the label along; `stale_since` is the version of the codebook that puts it in doubt.
    """

    card_id: str
    title: str
    facet: str
    categories: tuple[str, ...]
    provenance: str
    n_coders: int
    rationale: str
    round: str
    outcome: str = ""
    cause: str = ""
    decided_by: str = ""
    decided_at: str = ""
    dissent: str = ""
    migrated_from: tuple[str, ...] = ()
    codebook_version: str = ""
    stale_since: str = ""


def placements_csv(
    rows: Iterable[PlacementRow],
    *,
    is_own_only: bool = False,
    has_piles: bool = False,
    is_aligned: bool = False,
    has_suggestions: bool = False,
) -> bytes:
    """Return the placements in long form.

    While a round is open a file holds one coder's own rows, and a column `note` says so. After an
    open or hybrid sort two more columns say of each own pile what its coder wrote and put it under.
    Once the piles are matched one more names them, and the category is the shared one. Where
    categories were suggested, two more say which one was in view and how sure it was.
    """
    note = (OWN_ONLY,) if is_own_only else ()
    lines = (
        (
            row.card_id,
            row.coder,
            row.facet,
            category,
            row.memo,
            "" if row.confidence is None else str(row.confidence),
            row.round,
            *((SEPARATOR.join(row.pile_names),) if is_aligned else ()),
            *(_of_piles(row) if has_piles else ()),
            *(_of_suggestion(row) if has_suggestions else ()),
            *note,
        )
        for row in rows
        for category in category_cells(row.categories)
    )
    more = (
        *(ALIGNED_COLUMNS if is_aligned else PILE_COLUMNS if has_piles else ()),
        *(SUGGESTION_COLUMNS if has_suggestions else ()),
        *(("note",) if is_own_only else ()),
    )
    return _csv((*PLACEMENT_COLUMNS, *more), lines)


def _of_suggestion(row: PlacementRow) -> tuple[str, str]:
    return (row.suggested[0], f"{row.suggested[1]:.4f}") if row.suggested else ("", "")


def _of_piles(row: PlacementRow) -> tuple[str, str]:
    """Return descriptions and parents, those of several piles each on a line."""
    return "\n".join(about for about, _ in row.piles), "\n".join(under for _, under in row.piles)


def labels_csv(rows: Iterable[LabelRow]) -> bytes:
    """Return one row for each card and facet, without a label too."""
    lines = (
        (
            row.card_id,
            row.title,
            row.facet,
            category,
            row.provenance,
            str(row.n_coders),
            row.rationale,
            row.round,
            row.outcome,
            row.cause,
            row.decided_by,
            row.decided_at,
            row.dissent,
            SEPARATOR.join(row.migrated_from),
            row.codebook_version,
            row.stale_since,
        )
        for row in rows
        for category in category_cells(row.categories)
    )
    return _csv(LABEL_COLUMNS, lines)


def category_cells(categories: Sequence[str]) -> list[str]:
    """Return the categories in one cell, or in a row each when a name holds the separator."""
    if any(SEPARATOR in name for name in categories):
        return list(categories)
    return [SEPARATOR.join(categories)]


def _csv(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in line] for line in lines)
    return text.getvalue().encode()
