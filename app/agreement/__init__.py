"""How far coders agree: pure numerics, no database, no web."""

from app.agreement.calculation import Calculation, calculate
from app.agreement.description import describe
from app.agreement.distances import Distance, Weighting
from app.agreement.facet import (
    ALGORITHM_VERSION,
    CategoryAgreement,
    CategoryPair,
    FacetAgreement,
    Margin,
    PairAgreement,
)
from app.agreement.figures import MINIMUM_FOR_INTERVAL
from app.agreement.grouping import Unit
from app.agreement.intervals import FacetIntervals, Interval, bootstrap
from app.agreement.measures import Measure
from app.agreement.notices import Notice, NoticeKind
from app.agreement.ratings import Ratings, Scale, SetRatings
from app.agreement.record import as_dict, intervals_as_dict, with_intervals
from app.agreement.undefined import Estimate, Method, Note, Reason

__all__ = [
    "ALGORITHM_VERSION",
    "MINIMUM_FOR_INTERVAL",
    "Calculation",
    "CategoryAgreement",
    "CategoryPair",
    "Distance",
    "Estimate",
    "FacetAgreement",
    "FacetIntervals",
    "Interval",
    "Margin",
    "Measure",
    "Method",
    "Note",
    "Notice",
    "NoticeKind",
    "PairAgreement",
    "Ratings",
    "Reason",
    "Scale",
    "SetRatings",
    "Unit",
    "Weighting",
    "as_dict",
    "bootstrap",
    "calculate",
    "describe",
    "intervals_as_dict",
    "with_intervals",
]
