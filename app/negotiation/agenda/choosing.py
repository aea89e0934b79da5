"""Which rows of an agenda are shown: the lists that are asked for, and the first rows of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.negotiation.agenda.filtering import Wanted
from app.negotiation.agenda.listing import REVIEWS, SEALED, Entry
from app.negotiation.agenda.reading import Standing

ROWS_OF_A_CLUSTER = 8
ROWS_OF_A_PAGE = 100

_URGENCY = {"open": 1, "deferred": 2, "decided": 3}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is asked for, by the list it stands in, and the rows of each list that are shown."""

    lists: Mapping[str, Sequence[Entry]]
    rows: Mapping[str, Sequence[Entry]]

    @property
    def shown(self) -> list[Entry]:
        return [one for rows in self.rows.values() for one in rows]

    @property
    def longest(self) -> int:
        return max(map(len, self.lists.values()), default=0)


def choose(standing: Standing, wanted: Wanted, cards: set[int] | None) -> Chosen:
    """Return what is asked for. Sealed cards match no pair, no reason, no coder, no category."""
    lists: dict[str, list[Entry]] = {}
    for one in _meant(standing, wanted, cards):
        lists.setdefault(one.key, []).append(one)
    rows = {key: _first(standing, wanted, found) for key, found in lists.items()}
    return Chosen(lists, rows)


def _meant(standing: Standing, wanted: Wanted, cards: set[int] | None) -> Sequence[Entry]:
    if wanted.pair == REVIEWS:
        return standing.reviews
    if wanted.pair == SEALED:
        return [one for one in standing.sealed if _has_state(standing, one, wanted.state)]
    is_whole = not (wanted.pair or wanted.narrows)
    if is_whole and not wanted.state:
        return (*standing.talked, *standing.sealed, *standing.reviews)
    found = [one for one in standing.talked if is_whole or _fits(one, wanted, cards)]
    sealed = standing.sealed if is_whole else ()
    return [one for one in (*found, *sealed) if _has_state(standing, one, wanted.state)]


def _fits(entry: Entry, wanted: Wanted, cards: set[int] | None) -> bool:
    flags = entry.flags or 1 << (entry.flag - 1)
    return (
        (not wanted.pair or wanted.pair in {entry.key, entry.cluster})
        and (not wanted.flag or bool(flags >> (wanted.flag - 1) & 1))
        and (cards is None or entry.card_id in cards)
    )


def _has_state(standing: Standing, entry: Entry, state: str) -> bool:
    if state == "mine":
        return standing.is_waiting(entry)
    return state in {"", entry.state}


def _first(standing: Standing, wanted: Wanted, found: Sequence[Entry]) -> Sequence[Entry]:
    """Return the first rows of a list, or a page of it when it is the only one."""
    if wanted.pair:
        return found[(wanted.page - 1) * ROWS_OF_A_PAGE : wanted.page * ROWS_OF_A_PAGE]
    if wanted.arrange:
        return found[:ROWS_OF_A_CLUSTER]

    def urgency(entry: Entry) -> int:
        return 0 if standing.is_waiting(entry) else _URGENCY[entry.state]

    # What waits comes first; of what is settled the newest need not be seen each time.
    return sorted(found, key=urgency)[:ROWS_OF_A_CLUSTER]
