"""Measures recourse: how often it succeeds, how safely and how fast; the command also runs DiCE and CFNOW.

Both (`requirements-benchmarks.txt`) get the same levers: they may vary the same fields to reach the same decision, with
every derived feature recomputed. DiCE is held to our limits, too; CFNOW (Oliveira, Sorensen and Martens, 2024) takes no
limits. Random search is used of DiCE; its genetic and k-d tree searches took over four minutes each for forty
applicants. Of CFNOW it is the greedy one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from itertools import islice
from statistics import mean, median
from time import process_time
from typing import Any

import numpy as np
import pandas as pd

from scoring.answers.applicant import Plan
from scoring.applicants.applicant import edited, with_history
from scoring.applicants.store import open_applicants
from scoring.artifact.in_words import DEMO_SOURCE
from scoring.artifact.load import load_artifact
from scoring.artifact.model import log_odds_of, probability_of
from scoring.assessment.assessment import Assessment, assessed
from scoring.assessment.recourse import recourse
from scoring.lender.formulas import FORMULAS
from scoring.schema.features import feature_matrix, plan_maxima
from scoring.schema.fields import leeways
from scoring.serving.service import Service, assess, score
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT

APPLICANTS = 1_000
APPLICANTS_OF_DICE = 40
# The longest that it may search for one applicant.
CFNOW_SECONDS = 20
SEED = 7
# Tolerance on bounds, since DiCE rounds its proposals.
ROUNDING = 0.01
LEVERS = list(leeways())

Changes = Mapping[str, Any]
Proposer = Callable[[Service, Assessment], list[Changes]]


def broken_bounds(assessment: Assessment, changes: Changes) -> int:
    """Counts the bounds that changes violate: fields that may change, their limits, maxima of derived features."""
    own = assessment.applicant.columns()
    broken = len(changes.keys() - set(LEVERS))
    for name in changes.keys() & set(LEVERS):
        low, high = sorted((own[name][0], own[name][0] * leeways()[name].limit))
        broken += not low - ROUNDING <= changes[name] <= high + ROUNDING
    new = {**own, **{name: np.array([float(value)]) for name, value in changes.items()}}
    for name, maximum in plan_maxima().items():
        broken += bool(FORMULAS[name](new)[0] > max(maximum, FORMULAS[name](own)[0]) + ROUNDING)
    return broken


def kept(service: Service, assessment: Assessment, plan: Plan) -> bool:
    """Whether the application is approved once all that a plan says is done, the history included."""
    wanted = {(move.scenario, move.parameter) for move in plan.history}
    done = [each for each in assessment.applicant.scenarios if (each.step.scenario, each.step.parameter) in wanted]
    applicant = with_history(edited(assessment.applicant, plan.changes, "en"), done)
    return assessed(service.artifact, applicant, plan.changes, "en").decision.outcome == plan.decision


def approved(service: Service, assessment: Assessment, changes: Changes) -> bool:
    """Whether `/score` approves the application with these changes."""
    again = assess(service, assessment.applicant.applicant_id, dict(changes), "en")
    return again.decision.outcome == "approve"


def some_assessments(service: Service) -> Iterator[Assessment]:
    """Yields a thousand unchanged applicants spread over the file; each is read when needed."""
    assert service.applicants is not None
    for applicant_id in service.applicants.ids[:: len(service.applicants) // APPLICANTS][:APPLICANTS].tolist():
        yield assess(service, applicant_id, {}, "en")


def own_figures(service: Service) -> list[str]:
    """Share of a thousand applicants with a plan, violated bounds, and time relative to one `/score`."""
    searched, scored, found = [], [], []
    for assessment in some_assessments(service):
        applicant_id = assessment.applicant.applicant_id
        began = process_time()
        answer = recourse(service.artifact, assess(service, applicant_id, {}, "en"))
        searched.append(process_time() - began)
        began = process_time()
        score(service, assess(service, applicant_id, {}, "en"))
        scored.append(process_time() - began)
        found.append((assessment, answer))
    refused, referred = (
        [answer for assessment, answer in found if assessment.decision.outcome == outcome]
        for outcome in ("refuse", "refer")
    )
    plans = [(assessment, plan) for assessment, answer in found for plan in answer.plans]
    broken = sum(broken_bounds(assessment, plan.changes) for assessment, plan in plans)
    unmet = sum(not kept(service, assessment, plan) for assessment, plan in plans)
    slow, usual = float(np.quantile(searched, 0.95)), median(scored)
    return [
        f"recourse, {len(found):,} applicants: approval for {mean(answer.found for answer in refused):.1%} of "
        f"{len(refused)} refused and {mean(answer.found for answer in referred):.1%} of {len(referred)} referred, a "
        f"referral for another {mean(answer.referral is not None for answer in refused):.1%} of the refused; {broken} "
        f"broken bounds and {unmet} unmet promises in {len(plans)} plans",
        f"recourse takes {slow / usual:.1f} times one /score at the 95th percentile "
        f"({1e3 * slow:.1f} ms over {1e3 * usual:.1f} ms of processor time)",
    ]


def _own(service: Service, assessment: Assessment) -> list[Changes]:
    # DiCE moves the loan alone.
    loan_only = replace(assessment, applicant=replace(assessment.applicant, scenarios=()))
    return [plan.changes for plan in recourse(service.artifact, loan_only).plans[:1]]


class _Approval:
    """The decision as a classifier for DiCE: from values of the levers to the probability of "not approved"."""

    def __init__(self, service: Service, assessment: Assessment) -> None:
        self.artifact, self.own = service.artifact, assessment.applicant.columns()

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        """Probabilities of shape (n, 2), scaled so that approval ends at one half."""
        moved = {name: frame[name].to_numpy(dtype=np.float64) for name in LEVERS}
        columns = {name: np.repeat(values, len(frame)) for name, values in self.own.items()} | moved
        log_odds = self.artifact.model.log_odds(feature_matrix(columns, self.artifact.model.features))
        denied = probability_of(log_odds - log_odds_of(self.artifact.rule.terms(columns).band_low))
        return np.column_stack([denied, 1 - denied])

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """1 if approved, else 0."""
        return (self.predict_proba(frame)[:, 1] > 0.5).astype(int)


def _dice(service: Service, assessment: Assessment) -> list[Changes]:
    import dice_ml
    from raiutils.exceptions import UserConfigValidationException

    population = service.artifact.population
    known = population.frame[LEVERS].dropna().astype(float)
    data = known.assign(approved=population.masks["accepted"][known.index].astype(int))
    own = pd.DataFrame({name: assessment.applicant.columns()[name] for name in LEVERS})
    ranges = {name: sorted((own[name][0] * leeways()[name].limit, own[name][0])) for name in LEVERS}
    explainer = dice_ml.Dice(
        dice_ml.Data(dataframe=data, continuous_features=LEVERS, outcome_name="approved"),
        dice_ml.Model(model=_Approval(service, assessment), backend="sklearn"),
        method="random",
    )
    try:
        answer = explainer.generate_counterfactuals(
            own, total_CFs=1, desired_class=1, features_to_vary=LEVERS, permitted_range=ranges, random_seed=SEED
        )
    except UserConfigValidationException:
        return []
    rows = answer.cf_examples_list[0].final_cfs_df[LEVERS].astype(float).to_dict("records")
    return [{name: value for name, value in row.items() if value != own[name][0]} for row in rows]


def _cfnow(service: Service, assessment: Assessment) -> list[Changes]:
    from cfnow import find_tabular

    own = pd.Series({name: float(assessment.applicant.columns()[name][0]) for name in LEVERS})
    approval = _Approval(service, assessment)

    def approves(rows: Any) -> np.ndarray:
        """The probability of an approval of rows as a frame or an array, shape (n,)."""
        return approval.predict_proba(pd.DataFrame(np.asarray(rows, float), columns=LEVERS))[:, 1]

    answer = find_tabular(
        own, approves, cf_strategy="greedy", feat_types=dict.fromkeys(LEVERS, "num"), limit_seconds=CFNOW_SECONDS
    )
    proposed = [dict(zip(LEVERS, map(float, row), strict=True)) for row in answer.cfs]
    return [{name: value for name, value in row.items() if value != own[name]} for row in proposed]


CONTENDERS: dict[str, Proposer] = {"ours": _own, "DiCE": _dice, "CFNOW": _cfnow}


def side_by_side(service: Service) -> Iterator[str]:
    """Runs each search on the same applicants, who are not approved and have all levers on file."""
    denied = (one for one in some_assessments(service) if one.decision.outcome != "approve")
    able = (one for one in denied if all(one.applicant.raw[name] is not None for name in LEVERS))
    chosen = list(islice(able, APPLICANTS_OF_DICE))
    for name, propose in CONTENDERS.items():
        taken, valid, broken, moved = [], 0, 0, []
        for assessment in chosen:
            began = process_time()
            # DiCE prints its progress.
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                plans = propose(service, assessment)
            taken.append(process_time() - began)
            within = [plan for plan in plans if not broken_bounds(assessment, plan)]
            valid += any(approved(service, assessment, plan) for plan in within)
            broken += len(plans) - len(within)
            moved += [len(plan) for plan in plans]
        yield (
            f"{name}: approval within the bounds for {valid} of {len(chosen)}; {broken} of {len(moved)} proposals "
            f"break one; {mean(moved or [0]):.1f} fields changed; median {1e3 * median(taken):.0f} ms of processor time"
        )


def main() -> None:
    """Prints the figures as they are measured."""
    artifact = load_artifact(DEMO_ARTIFACT, DEMO_SOURCE)
    service = Service(artifact, open_applicants(DEMO_APPLICANTS, artifact.history_names))
    for line in own_figures(service):
        print(line, flush=True)
    for line in side_by_side(service):
        print(line, flush=True)


if __name__ == "__main__":
    main()
