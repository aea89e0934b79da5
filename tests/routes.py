"""The routes of the application, and a request that each of them takes.

A route that names an object needs a row in `OBJECTS`, else tests that hold for every route fail.
"""

import enum
import re
import typing
from collections.abc import Callable, Iterable, Iterator

from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlmodel import Session, SQLModel, select

from app.accounts.invitations import open_invitations
from app.codebook.models import Category, Facet, StagedCodebook
from app.codebook.service import facets_of, publish
from app.coding.desks import sit_down
from app.coding.drafts import RoundDraft, create_round
from app.coding.models import Round
from app.coding.own_piles import NewPile, make_pile
from app.coding.rounds import open_round
from app.coding.rules import Plan, Sort
from app.corpus.models import Card, StagedImport
from app.db import now
from app.main import ROUTERS
from app.negotiation.models import Attendance, Clause, Disagreement, Meeting, Proposal
from app.resolution.closing import close_round
from app.studies.people import invite_member
from app.studies.rules import Role
from app.studies.service import members
from tests.alignment.looking import LOOKING
from tests.factories import Team, fresh_id, make_account
from tests.sources.files import added_source


def _saved(session: Session, row: SQLModel) -> typing.Any:
    session.add(row)
    session.flush()
    return row.id  # type: ignore[attr-defined]


# What is known of an address so far: its pattern and the objects that stand in it.
Made = dict[str, int | str]
# Pages of a round that nobody finds before it is closed.
AFTER_CLOSING = (
    *("/disagreements/order", "/disagreements/order/suggested"),
    *("/disagreements", "}/labels", "}/cards", "/negotiation/summary"),
    *("}/statements", "/statements/rest", "/clusters", "}/live", "}/meeting", "}/meetings"),
    *("/piles/all", *LOOKING),
)


def _invitation(session: Session, team: Team, _made: Made) -> int:
    lead = members(session, team.study_id)[0].account_id
    invite_member(session, team.study, role=Role.CODER, note="", by=lead or 0, days=1)
    session.flush()
    return open_invitations(session, team.study_id)[-1].id or 0


def _card(session: Session, team: Team, made: Made) -> int:
    card = Card(
        study_id=team.study_id,
        key=fresh_id(),
        key_folded=fresh_id(),
        text="The table cannot be sorted.",
        text_hash="0" * 64,
        position=1,
        created_at=now(),
        set_aside_at=now() if str(made.get("path")).endswith("/back") else None,
    )
    return int(_saved(session, card))


def _facet(session: Session, team: Team, _made: Made) -> int:
    name = fresh_id()
    return int(_saved(session, Facet(study_id=team.study_id, name=name, name_key=name)))


def _category(session: Session, team: Team, made: Made) -> int:
    return _categories(session, team, _facet(session, team, made))


def _categories(session: Session, team: Team, facet_id: int) -> int:
    """Two categories, as a facet needs them; the id of the second."""
    for name in (fresh_id(), fresh_id()):
        row = Category(study_id=team.study_id, facet_id=facet_id, name=name, name_key=name)
        category_id = int(_saved(session, row))
    return category_id


def _version(session: Session, team: Team, made: Made) -> int:
    _category(session, team, made)
    return publish(session, team.study_id, "", by=None).id or 0


def _round(session: Session, team: Team, made: Made) -> int:
    """A round with a card, in which everybody codes; open, unless its pages come later."""
    _card(session, team, made)
    version_id, path = _version(session, team, made), str(made["path"])
    sort = Sort.HYBRID if "/piles" in path else Sort.CLOSED
    coder_ids = tuple(team.members.values())
    facet_ids = (facets_of(session, team.study_id)[0].id or 0,)
    draft = RoundDraft(fresh_id(), Plan(), coder_ids, facet_ids, version_id, seed=1, sort=sort)
    made_round = create_round(session, team.study_id, draft, by=None)
    open_round(session, made_round, by=None)
    if sort is Sort.HYBRID:
        for coder_id in coder_ids:
            desk = sit_down(session, made_round.id or 0, coder_id)
            make_pile(session, desk, NewPile(facet_ids[0], "A pile"))
    later = ("/piles/map", "disagreement_id", "meeting_id")
    if path.endswith(AFTER_CLOSING) or any(part in path for part in later):
        close_round(session, made_round, reason="enough", is_forced=True, by=None)
    session.flush()
    return made_round.id or 0


def _disagreement(session: Session, team: Team, made: Made) -> int:
    """A disagreement of the round that the address names, if that is the team's own."""
    round_ = session.get_one(Round, made["round_id"])
    if round_.study_id != team.study_id:
        round_ = session.get_one(Round, _round(session, team, made))
    row = Disagreement(
        study_id=team.study_id,
        round_id=round_.id or 0,
        facet_id=round_.facet_ids[0],
        card_id=session.exec(select(Card.id).where(Card.study_id == team.study_id)).first() or 0,
        flag=1,
        cluster="1|2",
        cluster_size=1,
    )
    return int(_saved(session, row))


