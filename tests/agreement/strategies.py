"""Hypothesis strategies for judgements, and how two descriptions are compared."""

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.agreement import Estimate, FacetAgreement, Ratings, Scale, SetRatings


@st.composite
def judgements(
    draw, *, min_coders=0, max_coders=4, gaps=True, scales=tuple(Scale), most_categories=5
):
    """Few cards, so that every awkward case comes up often."""
    n_categories = draw(st.integers(1, most_categories))
    shape = draw(st.tuples(st.integers(0, 12), st.integers(min_coders, max_coders)))
    lowest = -1 if gaps else 0
    codes = draw(arrays(np.int64, shape, elements=st.integers(lowest, n_categories - 1)))
    return Ratings(codes, names(n_categories), scale=draw(st.sampled_from(scales)))


def names(n_categories):
    """Names that are numbers as well."""
    return tuple(str(number) for number in range(n_categories))


@st.composite
def set_judgements(draw):
    shape = draw(st.tuples(st.integers(0, 10), st.integers(0, 4)))
    n_categories = draw(st.integers(1, 4))
    judged = draw(arrays(np.bool_, shape))
    members = draw(arrays(np.bool_, (*shape, n_categories)))
    return SetRatings(members & judged[..., None], judged, tuple("abcd"[:n_categories]))


def same(one: Estimate, other: Estimate) -> bool:
    if one.value is None or other.value is None:
        return one.reason == other.reason
    return one.value == pytest.approx(other.value, abs=1e-9)


def assert_same_figures(one, other) -> None:
    """Compare all that two mappings of figures hold, in values and in reasons."""
    assert one.keys() == other.keys()
    for measure, found in one.items():
        assert same(found, other[measure]), measure


def every_estimate(facet: FacetAgreement):
    for part in (facet, *facet.pairs, *facet.categories):
        yield from part.figures.items()
    for category in facet.categories:
        for pair in category.pairs:
            yield from pair.figures.items()
