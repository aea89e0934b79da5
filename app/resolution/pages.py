"""What the pages of final labels show."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.corpus.pages import CardView
from app.negotiation.naming import Named, Speaker
from app.negotiation.pages import Tab
from app.resolution.tally import Tally


@dataclass(frozen=True, slots=True)
class DissentView:
    """What a coder keeps to say against a decision, by letter."""

    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class LabelRow:
    """What a card counts as. `was` is its label before the merge of version `migrated_in`."""

    card: CardView
    answer: tuple[Named, ...]
    provenance: str
    n_coders: int
    rationale: str
    url: str
    dissents: tuple[DissentView, ...]
    was: tuple[Named, ...]
    migrated_in: int | None
    stale_since: int | None
    round_name: str
    round_url: str
    version: int
    life_url: str


@dataclass(frozen=True, slots=True)
class LabelsPage:
    """What the cards of a closed round count as on a facet, and where that comes from."""

    round_name: str
    round_url: str
    facet_name: str
    facets: tuple[Tab, ...]
    provenances: tuple[Tab, ...]
    tally: Tally
    n_cards: int
    rows: tuple[LabelRow, ...]
    total: int
    page_no: int
    n_pages: int
    page_urls: Mapping[int, str]
    agenda_url: str
    summary_url: str
    study_labels_url: str
    csv_url: str


@dataclass(frozen=True, slots=True)
class StudyLabelsPage:
    """What the cards of the study count as on a facet, whichever round came to it."""

    facet_name: str
    facets: tuple[Tab, ...]
    provenances: tuple[Tab, ...]
    rows: tuple[LabelRow, ...]
    total: int
    page_no: int
    n_pages: int
    page_urls: Mapping[int, str]
    rounds_url: str
    negotiation_url: str
    csv_url: str


@dataclass(frozen=True, slots=True)
class CellsPage:
    """The cards behind one cell of a confusion matrix."""

    round_name: str
    facet_name: str
    first: Speaker
    second: Speaker
    row: tuple[Named, ...]
    column: tuple[Named, ...]
    cards: tuple[tuple[CardView, str], ...]
    agenda_url: str
    agreement_url: str
