"""What each study waits for: the next step of a person, the stages of a study, parts of its home.

Features further up know the answers. They give functions of these shapes to `app.main`, which
keeps them in `app.state.next_steps`, `app.state.stages` and `app.state.panels`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from app.studies.deps import Here
from app.studies.rules import Stance


class StageState(StrEnum):
    DONE = "done"
    NOW = "now"
    LATER = "todo"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a person can do next: a sentence, and the button that leads there.

    `is_primary` when the study waits for this person; else there is nothing to do today.
    """

    sentence: str
    url: str
    is_primary: bool
    label: str = "Open the study"
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stop of the process line: Cards, Codebook, Rounds, Negotiation or Report."""

    name: str
    state: StageState
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the study's home: a template that draws `panel.content`."""

    template: str
    content: object


StepFinder = Callable[[Session, Here], NextStep | None]
StageFinder = Callable[[Session, Here], Stage | None]
PanelFinder = Callable[[Session, Here], Panel | None]

_STOPS = (
    ("Cards", "cards", "The excerpts that will be sorted."),
    ("Codebook", "codebook", "The categories and what they mean."),
    ("Rounds", "rounds", "Everybody sorts alone."),
    ("Negotiation", "negotiation", "Disagreements become decisions."),
    ("Report", "export", "Figures and files for the paper."),
)


def next_step(session: Session, here: Here, finders: Iterable[StepFinder]) -> NextStep:
    """Return the first step that waits for this person, else the first that can be taken."""
    found = [step for finder in finders if (step := finder(session, here)) is not None]
    waiting = [step for step in found if step.is_primary]
    return next(iter(waiting or found), _nothing(here))


def _nothing(here: Here) -> NextStep:
    return NextStep("Nothing waits for you here today.", here.url(), is_primary=False)


def stages(session: Session, here: Here, finders: Iterable[StageFinder]) -> tuple[Stage, ...]:
    """Return the five stops of the process line in their order."""
    known = {stage.name: stage for finder in finders if (stage := finder(session, here))}
    return tuple(
        known.get(name, Stage(name, StageState.LATER, words, here.url(part)))
        for name, part, words in _STOPS
    )


def reached(line: tuple[Stage, ...]) -> int:
    """Return how many stops the line of ink has reached: the last one that is done or under way."""
    return max(
        (n for n, stage in enumerate(line, 1) if stage.state is not StageState.LATER), default=0
    )


def voices(here: Here, line: tuple[Stage, ...]) -> str:
    """Return what the little strands beside a study draw: start, apart, meeting or one."""
    stop = reached(line)
    if here.study.stance == Stance.JOINT_SORT or stop < 3:
        return "start"
    if stop == 3:
        return "apart"
    return "one" if line[-1].state is StageState.DONE else "meeting"


def panels(session: Session, here: Here, finders: Iterable[PanelFinder]) -> tuple[Panel, ...]:
    """Return the parts that features add to the study's home."""
    return tuple(panel for finder in finders if (panel := finder(session, here)) is not None)
