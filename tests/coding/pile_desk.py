"""A coder's own piles in tests: made, changed and looked at."""

from app.coding.pile_rules import OwnPile, on_facet
from app.coding.seen_piles import own_piles
from app.coding.visibility import own_on_card
from tests.coding.desk import Desk
from tests.coding.world import round_row


def piles(desk: Desk) -> list[OwnPile]:
    """The piles there are, as the coder's board has them."""
    with desk.database.reading() as session:
        round_ = round_row(desk.database, desk.world)
        own = own_piles(session, round_, desk.world.member_ids[desk.name])
        return on_facet(own, desk.world.single_id)


def named(desk: Desk, name: str) -> OwnPile:
    return next(one for one in piles(desk) if one.name == name)


def lies_in(desk: Desk, card_id: int) -> list[str]:
    """The names of the piles and categories in which a card lies."""
    with desk.database.reading() as session:
        round_ = round_row(desk.database, desk.world)
        member_id = desk.world.member_ids[desk.name]
        said = own_on_card(session, round_, member_id, card_id).get(desk.world.single_id)
        if said is None or said.value == "not_judged":
            return []
        own = {one.number: one.name for one in own_piles(session, round_, member_id)}
        return [*map(str, said.category_ids), *(own[number] for number in said.pile_numbers)]


def make(desk: Desk, name: str, *card_ids: int, **fields: object) -> None:
    form = {"facet_id": desk.world.single_id, "name": name, "card_ids": list(card_ids), **fields}
    answer = desk.send("piles", **form)
    assert answer.status_code == 303, answer.text


def change(desk: Desk, act: str, pile_name: str, **fields: object) -> int:
    pile = named(desk, pile_name)
    form = {"pile": pile.number, "seen_turn": pile.turn, **fields}
    return desk.send(f"piles/{act}", **form).status_code
