"""From tables to answers, in a tree whose lender is another one: run with its root as the working folder."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from scoring.applicants.store import open_applicants
from scoring.artifact.load import load_artifact
from scoring.assessment.comparison import compare
from scoring.assessment.recourse import recourse
from scoring.assessment.scatter import scatter
from scoring.assessment.similar import similar
from scoring.errors import InvalidInputError
from scoring.serving.description import describe
from scoring.serving.service import Service, assess, commented, explain
from training.build.train import train
from training.dataset.applicants import write_applicants
from training.learn.fit import Recipe
from training.lender.synthetic.synthesize import synthesize

tables, artifact_folder, file = Path("tables"), Path("artifact"), Path("applicants.parquet")
tables.mkdir()
synthesize(1_500, 1, tables)
train(tables, artifact_folder, version="of another lender", recipe=Recipe(scorecard=True))
artifact = load_artifact(artifact_folder, "a folder")
write_applicants(tables, file, artifact_folder)
service = Service(artifact, open_applicants(file, artifact.history_names))
answers = []
for number, applicant_id in enumerate(service.applicants.ids[:40].tolist()):
    assessment = assess(service, applicant_id, {}, "fr" if number % 2 else "en")
    answers.append(
        {
            "score": asdict(commented(service, assessment)),
            "explanation": asdict(explain(service, assessment)),
            "quantity": asdict(compare(artifact, assessment, "WAGE", "accepted")),
            "level": asdict(compare(artifact, assessment, "PRODUCT", "all")),
            "scatter": asdict(scatter(artifact, assessment, "SUM_WANTED", "AGENCY_SCORE", "all")),
            "similar": asdict(similar(artifact, assessment)),
            "recourse": asdict(recourse(artifact, assessment)),
        }
    )
try:
    assess(service, service.applicants.ids[0], {"CAR": "maybe"}, "en")
except InvalidInputError as error:
    refusal = str(error)
json.dump({"model": asdict(describe(service)), "answers": answers, "refusal": refusal}, sys.stdout)
