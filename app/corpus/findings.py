"""What is said about the rows of an import that are not simply new cards."""

from collections.abc import Iterable, Sequence

from app.corpus.drafts import DraftReport, Repetition
from app.corpus.imports import Choices, OnKnown, OnRepeat
from app.errors import Invalid
from app.tables.table import Table

N_LISTED = 20
NOTHING = "Nothing was imported."


def new_ids_with_known_texts(report: DraftReport) -> tuple[Repetition, ...]:
    """Return the rows whose text the study has, but not their id."""
    known = {row for repetition in report.known_ids for row in repetition.row_numbers}
    return tuple(found for found in report.known_texts if found.row_numbers[0] not in known)


def other_ids_with_one_text(report: DraftReport) -> tuple[Repetition, ...]:
    """Return the rows of the file that share a text and not their id as well."""
    same = {repetition.row_numbers for repetition in report.repeated_ids}
    return tuple(found for found in report.repeated_texts if found.row_numbers not in same)


def check_settled(report: DraftReport, choices: Choices) -> None:
    """Raise `Invalid`, with the rows, unless every doubtful row has been decided upon."""
    if report.problems and not choices.leave_out_bad_rows:
        rows = [f"Row {found.row_number}: {found.sentence}" for found in report.problems]
        raise Invalid(f"Some rows cannot become cards. {NOTHING}", problems=listed(rows))
    if choices.on_known is OnKnown.ASK and (report.known_ids or report.repeated_ids):
        raise Invalid(
            f"Some ids are taken: choose whether these rows are skipped or replace. {NOTHING}",
            problems=listed(
                [*known_in_words(report.known_ids), *repeated_in_words(report.repeated_ids)]
            ),
        )


def warnings_of(report: DraftReport, choices: Choices, table: Table) -> tuple[str, ...]:
    """Return in sentences what of the file did not come in as it stands there."""
    found = [] if choices.on_known is OnKnown.REPLACE else skipped_in_words(report.known_ids)
    found += repeated_in_words(report.repeated_ids)
    kept = "was skipped" if choices.on_repeat is OnRepeat.SKIP else "is a card of its own"
    found += [
        f"Row {known.row_numbers[0]} ({known.card_id}) has a text the study had; it {kept}."
        for known in new_ids_with_known_texts(report)
    ]
    found += [f"{line[:-1]}." for line in repeated_texts_in_words(other_ids_with_one_text(report))]
    found += [
        f"Row {problem.row_number} was left out: {problem.sentence}" for problem in report.problems
    ]
    return (*table.notices, *listed(found))


def listed(lines: Sequence[str]) -> list[str]:
    hidden = len(lines) - N_LISTED
    return [*lines[:N_LISTED], f"… and {hidden:,} more."] if hidden > 0 else list(lines)


def known_in_words(found: Iterable[Repetition]) -> list[str]:
    return [f"Row {r.row_numbers[0]}: the study has a card {r.card_id}." for r in found]


def skipped_in_words(known_ids: Sequence[Repetition]) -> list[str]:
    """Return one sentence, for importing a file again skips every row of it."""
    if len(known_ids) < 2:
        return [f"{line[:-1]}; it was skipped." for line in known_in_words(known_ids)]
    ids = items_in_words([found.card_id for found in known_ids])
    return [f"{len(known_ids):,} rows were skipped, for the study has cards of their ids: {ids}."]


def repeated_in_words(found: Iterable[Repetition]) -> list[str]:
    return [f"Rows {rows_in_words(r.row_numbers)} have one id: {r.card_id}." for r in found]


def repeated_texts_in_words(found: Iterable[Repetition]) -> list[str]:
    return [f"Rows {rows_in_words(r.row_numbers)} have one text." for r in found]


def rows_in_words(numbers: Sequence[int]) -> str:
    return items_in_words([str(number) for number in numbers])


def items_in_words(items: Sequence[str]) -> str:
    """Return "2, 4 and 9"; of many items the first ten."""
    shown = items[:10]
    if len(items) > 10:
        return f"{', '.join(shown)} and {len(items) - 10:,} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
