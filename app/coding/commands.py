"""`concord plan`."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

from app.agreement.planning import (
    cards_for_minimum_alpha,
    cards_for_precision,
    half_width_with,
)
from app.web.render import count, plural

PREVALENCES = (0.5, 0.25, 0.1, 0.05)
SIGNIFICANCE = 0.05
FEW = 5  # cards of a category, below which a large-sample interval is not to be trusted


@dataclass(frozen=True, slots=True)
class Needed:
    """How many shared cards a category takes that is on this share of them."""

    prevalence: float
    cards: int


@dataclass(frozen=True, slots=True)
class Width:
    """An interval of kappa: with this many cards it reaches `half_width` to either side."""

    kappa: float
    half_width: float
    cards: int


@dataclass(frozen=True, slots=True)
class CardPlan:
    """What `concord plan --json` prints, in this order."""

    alpha_min: float
    prevalence: float
    significance: float
    coders: int
    cards: int
    judgements: int
    table: tuple[Needed, ...]
    precision: Width | None
    interval: Width | None


@click.command("plan")
@click.option("--alpha-min", type=float, required=True, metavar="A", help="The alpha to surpass.")
@click.option(
    "--prevalence",
    type=float,
    required=True,
    metavar="P",
    help="Share of the cards that bear the rarest category of interest, such as 0.1.",
)
@click.option(
    "--coders",
    type=click.IntRange(2, 1000),
    default=2,
    show_default=True,
    help="Coders who each judge all these cards.",
)
@click.option(
    "--precision",
    type=float,
    metavar="W",
    help="Also: the cards for a 95 % interval of kappa that reaches W to either side.",
)
@click.option(
    "--cards",
    "n_cards",
    type=click.IntRange(1, 10_000_000),
    metavar="N",
    help="Also: how far the interval would reach with N cards.",
)
@click.option(
    "--kappa", type=float, metavar="K", help="The kappa expected, for --precision and --cards."
)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
def plan(
    alpha_min: float,
    prevalence: float,
    coders: int,
    precision: float | None,
    n_cards: int | None,
    kappa: float | None,
    as_json: bool,
) -> None:
    """Say how many cards two coders must both judge before a round can show what it should.

    The numbers hold for any two coders (one-sided level 0.05) and suppose a true alpha halfway
    between A and 1; of more coders it is only certain that they do no harm. The JSON has alpha_min,
    prevalence, significance, coders, cards (judged by each coder), judgements (cards times coders),
    table (prevalence and cards of each row), precision and interval (kappa, half_width and cards;
    null if not asked for).
    """
    if (kappa is None) != (precision is None and n_cards is None):
        raise click.UsageError("--kappa goes with --precision or --cards, and they with it.")
    try:
        found = CardPlan(
            alpha_min=alpha_min,
            prevalence=prevalence,
            significance=SIGNIFICANCE,
            coders=coders,
            cards=(needed := _needed(alpha_min, prevalence)).cards,
            judgements=needed.cards * coders,
            table=_table(alpha_min, prevalence),
            precision=_precision(kappa, prevalence, precision),
            interval=_interval(kappa, prevalence, n_cards),
        )
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    click.echo(json.dumps(asdict(found), indent=2) if as_json else "\n".join(_lines(found)))


def _needed(alpha_min: float, prevalence: float) -> Needed:
    cards = cards_for_minimum_alpha(alpha_min, prevalence, significance=SIGNIFICANCE)
    return Needed(prevalence, cards)


def _table(alpha_min: float, prevalence: float) -> tuple[Needed, ...]:
    shares = sorted({*PREVALENCES, prevalence}, reverse=True)
    return tuple(_needed(alpha_min, share) for share in shares)


def _precision(kappa: float | None, prevalence: float, half_width: float | None) -> Width | None:
    if kappa is None or half_width is None:
        return None
    cards = cards_for_precision(kappa, (prevalence, 1 - prevalence), half_width)
    return Width(kappa, half_width, cards)


def _interval(kappa: float | None, prevalence: float, n_cards: int | None) -> Width | None:
    if kappa is None or n_cards is None:
        return None
    half_width = half_width_with(n_cards, kappa, (prevalence, 1 - prevalence))
    return Width(kappa, half_width, n_cards)


def _lines(found: CardPlan) -> Iterator[str]:
    share = _percent(found.prevalence)
    yield (
        f"To show that alpha is above {found.alpha_min:g}, with a category on {share} of the "
        f"cards, two coders must both judge {plural(found.cards, 'card')}."
    )
    if found.coders > 2:
        yield (
            f"With {found.coders} coders on the same cards that makes "
            f"{plural(found.judgements, 'judgement')}; the number still is the one for two."
        )
    yield ""
    yield f"{'Category on':>12}  {'Cards':>8}"
    for row in found.table:
        yield f"{_percent(row.prevalence):>12}  {count(row.cards):>8}"
    if found.precision or found.interval:
        yield ""
    for width in filter(None, (found.precision, found.interval)):
        yield _width_line(width, found.prevalence)


def _width_line(width: Width, prevalence: float) -> str:
    rare = width.cards * min(prevalence, 1 - prevalence) < FEW
    caution = "; a rough guide, for one answer would be on fewer than five of them" if rare else ""
    return (
        f"At a kappa of {width.kappa:g} its 95 % interval is ± {width.half_width:.3g} with "
        f"{plural(width.cards, 'card')}{caution}."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"
