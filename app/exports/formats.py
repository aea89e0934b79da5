"""The catalogue of files that Concord writes: their names, kinds and writers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from app.codebook.content import Codebook
from app.codebook.published import codebook_of_version
from app.codebook.service import content_of, draft, latest_version
from app.coding.models import Round
from app.coding.visibility import Viewer
from app.exports.codebook_routes import FORMATS as CODEBOOK_FORMATS
from app.exports.service import labels_of, labels_of_whole_study, newest_closed_round, placements_of
from app.exports.tables import labels_csv, placements_csv
from app.studies.models import Study
from app.studies.service import study_id_of
from app.web.downloads import file_name

CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a study is asked for, and through whose eyes."""

    study: Study
    round_: Round | None
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class File:
    """A written file with the name it travels under."""

    name: str
    media_type: str
    content: bytes


Writer = Callable[[Session, Wanted], File]


def write_placements(session: Session, wanted: Wanted) -> File:
    """Return the placements of the round asked for, else of the newest closed one."""
    round_ = wanted.round_ or newest_closed_round(session, study_id_of(wanted.study))
    found = placements_of(session, wanted.viewer, round_)
    what = "own placements while open" if found.is_own_only else "placements"
    name = file_name(wanted.study.name, f"{round_.name}, {what}", "csv")
    content = placements_csv(
        found.rows,
        is_own_only=found.is_own_only,
        has_piles=found.has_piles,
        is_aligned=found.is_aligned,
        has_suggestions=found.has_suggestions,
    )
    return File(name, CSV, content)


def write_labels(session: Session, wanted: Wanted) -> File:
    """Return the final labels of the round asked for, else of the newest closed one."""
    round_ = wanted.round_ or newest_closed_round(session, study_id_of(wanted.study))
    name = file_name(wanted.study.name, f"{round_.name}, labels", "csv")
    return File(name, CSV, labels_csv(labels_of(session, round_)))


def write_study_labels(session: Session, wanted: Wanted) -> File:
    """Return the labels of the whole study, whichever round came to each."""
    name = file_name(wanted.study.name, "labels", "csv")
    rows = labels_of_whole_study(session, study_id_of(wanted.study))
    return File(name, CSV, labels_csv(rows))


def codebook_writer(ending: str) -> Writer:
    """Return what writes the codebook of a round, else the newest version, else the draft."""
    kind = CODEBOOK_FORMATS[ending]

    def write_codebook(session: Session, wanted: Wanted) -> File:
        codebook = _codebook(session, wanted)
        name = file_name(wanted.study.name, "codebook", ending)
        return File(name, kind.media_type, kind.write(codebook, wanted.study))

    return write_codebook


def _codebook(session: Session, wanted: Wanted) -> Codebook:
    if wanted.round_ is not None and wanted.round_.codebook_version_id is not None:
        return codebook_of_version(session, wanted.round_.codebook_version_id)
    study_id = study_id_of(wanted.study)
    newest = latest_version(session, study_id)
    return content_of(newest) if newest else draft(session, study_id)


CATALOGUE: Mapping[str, Writer] = {
    "codebook-csv": codebook_writer("csv"),
    "codebook-md": codebook_writer("md"),
    "qdc": codebook_writer("qdc"),
    "placements-csv": write_placements,
    "labels-csv": write_labels,
    "study-labels-csv": write_study_labels,
}


def write(session: Session, format_: str, wanted: Wanted) -> File:
    """Return the file of this format, a name of the catalogue."""
    return CATALOGUE[format_](session, wanted)
