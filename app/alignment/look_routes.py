"""Looking at what coders made of an open or hybrid sort, before anything is put together."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from app.agreement.sorts.dendrogram import Linkage
from app.alignment import look_files
from app.alignment.look_figures import compare
from app.alignment.look_frame import Seen, seen
from app.alignment.look_overview import as_png
from app.alignment.look_pages import figures_page, overlap_page, similarity_page
from app.alignment.look_similarity import MOST_CARDS, survey
from app.alignment.look_tree_page import cut_at, drawing_of, tree_page
from app.errors import Conflict
from app.studies.deps import Here, require
from app.studies.rules import Action, Stance
from app.web.downloads import download, download_in_parts, file_name
from app.web.forms import Count, MaybeId, PathId
from app.web.render import draw, respond
from app.web.transaction import Look

router = APIRouter()

Reader = Annotated[Here, require(Action.READ)]
Exporting = Annotated[Here, require(Action.EXPORT)]
Facet = Annotated[MaybeId, Query()]
Link = Annotated[Linkage, Query()]
Share = Annotated[float | None, Query(ge=0, le=1, allow_inf_nan=False)]

_PILES = "/studies/{study_id}/rounds/{round_id}/piles"
_CSV = "text/csv; charset=utf-8"


@router.get(f"{_PILES}/similarity", name="look_at_similarity")
def show_similarity(
    request: Request,
    here: Reader,
    look: Look,
    round_id: PathId,
    facet: Facet = None,
    linkage: Link = Linkage.AVERAGE,
    page: Annotated[Count, Query()] = 1,
) -> Response:
    """Show how often coders put cards together, the most alike side by side."""
    found = seen(look, here, round_id, facet, is_for_figures=False)
    shown = similarity_page(look, here, found, linkage, page)
    return respond(request, "alignment/look_similarity.html", shown, here.shell)


@router.get(f"{_PILES}/tree", name="look_at_tree")
def show_tree(
    request: Request,
    here: Reader,
    look: Look,
    round_id: PathId,
    facet: Facet = None,
    linkage: Link = Linkage.AVERAGE,
    cut: Share = None,
) -> Response:
    """Show the tree of cards, and the groups into which it is cut."""
    found = seen(look, here, round_id, facet, is_for_figures=False)
    shown = tree_page(look, here, found, linkage, cut)
    return respond(request, "alignment/look_tree.html", shown, here.shell)


@router.get(f"{_PILES}/overlap", name="look_at_overlap")
def show_overlap(
    request: Request,
    here: Reader,
    look: Look,
    round_id: PathId,
    facet: Facet = None,
    first: Annotated[Count, Query()] = 0,
    second: Annotated[Count, Query()] = 1,
) -> Response:
    """Show two coders' piles against each other, and which may mean the same."""
    found = seen(look, here, round_id, facet, is_for_figures=False)
    shown = overlap_page(here, found, first, second)
    return respond(request, "alignment/look_overlap.html", shown, here.shell)


@router.get(f"{_PILES}/partitions", name="look_at_partitions")
def show_figures(
    request: Request, here: Reader, look: Look, round_id: PathId, facet: Facet = None
) -> Response:
    """Show how far coders agree on what belongs together, whatever they called it."""
    found = _for_figures(look, here, round_id, facet)
    shown = figures_page(here, found)
    return respond(request, "alignment/look_partitions.html", shown, here.shell)


@router.get(f"{_PILES}/sorts.csv", name="look_sorts_csv")
def sorts_csv(here: Exporting, look: Look, round_id: PathId, facet: Facet = None) -> Response:
    """Give the piles that figures are made of, for `concord sorts` and others."""
    found = seen(look, here, round_id, facet, is_for_figures=True)
    return _file(here, found, look_files.long_csv(found.piles), "piles", "csv")


@router.get(f"{_PILES}/partitions.json", name="look_partitions_json")
def figures_json(here: Exporting, look: Look, round_id: PathId, facet: Facet = None) -> Response:
    """Give every figure that compares coders, with the piles it comes from."""
    found = _for_figures(look, here, round_id, facet)
    if found.piles.n_twice:
        raise Conflict("Cards lie in several piles of a coder here: such sorts are no partitions.")
    content = look_files.figures_json(found.piles, compare(found.piles), _about(here, found))
    return _file(here, found, content, "agreement of piles", "json")


@router.get(f"{_PILES}/similarity.csv", name="look_similarity_csv")
def similarity_csv(
    here: Exporting,
    look: Look,
    round_id: PathId,
    facet: Facet = None,
    linkage: Link = Linkage.AVERAGE,
) -> Response:
    """Give the whole matrix in the order of the tree."""
    found = _of_a_size(seen(look, here, round_id, facet, is_for_figures=False))
    rows = look_files.similarity_csv(found.piles, survey(found.piles, linkage).among)
    name = _name(here, found, f"similarity by {linkage} linkage", "csv")
    return download_in_parts(rows, name=name, media_type=_CSV)


