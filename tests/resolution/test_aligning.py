"""A round sorted into own piles, once closed: what the team sees, and what waits for alignment."""

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from app.codebook.published import codebook_of_version
from app.coding.desks import sit_down
from app.coding.drafts import RoundDraft, create_round
from app.coding.exposing import exposed_card_ids
from app.coding.measuring import facets_of_round
from app.coding.models import Round, Snapshot
from app.coding.own_piles import NewPile, make_pile
from app.coding.partitions import piles_of_round
from app.coding.rounds import end_round, open_round, round_id_of, what_is_missing
from app.coding.rules import Phase, Plan, Sort
from app.coding.visibility import NOBODY, Viewer
from app.errors import Conflict
from app.resolution.closing import close_round
from app.studies.rules import Role, Stance
from tests.coding.factories import PublishedBook, judge, make_book, make_numbered_cards
from tests.exports.works import table
from tests.factories import Team, browser_of, make_study, publish_codebook

KEYS = ["L-0", "L-1", "L-2", "L-3"]


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session, others={"Odo": Role.OBSERVER, "Ida": Role.ARBITER})


@pytest.fixture
def cards(session: Session, team: Team) -> list[int]:
    return list(make_numbered_cards(session, team, KEYS).values())


def make_sort(
    session: Session,
    team: Team,
    book: PublishedBook,
    sort: Sort,
    *,
    coders: tuple[str, ...] = ("Ben", "Cleo"),
    plan: Plan | None = None,
    is_open: bool = True,
) -> Round:
    draft = RoundDraft(
        name="Round 1",
        plan=plan or Plan(),
        coder_ids=tuple(team.members[one] for one in coders),
        facet_ids=tuple(facet.id for facet in book.facets.values()),
        codebook_version_id=book.version_id,
        seed=7,
        sort=sort,
    )
    round_ = create_round(session, team.study_id, draft, by=None)
    if is_open:
        open_round(session, round_, by=None)
    session.commit()
    return round_


def pile(session: Session, round_: Round, coder_id: int, name: str, *card_ids: int) -> int:
    desk = sit_down(session, round_id_of(round_), coder_id)
    new = NewPile(round_.facet_ids[0], name, f"What {name} means.")
    number = make_pile(session, desk, new, card_ids).number
    session.commit()
    return number


@pytest.fixture
def closed(session: Session, team: Team, cards: list[int]) -> Round:
    """An open sort: Ben made two piles of three cards, Cleo one of two and cannot judge one."""
    round_ = make_sort(session, team, make_book(session, team), Sort.OPEN)
    ben, cleo = team.members["Ben"], team.members["Cleo"]
    pile(session, round_, ben, "Dead ends", *cards[:2])
    pile(session, round_, ben, "Drafts", cards[2])
    pile(session, round_, cleo, "Dead ends", *cards[1:3])
    judge(session, round_, cleo, cards[0], round_.facet_ids[0])
    close_round(session, round_, reason="Enough.", is_forced=True, by=None)
    session.commit()
    return round_


def test_an_open_sort_goes_on_to_aligning_without_any_figure(
    session: Session, team: Team, closed: Round, cards: list[int]
) -> None:
    assert closed.phase == Phase.ALIGNING
    assert session.exec(select(Snapshot)).all() == []
    assert exposed_card_ids(session, team.study_id) == set(cards)


@pytest.mark.usefixtures("closed")
def test_the_team_sees_each_coders_piles_by_letter_with_what_overlaps(
    team: Team, app: FastAPI
) -> None:
    for name in ("Ada", "Ben", "Odo"):
        text = browser_of(app, name).get(f"{team.url}/rounds/1/piles/all").text
        assert "Coder A" in text
        assert "What Drafts means." in text
        assert "<bdi>Dead ends</bdi> of <bdi>Coder B</bdi>" in text
        assert "None of these applies" in text
        assert "Never sorted" in text


@pytest.mark.usefixtures("closed")
def test_an_arbiter_sees_no_piles_while_cards_may_still_be_handed_over(
    team: Team, app: FastAPI
) -> None:
    answer = browser_of(app, "Ida").get(f"{team.url}/rounds/1/piles/all")
    assert answer.status_code == 409
    assert "Drafts" not in answer.text


def test_the_partitions_are_those_of_the_coders(
    session: Session, team: Team, closed: Round, cards: list[int]
) -> None:
    (facet,) = facets_of_round(session, closed)
    found = piles_of_round(session, NOBODY, closed, facet)
    assert [
        (one.coder.label, [(heap.name, sorted(heap.card_ids)) for heap in one.heaps])
        for one in found
    ] == [
        ("Coder A", [("Dead ends", cards[:2]), ("Drafts", cards[2:3])]),
        ("Coder B", [("Dead ends", cards[1:3])]),
    ]
    assert [set(map(str, one.without)) for one in found] == [set(), {"none_applies"}]
    assert found == piles_of_round(session, Viewer(team.members["Odo"]), closed, facet)


