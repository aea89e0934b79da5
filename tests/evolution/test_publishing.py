"""Publishing a version with everything that follows from it, and nothing that must not move."""

import hashlib
import json
import re
import threading

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.codebook import service
from app.codebook.content import content_hash
from app.coding.models import AffectedCard, Placement, Round, Seal, Snapshot
from app.coding.rounds import open_round
from app.db import Database
from app.errors import Conflict, Invalid
from app.evolution.publishing import Publication, draft_recode_rounds, publish_version
from app.evolution.service import Choices
from app.resolution.models import LabelMigration
from tests.codebook.browsing import seen, send
from tests.coding.factories import hands
from tests.evolution.grown import Grown, make_grown
from tests.factories import browser_of, sign_in


@pytest.fixture
def grown(session: Session) -> Grown:
    return make_grown(session)


def shown_on(page: str) -> dict[str, str]:
    """The hashes that the publish page carries."""
    return {
        name: re.search(rf'name="{name}" value="([0-9a-f]*)"', page).group(1)  # type: ignore[union-attr]
        for name in ("draft_hash", "impact_hash")
    }


def bytes_of(session: Session, table: type[Snapshot] | type[Placement]) -> str:
    rows = session.exec(select(table).order_by(table.id)).all()  # type: ignore[arg-type]
    text = json.dumps([row.model_dump(mode="json") for row in rows], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def test_snapshots_and_placements_are_the_same_bytes_before_and_after_publishing(
    grown: Grown,
) -> None:
    grown.close({"c1": ("B", "B"), "c2": ("C", "D"), "c3": ("E", "A")})
    tables = (Snapshot, Placement)
    before = [bytes_of(grown.session, table) for table in tables]
    grown.split("B", "B one", "B two")
    grown.merge("C", "D")
    grown.retire("E")
    grown.publish()
    grown.session.expire_all()
    assert [bytes_of(grown.session, table) for table in tables] == before


def test_publishing_stores_who_should_code_which_card_again(grown: Grown) -> None:
    grown.close({"c1": ("B", "B"), "c2": ("A", "B"), "c3": ("A", "A")})
    grown.split("B", "B one", "B two")
    version = grown.publish(choices=Choices(neighbours=frozenset()))
    ben, cleo = (grown.team.members[name] for name in ("Ben", "Cleo"))
    assert grown.stored(version) == {
        (card, coder, "split") for card in ("c1", "c2") for coder in (ben, cleo)
    }


def test_a_merge_moves_final_labels_into_new_records(grown: Grown) -> None:
    round_ = grown.close({"c1": ("C", "C"), "c2": ("D", "D"), "c3": ("C", "A")})
    grown.merge("C", "D")
    version = grown.publish()
    (moved,) = grown.session.exec(select(LabelMigration)).all()
    assert (moved.version_id, moved.round_id, moved.card_id) == (
        version.id,
        round_.id,
        grown.cards["c1"],
    )
    assert (moved.from_ids, moved.to_ids) == ([grown.id_of("C")], [grown.id_of("D")])


def test_the_first_version_needs_no_reason_and_later_ones_do(grown: Grown) -> None:
    grown.change("A", definition="New.")
    with pytest.raises(Invalid) as refusal:
        grown.publish(note=" ")
    assert refusal.value.field == "note"


def test_a_version_keeps_that_the_lead_called_a_change_wording(grown: Grown) -> None:
    grown.change("A", definition="Nicer words.")
    version = grown.publish(choices=Choices(declared=frozenset({f"c{grown.id_of('A')}"})))
    (stored,) = version.changes
    assert stored["class"] == "editorial"
    assert stored["declared_editorial"] is True


def test_nobody_publishes_a_list_other_than_the_one_shown(grown: Grown) -> None:
    grown.close({"c1": ("E", "E")})
    grown.retire("E")
    draft_hash = content_hash(service.draft(grown.session, grown.team.study_id))
    with pytest.raises(Conflict, match="Other cards are affected"):
        publish_version(
            grown.session, grown.team.study, Publication(draft_hash, "", "Why."), by=None
        )


def test_nothing_is_published_while_it_would_tell_of_a_sealed_round(
    client: TestClient, grown: Grown
) -> None:
    round_ = grown.close({"c1": ("E", "A")})
    seal = Seal(round_id=round_.id, facet_id=grown.facet_id, card_id=grown.cards["c1"])
    grown.session.add(seal)
    grown.session.commit()
    grown.retire("E")
    ada = sign_in(client, "Ada")
    page = ada.get(f"{grown.team.url}/codebook/publish")
    assert "Statements are missing in Round 1." in seen(page)
    assert "Which cards" not in seen(page)
    form = shown_on(page.text)
    answer = send(ada, f"{grown.team.url}/codebook/publish", note="Why.", shown="true", **form)
    assert answer.status_code == 409
    assert len(service.published(grown.session, grown.team.study_id)) == 1


def test_the_page_shows_class_consequence_and_cards_and_leads_to_a_recode_round(
    client: TestClient, grown: Grown
) -> None:
    grown.close({"c1": ("B", "B"), "c2": ("A", "A")})
    grown.split("B", "B one", "B two")
    ada = sign_in(client, "Ada")
    url = f"{grown.team.url}/codebook"
    page = ada.get(f"{url}/publish")
    assert "“B” became “B one” and “B two”." in seen(page)
    assert "1 card of 2 coders would be coded again" in seen(page)
    form = shown_on(page.text)
    answer = send(ada, f"{url}/publish", note="B was two things.", shown="true", **form)
    assert answer.status_code == 303
    after = answer.headers["location"]
    assert after.endswith("/affected")
    assert "Version 2 puts 1 card of 2 coders in question" in seen(ada.get(after))
    drafted = send(ada, after.removesuffix("affected") + "recode")
    assert drafted.status_code == 303
    assert drafted.headers["location"].endswith("/draft")
    assert "Recode after version 2" in seen(ada.get(after))
    versions = seen(ada.get(f"{url}/versions"))
    assert "B was two things." in versions
    assert "“B” became “B one” and “B two”." in versions


def test_other_choices_are_shown_without_losing_what_was_typed(
    client: TestClient, grown: Grown
) -> None:
    grown.close({"c1": ("A", "B")})
    grown.change("A", definition="Nicer words.")
    ada = sign_in(client, "Ada")
    key = f"c{grown.id_of('A')}"
    query = f"shown=true&only_wording={key}&note=Typed+words&operation_id=x&draft_hash=y"
    page = ada.get(f"{grown.team.url}/codebook/publish?{query}")
    assert page.status_code == 200
    assert "No card has to be coded again." in seen(page)
    assert "Typed words" in page.text
    # What was ticked after the list was drawn is not published unseen.
    before = shown_on(ada.get(f"{grown.team.url}/codebook/publish").text)
    answer = send(
        ada,
        f"{grown.team.url}/codebook/publish",
        note="Kept",
        shown="true",
        only_wording=key,
        **before,
    )
    assert answer.status_code == 409
    assert "Kept" in answer.text


def test_of_two_who_publish_at_once_one_wins_and_the_other_keeps_the_text(
    app: FastAPI, grown: Grown
) -> None:
    grown.close({"c1": ("E", "E")})
    grown.retire("E")
    url = f"{grown.team.url}/codebook/publish"
    browsers = [browser_of(app, "Ada") for _ in range(2)]
    forms = [shown_on(browser.get(url).text) for browser in browsers]
    grown.session.rollback()
    answers: dict[int, object] = {}

    def publish(i: int) -> None:
        answers[i] = send(browsers[i], url, note=f"Reason {i}", shown="true", **forms[i])

    threads = [threading.Thread(target=publish, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = {i: answer.status_code for i, answer in answers.items()}  # type: ignore[attr-defined]
    assert sorted(codes.values()) == [303, 409]
    loser = next(i for i, code in codes.items() if code == 409)
    assert f"Reason {loser}" in answers[loser].text  # type: ignore[attr-defined]
    grown.session.expire_all()
    assert len(service.published(grown.session, grown.team.study_id)) == 2
    assert len(grown.session.exec(select(AffectedCard)).all()) == 2


def test_an_open_round_keeps_its_version_when_another_is_published(
    grown: Grown, database: Database
) -> None:
    round_ = grown.open("Round 1")
    grown.say(round_, {"c1": ("E",)})
    grown.retire("E")
    grown.publish()
    grown.say(round_, {"c2": ("E", "E")})
    with database.reading() as session:
        found = session.get_one(Round, round_.id)
        assert found.codebook_version_id == grown.book.version_id
        assert not session.exec(select(AffectedCard)).all()


def test_a_recode_round_gives_each_coder_the_own_affected_cards(grown: Grown) -> None:
    grown.close({"c1": ("E", "A"), "c2": ("E",), "c3": ("A", "A")})
    grown.retire("E")
    version = grown.publish()
    (round_,) = draft_recode_rounds(grown.session, grown.team.study_id, version, by=None)
    open_round(grown.session, round_, by=None)
    dealt = {
        coder: {grown.key(one) for one in cards}
        for coder, cards in hands(grown.session, round_).items()
    }
    members = grown.team.members
    assert dealt == {members["Ben"]: {"c1", "c2"}, members["Cleo"]: {"c1"}}
    assert round_.kind == "recode"


def test_a_version_that_touches_nothing_proposes_no_round(client: TestClient, grown: Grown) -> None:
    grown.change("A", name="Alpha")
    version = grown.publish()
    ada = sign_in(client, "Ada")
    url = f"{grown.team.url}/codebook/versions/{version.id}"
    assert "puts no card in question" in seen(ada.get(f"{url}/affected"))
    assert send(ada, f"{url}/recode").status_code == 409
