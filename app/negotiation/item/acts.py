"""A write on one disagreement: carried out once, and drawn again with what was typed if refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from sqlmodel import Session

from app.coding.models import Round
from app.errors import ConcordError, Conflict, Invalid
from app.negotiation.agenda.along import next_open
from app.negotiation.item.pages import Typed
from app.negotiation.item.reading import disagreement_page
from app.negotiation.models import Disagreement
from app.negotiation.naming import agenda_url, closed_round, negotiation_shell
from app.negotiation.proposals import ProposalGone
from app.negotiation.service import StaleDecision, find_disagreement
from app.studies.deps import Here, InStudy
from app.web.forms import PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Tx

SETTLED = declare_notice(
    "disagreement-decided", "good", "The decision is saved. This is the next open card."
)
ALL_SETTLED = declare_notice(
    "disagreements-decided", "good", "The decision is saved. Nothing is open in this facet."
)
Act = Callable[[Round, Disagreement], str]
"""Does something and returns the key of a notice, a space, and where to go."""


@dataclass(frozen=True, slots=True)
class AtItem:
    """A request about one disagreement of a closed round."""

    request: Request
    here: Here
    session: Session
    round_id: int
    disagreement_id: int

    def found(self) -> tuple[Round, Disagreement]:
        """Return the round and the disagreement; 404 unless they belong together."""
        round_ = closed_round(self.session, self.here, self.round_id)
        return round_, find_disagreement(self.session, round_, self.disagreement_id)

    def once(
        self, form: Write, name: str, act: Act, *, fields: Mapping[str, str] | None = None
    ) -> Response:
        """Carry the form out once and go on; refused, show the page as it is now.

        `name` is that of the form on the page; `fields` say what the fields of a service are
        called in it.
        """

        def carry_out() -> str:
            return act(*self.found())

        try:
            kind = f"{name} {self.disagreement_id}"
            done = self.here.once(self.session, form, kind, carry_out)
        except (Conflict, Invalid) as refusal:
            return self._refused(typed_in(form, name, refusal, fields or {}), refusal)
        notice, _, url = done.result.partition(" ")
        return go(url, notice=notice)

    def _refused(self, typed: Typed, refusal: ConcordError) -> Response:
        self.session.rollback()
        round_, found = self.found()
        page = disagreement_page(self.session, self.here, round_, found, typed)
        shell = negotiation_shell(self.here)
        template = "negotiation/disagreement.html"
        return respond(self.request, template, page, shell, status=refusal.status)

    def back(self, notice: str, *, part: str = "") -> str:
        """Return the way back to the page of this disagreement, to a part of it."""
        url = f"{self.here.url('rounds', self.round_id, 'disagreements')}/{self.disagreement_id}"
        return f"{notice} {url}#{part}" if part else f"{notice} {url}"

    def onward(self, round_: Round, found: Disagreement) -> str:
        """Return the way to what is to be talked about next, after this one was settled."""
        self.session.flush()  # what was settled just now is not open any more
        follower = next_open(self.session, round_, found)
        base = agenda_url(self.here, round_)
        if follower is None:
            return f"{ALL_SETTLED} {base}?facet={found.facet_id}"
        return f"{SETTLED} {base}/{follower.id}"


def typed_in(form: Write, name: str, refusal: ConcordError, fields: Mapping[str, str]) -> Typed:
    """Return what a refused form held, and which of its fields is to be marked."""
    texts = {
        field: tuple(map(str, value)) if isinstance(value, list) else (str(value),)
        for field, value in form.content().items()
        if value is not None
    }
    field = refusal.field or "" if isinstance(refusal, Invalid) else ""
    return Typed(
        form=name,
        texts=texts,
        sentence=refusal.message,
        field=fields.get(field, field),
        is_stale=isinstance(refusal, StaleDecision | ProposalGone),
    )


async def _at_item(
    request: Request, here: InStudy, tx: Tx, round_id: PathId, disagreement_id: PathId
) -> AtItem:
    return AtItem(request, here, tx, round_id, disagreement_id)


OnItem = Annotated[AtItem, Depends(_at_item, scope="function")]
