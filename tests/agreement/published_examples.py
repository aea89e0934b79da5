"""Tables from the literature with the figures printed beside them.

`cells` is a two-coder table (rows the first coder); `profiles` says how many coders chose each
category, card by card; `codes` is cards by coders with -1 for a missing judgement. Printed figures
are compared after rounding to the printed digits.
"""

from dataclasses import dataclass, field

import numpy as np

from app.agreement import Measure, Ratings, Scale
from tests.agreement.designs import codes_of_table


@dataclass(frozen=True)
class Published:
    name: str
    citation: str
    categories: tuple[str, ...]
    printed: dict[Measure, str]
    cells: tuple[tuple[int, ...], ...] = ()
    profiles: tuple[tuple[int, ...], ...] = ()
    codes: tuple[tuple[int, ...], ...] = ()
    scale: Scale = Scale.NOMINAL
    standard_error: str | None = None
    null_standard_error: str | None = None
    per_category: dict[str, str] = field(default_factory=dict)
    specific: dict[str, str] = field(default_factory=dict)

    def ratings(self) -> Ratings:
        return Ratings(self._codes(), self.categories, scale=self.scale)

    def _codes(self):
        if self.cells:
            return codes_of_table(self.cells)
        if self.profiles:
            return [np.repeat(range(len(self.categories)), profile) for profile in self.profiles]
        return self.codes


