"""Where files stand until they are moved into their rooms, which CONTRIBUTING and docs/architecture.md name already.

Once the rooms are there, this module goes, with the lines that import it.
"""

from __future__ import annotations

# Room -> the modules that will be in it, as they are called today.
ROOMS = {
    "scoring.lender": "fields terms features",
    "scoring.applicants": "applicant application row_groups applicants_file",
    "scoring.artifact.load": "importance lineage artifact model population leaves recost review",
    "scoring.assessment.assessment": "assessment comparison explanation recourse scatter similar answers",
    "scoring.decision.rule": "cost_curve costs operating_point decision",
    "scoring.documents": "comment record summary",
    "scoring.drift": "drift_page drift_report drift_words",
    "scoring.serving.live": "batch description hub serving published published_drift service settings",
    "scoring.words": "wording",
    "training.audit": "elderly agreement groups review_words prices proxies quality stability",
    "training.build": "pack provenance report train",
    "training.dataset.dataset": "applicants dataset features terms",
    "training.deploy.deploy": "clean_environment deploy",
    "training.gate.gate": "bounds gate held_out",
    "training.learn": "fit merge rows select threshold",
    "training.likeness": "fidelity",
    "training.publish.version": "card hub_commands diff hub lineage pictures rollback publish versions",
    "training.statistics": "evaluate ranking",
    "training.lender.synthetic": "synthesize",
    "training.tables.read": "batches engines tables",
    "training.lender": "history",
}

# File by its name to come -> as it is called today.
FILES = {
    "scoring/lender/fields.csv": "scoring/lender/fields.csv",
    "scoring/lender/levels.csv": "scoring/lender/levels.csv",
    "scoring/lender/derived.csv": "scoring/lender/derived.csv",
    "scoring/lender/fields.py": "scoring/lender/fields.py",
    "scoring/lender/formulas.py": "scoring/lender/features.py",
    "scoring/assessment/similar.py": "scoring/assessment/similar.py",
    "scoring/words/texts.csv": "scoring/words/texts.csv",
    "scoring/words/wording.py": "scoring/words/wording.py",
    "training/lender/tables.csv": "training/lender/tables.csv",
    "training/lender/profile.json": "training/lender/synthetic/profile.json",
    "training/lender/history/__init__.py": "training/lender/history/__init__.py",
    "training/lender/history/bureau.py": "training/lender/history/bureau.py",
    "training/lender/history/compose.py": "training/lender/history/compose.py",
    "training/lender/history/pos.py": "training/lender/history/pos.py",
    "training/lender/history/windows.py": "training/lender/history/windows.py",
    "tests/scoring/lender/test_fields.py": "tests/scoring/lender/test_fields.py",
    "tests/scoring/lender/test_formulas.py": "tests/scoring/lender/test_features.py",
    "tests/training/lender/history/test_bureau.py": "tests/training/lender/history/test_history_bureau.py",
    "tests/training/lender/history/test_pos.py": "tests/training/lender/history/test_history_pos.py",
}

# Imports against the floors of docs/architecture.md that are to be gone after the move (what must leave which file).
UPWARDS = {
    "scoring.applicants.store -> scoring.answers",
    "scoring.applicants.in_words -> scoring.assessment.explanation",
    "scoring.artifact.load -> scoring.answers",
    "scoring.assessment.comparison -> scoring.serving.service",
    "scoring.decision.costs -> scoring.answers",
    "scoring.decision.rule -> scoring.answers",
    "scoring.artifact.lineage -> scoring.answers",
    "scoring.markup -> scoring.answers",
    "scoring.markup -> scoring.charts",
    "scoring.artifact.population -> scoring.answers",
    "scoring.documents.record -> scoring.serving.service",
    "scoring.artifact.recost -> scoring.assessment.explanation",
    "scoring.artifact.review -> scoring.assessment.explanation",
    "scoring.assessment.scatter -> scoring.serving.service",
    "scoring.words.wording -> scoring.answers",
    "scoring.words.wording -> scoring.serving.settings",
    "training.compare.rows -> training.build.train",
    "training.audit.groups -> training.compare.figures",
    "training.hub_commands -> training.deploy.deploy",
}
