"""Which rows of the agenda are disagreements; the others are agreements worth a second look."""

from sqlmodel import col

from app.negotiation.models import Disagreement
from app.negotiation.rules import Flag

IS_DISAGREEMENT = col(Disagreement.flag) < int(Flag.FRAGILE_AGREEMENT)
IS_REVIEW = col(Disagreement.flag) >= int(Flag.FRAGILE_AGREEMENT)
