"""What the tests of the codebook do as a person does it, and see as a person sees it."""

import re
from html import unescape
from html.parser import HTMLParser

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session

from app.codebook.models import Category
from app.codebook.service import draft
from tests.factories import (
    Team,
    fresh_id,
)

CATEGORY = {"name": "Trust", "tone": "3", "brief": "", "definition": ""}


def send(client: TestClient, url: str, **fields: object) -> Response:
    return client.post(url, data={"operation_id": fresh_id(), **fields})


def seen(answer: Response) -> str:
    """The text of a page, as a reader sees it."""
    return " ".join(unescape(re.sub("<[^>]+>", "", answer.text)).split())


class Tags(HTMLParser):
    """The tags of a page, their attributes, and where its links go."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]


def names(session: Session, team: Team) -> list[list[str]]:
    session.rollback()
    found = [[one.name for one in f.categories] for f in draft(session, team.study_id).facets]
    session.rollback()
    return found


def revision(session: Session, category_id: int) -> int:
    session.rollback()
    found = session.get_one(Category, category_id, populate_existing=True).revision
    session.rollback()
    return found
