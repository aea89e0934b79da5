"""Who looks at a disagreement, and what of it they may see: read once for the whole page."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col

from app.codebook.content import FacetContent
from app.coding.counted import placements_seen
from app.coding.models import Placement, Round
from app.coding.rules import Phase
from app.coding.visibility import Viewer
from app.negotiation.arbitrating import refuse_arbiter
from app.negotiation.item.pages import View
from app.negotiation.models import Disagreement
from app.negotiation.naming import Speaker, facet_of, speakers_of
from app.negotiation.parties import parties_of, silent_before_owner
from app.negotiation.rules import Stage
from app.studies.deps import Here
from app.studies.rules import Role

_NAMELESS = ("One position", "Another position", "A third position", "A fourth position")


@dataclass(frozen=True, slots=True)
class Scene:
    """One disagreement before one pair of eyes.

    `said` holds what these eyes may see of the judgements, in the order in which the page shows
    them; `speakers` name everybody, without letters for whoever arbitrates.
    """

    session: Session
    here: Here
    round_: Round
    found: Disagreement
    facet: FacetContent
    view: View
    parties: tuple[int, ...]
    said: tuple[Placement, ...]
    speakers: Mapping[int, Speaker]
    waits_for: tuple[str, ...]
    is_judge: bool

    @property
    def is_over(self) -> bool:
        return self.round_.phase != Phase.NEGOTIATING

    @property
    def is_party(self) -> bool:
        return self.here.member_id in self.parties

    @property
    def is_lead(self) -> bool:
        return self.here.role is Role.LEAD

    @property
    def stage(self) -> Stage:
        return Stage(self.found.stage)

    @property
    def sees_talk(self) -> bool:
        return self.view in {View.OPEN, View.NAMELESS}

    def speaker(self, member_id: int | None) -> Speaker:
        return self.speakers.get(member_id or 0, Speaker("Somebody"))


def scene_of(session: Session, here: Here, round_: Round, found: Disagreement) -> Scene:
    """Return what this person sees of the disagreement."""
    parties = tuple(parties_of(session, round_, found))
    is_judge = refuse_arbiter(session, round_, found, here.membership) is None
    view = _view(here, found, is_judge=is_judge, is_party=here.member_id in parties)
    speakers = speakers_of(session, round_, here.member_id)
    said = [] if view is View.HIDDEN else _visible(session, here, round_, found)
    said.sort(key=lambda one: speakers[one.coder_id].name)
    if view is View.NAMELESS:
        random.Random(f"disagreement {found.id}").shuffle(said)  # noqa: S311  an order, no secret
        speakers = _nameless(speakers, [one.coder_id for one in said], here.member_id)
    waiting = silent_before_owner(session, round_, found, parties, here.member_id)
    return Scene(
        session=session,
        here=here,
        round_=round_,
        found=found,
        facet=facet_of(session, round_, found.facet_id),
        view=view,
        parties=parties,
        said=tuple(said),
        speakers=speakers,
        waits_for=tuple(speakers[one].name for one in waiting),
        is_judge=is_judge,
    )


def _view(here: Here, found: Disagreement, *, is_judge: bool, is_party: bool) -> View:
    """Return how much is seen: who may come to arbitrate reads no letters, and nothing early."""
    if found.stage == Stage.SEALED:
        return View.SEALED
    if here.role is Role.ARBITER and is_judge and not is_party:
        is_handed_over = found.stage in {Stage.ESCALATED, Stage.CLOSED}
        return View.NAMELESS if is_handed_over else View.HIDDEN
    if here.role is Role.LEAD and is_judge and found.stage == Stage.ESCALATED:
        return View.NAMELESS
    return View.OPEN


def _visible(session: Session, here: Here, round_: Round, found: Disagreement) -> list[Placement]:
    return placements_seen(
        session,
        Viewer(here.member_id),
        round_,
        col(Placement.facet_id) == found.facet_id,
        col(Placement.card_id) == found.card_id,
    )


def _nameless(speakers: Mapping[int, Speaker], in_order: list[int], you: int) -> dict[int, Speaker]:
    """Return the speakers without letters: whoever judged the card is a position."""
    named = dict(speakers)
    for member_id, speaker in speakers.items():
        if speaker.voice and member_id != you:
            named[member_id] = Speaker("A coder of another card", "c")
    for place, coder_id in enumerate(in_order):
        words = _NAMELESS[place] if place < len(_NAMELESS) else f"Position {place + 1}"
        named[coder_id] = replace(speakers[coder_id], name=words, voice="c")
    return named
