"""What there is help about: one template for each topic."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    slug: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    topics: tuple[Topic, ...]


GROUPS = (
    Group(
        "Working on a study",
        (
            Topic("getting-started", "How a study goes", "From documents to a report, in order."),
            Topic("sorting", "Sorting and the keyboard", "Focus, Board, and every key."),
            Topic("rounds", "Rounds and blindness", "Who sees what, and until when."),
            Topic("negotiation", "Negotiation", "From disagreements to decisions."),
            Topic("formats", "Import and export", "The files Concord reads and writes."),
        ),
    ),
    Group(
        "What the figures mean",
        (
            Topic("percent-agreement", "Percent agreement", "How often coders chose the same."),
            Topic("cohens-kappa", "Cohen's kappa", "Two coders, corrected for chance."),
            Topic("lights-kappa", "Light's kappa", "The mean over all pairs of coders."),
            Topic("krippendorffs-alpha", "Krippendorff's alpha", "Any number of coders, gaps too."),
            Topic("category-kappa", "Kappa of one category", "Which category is hard to tell."),
            Topic("sets", "Distances of sets: MASI and Jaccard", "When a card may bear several."),
        ),
    ),
    Group(
        "Keeping a server",
        (
            Topic("settings", "Settings", "Every variable a server reads."),
            Topic("commands", "Commands", "Everything that concord can do in a terminal."),
            Topic("security", "Who can read what", "What Concord protects, and what it cannot."),
        ),
    ),
)


def find_topic(slug: str) -> Topic | None:
    """Return the topic of this address, if there is one."""
    every = (topic for group in GROUPS for topic in group.topics)
    return next((topic for topic in every if topic.slug == slug), None)
