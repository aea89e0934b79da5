"""What the tests of sorting look at: pages of a coder, the placements, what is said of saving."""

import re
from typing import Any, Protocol

from playwright.sync_api import Page, expect
from sqlmodel import col, select

from app.coding.models import Placement
from app.coding.rounds import end_round, find_round
from app.coding.rules import Phase
from app.db import Database
from tests.coding.world import World

# A server that answers at once and a line that is slow: the body arrives long after its head.
SLOW_LINE = """
const read = Response.prototype.text;
Response.prototype.text = async function () {
  const text = await read.call(this);
  await new Promise((done) => setTimeout(done, 600));
  return text;
};
"""

# A tab that does not hear what was done in another one, as when the stream is slow.
DEAF = """
window.EventSource = class { static OPEN = 1; readyState = 1; addEventListener() {} close() {} };
"""


class OpenAsBen(Protocol):
    """Opens a page of Ben's round; each has a browser of its own."""

    def __call__(self, path: str, **options: Any) -> Page: ...


def placements(database: Database) -> list[Placement]:
    with database.reading() as session:
        return list(session.exec(select(Placement).order_by(col(Placement.act))))


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_contain_text(re.compile(r"Saved \d\d:\d\d"))


def void_round(database: Database, world: World) -> None:
    """End the round while its coder knows nothing of it."""
    with database.transaction() as session:
        round_ = find_round(session, world.study_id, world.round_id)
        end_round(session, round_, Phase.VOID, reason="A test", by=None)


def deaf_page(beside: Page) -> Page:
    page = beside.context.new_page()
    page.add_init_script(DEAF)
    return page
