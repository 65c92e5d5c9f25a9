"""What complexity buys: the best other model beside the scorecard, on the same test set, in AUC and in money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.arrays import Floats
from scoring.decision.costs import AmountCosts, CostFunctions, losses
from training.compare.combination import SCORECARD
from training.compare.record import Finished
from training.compare.rows import Parts
from training.compare.table import Line, Table
from training.compare.words import shown
from training.learn.threshold import cost_curves
from training.statistics.bootstrap import Estimate, mean_with_interval

AMOUNTS = CostFunctions(served=AmountCosts.name)


@dataclass(frozen=True)
class Complexity:
    """What the best other model has beyond the scorecard, paired on the test set.

    Args:
        line: the best other model, chosen out of fold.
        scorecard: the scorecard.
        auc: difference of the areas.
        cost: of the costs per applicant in wrong refusals.
        money: of the costs per applicant in the loans' currency, each with thresholds of its own for amounts.
        scorecard_money: what the scorecard's decisions cost per applicant in that currency.
    """

    line: Line
    scorecard: Line
    auc: Estimate
    cost: Estimate
    money: Estimate
    scorecard_money: float


def complexity(table: Table, parts: Parts, seed: int) -> Complexity:
    """The best other model beside the scorecard; the seed fixes the resamples."""
    scorecard = table.line(SCORECARD)
    line = next(each for each in table.lines if each is not scorecard)
    theirs, ours = (money_lost(each.finished, parts) for each in (scorecard, line))
    return Complexity(
        line,
        scorecard,
        line.scored.minus(scorecard.scored, "auc"),
        line.scored.minus(scorecard.scored, "cost"),
        mean_with_interval(ours - theirs, seed),
        float(theirs.mean()),
    )


def money_lost(finished: Finished, parts: Parts) -> Floats:
    """What each decision on the test set costs in the loans' currency, (n,), at thresholds chosen out of fold."""
    learnt = parts.learn.outcomes.astype(np.float64)
    curves = cost_curves(finished.out_of_fold, learnt, parts.learn_loans, AMOUNTS)
    rule = curves.rules()[0]
    refused = finished.test > rule.terms(parts.test_loans).threshold
    return losses(rule.costs.per_applicant(parts.test_loans), parts.test.outcomes, refused)


def complexity_in_words(found: Complexity) -> list[str]:
    """The sentences of the report."""
    name, saved = found.line.finished.combination, -found.money.value / found.scorecard_money
    verdicts = [
        _verdict("It ranks", found.auc.sign, "better", "worse"),
        _verdict("it costs", found.cost.sign, "more", "less"),
        _verdict("in money it costs", found.money.sign, "more", "less"),
    ]
    return [
        f"The best model beside the scorecard is **{name}**. On the same test set, paired: AUC "
        f"{shown(found.auc, signed=True)} (the scorecard's is {shown(found.scorecard.scored.estimate('auc'))}), cost "
        f"per applicant {shown(found.cost, signed=True)} wrong refusals (the scorecard's is "
        f"{shown(found.scorecard.scored.estimate('cost'))}).",
        "",
        f"In money, with `train`'s default amounts, it loses {found.money.value:+,.0f} [{found.money.low:+,.0f}, "
        f"{found.money.high:+,.0f}] per applicant, against {found.scorecard_money:,.0f} that the scorecard's decisions "
        f"lose: a saving of {saved:.1%}.",
        "",
        f"{'; '.join(verdicts)}.",
    ]


def _verdict(start: str, sign: int, more: str, less: str) -> str:
    return f"{start} {more if sign > 0 else less} than the scorecard" if sign else f"{start} the same within noise"
