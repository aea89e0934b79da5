"""A study whose codebook grows: six categories, closed rounds, and acts on the draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.codebook import editing, lineage, service
from app.codebook.content import content_hash
from app.codebook.models import Category, CodebookVersion
from app.coding.affecting import affected_by
from app.coding.desks import Judgement
from app.coding.models import Round
from app.coding.placing import place_card
from app.coding.rounds import round_id_of
from app.coding.rules import Value
from app.evolution.publishing import Publication, publish_version
from app.evolution.service import Choices, Impact, impact_of_draft
from app.resolution.closing import close_round
from tests.coding.factories import PublishedBook, make_book, make_numbered_cards, make_round
from tests.factories import Team, make_study

FACET = "Smell"
NAMES = ("A", "B", "C", "D", "E", "F")
Said = str | tuple[str, int]
"""The name of a category or of an answer without one, perhaps with a confidence."""


@dataclass(slots=True)
class Grown:
    """A study with its published codebook, its cards by key, and what tests do with them."""

    session: Session
    team: Team
    book: PublishedBook
    cards: dict[str, int]

    @property
    def facet_id(self) -> int:
        return self.book.facets[FACET].id

    def id_of(self, name: str) -> int:
        return self.book.category(FACET, name)

    def key(self, card_id: int) -> str:
        return next(key for key, found in self.cards.items() if found == card_id)

    def close(self, answers: Mapping[str, Sequence[Said]], name: str = "Round 1") -> Round:
        """A closed round in which Ben, Cleo and so on said this of the cards."""
        round_ = self.open(name)
        self.say(round_, answers)
        close_round(self.session, round_, reason="Time is up.", is_forced=True, by=None)
        self.session.commit()
        return round_

    def open(self, name: str) -> Round:
        coders = [one for one in self.team.members if one != "Ada"]
        return make_round(self.session, self.team, self.book, name, coders=coders)

    def say(self, round_: Round, answers: Mapping[str, Sequence[Said]]) -> None:
        coders = [one for one in self.team.members if one != "Ada"]
        for key, said in answers.items():
            for coder, one in zip(coders, said, strict=False):
                name, confidence = one if isinstance(one, tuple) else (one, None)
                value = Value(name) if name in set(Value) else Value.CATEGORIES
                ids = (self.id_of(name),) if value is Value.CATEGORIES else ()
                judgement = Judgement(self.cards[key], self.facet_id, value, ids, confidence)
                place_card(self.session, round_id_of(round_), self.team.members[coder], judgement)
        self.session.commit()

    def row(self, name: str) -> Category:
        return self.session.get_one(Category, self.id_of(name), populate_existing=True)

    def change(self, category: str, /, **said: str) -> None:
        row = self.row(category)
        fields = editing.with_fields(self.session, row, said)
        editing.change_category(self.session, row, fields, revision=row.revision, by=None)
        self.session.commit()

    def split(self, name: str, *into: str) -> dict[str, int]:
        row = self.row(name)
        made = lineage.split(self.session, row, into, revision=row.revision, by=None)
        self.session.commit()
        return {one.name: service.id_of(one) for one in made}

    def merge(self, name: str, into: str) -> None:
        row = self.row(name)
        lineage.merge(self.session, row, self.row(into), revision=row.revision, by=None)
        self.session.commit()

    def retire(self, name: str) -> None:
        row = self.row(name)
        editing.retire(self.session, row, revision=row.revision, by=None)
        self.session.commit()

    def impact(self, choices: Choices = Choices()) -> Impact:  # noqa: B008  (frozen)
        found = impact_of_draft(self.session, self.team.study_id, choices)
        self.session.rollback()
        return found

    def touched(self, choices: Choices = Choices()) -> dict[str, str]:  # noqa: B008
        """The reason by the key of each card in question."""
        return {self.key(one.card_id): one.reason.value for one in self.impact(choices).affected}

    def publish(
        self,
        note: str = "It grew.",
        choices: Choices = Choices(),  # noqa: B008
    ) -> CodebookVersion:
        """Publish the draft as the page does; commits."""
        draft_hash = content_hash(service.draft(self.session, self.team.study_id))
        seen = impact_of_draft(self.session, self.team.study_id, choices).hash
        wanted = Publication(draft_hash, seen, note, choices)
        row = publish_version(self.session, self.team.study, wanted, by=None)
        self.session.commit()
        return row

    def stored(self, version: CodebookVersion) -> set[tuple[str, int, str]]:
        """The affected cards that a version keeps: card, coder, reason."""
        rows = affected_by(self.session, version.id or 0)
        return {(self.key(one.card_id), one.coder_id, one.reason) for one in rows}


def make_grown(
    session: Session, n_cards: int = 12, coders: tuple[str, ...] = ("Ben", "Cleo")
) -> Grown:
    """A study with six categories, published, and cards c1 to c…; nothing is judged yet."""
    team = make_study(session, coders=coders)
    cards = make_numbered_cards(session, team, [f"c{i}" for i in range(1, n_cards + 1)])
    book = make_book(session, team, {FACET: ("single", NAMES)})
    return Grown(session, team, book, cards)
