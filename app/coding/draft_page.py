"""What the page of a draft shows: the form, and what opening it would give."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from app.codebook.content import Codebook, FacetContent
from app.codebook.gates import gate_in_words
from app.codebook.published import codebook_of_version
from app.codebook.service import id_of, published
from app.coding.assistance import Assistance, assistance_words
from app.coding.draft_deal import Takes, affected_versions, what_it_takes
from app.coding.draft_form import DraftFields
from app.coding.enough_cards import Enough, enough_cards
from app.coding.models import Round
from app.coding.planning import Preview, preview
from app.coding.round_facts import WORDS_FOR_KIND
from app.coding.rules import WORDS_FOR_HEADLINE, WORDS_FOR_SORT, Kind, Sort
from app.corpus.service import attribute_values, n_cards
from app.errors import Invalid
from app.studies.deps import Here
from app.studies.rules import Role, Stance
from app.studies.service import members

Option = tuple[str, str]
Hinted = tuple[str, str, str]

KINDS = (
    (Kind.INDEPENDENT, "Independent", "Measures reliability: everybody sorts alone."),
    (Kind.CALIBRATION, "Calibration", "To learn the codebook together; no reliability figure."),
    (Kind.RECODE, "Recoding", "Cards of an earlier round once more, by a changed codebook."),
    (
        Kind.DRIFT_CHECK,
        "Drift check",
        "Whether coders still judge alike after a while.",
    ),
)


SORTS = (
    (Sort.CLOSED, "Closed", "Into the categories of the codebook."),
    (
        Sort.OPEN,
        "Open",
        "Into piles that each coder makes and names; after closing the team matches them. "
        "A facet without a category is enough: it asks the question they sort by.",
    ),
    (Sort.HYBRID, "Hybrid", "Into the categories, and into own piles where none fits."),
)


ASSISTANCE = (
    (
        Assistance.BY_SIMILARITY,
        "Order by similarity",
        "Like cards come one after the other. Quicker, but a judgement leans on the one before.",
    ),
    (
        Assistance.OWN_CARDS_LIKE_IT,
        "Cards like this one",
        "A coder who asks sees which of their own judged cards are nearest, and what they said. "
        "It keeps a coder true to a first judgement, right or wrong.",
    ),
    (
        Assistance.SUGGESTED_CATEGORY,
        "Suggested category",
        "A coder who asks sees a guess learnt from their own judgements, with how sure it is. "
        "Each one shown is recorded. For facets that take one category.",
    ),
)


@dataclass(frozen=True, slots=True)
class HandRow:
    """A coder with what opening would give."""

    name: str
    n_cards: int
    n_judgements: int


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft with its form. `theirs` says what somebody else saved meanwhile.

    `headlines` is empty in a study without coefficients, and `may_state` is false in one that
    sorts together: there is nothing to state before one sees the others.
    """

    url: str
    discard_url: str
    codebook_url: str
    cards_url: str
    values: DraftFields
    revision: int
    kinds: Sequence[tuple[str, str, str]]
    sorts: Sequence[tuple[str, str, str]]
    attributes: Mapping[str, Sequence[Option]]
    coders: tuple[Option, ...]
    versions: tuple[Option, ...]
    facets: tuple[Hinted, ...]
    headlines: tuple[Option, ...]
    assistance: Sequence[tuple[str, str, str]]
    threshold_of_study: float
    n_cards_in_study: int
    preview: Preview | None
    hands: tuple[HandRow, ...]
    enough: Enough | None
    confirm: str
    error: str
    error_field: str
    theirs: tuple[tuple[str, str], ...]
    affected_versions: tuple[Option, ...]
    takes: Takes | None
    may_state: bool
    discard_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def field_error(self, name: str) -> str:
        """Return what is wrong with this field."""
        return self.error if self.error_field == name else ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a form was not taken; `is_stale` when somebody else saved first."""

    sentence: str
    field: str = ""
    is_stale: bool = False


def draft_page(
    session: Session,
    here: Here,
    round_: Round,
    values: DraftFields,
    saved: DraftFields,
    refused: Refused | None = None,
) -> DraftPage:
    """Return the page with these values in the form, saved or not."""
    found, refused = _preview(session, here, values, refused)
    names = _possible_coders(session, here, values)
    facets = _facets(session, here, values.version_id)
    hands = tuple(
        HandRow(names.get(hand.coder_id, "Somebody who left"), hand.n_cards, hand.n_judgements)
        for hand in (found.hands if found else ())
    )
    url = here.url("rounds", round_.id, "draft")
    return DraftPage(
        url=url,
        discard_url=here.url("rounds", round_.id, "discard"),
        codebook_url=here.url("codebook"),
        cards_url=here.url("cards"),
        values=values,
        revision=round_.revision,
        kinds=KINDS,
        sorts=SORTS,
        attributes={
            name: [(f"{name}={value}", f"{name}: {value} ({n:,})") for value, n in counted]
            for name, counted in attribute_values(session, here.study_id).items()
            if "=" not in name
        },
        coders=tuple((str(member_id), name) for member_id, name in names.items()),
        versions=_versions(session, here),
        facets=facets,
        headlines=_headlines(here),
        assistance=ASSISTANCE,
        threshold_of_study=here.study.threshold,
        n_cards_in_study=n_cards(session, here.study_id),
        preview=found,
        hands=hands,
        enough=enough_cards(here.study, values.kind, values.sort, found),
        confirm=_confirm(here, found),
        error=refused.sentence if refused else "",
        error_field=refused.field if refused else "",
        theirs=_differences(values, saved, names) if refused and refused.is_stale else (),
        affected_versions=affected_versions(session, here.study_id),
        takes=what_it_takes(session, here.study_id, found),
        may_state=here.study.stance != Stance.JOINT_SORT,
    )


def _preview(
    session: Session, here: Here, values: DraftFields, refused: Refused | None
) -> tuple[Preview | None, Refused | None]:
    try:
        return preview(session, here.study_id, values.draft()), refused
    except Invalid as error:
        return None, refused or Refused(error.message, error.field or "")


def _possible_coders(session: Session, here: Here, values: DraftFields) -> dict[int, str]:
    """Return who can code: coders, leads, and whoever is ticked already."""
    return {
        member.id: f"{member.name}, lead" if member.role is Role.LEAD else member.name
        for member in sorted(members(session, here.study_id), key=lambda one: one.role is Role.LEAD)
        if member.role in {Role.CODER, Role.LEAD}
        and not member.has_left
        and (member.account_id is not None or member.id in values.coder_ids)
    }


def _versions(session: Session, here: Here) -> tuple[Option, ...]:
    rows = published(session, here.study_id)
    return tuple(
        (str(id_of(row)), f"Version {row.number}{f': {row.note}' if row.note else ''}"[:120])
        for row in rows
    )


def _facets(session: Session, here: Here, version_id: int | None) -> tuple[Hinted, ...]:
    known = {id_of(row) for row in published(session, here.study_id)}
    if version_id is None or version_id not in known:
        return ()
    codebook = codebook_of_version(session, version_id)
    return tuple(
        (str(facet.id), facet.name, _gate_hint(facet, codebook)) for facet in codebook.facets
    )


def _gate_hint(facet: FacetContent, codebook: Codebook) -> str:
    words = gate_in_words(facet.gate, codebook.facets)
    if not words:
        return ""
    return f"Asked only if {words}; of every card where that facet is not judged, or piles are own."


def _headlines(here: Here) -> tuple[Option, ...]:
    if here.study.stance != Stance.RELIABILITY:
        return ()
    return tuple((headline.value, words) for headline, words in WORDS_FOR_HEADLINE.items())


def _confirm(here: Here, found: Preview | None) -> str:
    n = found.n_cards if found else 0
    cards = "1 card goes" if n == 1 else f"{n:,} cards go"
    parts = ["the cards", "the coders", "their order"]
    parts += ["the headline", "the threshold"] if _headlines(here) else []
    parts += ["the help while sorting", "the rules of the talk"]
    return (
        f"{cards} to the coders, to each in an order of their own. From then on "
        f"{', '.join(parts)} and the codebook version are frozen. A round opens once."
    )


def _differences(
    values: DraftFields, saved: DraftFields, names: Mapping[int, str]
) -> tuple[tuple[str, str], ...]:
    """Return what is saved where it differs from what was typed."""
    words = {
        "name": ("Name", saved.name),
        "kind": ("Kind", WORDS_FOR_KIND[saved.kind]),
        "sort": ("Sorted into", WORDS_FOR_SORT[saved.sort]),
        "cards": ("Cards", saved.cards.value),
        "search": ("Words", saved.search or "none"),
        "attribute": ("Attribute", saved.attribute or "any"),
        "sample_size": ("Size of the sample", saved.sample_size or "none"),
        "affected_by": ("Affected by", "another version"),
        "is_undiscussed": ("Only cards nobody talked about", _yes(saved.is_undiscussed)),
        "is_fresh": ("Only cards not in an earlier round", _yes(saved.is_fresh)),
        "coder_ids": ("Coders", ", ".join(names.get(one, "?") for one in saved.coder_ids)),
        "facet_ids": ("Facets", f"{len(saved.facet_ids)} chosen"),
        "version_id": ("Codebook", "another version"),
        "participants": ("Who sorts together", saved.participants or "nobody yet"),
        "share": ("Judged by every coder", f"{saved.share} %"),
        "seed": ("Seed", saved.seed),
        "headline": ("Headline coefficient", WORDS_FOR_HEADLINE[saved.headline]),
        "threshold": ("Threshold", saved.threshold or "the study's"),
        "has_statements": ("Reasons before seeing the others'", _yes(saved.has_statements)),
        "owner_last": ("The study's owner speaks last", _yes(saved.owner_last)),
        "assistance": ("Help while sorting", assistance_words(saved.assistance)),
    }
    return tuple(words[name] for name in words if getattr(values, name) != getattr(saved, name))


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
