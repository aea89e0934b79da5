"""What an accepted proposal writes into the codebook draft, and what waits for the lead."""

from dataclasses import dataclass, replace

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.codebook import editing, service
from app.codebook.changes import ChangeKind
from app.codebook.models import Category, Facet
from app.db import now
from app.errors import Conflict, Invalid
from app.negotiation.clause_states import (
    drop_clause,
    publish_clauses,
    take_clause,
    waiting_clauses,
)
from app.negotiation.clauses import (
    ClauseDraft,
    ClauseKind,
    add_clauses,
    apply_clauses,
    check_clause,
    clauses_of,
    drop_clauses,
)
from app.negotiation.models import Clause, Disagreement, Proposal
from tests.codebook.browsing import seen, send
from tests.evolution.grown import Grown, make_grown
from tests.factories import sign_in


@dataclass(slots=True)
class Talked:
    """A proposal on a card of a closed round, and what tests do with its clauses."""

    grown: Grown
    proposal: Proposal

    @property
    def session(self) -> Session:
        return self.grown.session

    def write(self, *drafts: ClauseDraft) -> list[Clause]:
        """Put these clauses into the proposal, and accept it."""
        facet = self.grown.book.facets["Smell"]
        rows = add_clauses(self.session, self.proposal, facet, drafts)
        self.session.flush()
        apply_clauses(self.session, self.proposal, by=None)
        self.session.commit()
        return rows

    def draft(self, kind: ClauseKind, category: str = "A", **said: object) -> ClauseDraft:
        return ClauseDraft(kind, self.grown.id_of(category), **said)  # type: ignore[arg-type]


@pytest.fixture
def talked(session: Session) -> Talked:
    grown = make_grown(session)
    round_ = grown.close({"c1": ("A", "B")})
    found = session.exec(select(Disagreement).where(Disagreement.round_id == round_.id)).one()
    proposal = Proposal(
        study_id=grown.team.study_id,
        disagreement_id=found.id,
        number=1,
        member_id=grown.team.members["Ben"],
        value="categories",
        category_ids=[grown.id_of("A")],
        outcome="persuaded",
        cause="unclear_definition",
        rationale="So it is.",
        status="accepted",
        at=now(),
    )
    session.add(proposal)
    session.commit()
    return Talked(grown, proposal)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (ClauseKind.RULE, "inclusion"),
        (ClauseKind.EXCLUSION, "exclusion"),
        (ClauseKind.EXAMPLE, "examples"),
        (ClauseKind.NEAR_MISS, "near_misses"),
    ],
)
def test_a_line_is_added_below_what_stands_there(
    talked: Talked, kind: ClauseKind, field: str
) -> None:
    talked.grown.change("A", **{field: "What stood there."})
    (clause,) = talked.write(talked.draft(kind, text="What was decided."))
    assert clause.state == "in_draft"
    assert getattr(talked.grown.row("A"), field) == "What stood there.\nWhat was decided."


def test_the_same_line_of_a_whole_batch_is_written_once(talked: Talked) -> None:
    same = talked.draft(ClauseKind.RULE, text="What was decided.")
    rows = talked.write(same, same)
    assert {one.state for one in rows} == {"in_draft"}
    assert talked.grown.row("A").inclusion == "What was decided."


def test_a_definition_is_written_anew(talked: Talked) -> None:
    talked.write(talked.draft(ClauseKind.REDEFINE, text="What it means now."))
    assert talked.grown.row("A").definition == "What it means now."


def test_a_new_category_of_two_decisions_is_added_once(talked: Talked) -> None:
    new = ClauseDraft(ClauseKind.ADD, name="Broken link", text="Leads nowhere.")
    first, second = talked.write(new, new)
    assert first.category_id == second.category_id
    made = talked.session.get_one(Category, first.category_id)
    assert (made.name, made.definition) == ("Broken link", "Leads nowhere.")


def test_merge_split_and_retire_are_carried_out(talked: Talked) -> None:
    talked.write(
        talked.draft(ClauseKind.MERGE, "C", into_id=talked.grown.id_of("D")),
        talked.draft(ClauseKind.MERGE, "C", into_id=talked.grown.id_of("D")),
        talked.draft(ClauseKind.SPLIT, "B", name="B one\nB two"),
        talked.draft(ClauseKind.RETIRE, "E"),
    )
    assert {one.state for one in clauses_of(talked.session, talked.proposal)} == {"in_draft"}
    changes = service.draft_changes(talked.session, talked.grown.team.study_id)
    kinds = {one.name: one.kind for one in changes}
    assert (kinds["C"], kinds["B"], kinds["E"]) == (
        ChangeKind.MERGED,
        ChangeKind.SPLIT,
        ChangeKind.RETIRED,
    )


def test_what_does_not_fit_any_more_waits_with_a_reason_and_nothing_is_raised(
    talked: Talked,
) -> None:
    talked.grown.retire("A")
    rows = talked.write(
        talked.draft(ClauseKind.RULE, text="Too late."),
        ClauseDraft(ClauseKind.ADD, name="F"),
        talked.draft(ClauseKind.SPLIT, "B", name="F\nG"),
        talked.draft(ClauseKind.MERGE, "C", into_id=talked.grown.id_of("A")),
        talked.draft(ClauseKind.EXAMPLE, "C", text="It fits."),
    )
    assert [(one.state, one.reason) for one in rows] == [
        ("waiting", "“A” is not in the draft any more."),
        ("waiting", "You already have F."),
        ("waiting", "You already have F."),
        ("waiting", "“A” is not in the draft any more."),
        ("in_draft", ""),
    ]
    assert len(waiting_clauses(talked.session, talked.grown.team.study_id)) == 4


