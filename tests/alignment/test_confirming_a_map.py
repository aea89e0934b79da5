"""Confirming: what must be in place, and that the round goes on like a closed sort."""

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from app.alignment.confirming import Confirmation, confirm_map
from app.alignment.mapping import add_shared
from app.alignment.reading import last_act
from app.codebook.content import content_hash
from app.codebook.editing import add_category
from app.codebook.models import CodebookVersion
from app.codebook.published import codebook_of_version
from app.codebook.rules import CategoryFields
from app.codebook.service import content_of, draft, facet_row, facets_of
from app.coding.exposing import exposed_card_ids
from app.coding.judged import judged
from app.coding.measuring import facets_of_round, ratings_for, snapshots
from app.coding.models import Placement, Seal
from app.coding.partitions import piles_of_round
from app.coding.rules import Phase, Sort
from app.coding.visibility import NOBODY, visible_history
from app.errors import Conflict, NotFound
from app.negotiation.models import Disagreement
from app.resolution.labels import final_labels
from tests.alignment.maps import (
    KEYS,
    PILES,
    Aligning,
    confirm,
    make_aligning,
    match,
    match_everything,
)
from tests.coding.factories import make_book, make_numbered_cards
from tests.exports.works import table
from tests.factories import Team, browser_of


def test_three_coders_come_from_piles_to_an_agenda(
    session: Session, at: Aligning, app: FastAPI
) -> None:
    before = [one.model_dump() for one in session.exec(visible_history(NOBODY, at.round))]
    (facet,) = facets_of_round(session, at.round)
    raw = piles_of_round(session, NOBODY, at.round, facet)
    match_everything(session, at)
    version = confirm(session, at)
    assert (at.round.phase, at.round.codebook_version_id) == (Phase.NEGOTIATING, version.id)
    (facet,) = facets_of_round(session, at.round)
    assert [one.name for one in facet.categories][-2:] == ["Blind alley", "Out of date"]
    blind, old = (one.id for one in facet.categories[-2:])
    # What each says: M-2 is the only card on which coders differ over a category.
    said = {(one.card_id, one.coder_id): one for one in judged(session, NOBODY, at.round, facet.id)}
    ben, cleo = at.team.members["Ben"], at.team.members["Cleo"]
    assert said[at.cards[2], ben].category_ids == (blind,)
    assert said[at.cards[2], cleo].category_ids == (old,)
    assert said[at.cards[5], ben].value == "none_applies"
    assert said[at.cards[5], cleo].value == "cannot_judge"
    # Nothing of what coders did was altered.
    assert [one.model_dump() for one in session.exec(visible_history(NOBODY, at.round))] == before
    assert piles_of_round(session, NOBODY, at.round, facet) == raw
    (snapshot,) = snapshots(session, at.round)
    assert snapshot.figures["n_cards"] == len(KEYS)
    assert snapshot.figures["answers"][-3:-1] == ["Blind alley", "Out of date"]
    flagged = {one.card_id for one in session.exec(select(Disagreement))}
    assert at.cards[2] in flagged
    assert session.exec(select(Seal)).all() == []  # everybody has seen everybody's piles
    assert exposed_card_ids(session, at.team.study_id) == set(at.cards)
    labels = {one.card_id: one.category_ids for one in final_labels(session, at.round, facet)}
    assert labels[at.cards[0]] == (blind,)
    (on_card,) = [one for one in session.exec(select(Disagreement)) if one.card_id == at.cards[2]]
    session.commit()  # lets go of the write lock
    ada, url = browser_of(app, "Ada"), f"{at.team.url}/rounds/{at.round.id}"
    assert "Blind alley" in ada.get(f"{url}/labels").text
    assert "They are not reliability" in ada.get(f"{url}/agreement").text
    agenda = ada.get(f"{url}/disagreements")
    assert "Out of date" in agenda.text
    item = ada.get(f"{url}/disagreements/{on_card.id}").text
    assert "Blind alley" in item
    assert "Out of date" in item
    life = ada.get(f"{at.team.url}/cards/{at.cards[0]}/life").text
    assert "Blind alley" in life
    assert "Dead ends" in life
    for path in ("", "/piles/all", "/piles/map", "/agreement/what-if", "/negotiation/summary"):
        assert ada.get(f"{url}{path}").status_code == 200, path
    for ending in ("html", "json", "md"):
        assert "They are not reliability" in ada.get(f"{url}/report.{ending}").text
    assert "descriptive, not reliability" in ada.get(f"{url}/report.csv").text
    filtered = ada.get(f"{url}/disagreements?category={blind}").text
    assert "M-2" in filtered
    ben_sees = browser_of(app, "Ben").get(f"{url}/board").text
    assert "Dead ends" in ben_sees


