"""Where files stand until they are moved into their rooms, which CONTRIBUTING and docs/architecture.md name already.

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

# File by its name to come -> as it is called today.
FILES = {
    "scoring/lender/fields.csv": "scoring/fields.csv",
    "scoring/lender/levels.csv": "scoring/levels.csv",
    "scoring/lender/derived.csv": "scoring/derived.csv",
    "scoring/lender/fields.py": "scoring/fields.py",
    "scoring/lender/formulas.py": "scoring/features.py",
    "scoring/assessment/similar.py": "scoring/similar.py",
    "scoring/words/texts.csv": "scoring/texts.csv",
    "scoring/words/wording.py": "scoring/wording.py",
    "training/lender/tables.csv": "training/tables.csv",
    "training/lender/profile.json": "training/synthetic/profile.json",
    "training/lender/history/__init__.py": "training/history/__init__.py",
    "training/lender/history/bureau.py": "training/history/bureau.py",
    "training/lender/history/compose.py": "training/history/compose.py",
    "training/lender/history/pos.py": "training/history/pos.py",
    "training/lender/history/windows.py": "training/history/windows.py",
    "tests/scoring/lender/test_fields.py": "tests/scoring/test_fields.py",
    "tests/scoring/lender/test_formulas.py": "tests/scoring/test_features.py",
    "tests/training/lender/history/test_bureau.py": "tests/training/test_history_bureau.py",
    "tests/training/lender/history/test_pos.py": "tests/training/test_history_pos.py",
}

# Imports against the floors of docs/architecture.md that are to be gone after the move (what must leave which file).
UPWARDS = {
    "scoring.applicants_file -> scoring.answers",
    "scoring.application -> scoring.explanation",
    "scoring.artifact -> scoring.answers",
    "scoring.comparison -> scoring.service",
    "scoring.costs -> scoring.answers",
    "scoring.decision -> scoring.answers",
    "scoring.lineage -> scoring.answers",
    "scoring.markup -> scoring.answers",
    "scoring.markup -> scoring.charts",
    "scoring.population -> scoring.answers",
    "scoring.record -> scoring.service",
    "scoring.recost -> scoring.explanation",
    "scoring.review -> scoring.explanation",
    "scoring.scatter -> scoring.service",
    "scoring.wording -> scoring.answers",
    "scoring.wording -> scoring.settings",
    "training.compare.rows -> training.train",
    "training.groups -> training.compare.bootstrap",
    "training.hub_commands -> training.deploy",
}
