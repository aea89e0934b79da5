"""The draft of a round: everything the lead settles before it opens."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.activity.service import record
from app.codebook.models import CodebookVersion
from app.codebook.published import codebook_of_version
from app.coding.models import Round, RoundCoder
from app.coding.rounds import round_id_of
from app.coding.rules import Headline, Kind, Phase, Plan, Protocol, Sort
from app.db import now
from app.errors import Conflict, Invalid, NotFound
from app.studies.models import Membership, Study
from app.studies.rules import Role, Stance
from app.text import comparable, is_blank

NO_RULES = Protocol()


@dataclass(frozen=True, slots=True)
class RoundDraft:
    """What the lead settles before a round opens."""

    name: str
    plan: Plan
    coder_ids: tuple[int, ...]
    facet_ids: tuple[int, ...]
    codebook_version_id: int | None
    seed: int
    kind: Kind = Kind.INDEPENDENT
    sort: Sort = Sort.CLOSED
    headline: Headline = Headline.BY_DESIGN
    threshold: float | None = None  # the study's, as it is when the round opens
    protocol: Protocol = NO_RULES


class StaleDraft(Conflict):
    """Somebody else saved the draft since the page was opened."""


def create_round(session: Session, study_id: int, draft: RoundDraft, *, by: int | None) -> Round:
    """Add a draft; its number is the next of the study."""
    last = select(func.coalesce(func.max(Round.number), 0)).where(Round.study_id == study_id)
    number = session.exec(last).one() + 1
    round_ = Round(
        study_id=study_id,
        number=number,
        name="",
        name_key="",
        created_at=now(),
    )
    _fill(session, round_, draft)
    session.add(round_)
    session.flush()  # the coders' rows need the id
    _set_coders(session, round_, draft.coder_ids)
    record(session, study_id, account_id=by, kind="round drafted", subject=round_.name)
    return round_


def change_draft(
    session: Session, round_: Round, draft: RoundDraft, *, revision: int, by: int
) -> None:
    """Replace what a draft says; 409 if it was opened or changed meanwhile."""
    session.refresh(round_, with_for_update=True)
    if round_.phase != Phase.DRAFT:
        raise Conflict("This round is open; what it takes in is frozen.")
    if round_.revision != revision:
        raise StaleDraft(
            "Somebody else changed this draft since you opened the page. Nothing of yours was "
            "saved yet; what you typed is still here."
        )
    _fill(session, round_, draft)
    round_.revision += 1
    session.add(round_)
    _set_coders(session, round_, draft.coder_ids)
    record(session, round_.study_id, account_id=by, kind="round changed", subject=round_.name)


def _fill(session: Session, round_: Round, draft: RoundDraft) -> None:
    if is_blank(draft.name):
        raise Invalid("A round needs a name.", field="name")
    key = comparable(draft.name)
    same = session.exec(
        select(Round.id).where(Round.study_id == round_.study_id, Round.name_key == key)
    ).first()
    if same is not None and same != round_.id:
        raise Conflict(f"You already have a round called {draft.name.strip()}.")
    _check_version(session, round_.study_id, draft)
    round_.name, round_.name_key = draft.name.strip(), key
    round_.kind, round_.sort, round_.seed = draft.kind, draft.sort, draft.seed
    round_.headline, round_.threshold = draft.headline, draft.threshold
    stance = session.get_one(Study, round_.study_id).stance
    protocol = draft.protocol
    if stance == Stance.JOINT_SORT:  # who sorts together has nothing to reveal
        protocol = replace(protocol, has_statements=False)
    round_.plan, round_.protocol = asdict(draft.plan), asdict(protocol)
    round_.facet_ids = list(draft.facet_ids)
    round_.codebook_version_id = draft.codebook_version_id


def _check_version(session: Session, study_id: int, draft: RoundDraft) -> None:
    if draft.codebook_version_id is None:
        if draft.facet_ids:
            raise Invalid("Publish the codebook before you choose facets.", field="facet_ids")
        return
    version = session.get(CodebookVersion, draft.codebook_version_id)
    if version is None or version.study_id != study_id:
        raise NotFound
    codebook = codebook_of_version(session, draft.codebook_version_id)
    if not {facet.id for facet in codebook.facets}.issuperset(draft.facet_ids):
        raise Invalid("That version of the codebook has no such facet.", field="facet_ids")


def _set_coders(session: Session, round_: Round, coder_ids: Sequence[int]) -> None:
    wanted = list(dict.fromkeys(coder_ids))
    able = session.exec(
        select(Membership.id).where(
            Membership.study_id == round_.study_id,
            col(Membership.id).in_(wanted),
            col(Membership.role).in_([Role.LEAD, Role.CODER]),
            col(Membership.left_at).is_(None),
        )
    ).all()
    if set(able) != set(wanted):
        raise Invalid("Only coders and leads of this study can code.", field="coder_ids")
    for row in session.exec(select(RoundCoder).where(RoundCoder.round_id == round_.id)):
        session.delete(row)
    session.flush()  # the old rows must be gone before the new ones come
    for place, coder_id in enumerate(wanted):
        session.add(RoundCoder(round_id=round_id_of(round_), coder_id=coder_id, place=place))
