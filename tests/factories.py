"""Accounts, studies and people for tests, made by the code that users run.

Ada leads, Ben and Cleo code, Dan is outside.
"""

import uuid
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.accounts.models import Account
from app.accounts.service import create_account, find_account
from app.codebook.files import read_codebook
from app.codebook.importing import import_codebook
from app.codebook.service import draft as codebook_draft
from app.codebook.service import publish
from app.corpus.imports import (
    Choices,
    OnKnown,
    OnRepeat,
    Reading,
    guess_uses,
    mapping_of,
    read,
)
from app.corpus.service import import_cards, matching_card_ids, prepare
from app.studies import service
from app.studies.models import Study
from app.studies.rules import Role, Stance
from app.studies.service import NewStudy, add_member, create_study, study_id_of
from tests.conftest import BASE_URL, SAME_SITE

PASSWORD = "nine careful owls"


def fresh_id() -> str:
    """An operation id that was not used before."""
    return str(uuid.uuid4())


def make_account(session: Session, name: str = "Ada", *, is_admin: bool = False) -> Account:
    """The account of a person, made when new; the email is the name at example.org."""
    email = f"{name.lower()}@example.org"
    found = find_account(session, email)
    made = found or create_account(
        session, email=email, name=name, password=PASSWORD, is_admin=is_admin
    )
    session.commit()  # lets go of the write lock, for which the next request would wait
    return made


@dataclass(frozen=True, slots=True)
class Team:
    """A study with its people: the id of each membership by the name of the person."""

    study: Study
    study_id: int
    members: dict[str, int]

    @property
    def url(self) -> str:
        return f"/studies/{self.study_id}"


def make_study(
    session: Session,
    name: str = "Leaderboards",
    *,
    lead: str = "Ada",
    coders: tuple[str, ...] = ("Ben", "Cleo"),
    others: dict[str, Role] | None = None,
    stance: Stance = Stance.RELIABILITY,
) -> Team:
    """A study led by Ada, in which Ben and Cleo code; `others` are further people with a role."""
    lead_account = make_account(session, lead)
    study = create_study(session, NewStudy(name, stance=stance), lead=lead_account)
    roles = {**dict.fromkeys(coders, Role.CODER), **(others or {})}
    for person, role in roles.items():
        add_member(session, study, make_account(session, person), role=role)
    study_id = study_id_of(study)
    members = {member.name: member.id for member in service.members(session, study_id)}
    session.commit()
    return Team(study, study_id, members)


def sign_in(client: TestClient, name: str = "Ada", *, password: str = PASSWORD) -> TestClient:
    """The same client, in whose browser the person is signed in now."""
    form = {"email": f"{name.lower()}@example.org", "password": password}
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 303, answer.status_code
    return client


def browser_of(app: FastAPI, name: str | None = None) -> TestClient:
    """A browser of its own on the running application; signed in when a name is given."""
    client = TestClient(app, base_url=BASE_URL, headers=SAME_SITE, follow_redirects=False)
    return sign_in(client, name) if name else client


def make_cards(session: Session, study_id: int, *rows: str, columns: str = "id,text") -> list[int]:
    """Import cards from the lines of a CSV file and give their ids."""
    content = "\n".join((columns, *rows)).encode()
    table = read(content, "cards.csv", Reading())
    prepared = prepare(session, study_id, table, mapping_of(guess_uses(table)))
    choices = Choices(on_known=OnKnown.SKIP, on_repeat=OnRepeat.KEEP)
    import_cards(session, study_id, prepared, choices, account_id=None, file_name="cards.csv")
    card_ids = matching_card_ids(session, study_id)
    session.commit()
    return card_ids


def make_codebook(
    session: Session, study_id: int, facets: dict[str, tuple[str, ...]]
) -> dict[str, int]:
    """Put facets with categories into the draft and give the id of every name."""
    lines = ["facet,name", *(f"{facet},{name}" for facet in facets for name in facets[facet])]
    file = read_codebook("\n".join(lines).encode(), file_name="codebook.csv")
    import_codebook(session, study_id, file, by=None)
    session.commit()
    draft = codebook_draft(session, study_id)
    ids = {facet.name: facet.id for facet in draft.facets}
    ids.update({one.name: one.id for facet in draft.facets for one in facet.categories})
    session.rollback()
    return ids


def publish_codebook(session: Session, study_id: int, note: str = "") -> int:
    """Publish the draft and give the id of the version."""
    version_id = publish(session, study_id, note, by=None).id
    session.commit()
    assert version_id is not None
    return version_id
