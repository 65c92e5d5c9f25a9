"""The same model under other costs: another decision rule and reference level, without retraining."""

from __future__ import annotations

from dataclasses import replace

from scoring.artifact.load import Artifact
from scoring.artifact.population import Population, reference_level
from scoring.decision.costs import Costs


def with_costs(artifact: Artifact, costs: Costs) -> Artifact:
    """The artifact with its decision rule for these costs, and (just) accepted applicants to match.

    Raises:
        InvalidInputError: the artifact has no out-of-fold cost curve for them.
    """
    rule = artifact.curves.rule(costs)
    if rule == artifact.rule:
        return artifact
    population = Population(artifact.population.frame, artifact.population.features, rule)
    base, mean_contributions = reference_level(artifact.model, population)
    return replace(artifact, rule=rule, population=population, base=base, mean_contributions=mean_contributions)
