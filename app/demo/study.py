"""The demo study under way: what each later step of its making needs of the earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts.models import Account
from app.codebook.content import Codebook, FacetContent
from app.codebook.models import CodebookVersion
from app.resolution.past_table import Answer, Answers, Said
from app.studies.models import Membership


@dataclass(frozen=True, slots=True)
class Filling:
    """Ids and rows of the study by the names that the seed gives them."""

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
