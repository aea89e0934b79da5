"""What is measured of open sorts, and why a figure may have no value."""

from enum import StrEnum


class SortMeasure(StrEnum):
    """A figure of two sorts; the member's text is its key in files and commands."""

    ADJUSTED_RAND = "adjusted_rand"
    RAND = "rand"
    V_MEASURE = "v_measure"
    HOMOGENEITY = "homogeneity"
    COMPLETENESS = "completeness"
    AMI = "ami"
    PAIR_JACCARD = "pair_jaccard"
    EDIT_DISTANCE = "edit_distance"
    EDIT_DISTANCE_SHARE = "edit_distance_share"


class SortReason(StrEnum):
    """Why a figure of sorts has no value; the member's text is the sentence shown to people.

    Where the same thing can be missing, the members have the names of `Reason`.
    """

    NO_JUDGEMENTS = "no card has been sorted"
    FEWER_THAN_TWO_CODERS = "fewer than two participants sorted cards"
    NOTHING_PAIRABLE = "the two sorted no card in common"
    NO_VARIATION = "no variation: the sorts are the same, one single pile or each card alone"
    TOO_FEW_CARDS = "with a single card there are no two cards to be together or apart"
    NO_CARDS_TOGETHER = "neither put any two cards together"
    NOT_SORTED_TOGETHER = "nobody sorted both cards"
    NOT_CONNECTED = "some two participants sorted no card in common"
    EQUAL_DISTANCES = "no variation: all cards are equally far apart"
