"""The lists of an agenda: disagreements, sealed cards, agreements to look at again.

While a card of the facet is sealed, the lists tell nothing about it: no count holds it, and the
order follows what everybody may see, not `Disagreement.place`.
"""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Subquery, case, func, or_, select
from sqlmodel import Session, col

from app.corpus.models import Card
from app.negotiation.differing import IS_DISAGREEMENT, IS_REVIEW
from app.negotiation.models import Disagreement
from app.negotiation.naming import SINGLES
from app.negotiation.rules import Flag, Stage

SEALED = "sealed"
REVIEWS = "reviews"

_IS_SEALED = col(Disagreement.stage) == Stage.SEALED
Kind = tuple[ColumnElement[bool], ColumnElement[bool]]
TALKED_ABOUT: Kind = (IS_DISAGREEMENT, ~_IS_SEALED)
WAITING: Kind = (IS_DISAGREEMENT, _IS_SEALED)
LOOKED_AT_AGAIN: Kind = (IS_REVIEW, ~_IS_SEALED)


class Entry(NamedTuple):
    """A row of an agenda; a tuple, for a facet may have thousands."""

    id: int
    card_id: int
    flag: int
    flags: int
    cluster: str
    state: str
    stage: str
    position: int
    n_listed: int
    key: str
    number: int


class Entries(NamedTuple):
    """What is on the agenda of a facet, each list in its order."""

    talked: list[Entry]
    sealed: list[Entry]
    reviews: list[Entry]


def kind_of(found: Disagreement) -> Kind:
    """Return the list in which a disagreement stands."""
    if found.flag >= Flag.FRAGILE_AGREEMENT:
        return LOOKED_AT_AGAIN
    return WAITING if found.stage == Stage.SEALED else TALKED_ABOUT


def listed(session: Session, round_id: int, facet_id: int, kind: Kind) -> Subquery:
    """Return the query for one list of a facet, with what each row is listed under as `key`.

    `n_listed` counts the rows with the same pair; `number` is the place in the list.
    """
    rows = (
        select(
            col(Disagreement.id).label("id"),
            col(Disagreement.card_id).label("card_id"),
            col(Disagreement.flag).label("flag"),
            col(Disagreement.flags).label("flags"),
            col(Disagreement.cluster).label("cluster"),
            col(Disagreement.state).label("state"),
            col(Disagreement.stage).label("stage"),
            col(Disagreement.place).label("place"),
            col(Card.position).label("position"),
            func.count().over(partition_by=col(Disagreement.cluster)).label("n_listed"),
            func.min(col(Card.position))
            .over(partition_by=col(Disagreement.cluster))
            .label("first_position"),
        )
        .join(Card, col(Card.id) == col(Disagreement.card_id))
        .where(
            col(Disagreement.round_id) == round_id, col(Disagreement.facet_id) == facet_id, *kind
        )
        .subquery()
    )
    key = case(
        (rows.c.stage == Stage.SEALED, SEALED),
        (rows.c.flag >= int(Flag.FRAGILE_AGREEMENT), REVIEWS),
        (rows.c.n_listed == 1, SINGLES),
        else_=rows.c.cluster,
    )
    order = _order(rows, is_blind=has_sealed(session, round_id, facet_id))
    number = func.row_number().over(order_by=order)
    return select(*rows.c, key.label("key"), number.label("number")).subquery()


def entries(session: Session, round_id: int, facet_id: int) -> Entries:
    """Return the lists of a facet, read at once; they are those that `listed` asks for."""
    columns = (
        *(Disagreement.id, Disagreement.card_id, Disagreement.flag, Disagreement.flags),
        *(Disagreement.cluster, Disagreement.state, Disagreement.stage, Card.position),
    )
    statement = (
        select(*map(col, columns))
        .join(Card, col(Card.id) == col(Disagreement.card_id))
        .where(col(Disagreement.round_id) == round_id, col(Disagreement.facet_id) == facet_id)
        .order_by(col(Disagreement.place), col(Disagreement.id))
    )
    found = session.connection().execute(statement).all()
    rows = [Entry._make((*row, 0, "", 0)) for row in found]
    differing = [one for one in rows if one.flag < Flag.FRAGILE_AGREEMENT]
    sealed = [one for one in differing if one.stage == Stage.SEALED]
    talked = [one for one in differing if one.stage != Stage.SEALED]
    reviews = [one for one in rows if one.flag >= Flag.FRAGILE_AGREEMENT]
    return Entries(
        _keyed(_blind(talked) if sealed else talked),
        _keyed(_imported(sealed), SEALED),
        _keyed(_imported(reviews) if sealed else reviews, REVIEWS),
    )


def _keyed(rows: list[Entry], key: str = "") -> list[Entry]:
    sizes = Counter(one.cluster for one in rows)
    return [
        Entry(*one[:8], sizes[one.cluster], key or _key(one, sizes), number)
        for number, one in enumerate(rows, 1)
    ]


def _key(entry: Entry, sizes: Mapping[str, int]) -> str:
    return SINGLES if sizes[entry.cluster] == 1 else entry.cluster


def _imported(rows: list[Entry]) -> list[Entry]:
    """Return the rows in the order of the import."""
    return sorted(rows, key=lambda one: (one.position, one.id))


def _blind(rows: list[Entry]) -> list[Entry]:
    """Return the rows in an order that tells nothing of what is sealed."""
    sizes = Counter(one.cluster for one in rows)
    rows = _imported(rows)
    first: dict[str, int] = {}
    for one in rows:
        first.setdefault(_key(one, sizes), one.position)
    return sorted(
        rows,
        key=lambda one: (
            (sizes[one.cluster] == 1),
            -sizes[one.cluster],
            first[_key(one, sizes)],
        ),
    )


def has_sealed(session: Session, round_id: int, facet_id: int) -> bool:
    """Whether statements on a card of the facet are still missing."""
    statement = select(col(Disagreement.id)).where(
        col(Disagreement.round_id) == round_id, col(Disagreement.facet_id) == facet_id, _IS_SEALED
    )
    return session.connection().execute(statement.limit(1)).first() is not None


def _order(rows: Subquery, *, is_blind: bool) -> list[ColumnElement[object]]:
    if not is_blind:
        return [rows.c.place, rows.c.id]
    is_listed_alone = or_(rows.c.stage == Stage.SEALED, rows.c.n_listed == 1)
    return [
        case((is_listed_alone, 1), else_=-rows.c.n_listed),
        case((is_listed_alone, 0), else_=rows.c.first_position),
        rows.c.position,
        rows.c.id,
    ]
