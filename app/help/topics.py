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
        "Preparing and sorting",
        (
            Topic("getting-started", "How a study goes", "From documents to a report, in order."),
            Topic("sources", "Documents and excerpts", "From a document to its cards, and back."),
            Topic("sorting", "Sorting and the keyboard", "Focus, Board, and every key."),
            Topic(
                "own-piles", "Open sorts: your own piles", "Make, merge and split piles, unseen."
            ),
            Topic("preferences", "Preferences", "Text, contrast, breaks, and keys of your own."),
            Topic("rounds", "Rounds and blindness", "Who sees what, and until when."),
        ),
    ),
    Group(
        "Deciding, and what leaves a study",
        (
            Topic("aligning", "Matching piles", "From coders' own piles to shared categories."),
            Topic("negotiation", "Negotiation", "From disagreements to decisions."),
            Topic("meetings", "Meetings and minutes", "Talking together, on one screen or many."),
            Topic("codebook-changes", "Changing the codebook", "What follows from each change."),
            Topic("formats", "Import and export", "The files Concord reads and writes."),
        ),
    ),
    Group(
        "Before a study, or without one",
        (
            Topic("planning", "How many cards are enough?", "What a rare category asks for."),
            Topic("calculator", "Figures without a study", "Paste a table, read the agreement."),
        ),
    ),
    Group(
        "Agreement of two coders",
        (
            Topic("cohens-kappa", "Cohen's kappa", "Two coders, corrected for chance."),
            Topic("weighted-kappa", "Weighted kappa", "When a near miss counts less."),
            Topic("scotts-pi", "Scott's pi", "Two coders who are interchangeable."),
            Topic("prevalence-and-bias", "Prevalence and bias", "High agreement, low kappa."),
        ),
    ),
    Group(
        "Agreement of any number of coders",
        (
            Topic("percent-agreement", "Percent agreement", "How often coders chose the same."),
            Topic("krippendorffs-alpha", "Krippendorff's alpha", "Any number of coders, gaps too."),
            Topic("fleiss-kappa", "Fleiss' kappa", "Chance from all judgements together."),
            Topic("congers-kappa", "Conger's kappa", "Chance from each coder's own habits."),
            Topic("lights-kappa", "Light's kappa", "The mean over all pairs of coders."),
            Topic("gwets-ac", "Gwet's AC1 and AC2", "Steady when one category is frequent."),
            Topic(
                "brennan-prediger", "Brennan-Prediger and PABAK", "Every category equally likely."
            ),
        ),
    ),
    Group(
        "Category by category, sets, open sorts",
        (
            Topic("category-kappa", "Kappa of one category", "Which category is hard to tell."),
            Topic("specific-agreement", "Specific agreement", "When one names it, does another?"),
            Topic("sets", "Distances of sets: MASI and Jaccard", "When a card may bear several."),
            Topic("open-sorts", "Open sorts", "Everybody's own piles: what belongs together."),
        ),
    ),
    Group(
        "Reading the figures",
        (
            Topic("intervals", "Intervals", "How far other cards could have led."),
            Topic(
                "benchmarks", "Words for a coefficient", "Substantial, good, reliable: says who?"
            ),
            Topic("what-if", "What if", "Merged categories, a coder left out."),
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
