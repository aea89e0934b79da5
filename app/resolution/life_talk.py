"""The talk about a card on a facet, as lines in the order in which things were said and done."""

from collections.abc import Iterator

from sqlmodel import col, select

from app.codebook.models import Category, CodebookVersion
from app.coding.rules import Value
from app.negotiation.clauses import WORDS_FOR_CLAUSE, ClauseKind
from app.negotiation.comments import comments_on
from app.negotiation.item.scene import Scene
from app.negotiation.models import Clause, Decision, Proposal
from app.negotiation.naming import Named, Speaker, named_answer
from app.negotiation.positions import answer_of
from app.negotiation.proposals import proposals_on, voices_on
from app.negotiation.rules import WORDS_FOR_CAUSE, WORDS_FOR_OUTCOME, Cause, Outcome, VoiceKind
from app.negotiation.service import decisions_on
from app.negotiation.statements import statements_on
from app.resolution.life_pages import ClauseLine, TalkLine

_VOICES = {
    VoiceKind.CONFIRM: "confirmed the proposal",
    VoiceKind.DISSENT: "accepted the proposal and dissents",
}


def talk_lines(scene: Scene) -> tuple[TalkLine, ...]:
    """Return what was stated, said, proposed and decided; only of a card whose talk is open."""
    lines = [*_said(scene), *_proposed(scene), *_decided(scene)]
    return tuple(sorted(lines, key=lambda line: line.at))


def _said(scene: Scene) -> Iterator[TalkLine]:
    for stated in statements_on(scene.session, scene.found):
        speaker = scene.speaker(stated.member_id)
        yield TalkLine(
            speaker, "stated, before seeing the others", stated.sealed_at, (), stated.text
        )
    for one in comments_on(scene.session, scene.found):
        speaker = scene.speaker(one.member_id)
        yield TalkLine(speaker, "said" if one.text else "had nothing to add", one.at, (), one.text)


def _proposed(scene: Scene) -> Iterator[TalkLine]:
    for row in proposals_on(scene.session, scene.found):
        what = f"proposed: {_lower(WORDS_FOR_OUTCOME[Outcome(row.outcome)])}"
        speaker = scene.speaker(row.member_id)
        yield TalkLine(speaker, what, row.at, _answer(scene, row), row.rationale)
        for voice in voices_on(scene.session, row):
            if voice.member_id != row.member_id or voice.text:
                words = _VOICES[VoiceKind(voice.kind)]
                yield TalkLine(scene.speaker(voice.member_id), words, voice.at, (), voice.text)
        if row.ended_at is not None and row.status == "withdrawn":
            yield TalkLine(speaker, "withdrew the proposal", row.ended_at)


def _decided(scene: Scene) -> Iterator[TalkLine]:
    for row in decisions_on(scene.session, scene.found):
        outcome = Outcome(row.outcome)
        by = scene.speaker(row.decided_by)
        if outcome is Outcome.ARBITRATED:
            by = Speaker("The arbiter")
        elif row.proposal_id is not None:
            by = Speaker("The coders")
        what = f"decided: {_lower(WORDS_FOR_OUTCOME[outcome])}"
        if row.cause:  # an agreement that was upheld has none
            what += f", because of {_lower(WORDS_FOR_CAUSE[Cause(row.cause)])}"
        if outcome is Outcome.DEFERRED:
            what = f"put it off until {row.due_on}" if row.due_on else "put it off"
        yield TalkLine(by, what, row.at, _answer(scene, row), row.rationale, is_decision=True)


def _answer(scene: Scene, row: Proposal | Decision) -> tuple[Named, ...]:
    return () if row.value == Value.NOT_JUDGED else named_answer(scene.facet, answer_of(row))


def _lower(words: str) -> str:
    return f"{words[0].lower()}{words[1:]}"


def clause_lines(scene: Scene) -> tuple[ClauseLine, ...]:
    """Return what the talk wrote into the codebook."""
    rows = scene.session.exec(
        select(Clause, Category.name, CodebookVersion.number)
        .join(Proposal, col(Proposal.id) == col(Clause.proposal_id))
        .join(Category, col(Category.id) == col(Clause.category_id), isouter=True)
        .join(CodebookVersion, col(CodebookVersion.id) == col(Clause.version_id), isouter=True)
        .where(Proposal.disagreement_id == scene.found.id, Clause.state != "proposed")
        .order_by(col(Clause.id))
    ).all()
    return tuple(
        ClauseLine(
            words=WORDS_FOR_CLAUSE[ClauseKind(clause.kind)],
            category=category or "",
            text=" ".join(part for part in (clause.name, clause.text) if part),
            state=_state(clause, number),
        )
        for clause, category, number in rows
    )


def _state(clause: Clause, number: int | None) -> str:
    if number is not None:
        return f"published in version {number}"
    words = {"in_draft": "in the draft", "waiting": "waits for a lead", "dropped": "dropped"}
    told = words.get(clause.state, clause.state)
    return f"{told}: {clause.reason}" if clause.reason else told
