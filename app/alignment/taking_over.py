"""Taking proposals over as they were shown; what became of them meanwhile is told."""

from collections.abc import Collection

from app.alignment.mapping import Group, Target, accept_groups
from app.alignment.proposing import Proposal, proposals_for
from app.alignment.rules import Verdict
from app.alignment.sitting import StaleMap, Table
from app.coding.partitions import piles_of_round
from app.coding.visibility import NOBODY
from app.errors import Invalid


def take_over(table: Table, wanted: Collection[str], reason: str) -> None:
    """Take over these proposals in one act; refuses if others changed what they are about."""
    if not wanted:
        raise Invalid("Choose the proposals to take over first.", field="groups")
    partitions = piles_of_round(table.session, NOBODY, table.round_, table.facet)
    proposals = proposals_for(table.session, table.round_, table.facet, partitions, table.map)
    chosen = [one for one in proposals if one.key in wanted]
    if len(chosen) != len(set(wanted)):
        raise StaleMap(
            "Somebody changed the map since you opened this page, and other piles are proposed by "
            "now. Nothing was taken over yet."
        )
    accept_groups(table, [_group(table, one) for one in chosen], reason)


def _group(table: Table, one: Proposal) -> Group:
    keys, new_name = ((one.target,), "") if one.target else ((), one.name)
    piles = {pile.pile: table.map.of(pile.pile).act for pile in one.piles}
    return Group(Target(Verdict.CATEGORIES, keys, new_name), one.definition, piles)
