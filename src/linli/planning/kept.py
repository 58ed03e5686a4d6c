"""What the ledger vouches for of standards, procedures, projects, plans and opinions: all but the engine's runs."""

from __future__ import annotations

from linli.ledger.states import Kept, Part

FILE = ("project_id", "step", "appraisal_id", "name", "path", "size", "sha256", "kind", "by", "post_id", "at")
KEPT = (
    Kept(
        "standard", "planning_standard",
        ("code", "version", "title", "issuer", "document", "clause", "counting", "households_least", "households_most",
         "split_above", "persons_most", "norms", "grades", "statutory", "valid_from", "valid_to", "source", "verified",
         "published_at"),
    ),
    Kept(
        "procedure", "planning_procedure",
        ("code", "version", "title", "title_en", "source", "phases", "steps", "enact_after", "publish_after",
         "pack_after", "second", "by", "published_at"),
    ),
    Kept(
        "project", "planning_project",
        ("kind", "asked", "street_id", "title", "standard_id", "procedure_id", "count", "households_least",
         "households_most", "objective", "present", "by", "made_at", "closed_at"),
        (
            Part("planning_project_scope", "project_id", ("division_id",)),
            Part(
                "planning_mark", "project_id",
                ("step", "state", "paper", "note", "by", "post_id", "at", "withdrawn_at"),
            ),
            Part(
                "planning_scenario", "project_id",
                ("number", "parts", "goals", "keep_whole", "never_cross", "kept", "fixed", "front", "seed", "seconds",
                 "by", "made_at"),
            ),
        ),
    ),
    Kept(
        "plan", "planning_plan",
        ("project_id", "number", "branch", "parent_id", "scenario_id", "source", "names", "parents", "labels", "locked",
         "measures", "households", "broken", "proof", "outside", "verified", "reasons", "sides", "proposals", "why",
         "by", "made_at", "published_at", "published_to", "notice", "withdrawn_at", "withdrawn_why", "origins"),
        (Part("planning_planchange", "plan_id", ("block", "before", "after")),),
    ),
    Kept(
        "proposal", "planning_proposal",
        ("project_id", "act", "subject", "said", "state", "by", "post_id", "at", "decided_by", "decided_post_id",
         "decided_at", "words"),
    ),
    Kept(
        "enactment", "planning_enactment",
        ("plan_id", "from_day", "paper", "renamed", "abolished", "held", "undelivered", "assets", "matters", "by",
         "made_at", "undone_at"),
        (
            Part("planning_enactment_assignments", "enactment_id", ("assignment_id",)),
            Part("planning_enactment_founded", "enactment_id", ("division_id",)),
        ),
    ),
    Kept(
        "appraisal", "planning_appraisal",
        ("project_id", "plan_id", "step", "body", "person", "conclusion", "words", "day", "answer",
         "instead_of_id", "by", "post_id", "at", "withdrawn_at", "withdrawn_why"),
        (Part("planning_evidence", "appraisal_id", FILE),),
    ),
    Kept("evidence", "planning_evidence", (*FILE, "withdrawn_at", "withdrawn_why")),
)  # fmt: skip
