"""The page of the tree: drawn, cut where the reader wants it, its groups listed."""

from dataclasses import dataclass

from sqlmodel import Session

from app.agreement.sorts.dendrogram import Linkage
from app.alignment.look_frame import CardLine, Frame, Seen, card_lines, frame_of
from app.alignment.look_groups import Group, PileOfGroup, groups_at, usual_cut
from app.alignment.look_pages import Choices, linkage_choices
from app.alignment.look_similarity import Survey, survey
from app.alignment.look_tree import TreeDrawing, branches_drawn, draw_tree
from app.studies.deps import Here
from app.web.render import two_digits

MOST_LISTED = 12
MOST_GROUPS = 100


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group with the first of its cards."""

    number: int
    name: str
    n_cards: int
    cards: tuple[CardLine, ...]
    n_more: int
    piles: tuple[PileOfGroup, ...]


@dataclass(frozen=True, slots=True)
class TreePage:
    """The tree under a linkage, cut at a similarity."""

    frame: Frame
    linkage: str
    linkages: Choices
    cut: str
    drawing: TreeDrawing | None
    groups: tuple[GroupView, ...]
    n_groups: int
    n_cards: int
    left_out: tuple[CardLine, ...]
    n_left_out: int
    correlation: str
    is_tied: bool
    why_no_tree: str
    url: str
    groups_url: str
    svg_url: str
    json_url: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A tree with the groups a cut leaves, in hundredths of similarity."""

    survey: Survey
    at: int
    groups: tuple[Group, ...]


def cut_at(found: Seen, linkage: Linkage, cut: float | None) -> Cut | None:
    """Return the groups at a similarity, or the usual one; None without a tree."""
    said = None if found.is_too_large else survey(found.piles, linkage)
    if said is None or said.tree is None:
        return None
    at = usual_cut(found.piles, said.tree) if cut is None else round(100 * cut)
    return Cut(said, at, groups_at(found.piles, said, said.tree, at))


def drawing_of(session: Session, here: Here, found: Seen, cut: Cut) -> TreeDrawing:
    """Return the tree of a cut, each card with its beginning."""
    tree = cut.survey.tree
    if tree is None:
        raise ValueError(cut.survey.why_no_tree)
    firsts = {cards[0]: int(cut.survey.in_tree[cards[0]]) for cards in branches_drawn(tree)}
    lines = card_lines(session, here, found.piles, list(firsts.values()))
    labels = {leaf: f"{lines[card].key}  {lines[card].text}" for leaf, card in firsts.items()}
    title = (
        f"{found.round.name}, {found.facet.name}: {cut.survey.linkage} linkage, cut at "
        f"{two_digits(cut.at / 100)}"
    )
    return draw_tree(tree, labels, cut=cut.at, title=title)


def tree_page(
    session: Session, here: Here, found: Seen, linkage: Linkage, cut: float | None
) -> TreePage:
    """Return the page; of a round too large to be compared, or without a tree, why."""
    made = cut_at(found, linkage, cut)
    query = {"linkage": linkage.value} | ({} if made is None else {"cut": f"{made.at / 100:.2f}"})
    is_known = made is not None or found.is_too_large
    tree = None if made is None else made.survey.tree
    left_out = [] if made is None else list(made.survey.left_out)
    return TreePage(
        frame=frame_of(here, found, "tree"),
        linkage=linkage.value,
        linkages=linkage_choices(),
        cut="" if made is None else f"{made.at / 100:.2f}",
        drawing=None if made is None else drawing_of(session, here, found, made),
        groups=() if made is None else _views(session, here, found, made.groups),
        n_groups=0 if made is None else len(made.groups),
        n_cards=0 if made is None else int(made.survey.in_tree.size),
        left_out=tuple(card_lines(session, here, found.piles, left_out[:MOST_LISTED]).values()),
        n_left_out=len(left_out),
        correlation=_correlation(None if tree is None else tree.correlation),
        is_tied=tree is not None and tree.is_tied,
        why_no_tree="" if is_known else survey(found.piles, linkage).why_no_tree,
        url=f"{found.round_url}/piles/tree",
        groups_url=found.url("groups.csv", **query),
        svg_url=found.url("tree.svg", **query),
        json_url=found.url("tree.json", linkage=linkage.value),
    )


def _correlation(value: float | None) -> str:
    """Return the cophenetic correlation; without one where all cards are equally far apart."""
    is_undefined = value is None or value != value  # noqa: PLR0124 - NaN is not itself
    return "" if is_undefined or value is None else two_digits(value)


def _views(
    session: Session, here: Here, found: Seen, groups: tuple[Group, ...]
) -> tuple[GroupView, ...]:
    """Return the largest groups, in the order of the tree."""
    largest = sorted(groups, key=lambda one: -len(one.cards))[:MOST_GROUPS]
    shown = sorted(largest, key=lambda one: one.number)
    listed = [card for one in shown for card in one.cards[:MOST_LISTED]]
    lines = card_lines(session, here, found.piles, listed)
    return tuple(
        GroupView(
            number=one.number,
            name=one.name,
            n_cards=len(one.cards),
            cards=tuple(lines[card] for card in one.cards[:MOST_LISTED]),
            n_more=max(0, len(one.cards) - MOST_LISTED),
            piles=one.piles,
        )
        for one in shown
    )
