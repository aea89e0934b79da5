"""The step from piles to answers: what each pile counts as from now on, for every reader."""

from collections.abc import Mapping

from sqlmodel import Session

from app.coding.aligned import Counted
from app.coding.models import Round
from app.coding.pile_models import PileAnswer
from app.coding.rounds import move_to, round_id_of
from app.coding.rules import Phase
from app.db import now


def align_round(
    session: Session, round_: Round, answers: Mapping[tuple[int, int], Counted], version_id: int
) -> None:
    """Give the round the shared categories of a version; piles and placements stay as they are.

    Of two who do so at once the second gets 409. Figures are frozen by the caller.
    """
    move_to(session, round_, Phase.NEGOTIATING)
    for (coder_id, number), (value, category_ids) in answers.items():
        session.add(
            PileAnswer(
                round_id=round_id_of(round_),
                coder_id=coder_id,
                number=number,
                value=value,
                category_ids=list(category_ids),
            )
        )
    round_.sorted_version_id = round_.codebook_version_id
    round_.codebook_version_id = version_id
    round_.aligned_at = now()
    session.flush()  # from here on the readers know the answers
