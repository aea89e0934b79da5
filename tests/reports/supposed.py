"""Addresses of what-ifs, and a round of three coders to ask them of."""

from sqlmodel import Session

from tests.factories import Team
from tests.reports.rounds import BEN, CLEO, SMELLS, Coded, Sorted, make_round


def what_if(coded: Coded, facet: str = "Smell", **query: object) -> str:
    """The address of a what-if; `merge` holds names of categories, or answers without one."""
    parts = [f"facet={coded.facets[facet]}"]
    for name, value in query.items():
        values = value if isinstance(value, tuple) else (value,)
        parts += [f"{name}={coded.categories.get(str(one), one)}" for one in values]
    return f"{coded.url}/agreement/what-if?{'&'.join(parts)}"


def three(session: Session, team: Team, **changes: object) -> Coded:
    answers = {"Ben": BEN, "Cleo": CLEO, "Dan": ("stale",) * 15 + ("unclear",) * 15}
    return make_round(session, team, {"Smell": Sorted(SMELLS, answers)}, **changes)
