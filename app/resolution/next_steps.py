"""What a study waits for, from its cards to its report."""

from sqlmodel import Session, col, select

from app.codebook.content import Codebook
from app.codebook.service import content_of, latest_version
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.coding.progress import progress_of, visible_progress
from app.coding.round_facts import round_rows
from app.coding.rounds import coder_ids_of, round_id_of, rounds_of
from app.coding.rules import Phase
from app.corpus.service import n_cards
from app.negotiation.arbitrating import refuse_arbiter
from app.negotiation.item.run import statements_url
from app.negotiation.models import Disagreement
from app.negotiation.rules import Stage as TalkStage
from app.negotiation.service import counts_by_state
from app.negotiation.statements import waiting_for
from app.negotiation.waiting import proposals_for
from app.studies.deps import Here
from app.studies.progress import NextStep, Panel, Stage, StageState
from app.studies.rules import Action, Role
from app.web.render import plural


def sorting_step(session: Session, here: Here) -> NextStep | None:
    """Return the cards that wait for this person, from their own work alone."""
    handed_in = None
    for round_ in _in(session, here, Phase.OPEN):
        own = progress_of(session, round_id_of(round_), here.member_id)
        if own is None:
            continue
        if own.has_submitted:
            handed_in = round_
            continue
        label = "Go on sorting" if own.n_done else "Begin to sort"
        waiting = plural(own.n_left, "card waits", "cards wait")
        sentence = f"{waiting} for you in {round_.name}"
        if not own.n_left:
            sentence = f"Every card of {round_.name} is judged: hand it in"
        url = here.url("rounds", round_.id, "sort")
        hint = f"{own.n_done} of {plural(own.n_cards, 'card')} judged."
        return NextStep(sentence, url, is_primary=True, label=label, hint=hint)
    if handed_in is None or here.role is Role.LEAD:
        return None
    return NextStep(
        f"You have handed in {handed_in.name}",
        here.url("rounds", handed_in.id),
        is_primary=False,
        label="Look at the round",
        hint="It goes on when a lead closes it.",
    )


def leading_step(session: Session, here: Here) -> NextStep | None:
    """Return what a lead has to do so that the study goes on."""
    if not here.may(Action.MANAGE_ROUNDS):
        return None
    for round_ in _in(session, here, Phase.OPEN):
        seen = visible_progress(session, round_, here.member_id, here.role)
        if len(seen) < len(coder_ids_of(session, round_)):
            continue  # the lead is at work there: how far the others are is sealed
        url, n_in = here.url("rounds", round_.id), sum(found.has_submitted for found in seen)
        if n_in == len(seen):
            sentence = f"Close {round_.name}: everybody has handed in"
            return NextStep(sentence, url, is_primary=True, label="Look at the round")
        sentence = f"{n_in} of {plural(len(seen), 'coder')} handed in {round_.name}"
        return NextStep(sentence, url, is_primary=False, label="Look at the round")
    return None


def talking_step(session: Session, here: Here) -> NextStep | None:
    """Return what of the talk waits for this person, or the round that can be finished."""
    for round_ in _in(session, here, Phase.ALIGNING):
        if here.role is not Role.ARBITER:  # letters would tell who is who in what is handed over
            sentence = f"Match the piles of {round_.name}"
            url = here.url("rounds", round_.id, "piles", "map")
            hint = "Every coder's piles can be seen now."
            return NextStep(sentence, url, is_primary=True, label="To the piles", hint=hint)
    for round_ in _in(session, here, Phase.NEGOTIATING):
        own = _own_part(session, here, round_)
        if own is not None:
            return own
        n_open = counts_by_state(session, round_)["open"]
        if n_open and here.may(Action.DECIDE) and here.role is not Role.ARBITER:
            waiting = plural(n_open, "disagreement waits", "disagreements wait")
            url = here.url("rounds", round_.id, "disagreements")
            sentence = f"{waiting} for the team in {round_.name}"
            return NextStep(sentence, url, is_primary=True, label="Talk about them")
        if not n_open and here.may(Action.MANAGE_ROUNDS):
            sentence = f"Finish {round_.name}: every disagreement is decided or deferred"
            url = here.url("rounds", round_.id)
            return NextStep(sentence, url, is_primary=True, label="Look at the round")
    return _taking_step(session, here)


def _own_part(session: Session, here: Here, round_: Round) -> NextStep | None:
    """Return what nobody else can do: a statement, an answer to a proposal, an award."""
    agenda = here.url("rounds", round_.id, "disagreements")
    n_missing = len(waiting_for(session, round_, here.member_id))
    if n_missing:
        missing = plural(n_missing, "statement of yours is", "statements of yours are")
        url = statements_url(here, round_)
        sentence = f"{missing} missing in {round_.name}"
        return NextStep(sentence, url, is_primary=True, label="Write your statements")
    asked = [
        one.id
        for one in facets_of_round(session, round_)
        for _ in proposals_for(session, here.member_id, round_, one.id)
    ]
    if asked:
        sentence = f"{plural(len(asked), 'proposal waits', 'proposals wait')} for you"
        url = f"{agenda}?facet={asked[0]}&state=mine"
        return NextStep(f"{sentence} in {round_.name}", url, is_primary=True, label="Answer")
    handed = _to_arbitrate(session, here, round_)
    if handed:
        sentence = f"{plural(len(handed), 'card was', 'cards were')} handed over to you"
        url = f"{agenda}?facet={handed[0].facet_id}&state=mine"
        return NextStep(f"{sentence} in {round_.name}", url, is_primary=True, label="Decide")
    return None


