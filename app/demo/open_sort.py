"""A second demo study: an open sort has closed, and its piles are to be matched."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from app.accounts.models import Account
from app.codebook.editing import add_facet
from app.codebook.rules import FacetFields
from app.codebook.service import id_of, publish
from app.coding.desks import sit_down
from app.coding.drafts import RoundDraft, create_round
from app.coding.handing_in import hand_in
from app.coding.own_piles import NewPile, make_pile
from app.coding.rounds import open_round, round_id_of
from app.coding.rules import CardChoice, Plan, Sort
from app.corpus.imports import Choices, guess_uses, mapping_of
from app.corpus.service import import_cards, known_cards, prepare
from app.demo.seed import Seed
from app.resolution.closing import close_round
from app.studies.rules import Role, Stance
from app.studies.service import NewStudy, add_member, create_study, membership_of, study_id_of
from app.tables.readers import read_table


def add_open_sort(session: Session, seed: Seed, people: Mapping[str, Account]) -> None:
    """Add the study with everybody's piles, as their coders made them."""
    script = seed.script("open_sort")
    lead = next(iter(people.values()))
    about = script["study"]
    new = NewStudy(about["name"], about["description"], Stance(about["stance"]), is_demo=True)
    study = create_study(session, new, lead=lead)
    study_id = study_id_of(study)
    for one in seed.plan["members"][1:]:
        add_member(session, study, people[one["email"]], role=Role(one["role"]))
    cards = _cards(session, seed, study_id, script["round"]["cards"], lead)
    facet = add_facet(session, study_id, FacetFields(**script["facet"]), by=lead.id)
    version = publish(session, study_id, "The question to sort by.", by=lead.id)
    coders = {email: _member_id(session, study_id, people[email]) for email in _coders(script)}
    draft = RoundDraft(
        name=script["round"]["name"],
        plan=Plan(cards=CardChoice.ALL),
        coder_ids=tuple(coders.values()),
        facet_ids=(id_of(facet),),
        codebook_version_id=version.id,
        seed=script["round"]["seed"],
        sort=Sort.OPEN,
    )
    round_ = create_round(session, study_id, draft, by=lead.id)
    open_round(session, round_, by=lead.id)
    round_id = round_id_of(round_)
    for one in script["piles"]:
        pile = NewPile(id_of(facet), one["name"], one.get("description", ""))
        desk = sit_down(session, round_id, coders[one["coder"]])
        make_pile(session, desk, pile, [cards[key.lower()] for key in one["cards"]])
    for coder_id in coders.values():
        hand_in(session, round_id, coder_id)
    reason = script["round"]["close_reason"]
    close_round(session, round_, reason=reason, is_forced=False, by=lead.id)


def _coders(script: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(one["coder"] for one in script["piles"]))


def _member_id(session: Session, study_id: int, account: Account) -> int:
    member = membership_of(session, study_id, account.id or 0)
    return member.id or 0 if member is not None else 0


def _cards(
    session: Session, seed: Seed, study_id: int, keys: list[str], lead: Account
) -> Mapping[str, int]:
    """Import the cards with these keys from the file of the first study."""
    name = "cards.csv"
    table = read_table(seed.some_rows("cards", frozenset(keys)), file_name=name)
    prepared = prepare(session, study_id, table, mapping_of(guess_uses(table)))
    import_cards(session, study_id, prepared, Choices(), account_id=lead.id, file_name=name)
    return known_cards(session, study_id).ids
