"""Which texts are nearly the same: the cosine of their TF-IDF vectors over words and word pairs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from typing import Any

from app.text import comparable

LEAST_LIKENESS = 0.7
LETTERS_COMPARED = 10_000
MOST_PAIRS = 2_000
MOST_WORDS_MARKED = 1_500

# Scripts without spaces between words count character by character, in pairs as well.
_WORDS = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
_PIECES = re.compile(r"\s+|\S+")
_AT_ONCE = 512
_COMMON_IN_ALL = 200
_COMMON_SHARE = 50
_LEAST_OF_CANDIDATES = 0.5


@dataclass(frozen=True, slots=True)
class Alike:
    """Two texts by their places, the earlier first, and how alike they are: 1 is the same."""

    first: int
    second: int
    likeness: float


@dataclass(frozen=True, slots=True)
class Words:
    """Some words of a text, and whether the other text lacks them."""

    text: str
    differs: bool


def alike(texts: Sequence[str], *, n_known: int = 0, least: float = LEAST_LIKENESS) -> list[Alike]:
    """Return the pairs of texts that are nearly the same, the most alike first.

    Of pairs within the first `n_known` texts nothing is said. A text that stands there several
    times is paired once with each of its copies, and compared with others once.
    """
    copies: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        key = sha256(comparable(text[:LETTERS_COMPARED]).encode()).hexdigest()
        copies.setdefault(key, []).append(place)
    found = [Alike(places[0], other, 1.0) for places in copies.values() for other in places[1:]]
    only = [places[0] for places in copies.values()]
    near = _near([texts[place][:LETTERS_COMPARED] for place in only], least)
    found += [Alike(only[row], only[column], likeness) for row, column, likeness in near]
    found = [one for one in found if one.second >= n_known]
    return sorted(found, key=lambda one: (-one.likeness, one.first, one.second))[:MOST_PAIRS]


def _near(texts: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs above the bound, in blocks: candidates by rarer words, then the full sum."""
    found = vectors(texts)
    if found is None:
        return
    rarer = _without_common_words(found)
    for start in range(0, len(texts), _AT_ONCE):
        block = (rarer[start : start + _AT_ONCE] @ rarer[start:].T).tocoo()
        kept = (block.data >= _LEAST_OF_CANDIDATES * least) & (block.row < block.col)
        rows, columns = block.row[kept] + start, block.col[kept] + start
        if not len(rows):
            continue
        likeness = found[rows].multiply(found[columns]).sum(axis=1).A1
        for place in (likeness >= least).nonzero()[0]:
            yield int(rows[place]), int(columns[place]), min(1.0, float(likeness[place]))


def vectors(texts: Sequence[str], *, words_together: int = 2) -> Any:
    """Return TF-IDF vectors of length 1, a sparse row for each text; None where no word is.

    With `words_together` 2, pairs of words that follow each other count as well.
    """
    from numpy import float32
    from sklearn.feature_extraction.text import TfidfVectorizer

    if len(texts) < 2:
        return None
    # idf of words that every text has is 1, not 0: so even two texts alone can be compared.
    reader = TfidfVectorizer(
        token_pattern=_WORDS,
        ngram_range=(1, words_together),
        sublinear_tf=True,
        dtype=float32,
    )
    try:
        return reader.fit_transform(texts)
    except ValueError:  # no text holds a word
        return None


def _without_common_words(found: Any) -> Any:
    """Return the vectors without what stands in very many texts: it would pair everything."""
    most = max(_COMMON_IN_ALL, found.shape[0] // _COMMON_SHARE)
    n_texts = found.getnnz(axis=0)
    return found[:, n_texts <= most].tocsr()


def marked_differences(first: str, second: str) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
    """Return both texts in stretches, with those the other lacks marked."""
    left, right = _PIECES.findall(first), _PIECES.findall(second)
    if max(len(left), len(right)) > 2 * MOST_WORDS_MARKED:
        return (Words(first, differs=False),), (Words(second, differs=False),)
    steps = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        tuple(_stretches((left[a:b], tag) for tag, a, b, _, _ in steps)),
        tuple(_stretches((right[a:b], tag) for tag, _, _, a, b in steps)),
    )


def _stretches(steps: Iterator[tuple[list[str], str]]) -> Iterator[Words]:
    for pieces, tag in steps:
        if pieces:
            yield Words("".join(pieces), differs=tag != "equal")
