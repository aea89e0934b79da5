"""PURE: the proportions before and after negotiation, each under a name of its own."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.resolution.tally import Tally


def shares_of(tally: "Tally") -> tuple[tuple[str, str, float | None, int], ...]:
    """Return key, name, share and number of cards of each proportion."""
    n_kept = tally.n_cocoded - tally.n_gone
    return (
        ("before_agreed", "share agreed before negotiation", tally.before, tally.n_cocoded),
        ("after_agreed", "share agreed after negotiation", tally.after, tally.n_cocoded),
        (
            "after_agreed_without_dropped",
            "share agreed after negotiation, without dropped",
            tally.after_without_dropped,
            n_kept,
        ),
        (
            "after_settled_by_coders",
            "share of disagreements settled by the coders",
            tally.resolution_rate,
            tally.n_flagged,
        ),
    )
