"""Drafts that need few changes: a further round, a check on fresh cards."""

import secrets

from sqlmodel import Session

from app.codebook.published import codebook_of_version
from app.codebook.service import latest_version
from app.coding.drafts import RoundDraft
from app.coding.models import Round
from app.coding.rounds import rounds_of
from app.coding.rules import CardChoice, Kind, Plan, usual_protocol
from app.coding.taking_in import chosen_card_ids
from app.db import now
from app.studies.models import Study
from app.studies.rules import Role
from app.studies.service import members
from app.text import comparable

CARDS_OF_A_CHECK = 60


def coders_of_study(session: Session, study_id: int) -> list[int]:
    """Return the coders who can work: they have an account and have not left."""
    return [
        member.id
        for member in members(session, study_id)
        if member.role is Role.CODER and member.account_id and not member.has_left
    ]


def next_draft(session: Session, study: Study) -> RoundDraft:
    """Return a draft of all cards, all coders and the newest codebook."""
    earlier = rounds_of(session, study.id or 0)
    plan = Plan(is_fresh=any(round_.opened_at for round_ in earlier))
    return _draft(session, study, plan, Kind.INDEPENDENT, f"Round {len(earlier) + 1}")


def fresh_check(session: Session, study: Study) -> RoundDraft:
    """Return a draft that checks the newest codebook on cards that tell how coders judge alone.

    They come from the cards that were in no earlier round; where none is left, from those that
    nobody has talked about, which are then judged once more.
    """
    fresh = Plan(cards=CardChoice.ALL, is_fresh=True)
    n_fresh = _n_cards(session, study, fresh)
    if n_fresh:
        plan = Plan(CardChoice.SAMPLE, sample_size=min(n_fresh, CARDS_OF_A_CHECK), is_fresh=True)
        return _draft(session, study, plan, Kind.INDEPENDENT, "Fresh check")
    n_left = _n_cards(session, study, Plan(cards=CardChoice.ALL, is_undiscussed=True))
    size = min(max(n_left, 1), CARDS_OF_A_CHECK)
    plan = Plan(CardChoice.SAMPLE, sample_size=size, is_undiscussed=True)
    return _draft(session, study, plan, Kind.DRIFT_CHECK, "Fresh check")


def _n_cards(session: Session, study: Study, plan: Plan) -> int:
    anything = Round(
        study_id=study.id or 0, number=0, name="", name_key="", facet_ids=[], created_at=now()
    )
    return len(chosen_card_ids(session, anything, plan))


def _draft(session: Session, study: Study, plan: Plan, kind: Kind, name: str) -> RoundDraft:
    version = latest_version(session, study.id or 0)
    codebook = codebook_of_version(session, version.id or 0) if version else None
    return RoundDraft(
        name=_free_name(session, study, name),
        plan=plan,
        coder_ids=tuple(coders_of_study(session, study.id or 0)),
        facet_ids=tuple(facet.id for facet in codebook.facets) if codebook else (),
        codebook_version_id=version.id if version else None,
        seed=secrets.randbelow(1_000_000),
        kind=kind,
        protocol=usual_protocol(study.stance),
    )


def _free_name(session: Session, study: Study, name: str) -> str:
    """Return the name, or with the next number behind it where a round has it already."""
    taken = {round_.name_key for round_ in rounds_of(session, study.id or 0)}
    stem, _, number = name.rpartition(" ")
    if not (stem == "Round" and number.isdecimal()):
        stem, number = name, "1"
    found, n = name, int(number)
    while comparable(found) in taken:
        n += 1
        found = f"{stem} {n}"
    return found
