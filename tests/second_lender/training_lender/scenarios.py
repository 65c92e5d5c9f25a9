"""What applicants of a made-up lender can still change about their history."""

from ibis import _

from scoring.words.language import Words
from training.aggregates.scenario import Scenario, changed
from training.lender.roles import LOANS_ELSEWHERE


def _repay(accounts, _step):
    return changed(accounts, _.OWED > 0, _.OWED, OWED=0.0)


SCENARIOS = (Scenario("repay", Words("repay {cost}", "rembourser {cost}"), LOANS_ELSEWHERE, ("OWED",), (0.0,), _repay),)
