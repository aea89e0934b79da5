"""Each form of each route sent twice: it happens once, and both times the answer is the same."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlmodel import Session

from app.accounts.keyboard import ACTS
from app.db import Database
from tests.factories import browser_of, fresh_id, make_study
from tests.routes import address, body, label, requests
from tests.rows import contents

# Forms whose plainest content is no complete act in a study just made.
ELSEWHERE = {
    *("change_password", "decide_import", "import_codebook", "publish_codebook"),
    *("merge_category", "draft_recode_round", "merge_cards", "decide_alike"),  # need another
    *("hand_in", "take_back", "finish_round", "place_card", "park_card"),  # need cards to judge
    "place_cards_together",  # needs several: tests/coding/test_moving_together
    *("change_draft", "discard_draft"),  # need a round that is not open
    # need an open sort and piles: tests/coding/test_own_piles
    *("make_pile", "name_pile", "nest_pile", "merge_pile", "split_pile", "put_pile_away"),
    "suggest_category",  # needs cards to learn from: tests/coding/test_assistance
    *("restore_category", "restore_facet"),  # need something that was retired
    # need coders who judged the card: tests/negotiation
    *("seal_statement", "open_statements", "pass_turn", "defer", "take_up_again", "escalate"),
    *("arbitrate", "confirm_proposal", "dissent", "withdraw_proposal", "settle_without_left"),
    *("propose_for_cluster", "confirm_batch"),
    # need piles with cards, and steps: tests/alignment
    *("accept_proposals", "change_shared_category", "remove_shared_category"),
    *("undo_alignment_act", "confirm_map"),
    *("reorder_agenda", "restore_order", "uphold_agreement"),
    *(
        "upload_cards",
        "upload_codebook",
        "upload_sources",
        "bring_past_work",
    ),  # files: test_every_upload_refuses
    *("make_account", "join_study", "invite_member", "leave_study"),  # links: test_invitations
}
FORMS = [(method, route) for method, route in requests() if "operation_id" in body(route)]
COMPLETE = [(method, route) for method, route in FORMS if route.name not in ELSEWHERE]
FIELDS = {
    "change_keys": {act.name: act.key for act in ACTS},
    "arrange_columns": {"change": "open_all"},
    "add_category": {"name": "New"},
    "add_facet": {"name": "New"},
    "add_shared_category": {"name": "New"},
    "match_piles": {"piles": ["0.1.0"], "new_name": "New"},
    "add_comment": {"text": "Is it?"},
    "propose": {"outcome": "unresolved", "cause": "ambiguous", "rationale": "We cannot tell."},
    "change_category": {"name": "Renamed"},
    "change_facet": {"name": "Renamed"},
    "split_category": {"names": "One\nTwo"},
    "take_clause": {"name": "New"},
    "drop_clause": {"reason": "It does not fit."},
    "close_round": {"reason": "The term ends.", "is_forced": "true"},
    "make_card_of_passage": {"start": "0", "stop": "9"},
    "paste_source": {"name": "Guide", "text": "One."},
    "cut_source": {"act": "all", "by": "paragraph"},
    "split_card": {"text": "The table ||| cannot be sorted."},
    "void_round": {"reason": "A wrong codebook."},
}


@pytest.mark.parametrize(("method", "route"), COMPLETE, ids=label)
def test_B67_B68_a_form_sent_twice_happens_once_and_its_id_serves_nothing_else(
    method: str, route: APIRoute, app: FastAPI, session: Session, database: Database
) -> None:
    team = make_study(session)
    url = address(route, session, team)
    ada = browser_of(app, "Ada")
    form = {**body(route), **FIELDS.get(route.name, {}), "operation_id": fresh_id()}
    first = ada.request(method, url, data=form)
    assert first.status_code == 303
    after_first = contents(database)
    again = ada.request(method, url, data=form)
    assert (again.status_code, again.headers["location"]) == (303, first.headers["location"])
    for other in (f"{team.url}/codebook/facets", "/studies/new"):
        used = {"name": "Another", "operation_id": form["operation_id"]}
        refused = ada.post(other, data=used)
        assert refused.status_code == 409
        assert "already sent with other content" in refused.text
    assert contents(database) == after_first
