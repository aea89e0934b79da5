"""Agreement on each category against all others."""

from app.agreement.alpha import krippendorff_alpha
from app.agreement.coefficients import category_shares, fleiss_kappa, gwet_ac, observed_agreement
from app.agreement.confusion import (
    as_table,
    bias_index,
    pair_specific_agreement,
    prevalence_index,
    specific_agreement,
)
from app.agreement.counts import Counts
from app.agreement.facet import CategoryAgreement, CategoryPair
from app.agreement.figures import (
    estimates,
    kappa_estimates,
    light_estimate,
    number_or_none,
    share_beside,
)
from app.agreement.kappa import cohen_kappa
from app.agreement.ratings import IntArray
from app.agreement.undefined import Reason


def _describe_pair(
    first: str, second: str, tables: IntArray, n_declared: int
) -> list[CategoryPair]:
    """Return one entry for each category; tables have shape (q, 2, 2)."""
    figures = cohen_kappa(tables)
    kappas = kappa_estimates(figures, n_declared)
    specific = pair_specific_agreement(tables).tolist()
    observed = figures.observed.tolist()
    prevalence, bias = prevalence_index(tables).tolist(), bias_index(tables).tolist()
    return [
        CategoryPair(
            first=first,
            second=second,
            confusion=as_table(cells),
            percent=share_beside(observed[category], kappas[category]),
            kappa=kappas[category],
            positive=share_beside(
                specific[category][0], kappas[category], Reason.CATEGORY_NOT_USED
            ),
            negative=share_beside(
                specific[category][1], kappas[category], Reason.CATEGORY_ALWAYS_USED
            ),
            prevalence_index=number_or_none(prevalence[category]),
            bias_index=number_or_none(bias[category]),
        )
        for category, cells in enumerate(tables)
    ]


def describe_categories(
    categories: tuple[str, ...], coders: tuple[str, ...], counts: Counts
) -> tuple[CategoryAgreement, ...]:
    """Return the agreement on each category, used or not.

    For two coders the kappa of a category is Cohen's; for more it is Fleiss' kappa of the
    pooled judgements "this category" against "another", with Light's mean of the pairs beside it.

    Parameters
    ----------
    categories : tuple of str, length q
        Declared categories.
    coders : tuple of str
        Names of all columns.
    counts : Counts
        Two-category tables with a leading axis of length q, from `collapse` or
        `count_categories`.

    References
    ----------
    Fleiss, J. L. (1971). doi:10.1037/h0031619. Specific agreement: Cicchetti, D. V. &
    Feinstein, A. R. (1990). doi:10.1016/0895-4356(90)90159-M
    """
    by_pair = [
        _describe_pair(
            coders[first], coders[second], counts.pair_tables[:, position], counts.n_declared
        )
        for position, (first, second) in enumerate(counts.pairs)
    ]
    specific = specific_agreement(counts)
    positive = estimates(counts, specific[:, 0], Reason.CATEGORY_NOT_USED)
    negative = estimates(counts, specific[:, 1], Reason.CATEGORY_ALWAYS_USED)
    percent = estimates(counts, observed_agreement(counts))
    fleiss, ac1 = estimates(counts, fleiss_kappa(counts)), estimates(counts, gwet_ac(counts))
    alpha = estimates(counts, krippendorff_alpha(counts))
    n_labels = counts.size_labels[..., 0].sum(axis=-1).tolist()
    prevalence = category_shares(counts)[:, 0].tolist()
    described = []
    for position, category in enumerate(categories):
        pairs = tuple(pair[position] for pair in by_pair)
        is_cohen = len(pairs) == 1
        described.append(
            CategoryAgreement(
                category=category,
                n_labels=n_labels[position],
                prevalence=number_or_none(prevalence[position]),
                percent=percent[position],
                kappa=pairs[0].kappa if is_cohen else fleiss[position],
                kappa_definition="Cohen" if is_cohen else "Fleiss",
                light=light_estimate(counts, [pair.kappa for pair in pairs]),
                alpha=alpha[position],
                ac1=ac1[position],
                positive=positive[position],
                negative=negative[position],
                pairs=pairs,
            )
        )
    return tuple(described)
