"""What would change a recommendation, in words: plans of recourse, and whether one leaves what the model knows."""

from __future__ import annotations

from scoring.answers.applicant import Plan, Recourse, Score
from scoring.applicants.in_words import field_in_words
from scoring.documents.plans import beside_band, costs
from scoring.documents.reasons import in_sentence
from scoring.schema.fields import leeways
from scoring.words.language import Language
from scoring.words.wording import percent, text


def plan_in_words(plan: Plan, language: Language) -> str:
    """What to do: "lower the amount of the loan to 405,000 and repay credit cards with us in full (9,000)"."""
    steps = [
        leeways()[name].words[language].format(value=field_in_words(name, value, language))
        for name, value in plan.changes.items()
    ]
    steps += [move.label for move in plan.history]
    return text("and", language).join(part for part in (", ".join(steps[:-1]), steps[-1]) if part)


def lower_rate_in_words(plan: Plan, language: Language) -> str:
    """That the lender would have to lower the rate, and to what; "" if a plan keeps it."""
    if not plan.lowers_rate or plan.yearly_rate is None:
        return ""
    return text("change.lower_rate", language, rate=percent(plan.yearly_rate, language))


def outside_in_words(plan: Plan, language: Language) -> str:
    """That a plan leaves what the model learnt from, and with what; "" if it does not."""
    if not plan.outside:
        return ""
    first, more = plan.outside[0], len(plan.outside) - 1
    labels = in_sentence(first.label) + (text("confidence.more", language, count=more) if more else "")
    return text("change.outside", language, labels=labels)


def change_in_words(recourse: Recourse, score: Score, language: Language) -> str:
    """One sentence: the least change that is approved, or else referred; that there is none, or that none is needed."""
    if score.decision == "approve":
        return text("screen.no_change_needed", language)
    if not recourse.plans and not recourse.referral:
        return nothing_helps(recourse, language)
    key, plan = ("approved", recourse.plans[0]) if recourse.plans else ("referred", recourse.referral)
    assert plan is not None
    changes = plan_in_words(plan, language)
    probability = beside_band(plan.probability, score.referral_band, language)
    sentences = [
        text(f"change.{key}", language, changes=changes, probability=probability),
        text("change.cost", language, costs=", ".join(costs(plan, language)) or text("plan.no_cost", language)),
        lower_rate_in_words(plan, language),
        outside_in_words(plan, language),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def nothing_helps(recourse: Recourse, language: Language) -> str:
    """That no plan reaches approval, and how far all moves got; for a fixed prediction, that nothing alters it."""
    best = "" if recourse.best is None else percent(recourse.best, language)
    return text("comment.nothing_helps" if recourse.referral else "plan.fixed", language, best=best)
