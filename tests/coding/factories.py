"""Cards, a published codebook, rounds and finished work for tests, made by the services."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from app.codebook.content import FacetContent
from app.codebook.files import read_codebook
from app.codebook.importing import import_codebook
from app.codebook.published import codebook_of_version
from app.codebook.service import id_of, publish
from app.coding.desks import Judgement
from app.coding.drafts import RoundDraft, create_round
from app.coding.handing_in import hand_in
from app.coding.models import Assignment, Round
from app.coding.placing import place_card
from app.coding.rounds import open_round, round_id_of
from app.coding.rules import Kind, Plan, Value
from app.corpus.imports import Choices, guess_uses, mapping_of
from app.corpus.service import import_cards, known_cards, prepare
from app.tables.readers import read_table
from tests.factories import Team

SMELLS = ("Missing", "Stale", "Unclear")


def csv_file(rows: Sequence[Mapping[str, object]]) -> bytes:
    """The rows as a CSV file; the columns are those of all rows in order of appearance."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def make_numbered_cards(session: Session, team: Team, keys: Sequence[str]) -> dict[str, int]:
    """Cards with these ids; every second one has the kind "thread", the others "guide"."""
    rows = [
        {"id": key, "text": f"Excerpt {key} tells a story.", "kind": ("guide", "thread")[i % 2]}
        for i, key in enumerate(keys)
    ]
    table = read_table(csv_file(rows), file_name="cards.csv")
    prepared = prepare(session, team.study_id, table, mapping_of(guess_uses(table)))
    import_cards(
        session, team.study_id, prepared, Choices(), account_id=None, file_name="cards.csv"
    )
    ids = known_cards(session, team.study_id).ids
    session.commit()
    return {key: ids[key.lower()] for key in keys}


@dataclass(frozen=True, slots=True)
class PublishedBook:
    """A published codebook with ids by name."""

    version_id: int
    facets: dict[str, FacetContent]

    def category(self, facet: str, name: str) -> int:
        return next(one.id for one in self.facets[facet].categories if one.name == name)


def make_book(
    session: Session, team: Team, facets: Mapping[str, tuple[str, Sequence[str]]] | None = None
) -> PublishedBook:
    """A published codebook; without `facets` it asks for one Smell of three."""
    wanted = facets or {"Smell": ("single", SMELLS)}
    rows = [
        {"facet": facet, "choice": choice, "name": name, "definition": f"What {name} means."}
        for facet, (choice, names) in wanted.items()
        for name in names
    ]
    file = read_codebook(csv_file(rows), file_name="codebook.csv")
    import_codebook(session, team.study_id, file, by=None)
    version = publish(session, team.study_id, "", by=None)
    codebook = codebook_of_version(session, id_of(version))
    session.commit()
    return PublishedBook(id_of(version), {facet.name: facet for facet in codebook.facets})


def make_round(
    session: Session,
    team: Team,
    book: PublishedBook,
    name: str = "Round 1",
    *,
    coders: Sequence[str] = ("Ben", "Cleo"),
    plan: Plan | None = None,
    seed: int = 7,
    kind: Kind = Kind.INDEPENDENT,
    is_open: bool = True,
) -> Round:
    """A round on all facets of the codebook and, unless the plan says otherwise, all cards."""
    draft = RoundDraft(
        name=name,
        plan=plan or Plan(),
        coder_ids=tuple(team.members[coder] for coder in coders),
        facet_ids=tuple(facet.id for facet in book.facets.values()),
        codebook_version_id=book.version_id,
        seed=seed,
        kind=kind,
    )
    round_ = create_round(session, team.study_id, draft, by=None)
    if is_open:
        open_round(session, round_, by=None)
    session.commit()
    return round_


def judge(
    session: Session, round_: Round, coder_id: int, card_id: int, facet_id: int, *category_ids: int
) -> None:
    """The coder's judgement; without a category, that none applies."""
    value = Value.CATEGORIES if category_ids else Value.NONE_APPLIES
    said = Judgement(card_id, facet_id, value, category_ids)
    place_card(session, round_id_of(round_), coder_id, said)
    session.commit()


def finish_work(session: Session, round_: Round, coder_id: int, answers: Mapping[int, int]) -> None:
    """The coder judges these cards, one category each on the round's only facet, and hands in."""
    (facet_id,) = round_.facet_ids
    for card_id, category_id in answers.items():
        judge(session, round_, coder_id, card_id, facet_id, category_id)
    hand_in(session, round_id_of(round_), coder_id)
    session.commit()


def hands(session: Session, round_: Round) -> dict[int, list[int]]:
    """Each coder's cards in that coder's order."""
    rows = session.exec(
        select(Assignment)
        .where(Assignment.round_id == round_.id)
        .order_by(Assignment.coder_id, Assignment.position)
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row.coder_id, []).append(row.card_id)
    return found


def draft_like(round_: Round, **changes: object) -> RoundDraft:
    """A draft that says what the round says, with changes; no coders unless named."""
    values = {
        "name": round_.name,
        "plan": Plan(),
        "coder_ids": (),
        "facet_ids": tuple(round_.facet_ids),
        "codebook_version_id": round_.codebook_version_id,
        "seed": round_.seed,
        **changes,
    }
    return RoundDraft(**values)  # type: ignore[arg-type]
