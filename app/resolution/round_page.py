"""What the page of a round shows, and to whom."""

import uuid
from dataclasses import dataclass, field

from sqlmodel import Session

from app.coding.history import trail_of
from app.coding.models import Round
from app.coding.progress import Progress, SeenProgress, progress_of, visible_progress
from app.coding.round_facts import Facts, facts_of
from app.coding.rounds import coder_ids_of, has_figures, round_id_of
from app.coding.rules import Phase, Sort
from app.negotiation.service import counts_by_state
from app.studies.activity_words import Line, lines
from app.studies.deps import Here
from app.studies.rules import Action, Role, Stance
from app.studies.service import account_names, member_names


def _fresh_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class CoderRow:
    """How far one coder is, as far as the reader may know."""

    name: str
    n_done: int | None
    n_cards: int
    has_submitted: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """How far the negotiation is."""

    n_open: int
    n_decided: int
    n_deferred: int

    @property
    def total(self) -> int:
        return self.n_open + self.n_decided + self.n_deferred

    @property
    def n_settled(self) -> int:
        return self.n_decided + self.n_deferred


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the buttons of the page lead."""

    sort: str
    agreement: str
    disagreements: str
    labels: str
    export: str
    close: str
    finish: str
    void: str
    piles: str
    live: str
    map: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What the lead is asked before the round closes.

    `unfinished` names who has not handed in, unless the reader codes here and must not know yet.
    """

    is_simple: bool
    unfinished: tuple[str, ...]
    is_blind: bool


@dataclass(frozen=True, slots=True)
class RoundPage:
    """One round, open or over. `own` is the reader's own work, `coders` what else may be seen."""

    name: str
    number: int
    phase: Phase
    facts: Facts
    own: CoderRow | None
    coders: tuple[CoderRow, ...]
    n_hidden: int
    closing: Closing | None
    talk: Talk | None
    history: tuple[Line, ...]
    urls: Addresses
    may_manage: bool
    has_own_piles: bool
    has_coefficients: bool
    reason: str = ""
    void_reason: str = ""
    error: str = ""
    finish_id: str = field(default_factory=_fresh_id)
    void_id: str = field(default_factory=_fresh_id)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a refused form held, and why it was refused."""

    error: str = ""
    reason: str = ""
    void_reason: str = ""


NOTHING_TYPED = Typed()


def round_page(
    session: Session, here: Here, round_: Round, typed: Typed = NOTHING_TYPED
) -> RoundPage:
    """Return the page as this person may see it."""
    names = member_names(session, here.study_id)
    own = progress_of(session, round_id_of(round_), here.member_id)
    seen = visible_progress(session, round_, here.member_id, here.role)
    # By name, not by place: the place makes the letter of "Coder A".
    rows = sorted((_row(found, names) for found in seen), key=lambda row: row.name)
    is_open, is_lead = round_.phase == Phase.OPEN, here.may(Action.MANAGE_ROUNDS)
    trail = trail_of(session, round_)
    return RoundPage(
        name=round_.name,
        number=round_.number,
        phase=Phase(round_.phase),
        facts=facts_of(session, here, round_),
        own=_row(own, names) if own and is_open else None,
        coders=tuple(rows) if is_lead and not _is_blind(own, round_) else (),
        n_hidden=len(coder_ids_of(session, round_)) - (own is not None) if is_open else 0,
        closing=_closing(rows, own, round_) if is_open and is_lead else None,
        talk=_talk(session, round_) if has_figures(round_) else None,
        has_own_piles=round_.sort != Sort.CLOSED,
        history=lines(trail, account_names(session, trail), reader=here.account_id),
        urls=_addresses(here, round_),
        may_manage=is_lead,
        has_coefficients=here.study.stance == Stance.RELIABILITY,
        reason=typed.reason,
        void_reason=typed.void_reason,
        error=typed.error,
    )


def _row(found: Progress | SeenProgress, names: dict[int, str]) -> CoderRow:
    return CoderRow(names[found.coder_id], found.n_done, found.n_cards, found.has_submitted)


def _is_blind(own: Progress | None, round_: Round) -> bool:
    """Whether the reader is at work in the open round and so must not know how far others are."""
    return round_.phase == Phase.OPEN and own is not None and not own.has_submitted


def _closing(rows: list[CoderRow], own: Progress | None, round_: Round) -> Closing:
    if _is_blind(own, round_):
        return Closing(is_simple=False, unfinished=(), is_blind=True)
    unfinished = tuple(row.name for row in rows if not row.has_submitted)
    return Closing(is_simple=not unfinished, unfinished=unfinished, is_blind=False)


def is_blind_lead(session: Session, here: Here, round_: Round) -> bool:
    """Whether this lead codes in the open round and has not handed in."""
    own = progress_of(session, round_id_of(round_), here.member_id)
    return here.role is Role.LEAD and _is_blind(own, round_)


def _talk(session: Session, round_: Round) -> Talk:
    counts = counts_by_state(session, round_)
    return Talk(counts["open"], counts["decided"], counts["deferred"])


def _addresses(here: Here, round_: Round) -> Addresses:
    return Addresses(
        sort=here.url("rounds", round_.id, "sort"),
        agreement=here.url("rounds", round_.id, "agreement"),
        disagreements=here.url("rounds", round_.id, "disagreements"),
        labels=here.url("rounds", round_.id, "labels"),
        export=here.url("export"),
        close=here.url("rounds", round_.id, "close"),
        finish=here.url("rounds", round_.id, "finish"),
        void=here.url("rounds", round_.id, "void"),
        piles=here.url("rounds", round_.id, "piles", "all"),
        live=here.url("rounds", round_.id, "progress", "live"),
        map=here.url("rounds", round_.id, "piles", "map"),
    )
