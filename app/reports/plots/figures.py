"""PURE: what a figure of the report shows, before anything is drawn."""

from dataclasses import dataclass
from enum import StrEnum


class FigureKind(StrEnum):
    """As what a figure is drawn: in the page, for print, for slides."""

    SVG = "svg"
    PDF = "pdf"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class Bar:
    """One coefficient with its interval; without a value it is shown as not defined."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Forest:
    """Coefficients one below the other on a scale from `low` to 1."""

    title: str
    rows: tuple[Bar, ...]
    threshold: float | None
    low: float

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError("a forest has at least one row")
        if not -1 <= self.low < 1:
            raise ValueError("the scale of a forest begins at -1 or above and ends at 1")


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix of coefficients or, with `is_count`, of cards that got both answers.

    The diagonal means the same answer, or the same coder, where rows and columns have the same
    names; a None stays blank.
    """

    title: str
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    row_title: str
    column_title: str
    is_count: bool

    def __post_init__(self) -> None:
        if not self.row_names or not self.column_names:
            raise ValueError("a grid has at least one row and one column")
        widths = {len(line) for line in self.values}
        if len(self.values) != len(self.row_names) or widths != {len(self.column_names)}:
            raise ValueError("a grid has one value for each row and column name")

    @property
    def has_diagonal(self) -> bool:
        return self.row_names == self.column_names


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """The coefficient of one round; `mark` says what was different about it.

    `before` is what happened between the round before and this one: a new codebook.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    n_units: int
    mark: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """One coefficient over the rounds."""

    title: str
    points: tuple[CoursePoint, ...]
    threshold: float | None

    def __post_init__(self) -> None:
        if not self.points:
            raise ValueError("a course has at least one point")


Figure = Forest | Grid | Course
