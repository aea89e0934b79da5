"""High agreement with low kappa is explained, not hidden."""

import numpy as np

from app.agreement import NoticeKind, Ratings, SetRatings, describe
from tests.agreement.published_examples import codes_of_table


def kinds(facet):
    return [notice.kind for notice in facet.notices]


def sentence(facet, kind):
    return next(notice.sentence for notice in facet.notices if notice.kind is kind)


def test_high_agreement_with_low_kappa_is_explained():
    facet = describe(Ratings(codes_of_table([[80, 10], [5, 5]]), ("yes", "no")))
    explanation = sentence(facet, NoticeKind.PARADOX)
    assert "agree on 85% although kappa is only 0.32" in explanation
    assert "prevalence index 0.75" in explanation
    assert f"AC1 {facet.ac1.value:.2f}" in explanation


def test_high_agreement_with_fair_kappa_needs_no_explanation():
    facet = describe(Ratings(codes_of_table([[85, 5], [5, 5]]), ("yes", "no")))
    assert NoticeKind.PARADOX not in kinds(facet)


def test_three_coders_learn_which_category_is_so_frequent():
    codes = [[0, 0, 0]] * 45 + [[0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 0], [2, 0, 0]]
    facet = describe(Ratings(codes, ("bug", "feature", "question")))
    assert "bug makes up 96% of the judgements" in sentence(facet, NoticeKind.PARADOX)


def test_rare_categories_of_sets_are_named():
    rare = codes_of_table([[0, 4], [4, 92]]) == 0
    usual = codes_of_table([[45, 4], [4, 47]]) == 0
    members = np.stack([rare, usual], axis=2)
    facet = describe(SetRatings(members, np.ones((100, 2), dtype=bool), ("rare", "usual")))
    assert sentence(facet, NoticeKind.PARADOX).startswith("High agreement but low kappa on rare:")
