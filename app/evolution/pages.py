"""What the pages of a growing codebook show: before publishing, after it, and the ledger."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.codebook import service
from app.codebook.changes import ChangeKind, CodebookChange
from app.codebook.content import CategoryContent, Codebook, content_hash
from app.codebook.diff import FieldChange, compare
from app.codebook.lineage import names_of
from app.codebook.models import CodebookVersion
from app.codebook.rules import objections_to_publishing
from app.codebook.stored_changes import lineage_in_words
from app.coding.affecting import affected_by, recode_rounds_of
from app.corpus.models import Card
from app.errors import ConcordError, Invalid
from app.evolution.impact import COUNTED_AS, WORDS_FOR_REASON, Reason
from app.evolution.ledger import Ledger
from app.evolution.publishing import asked_of_nobody, lacks_recode_round, sealed_sentence
from app.evolution.service import Choices, Impact, impact_of_draft
from app.studies.deps import Here
from app.web.render import plural

MOST_CARDS_SHOWN = 500


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card in question, and why."""

    key: str
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change of a facet or category with its texts, and what publishing it would touch."""

    change: CodebookChange
    category: CategoryContent | None
    into: tuple[str, ...]
    fields: tuple[FieldChange, ...]
    neighbours: tuple[tuple[str, str], ...]
    ticked: tuple[str, ...]
    numbers: str


@dataclass(frozen=True, slots=True)
class PublishPage:
    """What a new version would hold and touch, before it is published."""

    base: str
    number: int
    last: CodebookVersion | None
    draft: Codebook
    rows: tuple[ChangeRow, ...]
    lineage: tuple[str, ...]
    draft_hash: str
    impact_hash: str
    n_cards: int
    n_coders: int
    n_mapped: int
    n_without_coder: int
    cards: tuple[CardLine, ...]
    n_more: int
    objections: Sequence[str]
    note: str
    note_error: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class AffectedPage:
    """What a published version puts in question, and the rounds that code it again."""

    base: str
    version: CodebookVersion
    n_cards: int
    n_coders: int
    reasons: tuple[tuple[str, int], ...]
    cards: tuple[CardLine, ...]
    n_more: int
    rounds: tuple[tuple[str, str], ...]
    lacks_round: bool
    asked_of_nobody: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LedgerPage:
    base: str
    ledger: Ledger
    may_edit: bool


def publish_page(
    session: Session,
    here: Here,
    choices: Choices,
    *,
    note: str = "",
    refusal: ConcordError | None = None,
) -> PublishPage:
    """Return what publishing the draft would do, with what was chosen and typed so far."""
    draft = service.draft(session, here.study_id)
    last = service.latest_version(session, here.study_id)
    old = service.content_of(last) if last else Codebook()
    impact = impact_of_draft(session, here.study_id, choices)
    rows = _rows(session, here, impact, old, draft)
    objections = objections_to_publishing(draft, old if last else None)
    if not objections and impact.sealed:
        objections = [sealed_sentence(impact)]
    reasons = {(one.card_id, one.reason) for one in impact.affected}
    is_of_note = isinstance(refusal, Invalid) and refusal.field == "note"
    return PublishPage(
        base=here.url("codebook"),
        number=last.number + 1 if last else 1,
        last=last,
        draft=draft,
        rows=rows,
        lineage=_lineage(session, here.study_id, impact.changes),
        draft_hash=content_hash(draft),
        impact_hash=impact.hash,
        n_cards=impact.n_cards,
        n_coders=impact.n_coders,
        n_mapped=len(impact.mapped),
        n_without_coder=impact.n_without_coder,
        cards=_lines(session, here, reasons),
        n_more=max(0, impact.n_cards - MOST_CARDS_SHOWN),
        objections=objections,
        note=note,
        note_error=refusal.message if refusal and is_of_note else None,
        sentence=refusal.message if refusal and not is_of_note else "",
    )


def _rows(
    session: Session, here: Here, impact: Impact, old: Codebook, new: Codebook
) -> tuple[ChangeRow, ...]:
    compared = compare(old, new)
    fields: dict[str, tuple[FieldChange, ...]] = {}
    categories: dict[str, CategoryContent] = {}
    for facet in compared.facets:
        fields[f"f{facet.facet.id}"] = facet.fields
        for one in facet.categories:
            fields[f"c{one.category.id}"] = one.fields
            categories[f"c{one.category.id}"] = one.category
    ids = {one for change in impact.changes for one in change.into_ids}
    ids |= {one for beside in impact.neighbours for one in beside.possible}
    names = names_of(session, here.study_id, ids)
    beside = {one.key: one.possible for one in impact.neighbours}
    return tuple(
        ChangeRow(
            change=change,
            category=categories.get(change.key),
            into=tuple(names[one] for one in change.into_ids),
            fields=fields.get(change.key, ()),
            neighbours=tuple(
                (f"{change.key}-{one}", names[one]) for one in beside.get(change.key, ())
            ),
            ticked=tuple(f"{change.key}-{one}" for one in impact.chosen.get(change.key, ())),
            numbers=_numbers(change, impact),
        )
        for change in impact.changes
    )


def _numbers(change: CodebookChange, impact: Impact) -> str:
    """Return how many cards a change touches, and which, as words."""
    if change.kind is ChangeKind.MERGED:
        n_moved = sum(change.category_id in one.from_ids for one in impact.mapped)
        return plural(n_moved, "final label")
    counts = Counter(one.reason for one in impact.touched if one.key == change.key)
    total = plural(counts.total(), "card")
    parts = [f"{counts[one]} {words}" for one, words in COUNTED_AS.items() if counts[one]]
    return f"{total}: {', '.join(parts)}" if parts else total


def _lineage(session: Session, study_id: int, changes: Sequence[CodebookChange]) -> tuple[str, ...]:
    ids = {one for change in changes for one in change.into_ids}
    return tuple(lineage_in_words(changes, names_of(session, study_id, ids)))


def _lines(session: Session, here: Here, reasons: set[tuple[int, Reason]]) -> tuple[CardLine, ...]:
    """Return the cards in the order of the collection, as many as a page shows."""
    why: dict[int, list[Reason]] = {}
    for card_id, reason in reasons:
        why.setdefault(card_id, []).append(reason)
    shown = sorted(why)[:MOST_CARDS_SHOWN]
    keys = _keys(session, shown)
    order = list(Reason)
    return tuple(
        CardLine(
            keys[card_id],
            here.url("cards", card_id),
            "; ".join(WORDS_FOR_REASON[one] for one in sorted(why[card_id], key=order.index)),
        )
        for card_id in shown
    )


def _keys(session: Session, card_ids: Sequence[int]) -> Mapping[int, str]:
    found = session.exec(select(Card.id, Card.key).where(col(Card.id).in_(card_ids)))
    return {card_id: key for card_id, key in found if card_id is not None}


def affected_page(session: Session, here: Here, version: CodebookVersion) -> AffectedPage:
    """Return what a published version puts in question."""
    version_id = service.id_of(version)
    rows = affected_by(session, version_id)
    rounds = recode_rounds_of(session, here.study_id, version_id)
    by_reason = Counter(reason for _, reason in {(one.card_id, one.reason) for one in rows})
    n_cards = len({one.card_id for one in rows})
    return AffectedPage(
        base=here.url("codebook"),
        version=version,
        n_cards=n_cards,
        n_coders=len({one.coder_id for one in rows}),
        reasons=tuple((WORDS_FOR_REASON[one], by_reason[one]) for one in Reason if by_reason[one]),
        cards=_lines(session, here, {(one.card_id, Reason(one.reason)) for one in rows}),
        n_more=max(0, n_cards - MOST_CARDS_SHOWN),
        rounds=tuple((one.name, here.url("rounds", one.id)) for one in rounds),
        lacks_round=lacks_recode_round(session, here.study_id, version),
        asked_of_nobody=tuple(one.name for one in asked_of_nobody(session, here.study_id, version)),
    )
