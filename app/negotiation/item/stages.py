"""PURE: the stages of a talk as a line, from the sealed statements to the codebook."""

from app.negotiation.item.parts import StageView
from app.negotiation.rules import Stage


def stage_line(
    stage: Stage, state: str, *, was_sealed: bool, was_discussed: bool, n_clauses: int | None
) -> tuple[StageView, ...]:
    """Return the stages, one of them now; `n_clauses` is None until something was decided.

    A card that was put off or handed over takes that step in place of the proposal's.
    """
    steps = ["Sealed", "Opened"] if was_sealed else ["Opened"]
    steps.append("Discussed")
    steps.append("With the arbiter" if stage is Stage.ESCALATED else "Proposed")
    steps.append("Put off" if state == "deferred" and stage is Stage.CLOSED else "Confirmed")
    if n_clauses is None or n_clauses:
        steps.append("In the codebook")
    now = {
        Stage.SEALED: "Sealed",
        Stage.OPENED: "Discussed" if was_discussed else "Opened",
        Stage.PROPOSED: "Proposed",
        Stage.ESCALATED: "With the arbiter",
        Stage.CLOSED: "Put off" if state == "deferred" else "Confirmed",
    }[stage]
    if stage is Stage.CLOSED and n_clauses:
        now = "In the codebook"
    at = steps.index(now)
    return tuple(
        StageView(words, "done" if number < at else "now" if number == at else "todo")
        for number, words in enumerate(steps)
    )
