"""How a study went, facet by facet: its rounds, its codebook, what was new, and its stop rule."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.codebook.models import CodebookVersion
from app.codebook.published import codebook_of_version
from app.codebook.service import latest_version
from app.coding.measuring import facets_of_round, snapshots
from app.coding.models import Round
from app.coding.pace import coded_cards, median_seconds
from app.coding.rounds import protocol_of, with_figures
from app.coding.rules import Kind, Phase
from app.coding.seals import has_seals
from app.coding.staleness import changes_of_meaning
from app.reports.causes import Causes, causes_of
from app.reports.facts import KIND_WORDS
from app.reports.figure import Figure
from app.reports.headline import Headline, figure_of, headline_of
from app.reports.rule_history import rule_changes
from app.reports.saturation import Saturation, saturation
from app.reports.service import RoundReport, has_coefficients, stored_facets, threshold_of
from app.reports.stop_rule import Newest, StopVerdict, facet_stops, study_stops
from app.reports.stored import StoredFacet
from app.reports.version_marks import VersionMark, version_marks
from app.reports.wording import Standing, not_reliability
from app.resolution.yields import pace_of
from app.studies.activity_words import stop_rule_words
from app.studies.models import Study
from app.studies.service import stop_rule_of

SEALED = "sealed until every statement is in"
VOID = "void"
# A recoding takes in what was in doubt: its cards say nothing about the others.
_READ_BY_THE_RULE = (Kind.INDEPENDENT, Kind.DRIFT_CHECK)


@dataclass(frozen=True, slots=True)
class Pace:
    """The median seconds of a judgement and of a decision of the talk; None where unknown."""

    judgement: float | None = None
    decision: float | None = None


@dataclass(frozen=True, slots=True)
class CourseRound:
    """A closed round on one facet. `left_out` says why it has no figure here; "" if it counts.

    `marks` are the versions that came into use with it. `figure` is the coefficient of the course;
    `settled` the one settled for this round, where that is another.
    """

    round_id: int
    name: str
    kind: str
    left_out: str
    version: int | None
    marks: tuple[VersionMark, ...]
    figure: Figure | None
    settled: Figure | None
    causes: Causes | None
    pace: Pace


@dataclass(frozen=True, slots=True)
class FacetCourse:
    """How one facet went. `since` are the versions that no closed round has used yet.

    `threshold` is that of the newest round with a figure. A facet is asked while it is part of the
    newest codebook.
    """

    facet_id: int
    name: str
    measure_name: str
    rounds: tuple[CourseRound, ...]
    since: tuple[VersionMark, ...]
    saturation: Saturation
    stop: StopVerdict
    threshold: float | None
    is_asked: bool


@dataclass(frozen=True, slots=True)
class StudyCourse:
    """How a study went, and where it stands by its own rule; `rule` is empty without one."""

    rule: str
    standing: Standing
    rule_changes: tuple[str, ...]
    facets: tuple[FacetCourse, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A round with what was stored of a facet, as far as it may be told."""

    round: Round
    left_out: str
    stored: StoredFacet | None
    headline: Headline | None

    @property
    def is_read_by_rule(self) -> bool:
        return self.headline is not None and self.round.kind in _READ_BY_THE_RULE


def study_course(
    session: Session, study: Study, *, shown: Collection[int] | None = None
) -> StudyCourse:
    """Return the course of every facet of the newest codebook, then of those no longer asked.

    With `shown` only these facets have their rounds; of the others the stop rule is told.
    """
    rounds = _closed(session, study)
    asked = {facet.id: facet for facet in _newest_facets(session, study)}
    earlier = (facet for round_ in rounds[::-1] for facet in facets_of_round(session, round_))
    facets = {**{facet.id: facet for facet in reversed([*earlier])}, **asked}
    ordered = [*asked, *(facet_id for facet_id in facets if facet_id not in asked)]
    told = ordered if shown is None else shown
    paces = _paces(session, rounds)
    courses = tuple(
        _course(
            session,
            study,
            rounds,
            facets[facet_id],
            paces=paces if facet_id in told else None,
            is_asked=facet_id in asked,
        )
        for facet_id in ordered
    )
    rule = stop_rule_of(study)
    words = stop_rule_words(rule.bound, rule.quiet_cards)
    return StudyCourse(
        rule="" if words == "none" else words,
        standing=study_stops([one.stop for one in courses if one.is_asked]),
        rule_changes=rule_changes(session, study.id or 0),
        facets=courses,
    )


def with_course(session: Session, report: RoundReport) -> RoundReport:
    """Return the report of a round with the course of its study as it stands now."""
    course = study_course(session, report.study, shown=report.round.facet_ids)
    return replace(report, course=course)


def first_facet(session: Session, study: Study) -> int:
    """Return the first facet of the newest codebook; 0 before one is published."""
    return next((facet.id for facet in _newest_facets(session, study)), 0)


