"""`concord demo`: a filled study to look at, in a folder that is thrown away."""

import csv
import io
import secrets
import signal
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlmodel import Session

from app.accounts.models import Account
from app.accounts.service import NewAccount, add_account, new_account
from app.codebook.content import Codebook, FacetContent
from app.codebook.files import read_codebook
from app.codebook.importing import import_codebook
from app.codebook.models import CodebookVersion
from app.codebook.published import codebook_of_version
from app.codebook.service import id_of, publish
from app.coding.allocation import allocate
from app.coding.drafts import RoundDraft, create_round
from app.coding.models import Round
from app.coding.past_rounds import PastPlacement, write_past_round
from app.coding.rounds import open_round
from app.coding.rules import CardChoice, Plan, Value
from app.corpus.imports import Choices, guess_uses, mapping_of
from app.corpus.service import import_cards, known_cards, prepare
from app.db import open_database
from app.errors import Conflict
from app.negotiation.rules import Cause, Outcome
from app.negotiation.service import DecisionDraft, disagreements, record_decision
from app.resolution.closing import close_round
from app.resolution.past_table import Answer, Answers, Said
from app.schema import migrate
from app.serving import Address, serve
from app.settings import Settings
from app.studies.models import Membership
from app.studies.rules import Role, Stance
from app.studies.service import (
    NewStudy,
    add_member,
    create_study,
    membership_of,
    study_id_of,
)
from app.tables.readers import read_table
from app.text import comparable
from app.web.render import resource

