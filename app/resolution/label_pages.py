"""What the pages of final labels are drawn from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.corpus.pages import pages_worth_a_link
from app.errors import NotFound
from app.negotiation.models import Disagreement
from app.negotiation.naming import (
    agenda_url,
    cards_by_id,
    named_answer,
    speakers_of,
)
from app.negotiation.pages import Tab
from app.negotiation.rules import Provenance
from app.resolution.labels import FinalLabel, final_labels
from app.resolution.pages import DissentView, LabelRow, LabelsPage, StudyLabelsPage
from app.resolution.study_labels import (
    StudyLabel,
    labels_of_study,
    version_numbers,
    with_later_names,
)
from app.resolution.tally import tally_of
from app.studies.deps import Here

LABELS_ON_A_PAGE = 100

_KINDS: Mapping[str, tuple[str, Callable[[FinalLabel], bool]]] = {
    "dissent": ("With dissent", lambda label: bool(label.dissents)),
    "migrated": ("Migrated", lambda label: label.migrated is not None),
    "stale": ("Stale", lambda label: label.stale_since is not None),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which labels a page is to show: of a provenance or a kind, and which hundred of them."""

    kind: str = ""
    page_no: int = 1

    def holds(self, label: FinalLabel) -> bool:
        if self.kind in _KINDS:
            return _KINDS[self.kind][1](label)
        return self.kind in {"", label.provenance}


def asked_for(kind: str, page_no: int) -> Asked:
    """Return what an address asks for; a kind that does not exist asks for all."""
    return Asked(kind if kind in _KINDS or kind in set(Provenance) else "", page_no)


def labels_page(
    session: Session, here: Here, round_: Round, facet: FacetContent, asked: Asked
) -> LabelsPage:
    """Return one page of the final labels of a round."""
    every = final_labels(session, round_, facet)
    named = with_later_names(session, facet, every)
    version = version_numbers(session, here.study_id).get(round_.codebook_version_id, 0)
    meant = [StudyLabel(one, named, round_, version) for one in every if asked.holds(one)]
    base = here.url("rounds", round_.id, "labels")
    some, page_no, n_pages = _page_of(meant, asked)
    return LabelsPage(
        round_name=round_.name,
        round_url=here.url("rounds", round_.id),
        facet_name=facet.name,
        facets=tuple(
            Tab(one.name, _query(base, one.id), one.id == facet.id)
            for one in facets_of_round(session, round_)
        ),
        provenances=_kind_tabs(base, facet.id, every, asked),
        tally=tally_of(session, round_, facet),
        n_cards=len(every),
        rows=_rows(session, here, some),
        total=len(meant),
        page_no=page_no,
        n_pages=n_pages,
        page_urls={
            number: _query(base, facet.id, asked.kind, number)
            for number in pages_worth_a_link(page_no, n_pages)
        },
        agenda_url=f"{agenda_url(here, round_)}?facet={facet.id}",
        summary_url=here.url("rounds", round_.id, "negotiation", "summary"),
        study_labels_url=here.url("labels"),
        csv_url=here.url("rounds", round_.id, "labels.csv"),
    )


def study_labels_page(
    session: Session, here: Here, facet_id: int | None, asked: Asked
) -> StudyLabelsPage:
    """Return one page of what the cards of the study count as in the end."""
    every = labels_of_study(session, here.study_id)
    facets = {one.facet.id: one.facet.name for one in every}
    shown = next(iter(facets), 0) if facet_id is None else facet_id
    if facet_id is not None and facet_id not in facets:
        raise NotFound
    base = here.url("labels")
    of_facet = [one for one in every if one.facet.id == shown]
    meant = [one for one in of_facet if asked.holds(one.label)]
    some, page_no, n_pages = _page_of(meant, asked)
    return StudyLabelsPage(
        facet_name=facets.get(shown, ""),
        facets=tuple(
            Tab(name, _query(base, found), found == shown) for found, name in facets.items()
        ),
        provenances=_kind_tabs(base, shown, [one.label for one in of_facet], asked),
        rows=_rows(session, here, some),
        total=len(meant),
        page_no=page_no,
        n_pages=n_pages,
        page_urls={
            number: _query(base, shown, asked.kind, number)
            for number in pages_worth_a_link(page_no, n_pages)
        },
        rounds_url=here.url("rounds"),
        negotiation_url=here.url("negotiation"),
        csv_url=here.url("labels.csv"),
    )


def _page_of(meant: Sequence[StudyLabel], asked: Asked) -> tuple[Sequence[StudyLabel], int, int]:
    n_pages = max(1, -(-len(meant) // LABELS_ON_A_PAGE))
    page_no = min(asked.page_no, n_pages)
    first = (page_no - 1) * LABELS_ON_A_PAGE
    return meant[first : first + LABELS_ON_A_PAGE], page_no, n_pages


def _kind_tabs(
    base: str, facet_id: int, every: Sequence[FinalLabel], asked: Asked
) -> tuple[Tab, ...]:
    tabs = [Tab("All", _query(base, facet_id), asked.kind == "", len(every))]
    words = {one.value: one.value.capitalize() for one in Provenance}
    words |= {kind: told for kind, (told, _) in _KINDS.items()}
    for kind, told in words.items():
        n_cards = sum(Asked(kind).holds(label) for label in every)
        if n_cards or kind == asked.kind:
            tabs.append(Tab(told, _query(base, facet_id, kind), kind == asked.kind, n_cards))
    return tuple(tabs)


def _query(base: str, facet_id: int, kind: str = "", page_no: int = 1) -> str:
    asked = {"facet": facet_id, "provenance": kind, "page": page_no if page_no > 1 else ""}
    return f"{base}?{urlencode({name: value for name, value in asked.items() if value})}"


def _rows(session: Session, here: Here, some: Iterable[StudyLabel]) -> tuple[LabelRow, ...]:
    shown = list(some)
    cards = cards_by_id(session, here, (one.label.card_id for one in shown))
    rounds = {one.round.id: one.round for one in shown}
    speakers = {id_: speakers_of(session, one, here.member_id) for id_, one in rounds.items()}
    urls = _urls(session, here, rounds, cards)
    rows = []
    for one in shown:
        label, migrated = one.label, one.label.migrated
        rows.append(
            LabelRow(
                card=cards[label.card_id],
                answer=named_answer(one.facet, label.current) if label.current else (),
                provenance=label.provenance.value,
                n_coders=label.n_coders,
                rationale=label.rationale,
                url=urls.get((one.round.id, one.facet.id, label.card_id), ""),
                dissents=tuple(
                    DissentView(speakers[one.round.id][said.member_id], said.text)
                    for said in label.dissents
                ),
                was=named_answer(one.facet, label.answer or "") if migrated else (),
                migrated_in=migrated.version if migrated else None,
                stale_since=label.stale_since,
                round_name=one.round.name,
                round_url=here.url("rounds", one.round.id),
                version=one.version,
                life_url=here.url("cards", label.card_id, "life"),
            )
        )
    return tuple(rows)


def _urls(
    session: Session, here: Here, rounds: Mapping[int | None, Round], card_ids: Iterable[int]
) -> dict[tuple[int | None, int, int], str]:
    """Return where the team talked about each card, by round, facet and card."""
    talked = session.exec(
        select(Disagreement).where(
            col(Disagreement.round_id).in_(list(rounds)),
            col(Disagreement.card_id).in_(list(card_ids)),
        )
    )
    return {
        (one.round_id, one.facet_id, one.card_id): here.url(
            "rounds", one.round_id, "disagreements", one.id
        )
        for one in talked
    }
