"""What the pages of the codebook show, made from the draft and its versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from app.codebook import service
from app.codebook.content import CategoryContent, Choice, Codebook, FacetContent, FacetScale
from app.codebook.diff import Change, Comparison, FieldChange, compare
from app.codebook.facet_form import GateChoices, gate_choices
from app.codebook.gates import before, gate_in_words
from app.codebook.lineage import Move, names_of, parts_that_move_up, went_into
from app.codebook.models import Category, CodebookVersion, Facet
from app.codebook.rules import (
    CATEGORY_WORDS,
    FACET_WORDS,
    CategoryFields,
    FacetFields,
    objections_to_publishing,
)
from app.codebook.service import VersionUse, id_of
from app.codebook.tones import TONES
from app.studies.deps import Here
from app.studies.progress import Panel


@dataclass(frozen=True, slots=True)
class Branch:
    """A category in the tree beside the editor, with those that are part of it."""

    category: CategoryContent
    kinds: tuple[Change, ...]
    parts: tuple["Branch", ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A facet in the tree."""

    facet: FacetContent
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into an editor, and why it was not saved."""

    fields: CategoryFields | FacetFields
    sentence: str
    field: str | None = None
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Editor:
    """The facet or category in the middle of the page: as stored, or as typed and refused."""

    kind: str
    id: int
    facet_id: int
    name: str
    revision: int
    values: CategoryFields | FacetFields
    letter: str = ""
    is_retired: bool = False
    refusal: Typed | None = None
    newer: tuple[FieldChange, ...] = ()
    parents: tuple[tuple[str, str], ...] = ()
    gates: tuple[GateChoices, ...] = ()
    stays_in: tuple[str, ...] = ()
    moves_up: tuple[Move, ...] = ()
    went_into: tuple[str, ...] = ()

    @property
    def has_lost_gate(self) -> bool:
        """Whether the gate asks for a facet that does not stand before this one any more."""
        gate = self.values.gate if isinstance(self.values, FacetFields) else None
        options = (option for choices in self.gates for option in choices.options)
        return gate is not None and not any(option.is_chosen for option in options)

    def error(self, name: str) -> str | None:
        """Return what is wrong with a field."""
        refusal = self.refusal
        return refusal.sentence if refusal and refusal.field == name else None


@dataclass(frozen=True, slots=True)
class NewName:
    """A name typed for a new facet or category, and why it was refused."""

    name: str
    sentence: str
    facet_id: int | None = None


@dataclass(frozen=True, slots=True)
class EditorPage:
    """The draft: tree, editor, what changed since the last version."""

    base: str
    title: str
    lede: str
    trees: tuple[Tree, ...]
    editor: Editor | None
    comparison: Comparison | None
    last: CodebookVersion | None
    objections: tuple[str, ...]
    retired_facets: Sequence[Facet]
    retired_categories: Sequence[Category]
    new_name: NewName | None = None
    panels: tuple[Panel, ...] = ()
    tones: range = field(default=range(1, len(TONES) + 1))


def editor_page(
    session: Session,
    here: Here,
    *,
    editor: Editor | None,
    new_name: NewName | None = None,
    panels: tuple[Panel, ...] = (),
) -> EditorPage:
    """Return the draft with this facet or category open."""
    draft = service.draft(session, here.study_id)
    last = service.latest_version(session, here.study_id)
    old = service.content_of(last) if last else None
    comparison = compare(old, draft) if old else None
    facets, categories = service.retired(session, here.study_id)
    return EditorPage(
        base=here.url("codebook"),
        title=f"Codebook, draft {last.number + 1 if last else 1}",
        lede=_lede(last, comparison),
        trees=tuple(_tree(facet, comparison) for facet in draft.facets),
        editor=editor,
        comparison=comparison,
        last=last,
        objections=tuple(objections_to_publishing(draft, old)),
        retired_facets=facets,
        retired_categories=categories,
        new_name=new_name,
        panels=panels,
    )


def _lede(last: CodebookVersion | None, comparison: Comparison | None) -> str:
    if last is None or comparison is None:
        return "Nothing is published yet. Coders sort by a published version, never by the draft."
    n = comparison.n_changes
    if n == 0:
        return f"The draft is the same as version {last.number}."
    changes = "One change" if n == 1 else f"{n} changes"
    return f"{changes} since version {last.number}, which stays as it is."


def _tree(facet: FacetContent, comparison: Comparison | None) -> Tree:
    below: dict[int | None, list[CategoryContent]] = {}
    for one in facet.categories:
        below.setdefault(one.parent_id, []).append(one)

    def branch(category: CategoryContent) -> Branch:
        kinds = comparison.kinds_of(category.id) if comparison else ()
        return Branch(category, kinds, tuple(map(branch, below.get(category.id, ()))))

    return Tree(facet, tuple(map(branch, below.get(None, ()))))


def first_editor(session: Session, here: Here) -> Editor | None:
    """Return the editor of the first category, else of the first facet."""
    facets = service.facets_of(session, here.study_id)
    categories = service.categories_of(session, here.study_id)
    for facet in facets:
        if rows := categories.get(id_of(facet)):
            return category_editor(session, here, rows[0])
    return facet_editor(session, here, facets[0]) if facets else None


def facet_editor(session: Session, here: Here, row: Facet, typed: Typed | None = None) -> Editor:
    """Return a facet to edit; with `typed`, as somebody typed it."""
    facets = service.draft(session, here.study_id).facets
    content = next((one for one in facets if one.id == row.id), None)
    gate = content.gate if content else None
    stored = FacetFields(row.name, row.description, Choice(row.choice), FacetScale(row.scale), gate)
    values = typed.fields if typed else stored
    wanted = values.gate if isinstance(values, FacetFields) else None
    return Editor(
        kind="facet",
        id=id_of(row),
        facet_id=id_of(row),
        name=row.name,
        revision=row.revision,
        values=values,
        is_retired=row.retired_at is not None,
        refusal=typed,
        newer=_newer(stored, values, FACET_WORDS, facets) if typed and typed.is_stale else (),
        gates=gate_choices(before(facets, id_of(row)), wanted),
        stays_in=tuple(
            _use(use)
            for use in service.uses(session, here.study_id)
            if service.content_of(use.version).facet(id_of(row))
        ),
    )


def category_editor(
    session: Session, here: Here, row: Category, typed: Typed | None = None
) -> Editor:
    """Return a category to edit; with `typed`, as somebody typed it."""
    facet = service.draft(session, here.study_id).facet(row.facet_id)
    siblings = facet.categories if facet else ()
    content = next((one for one in siblings if one.id == row.id), None)
    stored = CategoryFields(
        row.name,
        row.brief,
        row.definition,
        row.inclusion,
        row.exclusion,
        row.examples,
        row.near_misses,
        row.tone,
        content.parent_id if content else row.parent_id,
    )
    values = typed.fields if typed else stored
    gone_into = went_into(session, row)
    names = {str(one.id): one.name for one in siblings}
    return Editor(
        kind="category",
        id=id_of(row),
        facet_id=row.facet_id,
        name=row.name,
        revision=row.revision,
        values=values,
        letter=content.letter if content else "",
        is_retired=row.retired_at is not None,
        refusal=typed,
        newer=_newer(stored, values, CATEGORY_WORDS, names) if typed and typed.is_stale else (),
        parents=(("", "nothing: it stands on its own"), *_possible_parents(row, siblings)),
        stays_in=tuple(
            _use(use)
            for use in service.uses(session, here.study_id)
            if _holds(service.content_of(use.version), row)
        ),
        moves_up=parts_that_move_up(session, row),
        went_into=tuple(sorted(names_of(session, here.study_id, gone_into).values())),
    )


def _possible_parents(row: Category, siblings: Sequence[CategoryContent]) -> list[tuple[str, str]]:
    """Return the categories of the facet that are not the row itself or a part of it."""
    below = {row.id}
    for one in siblings:  # in reading order, so a category comes before its parts
        if one.parent_id in below:
            below.add(one.id)
    return [(str(one.id), one.name) for one in siblings if one.id not in below]


def _newer(
    stored: CategoryFields | FacetFields,
    typed: CategoryFields | FacetFields,
    words: Mapping[str, str],
    names: Mapping[str, str] | Sequence[FacetContent],
) -> tuple[FieldChange, ...]:
    """Return the fields in which the stored state differs from what was typed."""

    def shown(fields: CategoryFields | FacetFields, name: str) -> str:
        value = getattr(fields, name)
        if not isinstance(names, Mapping) and name == "gate":
            return gate_in_words(value, names) or "always"
        text = "" if value is None else str(value)
        return names.get(text, text) if isinstance(names, Mapping) and name == "parent_id" else text

    return tuple(
        FieldChange(name, word, shown(typed, name), shown(stored, name))
        for name, word in words.items()
        if shown(typed, name) != shown(stored, name)
    )


def _holds(codebook: Codebook, row: Category) -> bool:
    facet = codebook.facet(row.facet_id)
    return facet is not None and facet.category(id_of(row)) is not None


def _use(use: VersionUse) -> str:
    words = f"version {use.version.number}"
    return f"{words} ({', '.join(use.rounds)})" if use.rounds else words