def _to_arbitrate(session: Session, here: Here, round_: Round) -> list[Disagreement]:
    if here.role is not Role.ARBITER:
        return []
    statement = select(Disagreement).where(
        Disagreement.round_id == round_.id, Disagreement.stage == TalkStage.ESCALATED
    )
    return [
        one
        for one in session.exec(statement.order_by(col(Disagreement.id))).all()
        if refuse_arbiter(session, round_, one, here.membership) is None
    ]


def _taking_step(session: Session, here: Here) -> NextStep | None:
    """Return the results of the newest round once it is done; nothing waits for anybody then."""
    newest = next(iter(_counting(session, here)), None)
    if newest is None or newest.phase != Phase.DONE:
        return None
    hint = "Then prepare the next round." if here.may(Action.MANAGE_ROUNDS) else ""
    sentence = f"Take the report and labels of {newest.name}"
    return NextStep(sentence, here.url("export"), is_primary=False, label="To the files", hint=hint)


def preparing_step(session: Session, here: Here) -> NextStep | None:
    """Return what a lead has to bring in before anybody can sort."""
    if not here.may(Action.MANAGE_ROUNDS):
        return None
    if not n_cards(session, here.study_id):
        url = here.url("cards", "import")
        return NextStep("Import the cards", url, is_primary=True, label="Choose a file")
    if latest_version(session, here.study_id) is None:
        sentence = "Write the codebook and publish it"
        return NextStep(sentence, here.url("codebook"), is_primary=True, label="To the codebook")
    drafts = _in(session, here, Phase.DRAFT)
    if drafts:
        url = here.url("rounds", drafts[0].id, "draft")
        return NextStep(f"Open {drafts[0].name}", url, is_primary=True, label="Look at the draft")
    has_rounds = bool(_counting(session, here))
    sentence = "Prepare the next round" if has_rounds else "Prepare the first round"
    return NextStep(sentence, here.url("rounds"), is_primary=not has_rounds, label="To the rounds")


def cards_stage(session: Session, here: Here) -> Stage:
    count = n_cards(session, here.study_id)
    state = StageState.DONE if count else StageState.NOW
    nothing = "Import the excerpts to sort." if here.may(Action.IMPORT_CARDS) else "No cards yet."
    words = f"{plural(count, 'card')}." if count else nothing
    return Stage("Cards", state, words, here.url("cards"))


def codebook_stage(session: Session, here: Here) -> Stage:
    version = latest_version(session, here.study_id)
    url = here.url("codebook")
    if version is None:
        has_cards = n_cards(session, here.study_id) > 0
        state = StageState.NOW if has_cards else StageState.LATER
        return Stage("Codebook", state, "Nothing is published yet.", url)
    words = f"Version {version.number}: {_size(content_of(version))}."
    return Stage("Codebook", StageState.DONE, words, url)


def _size(codebook: Codebook) -> str:
    n_categories = sum(len(facet.categories) for facet in codebook.facets)
    return (
        f"{plural(len(codebook.facets), 'facet')}, {plural(n_categories, 'category', 'categories')}"
    )


def rounds_stage(session: Session, here: Here) -> Stage | None:
    url, rounds = here.url("rounds"), _counting(session, here)
    is_open = [round_ for round_ in rounds if round_.phase == Phase.OPEN]
    if is_open:
        words = f"{is_open[0].name} is open. Everybody sorts alone."
        return Stage("Rounds", StageState.NOW, words, url)
    aligning = [round_ for round_ in rounds if round_.phase == Phase.ALIGNING]
    if aligning:
        words = f"{aligning[0].name} is closed. Its piles are to be matched."
        return Stage("Rounds", StageState.NOW, words, url)
    closed = [round_ for round_ in rounds if round_.closed_at is not None]
    if closed:
        return Stage("Rounds", StageState.DONE, f"{plural(len(closed), 'round')} closed.", url)
    if rounds:
        return Stage("Rounds", StageState.NOW, f"{rounds[0].name} is in preparation.", url)
    return None


def negotiation_stage(session: Session, here: Here) -> Stage | None:
    url = here.url("negotiation")
    talking = _in(session, here, Phase.NEGOTIATING)
    counts = [counts_by_state(session, round_) for round_ in talking]
    n_open, total = sum(one["open"] for one in counts), sum(sum(one.values()) for one in counts)
    if talking:
        words = f"{total - n_open} of {plural(total, 'disagreement')} settled."
        state = StageState.NOW if n_open else StageState.DONE
        return Stage("Negotiation", state, words, url)
    done = _in(session, here, Phase.DONE)
    if done:
        return Stage("Negotiation", StageState.DONE, "No disagreement is open.", url)
    return None


def report_stage(session: Session, here: Here) -> Stage | None:
    rounds = _counting(session, here)
    if not rounds or not all(round_.phase == Phase.DONE for round_ in rounds):
        return None
    return Stage("Report", StageState.NOW, "Figures and files for the paper.", here.url("export"))


def rounds_panel(session: Session, here: Here) -> Panel | None:
    """Return the rounds as a part of the study's home."""
    rows = round_rows(session, here)
    return Panel("coding/_rounds_panel.html", rows) if rows else None


def _counting(session: Session, here: Here) -> list[Round]:
    return [one for one in rounds_of(session, here.study_id) if one.phase != Phase.VOID]


def _in(session: Session, here: Here, phase: Phase) -> list[Round]:
    return [one for one in rounds_of(session, here.study_id) if one.phase == phase]
