"""Rounds with given answers, coded and closed by the code that users run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from app.codebook.files import read_codebook
from app.codebook.importing import import_codebook
from app.codebook.service import draft, latest_version, publish
from app.coding.desks import Judgement
from app.coding.drafts import RoundDraft, create_round
from app.coding.measuring import snapshots
from app.coding.models import Round, Snapshot
from app.coding.placing import place_card
from app.coding.rounds import open_round
from app.coding.rules import Headline, Kind, Plan, Value
from app.db import Database
from app.errors import Conflict
from app.resolution.closing import close_round
from app.studies.rules import Stance
from tests.factories import Team, make_cards

OTHER_ANSWERS = {
    "none": Value.NONE_APPLIES,
    "n/a": Value.NOT_APPLICABLE,
    "?": Value.CANNOT_JUDGE,
}


@dataclass(frozen=True, slots=True)
class Sorted:
    """What each coder said of each card in turn; "" is not judged, "a|b" a set."""

    categories: tuple[str, ...]
    answers: Mapping[str, Sequence[str]]
    choice: str = "single"
    scale: str = "nominal"


def renamed(one: Sorted, ending: str) -> Sorted:
    """The same answers under other names: no two facets share a category's name here."""

    def longer(said: str) -> str:
        names = said.split("|")
        return "|".join(name if name in ("", *OTHER_ANSWERS) else name + ending for name in names)

    answers = {coder: tuple(map(longer, said)) for coder, said in one.answers.items()}
    return replace(one, categories=tuple(map(longer, one.categories)), answers=answers)


SMELLS = ("stale", "unclear", "broken")
BEN = ("stale",) * 12 + ("unclear",) * 10 + ("broken",) * 6 + ("stale", "broken")
CLEO = ("stale",) * 10 + ("unclear",) * 11 + ("broken",) * 5 + ("stale",) * 3 + ("none",)
TWO = Sorted(SMELLS, {"Ben": BEN, "Cleo": CLEO})
ONE_HAND = Sorted(SMELLS, {"Ben": BEN})


@dataclass(frozen=True, slots=True)
class Coded:
    """A round and where to find its parts."""

    team: Team
    round_id: int
    facets: dict[str, int]
    categories: dict[str, int]

    @property
    def url(self) -> str:
        return f"{self.team.url}/rounds/{self.round_id}"

    def page(self, facet: str, **query: int) -> str:
        more = "".join(f"&{name}={value}" for name, value in query.items())
        return f"{self.url}/agreement?facet={self.facets[facet]}{more}"


def make_round(
    session: Session,
    team: Team,
    facets: Mapping[str, Sorted],
    *,
    name: str = "Round 1",
    kind: Kind = Kind.INDEPENDENT,
    headline: Headline = Headline.BY_DESIGN,
    is_closed: bool = True,
    participants: str = "",
) -> Coded:
    """A round in which the coders said this; a card is one position in the answers."""
    ids, version_id = _publish(session, team, facets)
    coders = list(dict.fromkeys(coder for one in facets.values() for coder in one.answers))
    n_cards = max(len(said) for one in facets.values() for said in one.answers.values())
    rows = [f"{name}-{place},Excerpt {place} of {name}" for place in range(n_cards)]
    card_ids = make_cards(session, team.study_id, *rows)[-n_cards:]
    planned = RoundDraft(
        name=name,
        plan=Plan(is_fresh=True, participants=participants),
        coder_ids=tuple(team.members[coder] for coder in coders),
        facet_ids=tuple(ids[facet] for facet in facets),
        codebook_version_id=version_id,
        seed=5,
        kind=kind,
        headline=headline,
    )
    round_ = create_round(session, team.study_id, planned, by=None)
    open_round(session, round_, by=None)
    assert round_.id is not None
    coded = Coded(team, round_.id, {facet: ids[facet] for facet in facets}, ids)
    _place(session, coded, facets, card_ids)
    if is_closed:
        close_round(session, round_, reason="Enough was coded.", is_forced=True, by=None)
    session.commit()
    return coded


def make_round_without_coefficients(session: Session, team: Team) -> Coded:
    """A closed round on Smell as the study sorts: alone and compared, or together by one hand."""
    if team.study.stance == Stance.JOINT_SORT:
        return make_round(session, team, {"Smell": ONE_HAND}, participants="Ben and Cleo")
    return make_round(session, team, {"Smell": TWO})


def _publish(
    session: Session, team: Team, facets: Mapping[str, Sorted]
) -> tuple[dict[str, int], int]:
    lines = ["facet,choice,scale,name,definition"]
    for facet, one in facets.items():
        lines += [
            f"{facet},{one.choice},{one.scale},{name},What counts as {name}"
            for name in one.categories
        ]
    file = read_codebook("\n".join(lines).encode(), file_name="codebook.csv")
    import_codebook(session, team.study_id, file, by=None)
    try:
        version_id = publish(session, team.study_id, "", by=None).id
    except Conflict:  # the same facets as in the round before
        before = latest_version(session, team.study_id)
        assert before is not None
        version_id = before.id
    book = draft(session, team.study_id)
    ids = {one.name: one.id for facet in book.facets for one in facet.categories}
    ids.update({facet.name: facet.id for facet in book.facets})
    assert version_id is not None
    return ids, version_id


def _place(
    session: Session, coded: Coded, facets: Mapping[str, Sorted], card_ids: Sequence[int]
) -> None:
    for facet, one in facets.items():
        for coder, said in one.answers.items():
            for card_id, answer in zip(card_ids, said, strict=False):
                if answer:
                    judgement = _judgement(coded, card_id, facet, one, answer)
                    place_card(session, coded.round_id, coded.team.members[coder], judgement)


def _judgement(coded: Coded, card_id: int, facet: str, one: Sorted, answer: str) -> Judgement:
    facet_id = coded.facets[facet]
    if answer in OTHER_ANSWERS:
        return Judgement(card_id, facet_id, OTHER_ANSWERS[answer], ())
    names = answer.split("|") if one.choice == "multiple" else [answer]
    chosen = tuple(coded.categories[name] for name in names)
    return Judgement(card_id, facet_id, Value.CATEGORIES, chosen)


def taken(database: Database, coded: Coded) -> list[Snapshot]:
    with database.reading() as session:
        return list(snapshots(session, session.get_one(Round, coded.round_id)))