def test_a_clause_of_a_facet_that_is_gone_waits(talked: Talked) -> None:
    facet = talked.session.get_one(Facet, talked.grown.facet_id)
    editing.retire(talked.session, facet, revision=facet.revision, by=None)
    (clause,) = talked.write(talked.draft(ClauseKind.RULE, text="Too late."))
    assert (clause.state, clause.reason) == ("waiting", "The facet “Smell” was retired.")


def test_clauses_of_a_proposal_that_was_withdrawn_are_dropped(talked: Talked) -> None:
    facet = talked.grown.book.facets["Smell"]
    add_clauses(talked.session, talked.proposal, facet, [talked.draft(ClauseKind.RULE, text="No.")])
    talked.session.flush()
    drop_clauses(talked.session, talked.proposal, reason="The proposal was withdrawn.")
    apply_clauses(talked.session, talked.proposal, by=None)
    assert talked.grown.row("A").inclusion == ""


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": ClauseKind.RULE, "text": " "}, "text"),
        ({"kind": ClauseKind.RULE, "text": "x", "category_id": None}, "category_id"),
        ({"kind": ClauseKind.RULE, "text": "x", "category_id": 9_999}, "category_id"),
        ({"kind": ClauseKind.RULE, "text": "x" * 20_001}, "text"),
        ({"kind": ClauseKind.MERGE}, "into_id"),
        ({"kind": ClauseKind.ADD, "name": " "}, "name"),
        ({"kind": ClauseKind.ADD, "name": "Cannot judge"}, "name"),
        ({"kind": ClauseKind.ADD, "name": "x" * 201}, "name"),
        ({"kind": ClauseKind.SPLIT, "name": "Only one"}, "name"),
        ({"kind": ClauseKind.SPLIT, "name": "Same\nsame"}, "name"),
    ],
)
def test_a_clause_that_says_too_little_is_refused_at_its_field(
    talked: Talked, said: dict[str, object], field: str
) -> None:
    draft = replace(ClauseDraft(ClauseKind.RULE, talked.grown.id_of("A")), **said)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refusal:
        check_clause(talked.session, talked.grown.book.facets["Smell"], draft)
    assert refusal.value.field == field


def test_a_category_is_not_merged_into_itself(talked: Talked) -> None:
    same = talked.draft(ClauseKind.MERGE, into_id=talked.grown.id_of("A"))
    with pytest.raises(Invalid) as refusal:
        check_clause(talked.session, talked.grown.book.facets["Smell"], same)
    assert refusal.value.field == "into_id"


def test_the_lead_takes_a_waiting_clause_in_other_words_and_what_was_decided_stays(
    talked: Talked, client: TestClient
) -> None:
    talked.grown.retire("A")
    (clause,) = talked.write(talked.draft(ClauseKind.RULE, text="Too late."))
    ada = sign_in(client, "Ada")
    url = f"{talked.grown.team.url}/codebook"
    assert "What the team decided" in seen(ada.get(url))
    address = f"{url}/clauses/{clause.id}"
    refused = send(ada, f"{address}/take", category_id="", text="My words.")
    assert refused.status_code == 422
    assert "My words." in refused.text
    into = talked.grown.id_of("B")
    taken = send(ada, f"{address}/take", category_id=into, text="My words.")
    assert taken.status_code == 303
    assert talked.grown.row("B").inclusion == "My words."
    talked.session.refresh(clause)
    assert (clause.state, clause.text) == ("in_draft", "Too late.")
    talked.session.rollback()
    assert "What the team decided" not in seen(ada.get(url))
    again = send(ada, f"{address}/drop", reason="Twice.")
    assert again.status_code == 409


def test_the_lead_leaves_a_clause_out_with_a_reason(talked: Talked) -> None:
    talked.grown.retire("A")
    (clause,) = talked.write(talked.draft(ClauseKind.RULE, text="Too late."))
    with pytest.raises(Invalid):
        drop_clause(talked.session, clause, reason=" ")
    drop_clause(talked.session, clause, reason="A is gone.")
    talked.session.commit()
    assert (clause.state, clause.reason) == ("dropped", "A is gone.")
    with pytest.raises(Conflict):
        take_clause(talked.session, clause, talked.draft(ClauseKind.RULE, text="x"), by=None)


def test_a_merge_taken_back_before_publishing_is_not_called_published(talked: Talked) -> None:
    merged, rule = talked.write(
        talked.draft(ClauseKind.MERGE, "C", into_id=talked.grown.id_of("D")),
        talked.draft(ClauseKind.RULE, text="It stays."),
    )
    row = talked.grown.row("C")
    editing.restore(talked.session, row, revision=row.revision, by=None)
    publish_clauses(talked.session, talked.grown.team.study_id, talked.grown.book.version_id)
    assert (merged.state, rule.state) == ("dropped", "published")
