"""How far coders agree: pure numerics, no database, no web."""

from app.agreement.assessment import Measure, assess
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
from app.agreement.notices import Notice, NoticeKind
from app.agreement.ratings import Ratings, Scale, SetRatings
from app.agreement.record import as_dict
from app.agreement.undefined import Estimate, Note, Reason

__all__ = [
    "ALGORITHM_VERSION",
    "CategoryAgreement",
    "CategoryPair",
    "Distance",
    "Estimate",
    "FacetAgreement",
    "Margin",
    "Measure",
    "Note",
    "Notice",
    "NoticeKind",
    "PairAgreement",
    "Ratings",
    "Reason",
    "Scale",
    "SetRatings",
    "Weighting",
    "as_dict",
    "assess",
    "describe",
]
