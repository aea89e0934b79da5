"""Coding again what a version puts in question, facet by facet, and nothing beyond that."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from sqlmodel import Session, select

from app.cli import main
from app.codebook import editing, service
from app.codebook.content import content_hash
from app.codebook.models import Category, CodebookVersion
from app.coding.desks import Judgement
from app.coding.models import AffectedCard, Round
from app.coding.placing import place_card
from app.coding.rounds import end_round, open_round, round_id_of
from app.coding.rules import Kind, Phase, Value
from app.errors import Conflict
from app.evolution.publishing import Publication, draft_recode_rounds, publish_version
from app.evolution.service import Choices, impact_of_draft
from app.resolution.closing import close_round
from app.resolution.study_labels import labels_of_study
from app.settings import Settings
from app.studies.models import Membership
from app.studies.people import remove_member
from tests.codebook.browsing import seen, send
from tests.coding.factories import (
    PublishedBook,
    hands,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.factories import Team, browser_of, make_study

FACETS = {"Smell": ("single", ("A", "B", "C")), "Kind": ("single", ("X", "Y", "Z"))}


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def cards(session: Session, team: Team) -> dict[str, int]:
    return make_numbered_cards(session, team, ["c1", "c2", "c3"])


@pytest.fixture
def book(session: Session, team: Team) -> PublishedBook:
    return make_book(session, team, FACETS)


def say(
    session: Session,
    team: Team,
    book: PublishedBook,
    round_: Round,
    said: dict[tuple[str, int], str],
) -> None:
    """Ben and Cleo say the same of each facet and card that they were given."""
    dealt = hands(session, round_)
    for (facet, card_id), name in said.items():
        for coder in ("Ben", "Cleo"):
            coder_id = team.members[coder]
            if card_id in dealt.get(coder_id, []):
                ids = (book.category(facet, name),)
                wanted = Judgement(card_id, book.facets[facet].id, Value.CATEGORIES, ids)
                place_card(session, round_id_of(round_), coder_id, wanted)
    close_round(session, round_, reason="Enough.", is_forced=True, by=None)
    session.commit()


def publish_without(
    session: Session, team: Team, book: PublishedBook, *retired: tuple[str, str]
) -> CodebookVersion:
    """The next version, without these categories of facets."""
    for facet, name in retired:
        row = session.get_one(Category, book.category(facet, name))
        editing.retire(session, row, revision=row.revision, by=None)
    draft_hash = content_hash(service.draft(session, team.study_id))
    seen_hash = impact_of_draft(session, team.study_id, Choices()).hash
    version = publish_version(
        session, team.study, Publication(draft_hash, seen_hash, "Two were vague."), by=None
    )
    session.commit()
    return version


@pytest.fixture
def version(
    session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> CodebookVersion:
    """Version 2 puts c1 in question on Smell and c2 on Kind; c3 on neither."""
    said = {
        **{("Smell", card): name for card, name in zip(cards.values(), "CAA", strict=True)},
        **{("Kind", card): name for card, name in zip(cards.values(), "XZX", strict=True)},
    }
    say(session, team, book, make_round(session, team, book), said)
    return publish_without(session, team, book, ("Smell", "C"), ("Kind", "Z"))


def test_each_facet_has_a_round_that_asks_its_own_cards_only(
    session: Session,
    team: Team,
    book: PublishedBook,
    cards: dict[str, int],
    version: CodebookVersion,
) -> None:
    rounds = draft_recode_rounds(session, team.study_id, version, by=None)
    assert [one.name for one in rounds] == [
        "Recode after version 2: Smell",
        "Recode after version 2: Kind",
    ]
    assert [one.facet_ids for one in rounds] == [
        [book.facets["Smell"].id],
        [book.facets["Kind"].id],
    ]
    for round_, key in zip(rounds, ("c1", "c2"), strict=True):
        open_round(session, round_, by=None)
        both = (team.members["Ben"], team.members["Cleo"])
        assert hands(session, round_) == {one: [cards[key]] for one in both}


def test_asking_twice_drafts_nothing_twice_and_a_void_round_is_made_up_for(
    session: Session, team: Team, version: CodebookVersion
) -> None:
    first = draft_recode_rounds(session, team.study_id, version, by=None)
    again = draft_recode_rounds(session, team.study_id, version, by=None)
    assert [one.id for one in again] == [one.id for one in first]
    open_round(session, first[0], by=None)
    end_round(session, first[0], Phase.VOID, reason="Wrong cards.", by=None)
    third = draft_recode_rounds(session, team.study_id, version, by=None)
    assert third[0].name == "Recode after version 2: Smell (2)"
    assert third[1].id == first[1].id


def test_who_no_longer_codes_is_not_asked(
    session: Session, team: Team, version: CodebookVersion
) -> None:
    for one in session.exec(select(AffectedCard)).all():
        session.delete(one)
    session.flush()
    with pytest.raises(Conflict, match="no card of anybody"):
        draft_recode_rounds(session, team.study_id, version, by=None)


def test_a_facet_whose_coders_have_all_left_is_named_and_has_no_button(
    app: FastAPI, session: Session, team: Team, version: CodebookVersion
) -> None:
    ada, url = browser_of(app, "Ada"), f"{team.url}/codebook/versions/{version.id}/affected"
    assert "codes any more" not in seen(ada.get(url))
    lead = session.get_one(Membership, team.members["Ada"]).account_id
    for name in ("Ben", "Cleo"):
        remove_member(session, team.study_id, team.members[name], by=lead)
    session.commit()
    page = seen(ada.get(url))
    assert "Smell, Kind: nobody whose cards are in question here codes any more." in page
    assert "Prepare the recoding" not in page


def test_publishing_by_command_puts_cards_in_question_as_the_page_does(
    session: Session,
    team: Team,
    version: CodebookVersion,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(settings.data_dir))
    if settings.postgresql_url is not None:
        monkeypatch.setenv("CONCORD_DATABASE_URL", settings.postgresql_url)
    file = tmp_path / "clearer.csv"
    file.write_text("facet,name,definition\nSmell,A,Only what is out of date.\n", encoding="utf-8")
    command = ["import", "codebook", team.study.name, str(file), "--publish"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    session.expire_all()
    newest = service.latest_version(session, team.study_id)
    assert newest is not None
    assert (newest.number, newest.note) == (3, "Imported from clearer.csv.")
    rows = session.exec(select(AffectedCard).where(AffectedCard.version_id == newest.id)).all()
    smell = next(one.id for one in service.content_of(newest).facets if one.name == "Smell")
    assert {one.facet_id for one in rows} == {smell}
    assert {one.coder_id for one in rows} == {team.members["Ben"], team.members["Cleo"]}


def test_several_lead_to_the_list_and_the_page_names_them(
    app: FastAPI, session: Session, team: Team, version: CodebookVersion
) -> None:
    ada, url = browser_of(app, "Ada"), f"{team.url}/codebook/versions/{version.id}"
    assert "Prepare the recoding" in seen(ada.get(f"{url}/affected"))
    for _ in range(2):  # the second is another click, not the same form sent again
        answer = send(ada, f"{url}/recode")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{team.url}/rounds")
    listed = seen(ada.get(f"{team.url}/rounds"))
    assert "Each facet in question has a recode round of its own now" in listed
    page = seen(ada.get(f"{url}/affected"))
    for facet in ("Smell", "Kind"):
        assert f"Recode after version 2: {facet}" in listed
        assert f"Recode after version 2: {facet}" in page
    assert "Prepare the recoding" not in page
    session.expire_all()
    rounds = session.exec(select(Round).where(Round.kind == Kind.RECODE)).all()
    assert len(rounds) == 2


def test_a_recode_round_replaces_labels_in_question_only(
    session: Session,
    team: Team,
    book: PublishedBook,
    cards: dict[str, int],
    version: CodebookVersion,
) -> None:
    # As an earlier release made it: one round that asks every facet of every affected card.
    round_, other = draft_recode_rounds(session, team.study_id, version, by=None)
    round_.facet_ids = [facet.id for facet in book.facets.values()]
    session.add(round_)
    session.flush()  # opening reads the row anew
    open_round(session, round_, by=None)
    assert {card for hand in hands(session, round_).values() for card in hand} == {
        cards["c1"],
        cards["c2"],
    }
    said = {
        (facet, cards[key]): name
        for facet, name in (("Smell", "B"), ("Kind", "Y"))
        for key in ("c1", "c2")
    }
    say(session, team, book, round_, said)
    keys = {id_: key for key, id_ in cards.items()}
    names = {one.id: one.name for facet in book.facets.values() for one in facet.categories}
    found = {
        (one.facet.name, keys[one.label.card_id]): (
            *(names[id_] for id_ in one.label.category_ids),
            one.round.name,
        )
        for one in labels_of_study(session, team.study_id)
    }
    assert found == {
        ("Smell", "c1"): ("B", round_.name),
        ("Smell", "c2"): ("A", "Round 1"),
        ("Smell", "c3"): ("A", "Round 1"),
        ("Kind", "c1"): ("X", "Round 1"),
        ("Kind", "c2"): ("Y", round_.name),
        ("Kind", "c3"): ("X", "Round 1"),
    }
    assert other.phase == Phase.DRAFT
