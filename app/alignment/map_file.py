"""The map as a file: what every pile counts as, who said so and why."""

import csv
import io
from collections.abc import Iterator, Mapping

from sqlmodel import Session

from app.alignment.reading import acts_of, facet_to_map, map_of
from app.alignment.rules import WORDS_FOR_VERDICT, Mapped, Verdict, codebook_key
from app.coding.models import Round
from app.coding.partitions import piles_of_round
from app.coding.sorted_facets import facets_before_aligning
from app.coding.visibility import Viewer
from app.negotiation.naming import speakers_of
from app.studies.deps import Here
from app.text import safe_cell

COLUMNS = (
    "facet", "coder", "pile", "pile_description", "n_cards", "category", "definition", "reason",
    "by", "at", "round",
)  # fmt: skip


def map_csv(session: Session, here: Here, round_: Round) -> bytes:
    """Return one row for each pile and category it goes to; a pile that goes nowhere has one."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(session, here, round_):
        writer.writerow([safe_cell(cell) for cell in row])
    return text.getvalue().encode()


def _rows(session: Session, here: Here, round_: Round) -> Iterator[tuple[str, ...]]:
    found, acts = map_of(session, round_), {one.number: one for one in acts_of(session, round_)}
    speakers = speakers_of(session, round_, here.member_id)
    for shown in facets_before_aligning(session, round_):
        facet = facet_to_map(session, round_, shown.id, found)
        known = {codebook_key(one.id): (one.name, one.definition) for one in facet.categories}
        known |= {one.key: (one.name, one.definition) for one in found.on_facet(facet.id)}
        for one in piles_of_round(session, Viewer(here.member_id), round_, shown):
            for heap in (own for own in one.heaps if own.number is not None):
                mapped = found.of((one.coder.id, heap.number or 0))
                act = acts.get(mapped.act)
                said = (
                    act.reason if act else "",
                    speakers[act.member_id].name if act else "",
                    act.at.isoformat(timespec="seconds") if act else "",
                    round_.name,
                )
                pile = (one.coder.label, heap.name, heap.description, str(len(heap.card_ids)))
                for place in _places(mapped, known):
                    yield (facet.name, *pile, *place, *said)


def _places(mapped: Mapped, known: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    if mapped.targets:
        return [known.get(key, ("", "")) for key in mapped.targets]
    is_open = mapped.verdict is Verdict.OPEN
    return [("" if is_open else WORDS_FOR_VERDICT[mapped.verdict], "")]
