"""PURE: why figures have no value when the categories are those that the labels name."""

from collections.abc import Mapping
from typing import Any

from app.agreement import Reason

# Chance is told from the shares of the labels: one label leaves none. All other figures need to
# know what else could have been said.
_OF_USED_SHARES = ("_kappa", "kappa_", "_pi", "_alpha_")


def of_found_categories(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures with reasons that are true where nobody declared categories.

    Without a label nothing was judged; with one label the kappas, pi and alphas lack variation,
    while the figures that depend on what else was on offer still lack a second category.
    """
    return {key: _reworded(figure, _is_of_used_shares(key)) for key, figure in figures.items()}


def _is_of_used_shares(key: str) -> bool:
    return any(part in f"_{key}_" for part in _OF_USED_SHARES)


def _reworded(figure: Any, is_of_used_shares: bool) -> Any:
    if not isinstance(figure, dict):
        return figure
    reason = figure.get("undefined")
    if not isinstance(reason, str):
        return {name: _reworded(one, is_of_used_shares) for name, one in figure.items()}
    if reason == Reason.NO_CATEGORY_DECLARED.name.lower():
        return {"undefined": Reason.NO_JUDGEMENTS.name.lower()}
    if reason == Reason.ONE_CATEGORY_DECLARED.name.lower() and is_of_used_shares:
        return {"undefined": Reason.NO_VARIATION.name.lower()}
    return figure
