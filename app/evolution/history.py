"""What the audit trail says of clauses that a lead took into the codebook or dropped."""

from app.studies.activity_words import declare_activity

declare_activity("clause taken", "took a decision of the team into the codebook draft.")
declare_activity("clause dropped", "left a decision of the team out of the codebook: {reason}")
