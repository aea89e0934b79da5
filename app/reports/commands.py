"""`concord report`."""

from pathlib import Path

import click

from app.coding.rounds import round_named
from app.console import hand_over, prepared_database
from app.studies.service import find_study, study_id_of

_FORMATS = ("json", "html", "csv", "md", "check")


@click.command("report")
@click.argument("study")
@click.option("--round", "round_name", required=True, metavar="NAME", help="The closed round.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(_FORMATS),
    required=True,
    help="json: the stored figures; html: everything for reviewers in one file; csv: one row "
    "for each figure; md: tables for an appendix; check: judgements and figures as JSON, to check "
    "with another program.",
)
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="File to write, which may exist; without it, or with -, standard output.",
)
def report(study: str, round_name: str, kind: str, target: Path | None) -> None:
    """Print the agreement report of a closed round, or write it to a file.

    STUDY is a number or a name. While the round is open nobody gets a report. The JSON has study,
    round, stance, headline, threshold, closed_at, facets (the figures as they were frozen),
    bootstrap, remarks and input_hash (by facet), algorithm_version, negotiation (by facet; keys
    begin with before_ or after_) and process; a figure without a value has null and a reason.
    Where figures are no reliability, not_reliability says why.

    The check file has the judgements of each facet, the source document of each card where
    documents were drawn, figures, bootstrap and remarks. The CSV has facet, measure, key, category,
    first, second, value, low, high, interval, standard_error, n_units, n_coders, n_resamples,
    resampled, seed, n_undefined, reason.
    """
    # Start-up of the other commands stays quick.
    from app.reports.files import FORMATS
    from app.reports.service import check_report_open

    with prepared_database() as database, database.reading() as session:
        found = find_study(session, study)
        round_ = round_named(session, study_id_of(found), round_name)
        check_report_open(session, round_, member_id=None)
        content = FORMATS[kind].write(session, found, round_)
    hand_over(content, target)
