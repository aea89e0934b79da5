"""A small study in the middle of a round, for tests about who may see what.

Ada leads and codes, Ben and Cleo code, Odo observes, Ida arbitrates, Dan is outside; Mia is the
administrator of the server and no member.
"""

from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.accounts.deps import cookie_name
from app.accounts.models import Account
from app.accounts.service import create_account, sign_in
from app.codebook.models import Category, Facet
from app.codebook.service import publish
from app.coding.drafts import NO_RULES, RoundDraft, create_round
from app.coding.models import Assignment, Round
from app.coding.rounds import open_round
from app.coding.rules import Plan, Protocol, Sort
from app.corpus.drafts import text_hash
from app.corpus.models import Card
from app.corpus.search import search_text
from app.db import Database, now
from app.sources.documents import Kind, pasted
from app.sources.extraction.contained import Readers
from app.sources.outline import Stretch
from app.sources.passages import keep_excerpts
from app.sources.service import add_documents
from app.studies.models import Study
from app.studies.rules import Role
from app.studies.service import NewStudy, add_member, create_study, membership_of

PASSWORD = "nine careful owls"
ROLES = {
    "ben": Role.CODER,
    "cleo": Role.CODER,
    "odo": Role.OBSERVER,
    "ida": Role.ARBITER,
}
CATEGORIES = ("Missing", "Stale", "Unclear")


@dataclass(frozen=True, slots=True)
class World:
    """Ids of everything in the study."""

    study_id: int
    round_id: int
    version_id: int
    source_id: int
    card_ids: tuple[int, ...]
    single_id: int
    several_id: int
    category_ids: dict[int, tuple[int, ...]]
    member_ids: dict[str, int]
    account_ids: dict[str, int]


def make_world(
    database: Database,
    *,
    n_cards: int = 4,
    coders: tuple[str, ...] = ("ada", "ben", "cleo"),
    protocol: Protocol = NO_RULES,
    sort: Sort = Sort.CLOSED,
    categories: tuple[str, ...] = CATEGORIES,
    n_facets: int = 2,
    gate: str = "",
    texts: tuple[str, ...] = (),
) -> World:
    """Make the study with an open round that the coders have not begun.

    With `gate` the second facet is asked only if the first one is what it says.
    """
    with database.transaction() as session:
        accounts = {name: _account(session, name) for name in ("ada", "dan", "mia", *ROLES)}
        accounts["mia"].is_admin = True
        study = create_study(session, NewStudy("Leaderboards"), lead=accounts["ada"])
        for name, role in ROLES.items():
            add_member(session, study, accounts[name], role=role)
        members = {name: _member_id(session, study, accounts[name]) for name in ("ada", *ROLES)}
        facets = [
            _facet(session, study, "Smell", "single", categories),
            _facet(session, study, "Part", "multiple", categories),
        ]
        texts = texts or tuple(map(_usual_text, range(n_cards)))
        cards = [_card(session, study, position, text) for position, text in enumerate(texts)]
        session.flush()
        if gate:
            needed = {"facet_id": facets[0].id, "needs": gate, "category_ids": []}
            facets[1].gate = needed
        version = publish(session, study.id or 0, "first", by=accounts["ada"].id)
        draft = RoundDraft(
            name="Round 1",
            plan=Plan(),
            coder_ids=tuple(members[name] for name in coders),
            facet_ids=tuple(facet.id or 0 for facet in facets)[:n_facets],
            codebook_version_id=version.id,
            seed=11,
            protocol=protocol,
            sort=sort,
        )
        round_ = create_round(session, study.id or 0, draft, by=accounts["ada"].id)
        open_round(session, round_, by=accounts["ada"].id)
        return World(
            study_id=study.id or 0,
            round_id=round_.id or 0,
            version_id=version.id or 0,
            source_id=_source(session, study, cards[0]),
            card_ids=tuple(card.id or 0 for card in cards),
            single_id=facets[0].id or 0,
            several_id=facets[1].id or 0,
            category_ids={facet.id or 0: _category_ids(session, facet) for facet in facets},
            member_ids=members,
            account_ids={name: account.id or 0 for name, account in accounts.items()},
        )


def _account(session: Session, name: str) -> Account:
    email = f"{name}@example.org"
    return create_account(session, email=email, name=name.title(), password=PASSWORD)


def _member_id(session: Session, study: Study, account: Account) -> int:
    member = membership_of(session, study.id or 0, account.id or 0)
    assert member is not None
    return member.id or 0


def _facet(
    session: Session, study: Study, name: str, choice: str, categories: tuple[str, ...]
) -> Facet:
    facet = Facet(study_id=study.id or 0, name=name, name_key=name.lower(), choice=choice)
    session.add(facet)
    session.flush()
    for position, category in enumerate(categories):
        session.add(
            Category(
                study_id=study.id or 0,
                facet_id=facet.id or 0,
                name=category,
                name_key=category.lower(),
                definition=f"What counts as {category.lower()}.",
                tone=position % 24 + 1,
                position=position,
            )
        )
    return facet


def _category_ids(session: Session, facet: Facet) -> tuple[int, ...]:
    statement = select(Category.id).where(Category.facet_id == facet.id).order_by(Category.id)  # type: ignore[arg-type]
    return tuple(found or 0 for found in session.exec(statement))


def _usual_text(position: int) -> str:
    return f"Excerpt number {position} says when results are shown."


def _card(session: Session, study: Study, position: int, text: str) -> Card:
    card = Card(
        study_id=study.id or 0,
        key=f"L-{position}",
        key_folded=f"l-{position}",
        title=f"Guide, part {position}",
        text=text,
        text_hash=text_hash(text),
        search_text=search_text(f"L-{position}", "", text, {}),
        position=position,
        created_at=now(),
    )
    session.add(card)
    return card


def _source(session: Session, study: Study, card: Card) -> int:
    """A document in which the card's text stands between others."""
    text = f"# Guide\n\nWhat comes before.\n\n{card.text}\n\nWhat comes after."
    document = pasted("Guide", text, Kind.MARKDOWN, "", Readers())
    (source_id,) = add_documents(session, study.id or 0, [document], by=None).source_ids
    start = text.index(card.text)
    passage = Stretch(start, start + len(card.text))
    keep_excerpts(session, study.id or 0, [(card.id or 0, 0, source_id, passage)])
    session.flush()
    return source_id


def sign_in_as(app: FastAPI, client: TestClient, world: World, name: str) -> TestClient:
    """Give the client the session cookie of this person."""
    database: Database = app.state.database
    with database.transaction() as session:
        account = session.get_one(Account, world.account_ids[name])
        token = sign_in(session, account, days=1)
    client.cookies.set(cookie_name(app.state.settings), token)
    return client


def cards_of(database: Database, world: World, name: str) -> list[int]:
    """Return a coder's cards in that coder's own order."""
    with database.reading() as session:
        statement = (
            select(Assignment.card_id)
            .where(
                Assignment.round_id == world.round_id,
                Assignment.coder_id == world.member_ids[name],
            )
            .order_by(Assignment.position)  # type: ignore[arg-type]
        )
        return list(session.exec(statement))


def round_row(database: Database, world: World) -> Round:
    with database.reading() as session:
        return session.get_one(Round, world.round_id)