@router.get(f"{_PILES}/similarity.png", name="look_similarity_png")
def similarity_png(
    here: Reader,
    look: Look,
    round_id: PathId,
    facet: Facet = None,
    linkage: Link = Linkage.AVERAGE,
    theme: Annotated[Literal["light", "dark"], Query()] = "light",
) -> Response:
    """Give the whole matrix as a picture, for the page."""
    found = _of_a_size(seen(look, here, round_id, facet, is_for_figures=False))
    content = as_png(survey(found.piles, linkage).overview, theme)
    return Response(content, media_type="image/png")


@router.get(f"{_PILES}/overlap.csv", name="look_overlap_csv")
def overlap_csv(
    here: Exporting,
    look: Look,
    round_id: PathId,
    facet: Facet = None,
    first: Annotated[Count, Query()] = 0,
    second: Annotated[Count, Query()] = 1,
) -> Response:
    """Give every two piles of two coders that share a card."""
    found = seen(look, here, round_id, facet, is_for_figures=False)
    if max(first, second) >= len(found.piles.coders):
        raise Conflict("There are not as many coders in this round.")
    content = look_files.overlap_csv(found.piles, first, second)
    return _file(here, found, content, "overlap of piles", "csv")


@router.get(f"{_PILES}/groups.csv", name="look_groups_csv")
def groups_csv(
    here: Exporting,
    look: Look,
    round_id: PathId,
    facet: Facet = None,
    linkage: Link = Linkage.AVERAGE,
    cut: Share = None,
) -> Response:
    """Give every card with the group into which the tree puts it."""
    found = _of_a_size(seen(look, here, round_id, facet, is_for_figures=False))
    made = cut_at(found, linkage, cut)
    groups, at = ((), 0) if made is None else (made.groups, made.at)
    content = look_files.groups_csv(found.piles, groups, linkage=linkage.value, cut=at)
    return _file(here, found, content, "groups of cards", "csv")


@router.get(f"{_PILES}/tree.json", name="look_tree_json")
def tree_json(
    here: Exporting,
    look: Look,
    round_id: PathId,
    facet: Facet = None,
    linkage: Link = Linkage.AVERAGE,
) -> Response:
    """Give each step of the tree with its height."""
    found = _of_a_size(seen(look, here, round_id, facet, is_for_figures=False))
    said = survey(found.piles, linkage)
    if said.tree is None:
        raise Conflict(f"There is no tree: {said.why_no_tree}.")
    content = look_files.tree_json(found.piles, said, said.tree, _about(here, found))
    return _file(here, found, content, f"tree by {linkage} linkage", "json")


@router.get(f"{_PILES}/tree.svg", name="look_tree_svg")
def tree_svg(
    request: Request,
    here: Exporting,
    look: Look,
    round_id: PathId,
    facet: Facet = None,
    linkage: Link = Linkage.AVERAGE,
    cut: Share = None,
) -> Response:
    """Give the tree as a figure that says how it was made."""
    found = _of_a_size(seen(look, here, round_id, facet, is_for_figures=False))
    made = cut_at(found, linkage, cut)
    if made is None:
        raise Conflict(f"There is no tree: {survey(found.piles, linkage).why_no_tree}.")
    drawing = drawing_of(look, here, found, made)
    content = draw(request, "alignment/look_tree.svg", drawing, here.shell).encode()
    name = _name(here, found, f"tree by {linkage} linkage", "svg")
    return download(content, name=name, media_type="image/svg+xml")


def _for_figures(look: Look, here: Here, round_id: int, facet_id: int | None) -> Seen:
    found = seen(look, here, round_id, facet_id, is_for_figures=True)
    if here.study.stance != Stance.RELIABILITY:
        raise Conflict("This study works by consensus, so its coders are not compared by figures.")
    return found


def _of_a_size(found: Seen) -> Seen:
    if found.is_too_large:
        raise Conflict(
            f"This round has {found.piles.n_cards:,} cards. Up to {MOST_CARDS:,} can be compared "
            "with each other; the piles themselves can be had as a file, whatever their number."
        )
    return found


def _about(here: Here, found: Seen) -> dict[str, str]:
    return {"study": here.study.name, "round": found.round.name, "facet": found.facet.name}


def _name(here: Here, found: Seen, what: str, ending: str) -> str:
    return file_name(here.study.name, f"{found.round.name}, {found.facet.name}, {what}", ending)


def _file(here: Here, found: Seen, content: bytes, what: str, ending: str) -> Response:
    media_type = _CSV if ending == "csv" else "application/json"
    return download(content, name=_name(here, found, what, ending), media_type=media_type)