def test_files_hold_the_shared_category_and_the_pile(
    session: Session, at: Aligning, app: FastAPI
) -> None:
    match_everything(session, at)
    confirm(session, at)
    ada, url = browser_of(app, "Ada"), f"{at.team.url}/rounds/{at.round.id}"
    rows = table(ada.get(f"{url}/placements.csv").text)
    assert {(one["category"], one["pile"]) for one in rows if one["coder"] == "Coder B"} == {
        ("Blind alley", "Dead end"),
        ("Out of date", "Outdated"),
        ("cannot_judge", "Unsure"),
    }
    mapped = table(ada.get(f"{url}/piles/map.csv").text)
    assert len(mapped) == sum(map(len, PILES.values()))
    (misc,) = [one for one in mapped if one["pile"] == "Misc"]
    assert (misc["coder"], misc["reason"], misc["by"]) == ("Coder A", "A rest.", "Coder C")


def test_every_pile_goes_somewhere_first(session: Session, at: Aligning) -> None:
    match(session, at, [("Ben", "Dead ends")], new_name="Blind alley")
    with pytest.raises(Conflict, match="8 piles go nowhere yet"):
        confirm(session, at)
    session.rollback()
    session.refresh(at.round)
    assert at.round.aligned_at is None
    assert session.exec(select(CodebookVersion)).all()[-1].number == 1


def test_other_changes_of_the_draft_are_published_first(session: Session, at: Aligning) -> None:
    match_everything(session, at)
    facet = facet_row(session, at.team.study_id, at.facet_id)
    add_category(session, facet, CategoryFields("Unrelated"), by=None)
    session.commit()
    with pytest.raises(Conflict, match="draft holds other changes"):
        confirm(session, at)


def test_piles_may_all_go_to_categories_there_are(session: Session, at: Aligning) -> None:
    missing = facets_of(session, at.team.study_id)[0]
    version = session.exec(select(CodebookVersion)).one()
    key = f"c{content_of(version).facets[0].categories[0].id}"
    match(session, at, list(at.piles), key)
    assert confirm(session, at).number == 1
    (found,) = facets_of_round(session, at.round)
    assert found.id == missing.id
    assert {one.category_ids for one in judged(session, NOBODY, at.round, found.id)} == {
        (int(key[1:]),)
    }


def test_the_map_is_frozen_once_confirmed(session: Session, at: Aligning) -> None:
    match_everything(session, at)
    confirm(session, at)
    with pytest.raises(Conflict, match="not to be matched"):
        at.table(session)
    with pytest.raises(Conflict, match="not to be matched"):
        confirm(session, at)


def test_a_hybrid_sort_keeps_the_categories_that_cards_were_sorted_into(
    session: Session, team: Team
) -> None:
    cards = list(make_numbered_cards(session, team, KEYS).values())
    at = make_aligning(session, team, make_book(session, team), cards, sort=Sort.HYBRID)
    match_everything(session, at)
    add_shared(at.table(session), "Nobody's", "", "")
    session.commit()
    confirm(session, at)
    (facet,) = facets_of_round(session, at.round)
    assert [one.name for one in facet.categories] == [
        "Missing", "Stale", "Unclear", "Blind alley", "Out of date", "Nobody's",
    ]  # fmt: skip
    assert ratings_for(session, at.round, facet).n_assigned == 18
    assert session.exec(
        visible_history(NOBODY, at.round).where(Placement.value == "categories")
    ).first()


def test_a_confirmation_that_is_not_kept_leaves_nothing_behind(
    session: Session, at: Aligning
) -> None:
    match_everything(session, at)
    wanted = Confirmation(
        last_act(session, at.round), content_hash(draft(session, at.team.study_id)), "Why."
    )
    version_id = confirm_map(session, at.team.study, at.round, wanted, by=None).id or 0
    assert codebook_of_version(session, version_id).facets
    session.rollback()
    with pytest.raises(NotFound):
        codebook_of_version(session, version_id)
