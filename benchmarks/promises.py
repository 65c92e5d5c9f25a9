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
from os import getloadavg
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
import pandas as pd
from ibis import _

from benchmarks.recourse import broken_bounds
from scoring.answers.applicant import Outcome, Plan, Recourse
from scoring.applicants.store import open_applicants
from scoring.artifact.load import load_artifact
from scoring.artifact.model import probability_of
from scoring.assessment.assessment import Assessment, assessed
from scoring.assessment.burden import burdens
from scoring.assessment.moves import RATE_ROUNDING, joined, open_moves
from scoring.assessment.recourse import MOST_MOVES, recourse
from scoring.decision.rule import OUTCOMES
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import APPLICANT_ID, RATE, TERM
from scoring.lender.terms import lowest_rate
from scoring.schema.features import feature_matrix
from scoring.serving.service import Service, assess, score
from scoring.serving.settings import DEMO_ARTIFACT
from training.dataset.applicants import write_applicants
from training.dataset.scenarios import STEPS
from training.lender.history import GROUPS
from training.lender.roles import TEST, TRAIN
from training.lender.scenarios import CARDS
from training.tables.read import Tables, read_tables

ASKED, PLANS = 1_000, 5_000
# Applicants for whom the rates are kept too.
KEPT = 300

Found = list[tuple[Assessment, Recourse]]


def of_outcome(service: Service, outcome: Outcome) -> Iterator[Assessment]:
    """The applicants of that decision, in an order that does not follow their ids."""
    assert service.applicants is not None
    for applicant_id in np.random.default_rng(0).permutation(service.applicants.ids).tolist():
        assessment = assess(service, applicant_id, {}, "en")
        if assessment.decision.outcome == outcome:
            yield assessment


def searched(service: Service, outcome: Outcome, asked: int, plans: int) -> tuple[Found, list[float]]:
    """The answers for so many applicants, or until there are so many plans, and the processor time of each."""
    found, taken = [], []
    for assessment in islice(of_outcome(service, outcome), asked):
        began = process_time()
        answer = recourse(service.artifact, assessment)
        taken.append(process_time() - began)
        found.append((assessment, answer))
        plans -= len(answer.plans)
        if plans <= 0:
            break
    return found, taken


def whom(service: Service, outcome: Outcome, found: Found) -> Iterator[str]:
    """Whom plans reach: with the loan alone, with the history too, with rates kept; and by which moves."""
    artifact = service.artifact
    changeable = [bool(assessment.applicant.scenarios) for assessment, _ in found]
    complete = [_has_complete_history(assessment) for assessment, _ in found]
    helped = np.array([answer.found for _, answer in found])
    alone = np.array([recourse(artifact, _loan_only(assessment)).found for assessment, _ in found])
    kept = [recourse(artifact, assessment, "keep").found for assessment, _ in found[:KEPT]]
    fixed = np.array([not answer.found and answer.referral is None for _, answer in found])
    by_move = Counter(_kind(answer.plans[0]) for _, answer in found if answer.found)
    near = [answer.best / assessment.decision.band_low for assessment, answer in found if answer.best]
    for name, mask in {
        "all": np.ones(len(found), bool),
        "with a history that can change": np.array(changeable),
        "with a complete history": np.array(complete),
    }.items():
        if mask.any():
            yield (
                f"'{outcome}', {name}, {mask.sum():,} applicants: a plan for {helped[mask].mean():.1%}, with the loan "
                f"alone {alone[mask].mean():.1%}; fixed {fixed[mask].mean():.1%}"
            )
    yield f"  of the first {len(kept)}: {helped[: len(kept)].mean():.1%}, with rates kept {mean(kept):.1%}"
    yield f"  least plans: {', '.join(f'{kind} {count}' for kind, count in by_move.most_common())}"
    yield f"  the others at best: {np.median(near) if near else 1:.2f} times the probability to reach, in the median"


def _loan_only(assessment: Assessment) -> Assessment:
    return replace(assessment, applicant=replace(assessment.applicant, scenarios=()))


def _has_complete_history(assessment: Assessment) -> bool:
    """Whether the applicant has rows in every history table that the model reads, this lender's cards aside."""
    history = assessment.applicant.history
    return all(
        any(not np.isnan(history.get(item.feature.name, np.nan)) for item in features)
        for names, features, _ in GROUPS
        if names != (CARDS,) and any(item.feature.name in history for item in features)
    )


