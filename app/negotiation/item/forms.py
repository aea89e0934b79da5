"""The forms about one disagreement, and what they say as drafts of the services."""

from collections.abc import Sequence
from datetime import date

from pydantic import Field

from app.coding.rules import Value
from app.errors import Invalid
from app.negotiation.clauses import ClauseDraft, ClauseKind
from app.negotiation.item.choices import SPECIAL_ANSWERS
from app.negotiation.item.evidence import Range, ShownText
from app.negotiation.rules import Cause, Outcome
from app.negotiation.settling import Settlement
from app.negotiation.statements import StatementDraft
from app.text import is_blank
from app.web.forms import GREATEST_ID, Count, Id, Line, MaybeId, Text, Write


class StatementForm(Write):
    """`evidence` are stretches of the shown text; `quote` are words of it, one stretch a line."""

    text: Text = ""
    evidence: list[Line] = Field(default_factory=list, max_length=100)
    is_run: bool = False
    quote: Text = ""


class ReasonForm(Write):
    reason: Text = ""


class CommentForm(Write):
    reply_to: MaybeId = None
    text: Text = ""


class AnsweredForm(Write):
    """The proposal that is confirmed, withdrawn or settled."""

    proposal_id: Id


class DissentForm(AnsweredForm):
    dissent: Text = ""


class AwardForm(Write):
    revision: Count
    answers: list[Line] = Field(default_factory=list)
    cause: Line = ""
    rationale: Text = ""


class ClauseFields(Write):
    """What a proposal writes into the codebook; without a kind it writes nothing."""

    clause_kind: Line = ""
    clause_category_id: MaybeId = None
    clause_into_id: MaybeId = None
    clause_name: Text = ""
    clause_text: Text = ""


class ProposalForm(AwardForm, ClauseFields):
    outcome: Line = ""


class DeferralForm(Write):
    revision: Count
    in_charge: MaybeId = None
    due_on: Line = ""
    reason: Text = ""


class EscalationForm(Write):
    revision: Count
    reason: Text = ""


class TakingUpForm(Write):
    revision: Count


class ClusterForm(ClauseFields):
    """One proposal for several cards, each with the revision that its page showed."""

    facet: Id
    pair: Line = ""
    cards: list[Line] = Field(default_factory=list, max_length=500)
    answers: list[Line] = Field(default_factory=list)
    outcome: Line = ""
    cause: Line = ""
    rationale: Text = ""


class BatchForm(Write):
    batch: Line = ""


def statement_draft(form: StatementForm, text: ShownText) -> StatementDraft:
    """Return the statement; `Invalid` names the field with which something is wrong."""
    if is_blank(form.text):
        raise Invalid("Write down why you chose as you did; a sentence will do.", field="text")
    stretches = [_marked(value, text) for value in form.evidence]
    stretches += [_quoted(line, text) for line in form.quote.splitlines() if not is_blank(line)]
    return StatementDraft(form.text, tuple(stretches))


def _marked(value: str, text: ShownText) -> Range:
    first, _, last = value.partition("-")
    is_range = all(one.isascii() and one.isdigit() and len(one) < 10 for one in (first, last))
    found = text.in_store((int(first), int(last))) if is_range else None
    if found is None:
        raise Invalid("What you marked does not lie in the text of the card.", field="evidence")
    return found


def _quoted(line: str, text: ShownText) -> Range:
    seen = text.find(line)
    found = text.in_store(seen) if seen is not None else None
    if found is None:
        shown = line.strip() if len(line) < 60 else f"{line.strip()[:60]}…"
        raise Invalid(
            f"“{shown}” is not in the text of the card. Copy the words as they stand there.",
            field="quote",
        )
    return found


def settlement_of_form(form: AwardForm | ClusterForm, outcome: str) -> Settlement:
    """Return what a form proposes; `Invalid` names the field that lacks something."""
    value, category_ids = _answer(form.answers)
    if outcome not in set(Outcome):
        raise Invalid("Choose what came of the talk.", field="outcome")
    if form.cause not in set(Cause):
        raise Invalid("Choose what the disagreement came from.", field="cause")
    return Settlement(value, category_ids, Outcome(outcome), Cause(form.cause), form.rationale)


def _answer(answers: Sequence[str]) -> tuple[Value, tuple[int, ...]]:
    """Return the label that was chosen; nothing chosen leaves the card without one."""
    chosen = [answer for answer in answers if answer]
    special = [Value(answer) for answer in chosen if answer in set(SPECIAL_ANSWERS)]
    rest = [answer for answer in chosen if answer not in set(SPECIAL_ANSWERS)]
    category_ids = tuple(int(one) for one in rest if one.isascii() and one.isdigit())
    is_known = len(category_ids) == len(rest) and max(category_ids, default=0) <= GREATEST_ID
    if not is_known or (special and (rest or len(special) > 1)):
        raise Invalid(
            "Choose categories, or one answer without a category; not both.", field="answers"
        )
    if special:
        return special[0], ()
    return (Value.CATEGORIES, category_ids) if category_ids else (Value.NOT_JUDGED, ())


def clauses_of_form(form: ClauseFields) -> tuple[ClauseDraft, ...]:
    """Return what the form writes into the codebook, if anything."""
    if not form.clause_kind:
        if not is_blank(form.clause_text) or not is_blank(form.clause_name):
            raise Invalid("Choose what this does to the codebook.", field="clause_kind")
        return ()
    if form.clause_kind not in set(ClauseKind):
        raise Invalid("Choose what this does to the codebook.", field="clause_kind")
    clause = ClauseDraft(
        ClauseKind(form.clause_kind),
        form.clause_category_id,
        form.clause_into_id,
        form.clause_name.strip(),
        form.clause_text.strip(),
    )
    return (clause,)


CLAUSE_FIELDS = {
    "category_id": "clause_category_id",
    "into_id": "clause_into_id",
    "name": "clause_name",
    "text": "clause_text",
    "kind": "clause_kind",
}


def day_of(typed: str) -> date | None:
    """Return the day that was typed; None when nothing was."""
    if is_blank(typed):
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Invalid(
            "Write the day as year-month-day, such as 2027-01-31.", field="due_on"
        ) from None


def cards_of_form(form: ClusterForm) -> dict[int, int]:
    """Return the chosen disagreements with the revisions that the page showed."""
    chosen: dict[int, int] = {}
    for value in form.cards:
        one, _, revision = value.partition(":")
        if not all(
            part.isascii() and part.isdigit() and len(part) < 19 for part in (one, revision)
        ):
            raise Invalid("Choose cards from the list.", field="cards")
        chosen[int(one)] = int(revision)
    if not chosen:
        raise Invalid("Choose at least one card.", field="cards")
    return chosen