def _closed(session: Session, study: Study) -> Sequence[Round]:
    statement = select(Round).where(Round.study_id == study.id, with_figures())
    return session.exec(statement.order_by(col(Round.closed_at), col(Round.id))).all()


def _newest_facets(session: Session, study: Study) -> Sequence[FacetContent]:
    version = latest_version(session, study.id or 0)
    return codebook_of_version(session, version.id or 0).facets if version else ()


def _course(
    session: Session,
    study: Study,
    rounds: Sequence[Round],
    facet: FacetContent,
    *,
    paces: Mapping[int, Pace] | None,
    is_asked: bool,
) -> FacetCourse:
    """Return the course of a facet; without the paces of the rounds only where it stands."""
    read = [_read(session, study, one, facet.id) for one in rounds if facet.id in one.facet_ids]
    last = next((one for one in reversed(read) if one.headline is not None), None)
    newest = None if last is None else last.headline
    marks, since = version_marks(session, study.id or 0, facet.id, [one.round for one in read])
    needs_cards = paces is not None or study.stop_quiet_cards is not None
    found = saturation(
        coded_cards(session, one.round, facet.id)
        for one in (read if needs_cards else ())
        if one.left_out not in {SEALED, VOID}
    )
    return FacetCourse(
        facet_id=facet.id,
        name=facet.name,
        measure_name=newest.figure.name if newest else "",
        rounds=tuple(
            _round(session, one, facet.id, own, newest, paces.get(one.round.id or 0, Pace()))
            for one, own in zip(read, marks, strict=True)
        )
        if paces is not None
        else (),
        since=since,
        saturation=found,
        stop=facet_stops(
            facet.name,
            stop_rule_of(study),
            _newest_read_by_rule(session, read, facet.id),
            found,
            has_bound=has_coefficients(study),
        ),
        threshold=None if last is None else threshold_of(study, last.round),
        is_asked=is_asked,
    )


def _read(session: Session, study: Study, round_: Round, facet_id: int) -> _Read:
    left_out = _why_left_out(session, round_)
    if left_out or not has_coefficients(study):
        return _Read(round_, left_out, None, None)
    taken = [one for one in snapshots(session, round_) if one.facet_id == facet_id]
    (stored,) = stored_facets(session, study, taken)
    headline = headline_of(stored, round_.headline)
    why = "" if headline else "closed without a coefficient"
    return _Read(round_, why, stored, headline)


def _why_left_out(session: Session, round_: Round) -> str:
    if round_.phase == Phase.VOID:
        return VOID
    if has_seals(session, round_):
        return SEALED
    if not_reliability(round_.kind, round_.sort):
        return "not reliability"
    return ""


def _newest_read_by_rule(session: Session, read: Sequence[_Read], facet_id: int) -> Newest | None:
    """Return what the newest reliability round says, and whether it still speaks of the facet."""
    counted = [one for one in read if one.is_read_by_rule]
    if not counted or counted[-1].headline is None:
        return None
    round_, figure = counted[-1].round, counted[-1].headline.figure
    numbers = [_version_of(session, one.round) or 0 for one in counted]
    later = changes_of_meaning(session, round_.study_id, facet_id, after=numbers[-1])
    changed_by = next(iter(later), None)
    is_used = changed_by is not None and max(numbers) >= changed_by
    return Newest(round_.name, figure.name, figure.estimate, changed_by, is_used)


def _round(
    session: Session,
    read: _Read,
    facet_id: int,
    marks: tuple[VersionMark, ...],
    newest: Headline | None,
    pace: Pace,
) -> CourseRound:
    round_, is_told = read.round, read.left_out not in {SEALED, VOID}
    own = read.headline.figure if read.headline else None
    shown = own
    if own is not None and newest is not None and read.stored is not None:
        shown = figure_of(read.stored, newest.figure.measure)
    return CourseRound(
        round_id=round_.id or 0,
        name=round_.name,
        kind=_kind_words(round_),
        left_out=read.left_out,
        version=_version_of(session, round_),
        marks=marks,
        figure=shown,
        settled=own if own != shown else None,
        causes=causes_of(session, round_, facet_id) if is_told else None,
        pace=pace,
    )


def _kind_words(round_: Round) -> str:
    helped = ", with declared help" if protocol_of(round_).assistance else ""
    return f"{KIND_WORDS[Kind(round_.kind)]}{helped}"


def _paces(session: Session, rounds: Sequence[Round]) -> Mapping[int, Pace]:
    """Return the pace of each round that may be told."""
    return {
        one.id or 0: Pace(median_seconds(session, one), pace_of(session, one).seconds)
        for one in rounds
        if _why_left_out(session, one) not in {SEALED, VOID}
    }


def _version_of(session: Session, round_: Round) -> int | None:
    if round_.codebook_version_id is None:
        return None
    return session.get_one(CodebookVersion, round_.codebook_version_id).number