def _meeting(session: Session, team: Team, made: Made) -> int:
    """A meeting that the lead presents, about the round that the address names, if it is theirs."""
    round_ = session.get_one(Round, made["round_id"])
    if round_.study_id != team.study_id:
        round_ = session.get_one(Round, _round(session, team, made))
    found_id = _disagreement(session, team, {**made, "round_id": round_.id or 0})
    row = Meeting(
        study_id=team.study_id,
        round_id=round_.id or 0,
        presenter_id=min(team.members.values()),
        current_id=found_id,
        started_at=now(),
    )
    meeting_id = int(_saved(session, row))
    came = {"meeting_id": meeting_id, "joined_at": now()}
    session.add_all([Attendance(member_id=one, **came) for one in team.members.values()])
    session.flush()
    return meeting_id


def _clause(session: Session, team: Team, made: Made) -> int:
    """A decided clause that waits for the lead: it adds a category."""
    round_id = _round(session, team, {"path": AFTER_CLOSING[0]})
    found_id = _disagreement(session, team, {**made, "round_id": round_id})
    of_study = {"study_id": team.study_id, "at": now()}
    proposal = Proposal(
        **of_study,
        disagreement_id=found_id,
        number=1,
        member_id=max(team.members.values()),
        value="none_applies",
        outcome="third_code",
        cause="missing_code",
        rationale="It is missing.",
        status="accepted",
    )
    proposal_id = int(_saved(session, proposal))
    facet_id = session.get_one(Round, round_id).facet_ids[0]
    clause = Clause(
        **of_study, proposal_id=proposal_id, kind="add", facet_id=facet_id, state="waiting"
    )
    return int(_saved(session, clause))


def _staged_import(session: Session, team: Team, _made: Made) -> str:
    row = StagedImport(
        id=fresh_id(),
        study_id=team.study_id,
        account_id=make_account(session, "Ada").id or 0,
        file_name="cards.csv",
        content=b"id,text\na,One\n",
        created_at=now(),
    )
    return str(_saved(session, row))


def _staged_codebook(session: Session, team: Team, _made: Made) -> str:
    row = StagedCodebook(
        id=fresh_id(),
        study_id=team.study_id,
        account_id=make_account(session, "Ada").id or 0,
        file_name="codebook.csv",
        content=b"name\nDead end\n",
        created_at=now(),
    )
    return str(_saved(session, row))


OBJECTS: dict[str, Callable[[Session, Team, Made], int | str]] = {
    "card_id": _card,
    "category_id": _category,
    "clause_id": _clause,
    "disagreement_id": _disagreement,
    "facet_id": _facet,
    "import_id": _staged_import,
    "invitation_id": _invitation,
    "meeting_id": _meeting,
    "member_id": lambda _session, team, _made: max(team.members.values()),
    "round_id": _round,
    "source_id": added_source,
    "staged_id": _staged_codebook,
    "version_id": _version,
}
# Parts of an address that name no object of a study, with a value that exists.
PLAIN = {
    "topic": "sorting",
    "token": "unknown",
    "format": "csv",
    "name": "coefficients",
    "kind": "svg",
}


def routes() -> list[APIRoute]:
    """Every route of every feature."""
    return [route for router in ROUTERS for route in _flat(router.routes)]


def _flat(found: Iterable[object]) -> Iterator[APIRoute]:
    for route in found:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from _flat(route.original_router.routes)


def requests(*, under: str = "/") -> list[tuple[str, APIRoute]]:
    """Every route below a path, once for each of its methods."""
    found = [route for route in routes() if route.path.startswith(under)]
    return [(method, route) for route in found for method in sorted(route.methods)]


def label(value: object) -> str | None:
    return value.path if isinstance(value, APIRoute) else None


def names_in(route: APIRoute) -> list[str]:
    """The parts of the route's address that stand for something."""
    return re.findall(r"\{(\w+)", route.path)


def objects_in(route: APIRoute) -> list[str]:
    """The parts that stand for an object of a study, the study aside."""
    return [name for name in names_in(route) if name in OBJECTS]


def address(route: APIRoute, session: Session, team: Team, *, last_of: Team | None = None) -> str:
    """The route's address in the study of `team`; the last object can be that of another."""
    made: Made = {"path": route.path}
    objects = objects_in(route)
    for name in names_in(route):
        if name == "study_id":
            made[name] = team.study_id
        elif name in PLAIN:
            made[name] = PLAIN[name]
        else:
            owner = last_of if last_of is not None and name == objects[-1] else team
            made[name] = OBJECTS[name](session, owner, made)
    session.commit()
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: str(made[found[1]]), route.path)


def body(route: APIRoute) -> dict[str, object]:
    """A form that has the shape the route asks for."""
    fields: dict[str, object] = {}
    for param in route.dependant.body_params:
        model = param.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            fields |= {
                name: _sample(name, info.annotation)
                for name, info in model.model_fields.items()
                if info.is_required() or name == "revision"
            }
    return fields


def _sample(name: str, kind: object) -> object:
    if name == "operation_id":
        return fresh_id()
    if name == "revision":
        return 1
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind)).value
    if typing.get_origin(kind) is typing.Literal:
        return typing.get_args(kind)[0]
    return {int: 1, float: 0.5, bool: "1"}.get(kind, "word")  # type: ignore[call-overload]
