"""Measures recourse: how often it succeeds, how safely and how fast; and other searches beside it.

These (`benchmarks/other_searches.py`) get the same levers: they may vary the same fields to reach the same decision,
with every derived feature recomputed. Each search runs in a process of its own, which is ended after `SECONDS`.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from itertools import islice
from statistics import mean, median
from time import process_time

import numpy as np

from benchmarks.other_searches import LEVERS, Changes, cfnow, dice, nice
from scoring.answers.applicant import Plan
from scoring.applicants.applicant import edited, with_history
from scoring.applicants.store import open_applicants
from scoring.artifact.in_words import DEMO_SOURCE
from scoring.artifact.load import load_artifact
from scoring.assessment.assessment import Assessment, assessed
from scoring.assessment.burden import burdens
from scoring.assessment.recourse import recourse
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import CREDIT
from scoring.schema.features import plan_maxima
from scoring.schema.fields import leeways
from scoring.serving.service import Service, assess, score
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT

APPLICANTS = 1_000
APPLICANTS_COMPARED = 20
# After so long, a search for one applicant is ended.
SECONDS = 30
# A search is of this process's model and applicants.
FORK = multiprocessing.get_context("fork")
# Tolerance on bounds, since DiCE rounds its proposals.
ROUNDING = 0.01

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


CONTENDERS: dict[str, Proposer] = {"ours": _own, "DiCE": dice, "NICE": nice, "CFNOW": cfnow}


def in_time(propose: Proposer, service: Service, assessment: Assessment) -> tuple[list[Changes], float] | None:
    """What is proposed and the processor time that it took, in seconds; None if it was ended after `SECONDS`."""
    receiver, sender = FORK.Pipe(duplex=False)

    def search() -> None:
        began = process_time()
        # DiCE prints its progress.
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            plans = propose(service, assessment)
        sender.send((plans, process_time() - began))

    child = FORK.Process(target=search)
    child.start()
    sender.close()
    found = receiver.recv() if receiver.poll(SECONDS) else None
    child.kill()
    child.join()
    return found


def burden(assessment: Assessment, changes: Changes) -> float:
    """What changes of the loan cost in all, over the amount applied for."""
    own = assessment.applicant.columns()
    new = {**own, **{name: np.array([float(value)]) for name, value in changes.items()}}
    return float((burdens(own, new, np.zeros(1)).in_all / own[CREDIT])[0])


def side_by_side(service: Service) -> Iterator[str]:
    """Runs each search on the same applicants, who are not approved and have all levers on file."""
    denied = (one for one in some_assessments(service) if one.decision.outcome != "approve")
    able = (one for one in denied if all(one.applicant.raw[name] is not None for name in LEVERS))
    chosen = list(islice(able, APPLICANTS_COMPARED))
    for name, propose in CONTENDERS.items():
        answers = [(assessment, in_time(propose, service, assessment)) for assessment in chosen]
        ended = [(assessment, *answer) for assessment, answer in answers if answer]
        proposed = [(assessment, plan) for assessment, plans, _taken in ended for plan in plans]
        within = [(assessment, plan) for assessment, plan in proposed if not broken_bounds(assessment, plan)]
        valid = [(assessment, plan) for assessment, plan in within if approved(service, assessment, plan)]
        reached = {assessment.applicant.applicant_id for assessment, _ in valid}
        yield (
            f"{name}: ended within {SECONDS} s for {len(ended)} of {len(chosen)}; approval within the bounds for "
            f"{len(reached)}; {len(proposed) - len(within)} of {len(proposed)} proposals break one; "
            f"{mean([len(plan) for _, plan in proposed] or [0]):.1f} fields changed; burden of those approved "
            f"{median([burden(*each) for each in valid] or [0]):.1%} of the amount in the median; median "
            f"{1e3 * median([taken for *_, taken in ended] or [0]):.0f} ms of processor time"
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