def test_while_the_round_is_open_a_partition_is_the_viewers_own(
    session: Session, team: Team, cards: list[int]
) -> None:
    round_ = make_sort(session, team, make_book(session, team), Sort.HYBRID)
    ben = team.members["Ben"]
    pile(session, round_, ben, "Mine", cards[0])
    (facet,) = facets_of_round(session, round_)
    (own,) = piles_of_round(session, Viewer(ben), round_, facet)
    assert [heap.name for heap in own.heaps] == ["Missing", "Stale", "Unclear", "Mine"]
    assert piles_of_round(session, Viewer(team.members["Cleo"]), round_, facet) == ()
    assert piles_of_round(session, NOBODY, round_, facet) == ()


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 200),
        ("/agreement", 200),
        ("/agreement/what-if", 200),
        ("/report.html", 409),
        ("/disagreements", 409),
        ("/labels", 409),
        ("/labels.csv", 409),
        ("/negotiation/summary", 409),
        ("/meetings", 409),
    ],
)
def test_what_waits_for_alignment_says_so(team: Team, app: FastAPI, path: str, status: int) -> None:
    answer = browser_of(app, "Ada").get(f"{team.url}/rounds/1{path}")
    assert answer.status_code == status
    assert "matched" in answer.text
    assert "kappa" not in answer.text.lower()


def test_every_page_of_the_study_goes_on(
    session: Session, team: Team, closed: Round, app: FastAPI, cards: list[int]
) -> None:
    ada = browser_of(app, "Ada")
    home = ada.get(team.url).text
    assert "Match the piles of Round 1" in home
    for path in ("/rounds", "/negotiation", "/export", "/codebook/publish", f"/cards/{cards[0]}"):
        assert ada.get(f"{team.url}{path}").status_code == 200, path
    agreement = ada.get(f"{team.url}/agreement")
    assert "matched the piles" in agreement.text
    life = browser_of(app, "Ben").get(f"{team.url}/cards/{cards[0]}/life").text
    assert "Dead ends" in life
    end_round(session, closed, Phase.VOID, reason="A wrong question.", by=None)
    session.commit()
    for path in ("/agreement", "/export", "/rounds/1", "/rounds/1/piles/all"):
        assert ada.get(f"{team.url}{path}").status_code == 200, path


@pytest.mark.usefixtures("closed")
def test_placements_are_exported_with_names_and_descriptions_of_piles(
    team: Team, app: FastAPI
) -> None:
    rows = table(browser_of(app, "Odo").get(f"{team.url}/rounds/1/placements.csv").text)
    assert {(row["coder"], row["category"], row["pile_description"]) for row in rows} == {
        ("Coder A", "Dead ends", "What Dead ends means."),
        ("Coder A", "Drafts", "What Drafts means."),
        ("Coder B", "Dead ends", "What Dead ends means."),
        ("Coder B", "none_applies", ""),
    }


def test_a_facet_without_a_category_is_published_for_an_open_sort(
    session: Session, team: Team, app: FastAPI, cards: list[int]
) -> None:
    ada = browser_of(app, "Ada")
    form = {"name": "Why it fails", "operation_id": "a-first-facet"}
    assert ada.post(f"{team.url}/codebook/facets", data=form).status_code == 303
    version_id = publish_codebook(session, team.study_id)
    (facet,) = codebook_of_version(session, version_id).facets
    book = PublishedBook(version_id, {facet.name: facet})
    draft = make_sort(session, team, book, Sort.CLOSED, is_open=False)
    (missing,) = what_is_missing(session, draft)
    assert "no category to sort into by “Why it fails”" in missing
    with pytest.raises(Conflict, match="sort openly"):
        open_round(session, draft, by=None)
    session.rollback()
    draft.sort = Sort.OPEN
    session.add(draft)
    session.commit()
    open_round(session, draft, by=None)
    pile(session, draft, team.members["Ben"], "Silence", cards[0])


def test_a_joint_sort_can_be_open_and_names_who_sorted(session: Session, app: FastAPI) -> None:
    team = make_study(session, stance=Stance.JOINT_SORT)
    cards = list(make_numbered_cards(session, team, KEYS).values())
    plan = Plan(participants="Ben, Cleo and Dora")
    round_ = make_sort(
        session, team, make_book(session, team), Sort.OPEN, coders=("Ben",), plan=plan
    )
    pile(session, round_, team.members["Ben"], "Ours", *cards)
    close_round(session, round_, reason="Done.", is_forced=True, by=None)
    session.commit()
    text = browser_of(app, "Ada").get(f"{team.url}/rounds/1/piles/all").text
    assert "sorted together by" in text
    assert "Ben, Cleo and Dora" in text
    assert "kappa" not in browser_of(app, "Ada").get(f"{team.url}/rounds/1").text.lower()


def test_the_draft_offers_the_kind_of_sort_and_keeps_it(
    session: Session, team: Team, app: FastAPI, cards: list[int]
) -> None:
    round_ = make_sort(session, team, make_book(session, team), Sort.CLOSED, is_open=False)
    ada = browser_of(app, "Ada")
    url = f"{team.url}/rounds/{round_.id}/draft"
    assert 'name="sort"' in ada.get(url).text
    form = {
        "operation_id": "the-kind-of-sort",
        "revision": round_.revision,
        "name": round_.name,
        "sort": "hybrid",
        "version_id": round_.codebook_version_id,
        "facet_ids": round_.facet_ids,
        "coder_ids": [team.members["Ben"]],
        "seed": 7,
    }
    assert ada.post(url, data=form).status_code == 303
    session.expire_all()
    assert session.get_one(Round, round_.id).sort == Sort.HYBRID
