"""Which figures there are, under the names that files and commands give them."""

from enum import StrEnum


class Measure(StrEnum):
    """A figure; the member's text is its key in files.

    Of all coders: shares of agreement and coefficients. Of two coders: Cohen's kappa and its
    relatives. Of one category: how far coders agree on it against all others.
    """

    PERCENT = "percent_agreement"
    PERCENT_POOLED = "percent_agreement_pooled"
    UNANIMOUS = "percent_unanimous"
    FLEISS = "fleiss_kappa"
    FLEISS_LISTWISE = "fleiss_kappa_listwise"
    CONGER = "conger_kappa"
    LIGHT = "light_kappa"
    ALPHA_NOMINAL = "krippendorff_alpha_nominal"
    ALPHA_ORDINAL = "krippendorff_alpha_ordinal"
    ALPHA_INTERVAL = "krippendorff_alpha_interval"
    ALPHA_RATIO = "krippendorff_alpha_ratio"
    AC1 = "gwet_ac1"
    AC2_LINEAR = "gwet_ac2_linear"
    AC2_QUADRATIC = "gwet_ac2_quadratic"
    AC2_ORDINAL = "gwet_ac2_ordinal"
    BRENNAN_PREDIGER = "brennan_prediger"

    COHEN = "cohen_kappa"
    COHEN_LINEAR = "cohen_kappa_linear"
    COHEN_QUADRATIC = "cohen_kappa_quadratic"
    SCOTT = "scott_pi"
    KAPPA_MAX = "kappa_max"
    PABAK = "pabak"
    PREVALENCE_INDEX = "prevalence_index"
    BIAS_INDEX = "bias_index"

    SPECIFIC = "specific_agreement"
    NEGATIVE = "negative_agreement"
    CATEGORY_FLEISS = "per_category_fleiss_kappa"
    CATEGORY_COHEN = "per_category_cohen_kappa"

    ALPHA_MASI = "krippendorff_alpha_masi"
    ALPHA_JACCARD = "krippendorff_alpha_jaccard"
    ALPHA_EXACT_SET = "krippendorff_alpha_exact_set"
    PERCENT_EXACT_SET = "percent_agreement_exact_set"
    MEAN_JACCARD = "mean_jaccard_similarity"
    MEAN_MASI = "mean_masi_similarity"
