"""Who may do what in a study, as a table; what blindness hides is decided in `coding.rules`."""

from enum import StrEnum


class Role(StrEnum):
    LEAD = "lead"
    CODER = "coder"
    ARBITER = "arbiter"
    OBSERVER = "observer"


class Stance(StrEnum):
    RELIABILITY = "reliability"
    CONSENSUS_ONLY = "consensus_only"
    JOINT_SORT = "joint_sort"


class Action(StrEnum):
    READ = "read"
    MANAGE_STUDY = "manage study"
    MANAGE_MEMBERS = "manage members"
    IMPORT_CARDS = "import cards"
    KEEP_SOURCES = "keep sources"
    EDIT_CODEBOOK = "edit codebook"
    MANAGE_ROUNDS = "manage rounds"
    SORT = "sort"
    ALIGN = "align"
    COMMENT = "comment"
    DECIDE = "decide"
    EXPORT = "export"


EVERYBODY = frozenset(Role)
LEADS = frozenset({Role.LEAD})

MAY: dict[Action, frozenset[Role]] = {
    Action.READ: EVERYBODY,
    Action.MANAGE_STUDY: LEADS,
    Action.MANAGE_MEMBERS: LEADS,
    Action.IMPORT_CARDS: LEADS,
    # Everybody reads the documents; what is cut from them is the lead's to decide.
    Action.KEEP_SOURCES: LEADS,
    Action.EDIT_CODEBOOK: LEADS,
    Action.MANAGE_ROUNDS: LEADS,
    # A lead sorts only in rounds that name them as a coder; `coding` checks that.
    Action.SORT: frozenset({Role.LEAD, Role.CODER}),
    # Coders match the piles of rounds that name them; `alignment` checks that.
    Action.ALIGN: frozenset({Role.LEAD, Role.CODER}),
    Action.COMMENT: frozenset({Role.LEAD, Role.CODER, Role.ARBITER}),
    Action.DECIDE: frozenset({Role.LEAD, Role.CODER, Role.ARBITER}),
    Action.EXPORT: EVERYBODY,
}

_DOING: dict[Action, str] = {
    Action.READ: "reading",
    Action.MANAGE_STUDY: "changing its settings",
    Action.MANAGE_MEMBERS: "inviting people or changing roles",
    Action.IMPORT_CARDS: "importing cards",
    Action.KEEP_SOURCES: "adding documents or cutting cards",
    Action.EDIT_CODEBOOK: "changing the codebook",
    Action.MANAGE_ROUNDS: "preparing, opening or closing rounds",
    Action.SORT: "sorting cards",
    Action.ALIGN: "matching piles",
    Action.COMMENT: "commenting on disagreements",
    Action.DECIDE: "deciding disagreements",
    Action.EXPORT: "exporting",
}
_WHO_INSTEAD: dict[Action, str] = {
    Action.ALIGN: "Leads and the coders of a round match its piles.",
    Action.COMMENT: "Leads, coders and arbiters can.",
    Action.DECIDE: "Leads, coders and arbiters can.",
    Action.SORT: "Only the coders of a round sort its cards.",
}


def may(role: Role, action: Action) -> bool:
    return role in MAY[action]


def refuse(role: Role, action: Action) -> str | None:
    """Say why this role may not do this, or nothing."""
    if may(role, action):
        return None
    instead = _WHO_INSTEAD.get(action, "A lead of the study can.")
    return f"Your role in this study ({role}) does not include {_DOING[action]}. {instead}"
