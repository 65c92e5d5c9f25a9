"""A made-up lender's applicants can repay what they owe."""

from ibis import _

from scoring.words.language import Words
from training.aggregates.scenario import Scenario, changed


def _repay(accounts, _step):
    return changed(accounts, _.OWED > 0, _.OWED, OWED=0.0)


SCENARIOS = (Scenario("repay", Words("repay {cost}", "rembourser {cost}"), "accounts", ("OWED",), (0.0,), _repay),)