EXAMPLES = (
    Published(
        name="cohen-1960",
        citation=(
            "Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and "
            "Psychological Measurement 20, 37-46."
        ),
        categories=("personality disorder", "neurosis", "psychosis"),
        cells=((88, 14, 18), (10, 40, 10), (2, 6, 12)),
        printed={Measure.PERCENT: ".70", Measure.COHEN: ".492", Measure.KAPPA_MAX: ".831"},
    ),
    Published(
        name="fleiss-levin-paik-2003",
        citation=(
            "Fleiss, J. L., Levin, B. & Paik, M. C. (2003). Statistical Methods for Rates and "
            "Proportions, 3rd ed., table 18.1."
        ),
        categories=("psychotic", "neurotic", "organic"),
        cells=((75, 1, 4), (5, 4, 1), (0, 0, 10)),
        printed={Measure.COHEN: ".68"},
        null_standard_error=".076",
    ),
    Published(
        name="fleiss-1971",
        citation=(
            "Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. "
            "Psychological Bulletin 76, 378-382, table 1."
        ),
        categories=("depression", "personality disorder", "schizophrenia", "neurosis", "other"),
        profiles=(
            (0, 0, 0, 6, 0),
            (0, 3, 0, 0, 3),
            (0, 1, 4, 0, 1),
            (0, 0, 0, 0, 6),
            (0, 3, 0, 3, 0),
            (2, 0, 4, 0, 0),
            (0, 0, 4, 0, 2),
            (2, 0, 3, 1, 0),
            (2, 0, 0, 4, 0),
            (0, 0, 0, 0, 6),
            (1, 0, 0, 5, 0),
            (1, 1, 0, 4, 0),
            (0, 3, 3, 0, 0),
            (1, 0, 0, 5, 0),
            (0, 2, 0, 3, 1),
            (0, 0, 5, 0, 1),
            (3, 0, 0, 1, 2),
            (5, 1, 0, 0, 0),
            (0, 2, 0, 4, 0),
            (1, 0, 2, 0, 3),
            (0, 0, 0, 0, 6),
            (0, 1, 0, 5, 0),
            (0, 2, 0, 1, 3),
            (2, 0, 0, 4, 0),
            (1, 0, 0, 4, 1),
            (0, 5, 0, 1, 0),
            (4, 0, 0, 0, 2),
            (0, 2, 0, 4, 0),
            (1, 0, 5, 0, 0),
            (0, 0, 0, 0, 6),
        ),
        printed={
            Measure.PERCENT: ".556",
            Measure.FLEISS: ".430",
            Measure.ALPHA_NOMINAL: ".4334",
        },
        per_category={
            "depression": ".245",
            "personality disorder": ".245",
            "schizophrenia": ".520",
            "neurosis": ".471",
            "other": ".566",
        },
    ),
    Published(
        name="krippendorff-2011-a",
        citation="Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability, example A.",
        categories=("0", "1"),
        codes=(
            (0, 1),
            (1, 1),
            (0, 1),
            (0, 0),
            (0, 0),
            (0, 1),
            (0, 0),
            (0, 0),
            (1, 0),
            (0, 0),
        ),
        printed={Measure.ALPHA_NOMINAL: ".095"},
    ),
    Published(
        name="krippendorff-2011-b",
        citation="Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability, example B.",
        categories=("a", "b", "c", "d", "e"),
        codes=(
            (0, 1),
            (0, 0),
            (1, 1),
            (1, 1),
            (3, 1),
            (2, 2),
            (2, 2),
            (2, 2),
            (4, 4),
            (3, 3),
            (3, 3),
            (0, 3),
        ),
        printed={Measure.ALPHA_NOMINAL: ".692"},
    ),
    Published(
        name="krippendorff-2011-c",
        citation="Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability, example C.",
        categories=("1", "2", "3", "4", "5"),
        codes=(
            (0, 0, -1, 0),
            (1, 1, 2, 1),
            (2, 2, 2, 2),
            (2, 2, 2, 2),
            (1, 1, 1, 1),
            (0, 1, 2, 3),
            (3, 3, 3, 3),
            (0, 0, 1, 0),
            (1, 1, 1, 1),
            (-1, 4, 4, 4),
            (-1, -1, 0, 0),
            (-1, 2, -1, -1),
        ),
        scale=Scale.INTERVAL,
        printed={
            Measure.ALPHA_NOMINAL: ".743",
            Measure.ALPHA_ORDINAL: ".815",
            Measure.ALPHA_INTERVAL: ".849",
            Measure.ALPHA_RATIO: ".797",
        },
    ),
    Published(
        name="agresti-movies",
        citation=(
            "Agresti, A. (2002). Categorical Data Analysis, 2nd ed., section 10.5: two critics on "
            "160 films."
        ),
        categories=("con", "mixed", "pro"),
        cells=((24, 8, 13), (8, 13, 11), (10, 9, 64)),
        printed={Measure.COHEN: ".389"},
        standard_error=".060",
    ),
    Published(
        name="sas-skin-condition",
        citation="SAS/STAT User's Guide, PROC FREQ, example: skin condition, two dermatologists.",
        categories=("terrible", "poor", "marginal", "clear"),
        cells=((10, 4, 1, 0), (5, 10, 12, 2), (2, 4, 12, 5), (0, 2, 6, 13)),
        scale=Scale.ORDINAL,
        printed={Measure.COHEN: ".3449", Measure.COHEN_LINEAR: ".5082"},
        standard_error=".0724",
    ),
    Published(
        name="feinstein-cicchetti-1990-balanced",
        citation=(
            "Feinstein, A. R. & Cicchetti, D. V. (1990). High agreement but low kappa: I. Journal "
            "of Clinical Epidemiology 43, 543-549."
        ),
        categories=("yes", "no"),
        cells=((40, 9), (6, 45)),
        printed={Measure.PERCENT: ".85", Measure.COHEN: ".70"},
        specific={"yes": ".84", "no": ".86"},
    ),
    Published(
        name="feinstein-cicchetti-1990-unbalanced",
        citation=(
            "Feinstein, A. R. & Cicchetti, D. V. (1990). High agreement but low kappa: I. Journal "
            "of Clinical Epidemiology 43, 543-549."
        ),
        categories=("yes", "no"),
        cells=((80, 10), (5, 5)),
        printed={Measure.PERCENT: ".85", Measure.COHEN: ".32"},
        specific={"yes": ".91", "no": ".40"},
    ),
    Published(
        name="landis-koch-1977-winnipeg",
        citation=(
            "Landis, J. R. & Koch, G. G. (1977). The measurement of observer agreement for "
            "categorical data. Biometrics 33, 159-174: two neurologists, Winnipeg patients."
        ),
        categories=("certain", "probable", "possible", "doubtful"),
        cells=((38, 5, 0, 1), (33, 11, 3, 0), (10, 14, 5, 6), (3, 7, 3, 10)),
        scale=Scale.ORDINAL,
        printed={Measure.COHEN: ".208"},
    ),
    Published(
        name="landis-koch-1977-new-orleans",
        citation="Landis, J. R. & Koch, G. G. (1977), as before: New Orleans patients.",
        categories=("certain", "probable", "possible", "doubtful"),
        cells=((5, 3, 0, 0), (3, 11, 4, 0), (2, 13, 3, 4), (1, 2, 4, 14)),
        scale=Scale.ORDINAL,
        printed={Measure.COHEN: ".297"},
    ),
    Published(
        name="gwet-2008",
        citation=(
            "Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the "
            "presence of high agreement. British Journal of Mathematical and Statistical "
            "Psychology 61, 29-48: 125 subjects of whom nearly all are positive."
        ),
        categories=("+", "-"),
        cells=((118, 5), (2, 0)),
        printed={
            Measure.PERCENT: ".944",
            Measure.COHEN: "-.0234",
            Measure.SCOTT: "-.0288",
            Measure.AC1: ".9408",
        },
    ),
    Published(
        name="artstein-poesio-2008",
        citation=(
            "Artstein, R. & Poesio, M. (2008). Inter-coder agreement for computational "
            "linguistics. Computational Linguistics 34, 555-596, table 1."
        ),
        categories=("statement", "request"),
        cells=((20, 20), (10, 50)),
        printed={
            Measure.PERCENT: ".7",
            Measure.BRENNAN_PREDIGER: ".4",
            Measure.SCOTT: ".341",
            Measure.COHEN: ".348",
        },
    ),
    Published(
        name="gwet-2014-abstractors",
        citation=(
            "Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed.: two abstractors on "
            "100 pregnancies."
        ),
        categories=("ectopic", "abnormal intrauterine", "normal intrauterine"),
        cells=((13, 0, 0), (0, 20, 7), (0, 4, 56)),
        printed={
            Measure.COHEN: ".79641",
            Measure.SCOTT: ".79624",
            Measure.AC1: ".84933",
            Measure.BRENNAN_PREDIGER: ".835",
            Measure.ALPHA_NOMINAL: ".79726",
        },
    ),
)
