"""What the form of a proposal offers; nothing is chosen beforehand."""

from collections.abc import Collection

from app.codebook.content import Choice, FacetContent
from app.coding.rules import Value
from app.negotiation.clauses import WORDS_FOR_CLAUSE
from app.negotiation.item.parts import AnswerOption, Options, ProposalChoices
from app.negotiation.naming import named_category, named_value
from app.negotiation.rules import (
    PROPOSABLE,
    WORDS_FOR_CAUSE,
    WORDS_FOR_OUTCOME,
    Answer,
    Cause,
    Outcome,
    possible_outcomes,
)

SPECIAL_ANSWERS = (Value.NONE_APPLIES, Value.NOT_APPLICABLE)


def proposal_choices(
    facet: FacetContent, said: Collection[Answer] | None = None, *, wanted: str = ""
) -> ProposalChoices:
    """Return the choices; `said` are the answers the talk began with, None of several cards."""
    options = _options(facet)
    return ProposalChoices(
        is_multiple=facet.choice is Choice.MULTIPLE,
        options=options,
        outcomes=_outcomes(facet, said, {option.value for option in options}),
        causes=tuple((cause.value, WORDS_FOR_CAUSE[cause]) for cause in Cause),
        clause_kinds=tuple((kind.value, words) for kind, words in WORDS_FOR_CLAUSE.items()),
        categories=tuple((str(one.id), one.name) for one in facet.categories),
        wanted_outcome=wanted if wanted in set(PROPOSABLE) else "",
    )


def _options(facet: FacetContent) -> tuple[AnswerOption, ...]:
    categories = tuple(
        AnswerOption(str(one.id), named_category(one), one.brief) for one in facet.categories
    )
    special = tuple(AnswerOption(one.value, named_value(one), "") for one in SPECIAL_ANSWERS)
    return categories + special


def _outcomes(
    facet: FacetContent, said: Collection[Answer] | None, options: Collection[Answer]
) -> Options:
    is_multiple = facet.choice is Choice.MULTIPLE
    possible: Collection[Outcome] = tuple(Outcome)
    if said is not None:
        possible = possible_outcomes(said, options, is_multiple=is_multiple)
    elif not is_multiple:  # whatever several cards were given, one takes one category
        possible = tuple(one for one in Outcome if one is not Outcome.BOTH_KEPT)
    return tuple((one.value, WORDS_FOR_OUTCOME[one]) for one in PROPOSABLE if one in possible)
