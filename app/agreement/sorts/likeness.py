"""How alike two names of piles read; a hint for people, never part of a figure."""

from difflib import SequenceMatcher

from app.text import comparable

ALIKE = 0.8  # from here on two names are proposed as the same: "pet" and "pets" have 0.86


def name_likeness(one: str, other: str) -> float:
    """Return how alike two names read.

    Case, accents' composition, outer white space and the order of words make no difference. Twice
    the characters that can be kept in order, divided by all characters (Ratcliff and Obershelp).

    Parameters
    ----------
    one, other : str
        Names of piles.

    Returns
    -------
    float
        From 0 to 1, the same in both orders; 0 if either is blank: two unnamed piles have no name
        in common.

    References
    ----------
    Ratcliff, J. W. & Metzener, D. E. (1988). Pattern matching: the gestalt approach. Dr. Dobb's
    Journal 13(7), 46-72.

    Examples
    --------
    >>> name_likeness("Junk Food", "food, junk ")
    1.0
    >>> name_likeness("", "")
    0.0
    """
    first, second = sorted((_words(one), _words(other)))
    if not first or not second:
        return 0.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _words(name: str) -> str:
    """Return the name's words in the order of the alphabet, without what stands between them."""
    plain = "".join(c if c.isalnum() else " " for c in comparable(name))
    return " ".join(sorted(plain.split())) or comparable(name)
