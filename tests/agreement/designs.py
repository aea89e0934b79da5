"""Random judgements that tests share: few and many coders, cards and categories, with gaps."""

from dataclasses import dataclass

import numpy as np

from app.agreement import Ratings, Scale, SetRatings

AWKWARD = (
    "nan",
    "NA",
    "",
    " ",
    "a",
    "A",
    " a",
    "NaN",
    "None",
    "-1",
    "Größe",
    "缺陷",
    "bug 🐛",
    "é",
)


@dataclass(frozen=True)
class Design:
    n_units: int
    n_coders: int
    n_categories: int
    missing: float = 0.0
    skew: float = 0.0
    agreement: float = 0.6

    def __str__(self) -> str:
        return (
            f"{self.n_units}x{self.n_coders}-q{self.n_categories}"
            f"-missing{self.missing:.0%}-skew{self.skew:g}-same{self.agreement:.0%}"
        )


DESIGNS = (
    Design(0, 3, 4),
    Design(1, 2, 2),
    Design(1, 3, 3),
    Design(2, 2, 2),
    Design(3, 4, 2, missing=0.5),
    Design(7, 3, 1),
    Design(12, 8, 40, missing=0.7),
    Design(9, 2, 5),
    Design(25, 5, 2, skew=3),
    Design(40, 2, 2),
    Design(40, 2, 2, missing=0.4, skew=2),
    Design(60, 2, 6, skew=1),
    Design(60, 2, 7, missing=0.3, skew=1),
    Design(60, 3, 3, agreement=0),
    Design(60, 3, 3, missing=0.2, agreement=1),
    Design(80, 4, 5),
    Design(80, 4, 5, missing=0.3, skew=1),
    Design(80, 4, 12, missing=0.7),
    Design(120, 6, 2, missing=0.6, skew=1.5),
    Design(120, 7, 9),
    Design(150, 8, 20, missing=0.35, skew=1),
    Design(150, 5, 40, agreement=0.9),
    Design(400, 3, 14, missing=0.1),
    Design(5_000, 3, 10, missing=0.1, skew=1),
    Design(5_000, 2, 4),
)
SMALL = tuple(design for design in DESIGNS if design.n_units <= 150)


def names_of(n_categories: int) -> tuple[str, ...]:
    """Distinct names, the awkward ones first."""
    return (*AWKWARD, *(f"code {number}" for number in range(n_categories)))[:n_categories]


def draw_codes(design: Design, seed: int) -> np.ndarray:
    """Coders who see the same in a share of the cards and guess by one habit in the others."""
    chance = np.random.default_rng([seed, design.n_units, design.n_coders, design.n_categories])
    habit = np.exp(-design.skew * np.arange(design.n_categories))
    shape = (design.n_units, design.n_coders)

    def draw(shape):
        return chance.choice(design.n_categories, shape, p=habit / habit.sum())

    codes = np.where(
        chance.random(shape) < design.agreement, draw((design.n_units, 1)), draw(shape)
    )
    codes[chance.random(shape) < design.missing] = -1
    return codes


def draw_ratings(design: Design, seed: int = 1, scale: Scale = Scale.NOMINAL) -> Ratings:
    """Judgements under awkward names; under numbers on an interval scale."""
    q = design.n_categories
    names = [f"{k * k / 2:g}" for k in range(q)] if scale is Scale.INTERVAL else names_of(q)
    return Ratings(draw_codes(design, seed), tuple(names), scale=scale)


def draw_sets(
    seed: int,
    *,
    n_units: int = 50,
    n_coders: int = 3,
    n_categories: int = 5,
    share: float = 0.3,
    missing: float = 0.15,
    can_be_empty: bool = True,
) -> SetRatings:
    """Coders who mostly tick the same; a set may be empty, and a card may be left out."""
    chance = np.random.default_rng(seed)
    truth = chance.random((n_units, 1, n_categories)) < share
    members = truth ^ (chance.random((n_units, n_coders, n_categories)) < share / 2)
    if not can_be_empty:
        members[..., 0] |= ~members.any(axis=2)
    judged = chance.random((n_units, n_coders)) >= missing
    members &= judged[..., None]
    return SetRatings(members, judged, names_of(n_categories))


def codes_of_table(cells) -> np.ndarray:
    """The judgements of two coders whose confusion table is `cells`."""
    cells = np.asarray(cells)
    return np.repeat(np.argwhere(np.ones_like(cells)), cells.ravel(), axis=0)


def in_words(ratings: Ratings) -> list[list[str | None]]:
    """Each card's judgements as the words a person would read; None = not judged."""
    return [
        [ratings.categories[code] if code >= 0 else None for code in row]
        for row in ratings.codes.tolist()
    ]
