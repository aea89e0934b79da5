"""Placements made elsewhere become a closed round, with coders known by a pseudonym."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, col, select

from app.activity.models import Activity
from app.activity.service import record
from app.codebook.content import Codebook, content_hash
from app.codebook.models import CodebookVersion
from app.codebook.published import codebook_of_version
from app.codebook.service import draft, id_of, latest_version, publish
from app.coding.drafts import RoundDraft
from app.coding.models import Round
from app.coding.past_rounds import write_past_round
from app.coding.rounds import round_id_of
from app.coding.rules import CardChoice, Plan
from app.corpus.service import known_cards
from app.errors import Conflict, Invalid
from app.resolution.closing import close_round
from app.resolution.past_gates import gate_warnings, past_placements
from app.resolution.past_table import (
    LONGEST_NAME,
    Answer,
    Answers,
    Place,
    Reader,
    Said,
    refuse_all,
)
from app.studies.service import add_pseudonym
from app.tables.table import Table
from app.text import comparable, first_bad_character

IMPORTED = "past work imported"
DEFAULT_NAME = "Past work"


@dataclass(frozen=True, slots=True)
class PastWorkResult:
    """What an import did; counts are of placements."""

    created: int
    updated: int
    skipped: int
    warnings: tuple[str, ...] = ()
    round_ids: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        counts = asdict(self)
        del counts["round_ids"]
        return {**counts, "warnings": list(self.warnings)}


@dataclass(frozen=True, slots=True)
class PastJudgement:
    """One coder's judgement, with the coder's name still in place of an id."""

    coder: str
    card_id: int
    facet_id: int
    answer: Answer
    confidence: int | None
    memo: str


@dataclass(frozen=True, slots=True)
class PastRound:
    """What becomes one round."""

    name: str
    judgements: tuple[PastJudgement, ...]

    @property
    def coders(self) -> list[str]:
        return sorted({judgement.coder for judgement in self.judgements})

    @property
    def n_cards(self) -> int:
        return len({judgement.card_id for judgement in self.judgements})

    @property
    def digest(self) -> str:
        """Return a hash of the judgements; the name of the round is left out."""
        content = sorted(map(repr, self.judgements))  # values only, so alike on every run
        return hashlib.sha256("\n".join(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PastWork:
    """A file that can be imported, as rounds, and what its reader should know.

    Without a `version` the draft of the codebook is published before the rounds are made.
    """

    codebook: Codebook
    version: CodebookVersion | None
    rounds: tuple[PastRound, ...]
    warnings: tuple[str, ...]
    n_left_out: int = 0


def read_past_work(
    session: Session, study_id: int, table: Table, round_name: str | None
) -> PastWork:
    """Return what importing the table would make; raises with every problem of the file."""
    version = latest_version(session, study_id)
    codebook = codebook_of_version(session, id_of(version)) if version else draft(session, study_id)
    if not codebook.facets:
        raise Conflict(
            "Past work is read by a codebook, and this study has none. Bring one in with “concord "
            "import codebook” or on the Codebook page, and try again."
        )
    cards = known_cards(session, study_id).ids
    found = Reader(table, codebook, cards).read()
    answers = _answers(codebook, found.said, found.problems)
    if found.problems:
        raise refuse_all(found.problems, _unpublished(session, version))
    if not found.said:
        raise Invalid("No row of the file has a category. Nothing was imported.", field="file")
    by_round = _by_round(found.said, answers)
    chosen = _chosen_rounds(by_round, round_name)
    warnings = []
    if version is None:
        warnings.append("No version of the codebook was published: its draft becomes version 1.")
    if found.n_blank:
        rows = "1 row has" if found.n_blank == 1 else f"{found.n_blank:,} rows have"
        count = "counts" if found.n_blank == 1 else "count"
        warnings.append(f"{rows} no category and {count} as not judged.")
    warnings += gate_warnings(codebook, found.said, answers)
    left_out = sum(map(len, by_round.values())) - sum(len(one.judgements) for one in chosen)
    if left_out:
        warnings.append(f"{left_out:,} judgements of other rounds of the file were left out.")
    return PastWork(codebook, version, tuple(chosen), tuple(warnings), left_out)


def _unpublished(session: Session, version: CodebookVersion | None) -> str:
    """Return that the draft differs from the version a file was read by, if so."""
    if version is None or content_hash(draft(session, version.study_id)) == version.content_hash:
        return ""
    return (
        f" It was read by version {version.number} of the codebook; the changes of the draft "
        "count once they are published."
    )


def _answers(
    codebook: Codebook, said: Mapping[Place, Said], problems: list[tuple[int, str]]
) -> dict[Place, Answer]:
    by_facet = {facet.id: Answers(facet) for facet in codebook.facets}
    found: dict[Place, Answer] = {}
    for place, one in said.items():
        answer = by_facet[place[3]].of(one)
        if isinstance(answer, Answer):
            found[place] = answer
        else:
            problems.append((one.row_number, answer))
    for answers in by_facet.values():
        problems += answers.problems()
    return found


def _by_round(
    said: Mapping[Place, Said], answers: Mapping[Place, Answer]
) -> dict[str, list[PastJudgement]]:
    rounds: dict[str, list[PastJudgement]] = defaultdict(list)
    for place, one in said.items():
        name, coder, card_id, facet_id = place
        memo = "\n".join(one.memos)
        judgement = PastJudgement(coder, card_id, facet_id, answers[place], one.confidence, memo)
        rounds[name].append(judgement)
    return rounds


def _chosen_rounds(
    by_round: Mapping[str, Sequence[PastJudgement]], round_name: str | None
) -> list[PastRound]:
    """Return the rounds to make: those of the file, one of them, or one under the given name."""
    names = list(by_round)
    if not round_name:
        return [PastRound(_titled(name), tuple(by_round[name])) for name in names]
    same = [name for name in names if comparable(name) == comparable(round_name)]
    if len(names) == 1 or same:
        return [PastRound(round_name.strip(), tuple(by_round[(same or names)[0]]))]
    listed = ", ".join(f"“{name}”" if name else "rows without one" for name in names)
    raise Invalid(
        f"The file has several rounds: {listed}. Name one of them to import it alone, or none to "
        "import all. Nothing was imported.",
        field="round",
    )


def _titled(name: str) -> str:
    """Return the name of a round as it is shown: a bare number is no name."""
    if not name:
        return DEFAULT_NAME
    return f"Round {name}" if name.isdecimal() else name


def import_placements(
    session: Session,
    study_id: int,
    table: Table,
    round_name: str | None,
    *,
    by: int | None,
    file_name: str = "",
) -> PastWorkResult:
    """Make closed rounds of a table of placements: all of them or, on any problem, none.

    Raises Invalid with every problem of the file, and Conflict when the study has no codebook or
    a round of that name. What was imported before is skipped with a warning.
    """
    work = read_past_work(session, study_id, table, round_name)
    known, version = _imported_before(session, study_id), work.version
    warnings, round_ids, created, skipped = list(work.warnings), [], 0, work.n_left_out
    for past in work.rounds:
        digest = past.digest
        if digest in known:
            skipped += len(past.judgements)
            warnings.append(
                f"The round “{known[digest]}” holds exactly these placements already. "
                "They were skipped."
            )
            continue
        version = version or publish(session, study_id, "For past work.", by=by)
        round_ = _make_round(session, version, work.codebook, past, by=by)
        counts = {"sha256": digest, "file": file_name, "placements": len(past.judgements)}
        record(session, study_id, account_id=by, kind=IMPORTED, subject=past.name, detail=counts)
        round_ids.append(round_id_of(round_))
        created += len(past.judgements)
    return PastWorkResult(created, 0, skipped, tuple(warnings), tuple(round_ids))


def _imported_before(session: Session, study_id: int) -> dict[str, str]:
    """Return the name of the round by the hash of what was imported into it."""
    statement = select(Activity).where(Activity.study_id == study_id, Activity.kind == IMPORTED)
    trail = session.exec(statement.order_by(col(Activity.seq)))
    return {str(entry.detail.get("sha256")): entry.subject for entry in trail}


def _make_round(
    session: Session,
    version: CodebookVersion,
    codebook: Codebook,
    past: PastRound,
    *,
    by: int | None,
) -> Round:
    study_id = version.study_id
    _refuse_name(session, study_id, past.name)
    members = {name: add_pseudonym(session, study_id, name).id or 0 for name in past.coders}
    facet_ids = {judgement.facet_id for judgement in past.judgements}
    plan = RoundDraft(
        name=past.name,
        plan=Plan(cards=CardChoice.GIVEN),
        coder_ids=tuple(dict.fromkeys(members.values())),
        facet_ids=tuple(facet.id for facet in codebook.facets if facet.id in facet_ids),
        codebook_version_id=version.id,
        seed=0,
    )
    placements = past_placements(past, members, codebook)
    hands: dict[int, list[int]] = {member_id: [] for member_id in members.values()}
    for coder_id, card_id in dict.fromkeys((one.coder_id, one.card_id) for one in placements):
        hands[coder_id].append(card_id)
    round_ = write_past_round(session, study_id, plan, hands, placements, by=by)
    reason = "Past work: what was not judged then stays missing."
    close_round(session, round_, reason=reason, is_forced=True, by=by)
    return round_


def _refuse_name(session: Session, study_id: int, name: str) -> None:
    if len(name) > LONGEST_NAME or first_bad_character(name) is not None:
        reason = f"The name of a round has at most {LONGEST_NAME} characters, all printable."
        raise Invalid(f"{reason} Nothing was imported.", field="round")
    key = comparable(name)
    same = select(Round.name).where(Round.study_id == study_id, Round.name_key == key)
    taken = session.exec(same).first()
    if taken is not None:
        raise Conflict(
            f"There is a round called “{taken}” already, with other placements. Past work makes a "
            "new round: give it another name. Nothing was imported."
        )
