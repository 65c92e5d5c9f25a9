"""Where files stand until they are moved into their rooms: CONTRIBUTING and docs/architecture.md name the rooms already.

Once the rooms are there, this module goes, with the lines that import it.
"""

from __future__ import annotations

# Room -> the modules that will be in it, as they are called today.
ROOMS = {
    "scoring.lender": "fields terms features",
    "scoring.applicants": "applicant application row_groups applicants_file",
    "scoring.artifact": "importance lineage artifact model population leaves recost review",
    "scoring.assessment": "assessment comparison explanation recourse scatter similar answers",
    "scoring.decision": "cost_curve costs operating_point decision",
    "scoring.documents": "comment record summary",
    "scoring.drift": "drift_page drift_report drift_words",
    "scoring.serving": "batch description hub serving published published_drift service settings",
    "scoring.words": "wording",
    "training.audit": "elderly agreement groups review_words prices proxies quality stability",
    "training.build": "pack provenance report train",
    "training.dataset": "applicants dataset features terms",
    "training.deploy": "clean_environment deploy",
    "training.gate": "bounds gate held_out",
    "training.learn": "fit merge rows select threshold",
    "training.likeness": "fidelity",
    "training.publish": "card hub_commands diff hub lineage pictures rollback publish versions",
    "training.statistics": "evaluate ranking",
    "training.synthetic": "synthesize",
    "training.tables": "batches engines tables",
    "training.lender": "history",
}