LENGTH_OF_PASSWORD = 9  # bytes of chance, 12 characters


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo study, with the account ready to be added."""

    account: NewAccount
    role: Role


@dataclass(frozen=True, slots=True)
class Seed:
    """The demo study as it lies in `seed_data`."""

    folder: Path
    plan: Mapping[str, Any]

    def rows(self, name: str) -> list[dict[str, str]]:
        text = (self.folder / self.plan["files"][name]).read_text(encoding="utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def content(self, name: str) -> tuple[bytes, str]:
        path = self.folder / self.plan["files"][name]
        return path.read_bytes(), path.name


def read_seed(folder: Path) -> Seed:
    return Seed(folder, tomllib.loads((folder / "study.toml").read_text(encoding="utf-8")))


def people(seed: Seed, password: str) -> list[Person]:
    """Return the people of the study; hashing takes its time, so do it before a transaction."""
    return [
        Person(new_account(email=one["email"], name=one["name"], password=password), one["role"])
        for one in seed.plan["members"]
    ]


@dataclass(frozen=True, slots=True)
class Filling:
    """The study under way: what each later step needs of the earlier ones."""

    study_id: int
    members: Mapping[str, Membership]
    lead: Account
    cards: Mapping[str, int]
    version: CodebookVersion
    codebook: Codebook

    def member_id(self, email: str) -> int:
        return self.members[email].id or 0

    def facet(self, name: str) -> FacetContent:
        return next(facet for facet in self.codebook.facets if facet.name == name)

    def answer(self, facet: FacetContent, categories: str) -> Answer:
        found = Answers(facet).of(Said(0, categories.split("|")))
        if isinstance(found, str):
            raise ValueError(found)
        return found


def fill(session: Session, seed: Seed, persons: list[Person]) -> int:
    """Make the demo study through the services that users reach; returns its id."""
    filling = _begin(session, seed, persons)
    pilot, main = seed.plan["rounds"]
    round_ = _write_pilot(session, filling, pilot, seed.rows("placements"))
    _decide(session, filling, round_, seed.rows("decisions"))
    draft = RoundDraft(
        name=main["name"],
        plan=Plan(is_fresh=True, share=round(100 * main["overlap"])),
        coder_ids=tuple(filling.member_id(email) for email in main["coders"]),
        facet_ids=tuple(facet.id for facet in filling.codebook.facets),
        codebook_version_id=filling.version.id,
        seed=main["seed"],
    )
    second = create_round(session, filling.study_id, draft, by=filling.lead.id)
    open_round(session, second, by=filling.lead.id)
    return filling.study_id


def _begin(session: Session, seed: Seed, persons: list[Person]) -> Filling:
    accounts = [add_account(session, person.account) for person in persons]
    lead = accounts[0]
    about = seed.plan["study"]
    new = NewStudy(
        name=about["name"],
        description=about["description"].strip(),
        stance=Stance(about["stance"]),
        threshold=seed.plan["threshold"]["value"],
        is_demo=True,
    )
    study = create_study(session, new, lead=lead)
    study_id = study_id_of(study)
    for person, account in list(zip(persons, accounts, strict=True))[1:]:
        add_member(session, study, account, role=Role(person.role))
    _import_cards(session, seed, study_id, lead)
    content, name = seed.content("codebook")
    import_codebook(session, study_id, read_codebook(content, file_name=name), by=lead.id)
    version = publish(session, study_id, "For the pilot.", by=lead.id)
    members = {
        account.email: membership_of(session, study_id, account.id or 0) for account in accounts
    }
    return Filling(
        study_id=study_id,
        members={email: member for email, member in members.items() if member is not None},
        lead=lead,
        cards=known_cards(session, study_id).ids,
        version=version,
        codebook=codebook_of_version(session, id_of(version)),
    )


def _import_cards(session: Session, seed: Seed, study_id: int, lead: Account) -> None:
    content, name = seed.content("cards")
    table = read_table(content, file_name=name)
    prepared = prepare(session, study_id, table, mapping_of(guess_uses(table)))
    import_cards(session, study_id, prepared, Choices(), account_id=lead.id, file_name=name)


def _write_pilot(
    session: Session, filling: Filling, pilot: Mapping[str, Any], rows: list[dict[str, str]]
) -> Round:
    """Write the round that is behind the study, judgement by judgement, and close it."""
    coder_ids = [filling.member_id(email) for email in pilot["coders"]]
    card_ids = [filling.cards[comparable(key)] for key in pilot["cards"]]
    draft = RoundDraft(
        name=pilot["name"],
        plan=Plan(cards=CardChoice.GIVEN, share=round(100 * pilot["overlap"])),
        coder_ids=tuple(coder_ids),
        facet_ids=tuple(facet.id for facet in filling.codebook.facets),
        codebook_version_id=filling.version.id,
        seed=pilot["seed"],
    )
    hands = allocate(card_ids, coder_ids, share=draft.plan.share, seed=draft.seed)
    placements = [_placement(filling, row) for row in rows]
    round_ = write_past_round(
        session, filling.study_id, draft, hands, placements, by=filling.lead.id
    )
    reason = pilot["close_reason"]
    close_round(session, round_, reason=reason, is_forced=True, by=filling.lead.id)
    return round_


def _placement(filling: Filling, row: Mapping[str, str]) -> PastPlacement:
    facet = filling.facet(row["facet"])
    answer = filling.answer(facet, row["category"])
    return PastPlacement(
        coder_id=filling.member_id(row["coder"]),
        card_id=filling.cards[comparable(row["card_id"])],
        facet_id=facet.id,
        value=answer.value,
        category_ids=answer.category_ids,
        confidence=int(row["confidence"]) if row["confidence"] else None,
        memo=row["memo"],
    )


def _decide(session: Session, filling: Filling, round_: Round, rows: list[dict[str, str]]) -> None:
    flagged = {(one.facet_id, one.card_id): one for one in disagreements(session, round_)}
    for row in rows:
        facet = filling.facet(row["facet"])
        disagreement = flagged[facet.id, filling.cards[comparable(row["card_id"])]]
        answer = filling.answer(facet, row["categories"])
        draft = DecisionDraft(
            value=Value(answer.value),
            category_ids=answer.category_ids,
            outcome=Outcome(row["outcome"]),
            cause=Cause(row["cause"]),
            rationale=row["rationale"],
            revision=disagreement.revision,
        )
        lead = next(one for one in filling.members.values() if one.role == Role.LEAD)
        record_decision(session, disagreement, draft, by=lead)


@contextmanager
def _folder(named: Path | None) -> Iterator[Path]:
    """Give the folder that was named, if it is empty, else one that goes away at the end."""
    if named is None:
        with tempfile.TemporaryDirectory(prefix="concord-demo-") as folder:
            yield Path(folder)
        return
    if named.exists() and any(named.iterdir()):
        raise Conflict(
            f"The folder {named} is not empty, and the demo fills only an empty one. Unset "
            "CONCORD_DATA_DIR to use a throw-away folder, or open what is there with: concord serve"
        )
    yield named


def show(address: Address, named: Path | None) -> None:
    """Fill a folder with the demo study, say who can sign in, and serve it until told to stop."""
    seed = read_seed(resource("seed_data"))
    password = secrets.token_urlsafe(LENGTH_OF_PASSWORD)
    persons = people(seed, password)
    with _folder(named) as folder:
        settings = Settings(data_dir=folder, database_url=None, database_url_file=None)
        migrate(settings)
        database = open_database(settings)
        try:
            with database.transaction() as session:
                fill(session, seed, persons)
        finally:
            database.close()
        click.echo(_introduction(persons, password, address, named))
        # Ended from outside it would die on the spot and leave its folder behind.
        signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
        serve(settings, address, workers=1)


def _introduction(
    persons: list[Person], password: str, address: Address, named: Path | None
) -> str:
    lines = [f"{one.account.email:<20} {one.account.name}, {one.role}" for one in persons]
    kept = f"It is kept in {named}." if named else "It is thrown away when you stop the demo."
    return "\n".join(
        (
            f"The demo study is ready at {address.url}. {kept}",
            f"Sign in as one of these, each with the password {password}",
            *(f"  {line}" for line in lines),
            "Ben has cards waiting. Ada leads: she sees the agreement of the first round.",
        )
    )
