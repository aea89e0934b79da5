"""The demo study, made through the services that users reach."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from app.accounts.models import Account
from app.accounts.service import add_account
from app.codebook.files import read_codebook
from app.codebook.importing import import_codebook
from app.codebook.published import codebook_of_version
from app.codebook.service import id_of, publish
from app.coding.allocation import allocate
from app.coding.drafts import RoundDraft, create_round
from app.coding.models import Round
from app.coding.past_rounds import PastPlacement, write_past_round
from app.coding.rounds import open_round
from app.coding.rules import CardChoice, Plan, Protocol
from app.corpus.imports import Choices, guess_uses, mapping_of
from app.corpus.service import import_cards, known_cards, prepare
from app.demo.open_sort import add_open_sort
from app.demo.recoding import code_again, publish_what_was_learnt
from app.demo.seed import Person, Seed
from app.demo.study import Filling
from app.demo.talking import Talk
from app.resolution.closing import close_round
from app.studies.rules import Role, Stance
from app.studies.service import (
    NewStudy,
    add_member,
    create_study,
    membership_of,
    study_id_of,
)
from app.tables.readers import read_table
from app.text import comparable

PROTOCOL = Protocol(has_statements=True, owner_last=True)


def fill(session: Session, seed: Seed, persons: list[Person]) -> int:
    """Make the demo studies; returns the id of the first."""
    accounts = {one.account.email: add_account(session, one.account) for one in persons}
    filling = _begin(session, seed, persons, list(accounts.values()))
    pilot, main = seed.plan["rounds"]
    talk = seed.talk()
    round_ = _write_pilot(session, filling, pilot, seed.rows("placements"))
    Talk(session, filling, round_).hold(talk, pilot["coders"])
    version = publish_what_was_learnt(session, filling, talk["publish"]["reason"])
    code_again(session, filling, version, round_, talk["recode"])
    draft = RoundDraft(
        name=main["name"],
        plan=Plan(is_fresh=True, share=round(100 * main["overlap"])),
        coder_ids=tuple(filling.member_id(email) for email in main["coders"]),
        facet_ids=tuple(facet.id for facet in filling.codebook.facets),
        codebook_version_id=version.id,
        seed=main["seed"],
        protocol=PROTOCOL,
    )
    second = create_round(session, filling.study_id, draft, by=filling.lead.id)
    open_round(session, second, by=filling.lead.id)
    add_open_sort(session, seed, accounts)
    return filling.study_id


def _begin(session: Session, seed: Seed, persons: list[Person], accounts: list[Account]) -> Filling:
    lead = accounts[0]
    about = seed.plan["study"]
    new = NewStudy(
        name=about["name"],
        description=about["description"].strip(),
        stance=Stance(about["stance"]),
        threshold=seed.plan["threshold"]["value"],
        is_demo=True,
    )
    study = create_study(session, new, lead=lead)
    study.stop_bound = seed.plan["stop_rule"]["bound"]
    study.stop_quiet_cards = seed.plan["stop_rule"]["quiet_cards"]
    study_id = study_id_of(study)
    for person, account in list(zip(persons, accounts, strict=True))[1:]:
        add_member(session, study, account, role=Role(person.role))
    _import_cards(session, seed, study_id, lead)
    content, name = seed.content("codebook")
    import_codebook(session, study_id, read_codebook(content, file_name=name), by=lead.id)
    version = publish(session, study_id, "For the pilot.", by=lead.id)
    members = {
        account.email: membership_of(session, study_id, account.id or 0) for account in accounts
    }
    return Filling(
        study_id=study_id,
        members={email: member for email, member in members.items() if member is not None},
        lead=lead,
        cards=known_cards(session, study_id).ids,
        version=version,
        codebook=codebook_of_version(session, id_of(version)),
    )


def _import_cards(session: Session, seed: Seed, study_id: int, lead: Account) -> None:
    content, name = seed.content("cards")
    table = read_table(content, file_name=name)
    prepared = prepare(session, study_id, table, mapping_of(guess_uses(table)))
    import_cards(session, study_id, prepared, Choices(), account_id=lead.id, file_name=name)


def _write_pilot(
    session: Session, filling: Filling, pilot: Mapping[str, Any], rows: list[dict[str, str]]
) -> Round:
    """Write the round that is behind the study, judgement by judgement, and close it."""
    coder_ids = [filling.member_id(email) for email in pilot["coders"]]
    card_ids = [filling.cards[comparable(key)] for key in pilot["cards"]]
    draft = RoundDraft(
        name=pilot["name"],
        plan=Plan(cards=CardChoice.GIVEN, share=round(100 * pilot["overlap"])),
        coder_ids=tuple(coder_ids),
        facet_ids=tuple(facet.id for facet in filling.codebook.facets),
        codebook_version_id=filling.version.id,
        seed=pilot["seed"],
        protocol=PROTOCOL,
    )
    hands = allocate(card_ids, coder_ids, share=draft.plan.share, seed=draft.seed)
    placements = [_placement(filling, row) for row in rows]
    round_ = write_past_round(
        session, filling.study_id, draft, hands, placements, by=filling.lead.id
    )
    reason = pilot["close_reason"]
    close_round(session, round_, reason=reason, is_forced=True, by=filling.lead.id)
    return round_


def _placement(filling: Filling, row: Mapping[str, str]) -> PastPlacement:
    facet = filling.facet(row["facet"])
    answer = filling.answer(facet, row["category"])
    return PastPlacement(
        coder_id=filling.member_id(row["coder"]),
        card_id=filling.cards[comparable(row["card_id"])],
        facet_id=facet.id,
        value=answer.value,
        category_ids=answer.category_ids,
        confidence=int(row["confidence"]) if row["confidence"] else None,
        memo=row["memo"],
    )
