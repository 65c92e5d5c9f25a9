"""Measures whom recourse reaches, by move, and keeps every plan to its word: `python -m benchmarks.promises`.

Each plan is carried out in the raw tables (the application's row, and the history rows under its scenarios), as
an applicant of its own; the file of applicants is made again from them, and `/score` decides.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pandas as pd
from ibis import _

from scoring.answers.applicant import Outcome, Plan, Recourse
from scoring.applicants.store import open_applicants
from scoring.artifact.load import load_artifact
from scoring.assessment.assessment import Assessment, assessed
from scoring.assessment.recourse import recourse
from scoring.lender.roles import APPLICANT_ID
from scoring.serving.service import Service, assess
from scoring.serving.settings import DEMO_ARTIFACT
from training.dataset.applicants import write_applicants
from training.dataset.scenarios import STEPS
from training.lender.roles import TEST, TRAIN
from training.tables.read import Tables, read_tables

ASKED = 1_000

Found = list[tuple[Assessment, Recourse]]


def of_outcome(service: Service, outcome: Outcome) -> Iterator[Assessment]:
    """The applicants of that decision, in an order that does not follow their ids."""
    assert service.applicants is not None
    for applicant_id in np.random.default_rng(0).permutation(service.applicants.ids).tolist():
        assessment = assess(service, applicant_id, {}, "en")
        if assessment.decision.outcome == outcome:
            yield assessment


def reached(service: Service, outcome: Outcome, asked: int) -> tuple[list[str], Found]:
    """Whom plans reach, with the loan alone and with the history too, and by which moves."""
    artifact, found, taken, alone, kept = service.artifact, [], [], 0, 0
    for assessment in islice(of_outcome(service, outcome), asked):
        began = perf_counter()
        answer = recourse(artifact, assessment)
        taken.append(perf_counter() - began)
        loan_only = replace(assessment, applicant=replace(assessment.applicant, scenarios=()))
        alone += recourse(artifact, loan_only).found
        kept += recourse(artifact, assessment, "keep").found
        found.append((assessment, answer))
    with_history = sum(bool(assessment.applicant.scenarios) for assessment, _ in found)
    helped = [answer for _, answer in found if answer.found]
    by_move = Counter(_kind(answer.plans[0]) for answer in helped)
    fixed = sum(not answer.found and answer.referral is None for _, answer in found)
    near = sorted(answer.best / assessment.decision.band_low for assessment, answer in found if answer.best)
    lines = [
        f"{len(found):,} applicants with '{outcome}', {with_history} with a history that can change: a plan for "
        f"{len(helped) / len(found):.1%}, with the loan alone {alone / len(found):.1%}, with rates kept "
        f"{kept / len(found):.1%}; fixed {fixed / len(found):.1%}",
        f"  least plans: {', '.join(f'{kind} {count}' for kind, count in by_move.most_common())}",
        f"  the others at best: {np.median(near) if near else 1:.2f} times the probability to reach, in the median; "
        f"search {1e3 * np.quantile(taken, 0.95):.0f} ms at the 95th percentile",
    ]
    return lines, found


def _kind(plan: Plan) -> str:
    return " + ".join([*(["loan"] if plan.changes else []), *(move.scenario for move in plan.history)])


def kept_promises(service: Service, data: Path, found: Found) -> str:
    """Carries every plan out in the raw tables, and says how many `/score` does not decide as promised."""
    plans = [(assessment, plan) for assessment, answer in found for plan in answer.plans]
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _carry_out(read_tables(data, outcomes=False), plans, folder)
        out = folder / "applicants.arrow"
        write_applicants(folder, out)
        file = open_applicants(out, service.artifact.history_names)
        again = [assessed(service.artifact, file.find(number), {}, "en") for number in range(1, len(plans) + 1)]
    unmet = sum(new.decision.outcome != plan.decision for new, (_, plan) in zip(again, plans, strict=True))
    off = max(abs(new.probability - plan.probability) for new, (_, plan) in zip(again, plans, strict=True))
    return f"{unmet} unmet promises in {len(plans):,} plans carried out in the raw tables; largest difference {off:.1e}"


def _carry_out(tables: Tables, plans: list[tuple[Assessment, Plan]], folder: Path) -> None:
    """Writes tables in which applicant n is the one of the nth plan, having done what it says."""
    owners = np.array([assessment.applicant.applicant_id for assessment, _ in plans])
    copies = pd.DataFrame({"owner": owners, "number": np.arange(1, len(plans) + 1)})
    done = {
        (move.scenario, move.parameter, number) for number, (_, plan) in enumerate(plans, 1) for move in plan.history
    }
    applications = pd.concat([_rows(table, owners) for table in tables.applications()])
    copied = copies.merge(applications, left_on="owner", right_on=APPLICANT_ID)
    for number, (_assessment, plan) in enumerate(plans, 1):
        for name, value in plan.changes.items():
            copied.loc[copied["number"] == number, name] = value
    _write(copied, applications.columns, folder / f"{TEST if tables.train is None else TRAIN}.parquet")
    for name, table in tables.history.items():
        if APPLICANT_ID not in table.columns:
            table.to_parquet(folder / f"{name}.parquet")
            continue
        parts, taken = [], set()
        for step in (step for step in STEPS if step.scenario.table == name):
            mine = [n for key, parameter, n in done if (key, parameter) == (step.scenario.key, step.parameter)]
            if mine:
                rows = _rows(step.scenario.change(table, step.parameter), owners)
                parts.append(copies[copies["number"].isin(mine)].merge(rows, left_on="owner", right_on=APPLICANT_ID))
                taken |= set(mine)
        rest = copies[~copies["number"].isin(taken)]
        parts.append(rest.merge(_rows(table, owners), left_on="owner", right_on=APPLICANT_ID))
        _write(pd.concat(parts), table.columns, folder / f"{name}.parquet")


def _rows(table, owners: np.ndarray) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    return table.filter(_[APPLICANT_ID].isin(np.unique(owners).tolist())).to_pandas()


def _write(rows: pd.DataFrame, columns, path: Path) -> None:  # type: ignore[no-untyped-def]
    rows.assign(**{APPLICANT_ID: rows["number"]})[list(columns)].to_parquet(path, index=False)


def main() -> None:
    """Prints the figures as they are measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artifact", type=Path, default=DEMO_ARTIFACT)
    parser.add_argument("--data", type=Path, required=True, help="folder of the lender's tables")
    parser.add_argument("--asked", type=int, default=ASKED)
    options = parser.parse_args()
    artifact = load_artifact(options.artifact, options.artifact.name)
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "applicants.arrow"
        write_applicants(options.data, path)
        service = Service(artifact, open_applicants(path, artifact.history_names))
        every: Found = []
        for outcome in ("refuse", "refer"):
            lines, found = reached(service, outcome, options.asked)
            print("\n".join(lines), flush=True)
            every += found
        print(kept_promises(service, options.data, every), flush=True)


if __name__ == "__main__":
    main()