def exhausted(service: Service, found: Found) -> str:
    """Of those without a plan, how many any combination of moves would reach: each loan of the grid with each history.

    The search tries up to three moves, the loan and the history in those combinations that seem near.
    """
    without = [assessment for assessment, answer in found if not answer.found]
    missed, beyond, tried = 0, 0, 0
    for assessment in without:
        moves = open_moves(assessment.applicant, "price")
        loans = joined([moves.nothing(), *(moves.loans(together) for together in (1, 2, 3))])
        candidates = loans.across(np.arange(len(moves.histories)))
        columns = moves.columns(candidates)
        payable = burdens(moves.own, columns, moves.costs[candidates.history]).now <= moves.most_now
        candidates, columns = candidates.at(payable), {name: values[payable] for name, values in columns.items()}
        log_odds = service.artifact.model.log_odds(feature_matrix(columns, service.artifact.model.features), 0)
        decisions = service.artifact.rule.terms(columns).decide(probability_of(log_odds))
        approved = decisions == OUTCOMES.index("approve")
        in_history = np.array([len(changes) for changes in moves.histories])[candidates.history]
        few = (candidates.steps > 0).sum(axis=1) + in_history <= MOST_MOVES
        missed += bool((approved & few).any())
        beyond += bool(approved.any()) and not bool((approved & few).any())
        tried += len(candidates)
    return (
        f"  every combination tried, {tried:,} in all, for {len(without)} without a plan: {missed} approved with up to "
        f"{MOST_MOVES} moves, {beyond} with more"
    )


def unsold(assessment: Assessment, plan: Plan) -> bool:
    """Whether a plan's loan is cheaper than the lender sells it."""
    own = assessment.applicant.columns()
    new = own | {name: np.array([float(value)]) for name, value in plan.changes.items()}
    rate, present = FORMULAS[RATE](new)[0], FORMULAS[RATE](own)[0]
    return bool(rate < np.fmin(present, lowest_rate(FORMULAS[TERM](new))[0]) - RATE_ROUNDING) and bool(plan.changes)


def cost_of_search(service: Service, found: Found, taken: list[float]) -> str:
    """The processor time of the search over that of one score."""
    scored = []
    for assessment, _answer in found[:100]:
        began = process_time()
        score(service, assess(service, assessment.applicant.applicant_id, {}, "en"))
        scored.append(process_time() - began)
    slow, usual = float(np.quantile(taken, 0.95)), median(scored)
    return (
        f"processor time of the search: {1e3 * slow:.0f} ms at the 95th percentile of {len(taken)}, "
        f"{slow / usual:.1f} times one score ({1e3 * usual:.1f} ms in the median)"
    )


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
    broken = sum(broken_bounds(assessment, plan.changes) + unsold(assessment, plan) for assessment, plan in plans)
    unmet = sum(new.decision.outcome != plan.decision for new, (_, plan) in zip(again, plans, strict=True))
    off = max(abs(new.probability - plan.probability) for new, (_, plan) in zip(again, plans, strict=True))
    return (
        f"{len(plans):,} plans: {broken} bounds broken; carried out in the raw tables, {unmet} promises unmet, largest "
        f"difference of a probability {off:.1e}"
    )


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
    parser.add_argument("--asked", type=int, default=ASKED, help="refused applicants")
    parser.add_argument("--plans", type=int, default=PLANS, help="plans to carry out, of those referred if need be")
    options = parser.parse_args()
    artifact = load_artifact(options.artifact, options.artifact.name)
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "applicants.arrow"
        write_applicants(options.data, path)
        service = Service(artifact, open_applicants(path, artifact.history_names))
        refused, taken = searched(service, "refuse", options.asked, options.plans)
        lines = [*whom(service, "refuse", refused), exhausted(service, refused)]
        print("\n".join([*lines, cost_of_search(service, refused, taken)]), flush=True)
        lacking = options.plans - sum(len(answer.plans) for _, answer in refused)
        referred, _taken = searched(service, "refer", options.asked * 10, lacking)
        print("\n".join(whom(service, "refer", referred)), flush=True)
        print(kept_promises(service, options.data, [*refused, *referred]), flush=True)
        load = ", ".join(f"{each:.1f}" for each in getloadavg())
        print(f"load of the machine at the end: {load}", flush=True)


if __name__ == "__main__":
    main()
