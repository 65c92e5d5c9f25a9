"""The plans and counter-offers on the What-if tab."""

from __future__ import annotations

import gradio as gr

from scoring.answers.applicant import Offer, Plan
from scoring.documents.change import nothing_helps, outside_in_words
from scoring.documents.plans import condition_lines, costs, follows, offer_in_words
from scoring.interface.case import Case, Shown
from scoring.interface.html import element, page, words
from scoring.words.language import Language
from scoring.words.wording import text

MOST_SHOWN = 3


def shown_plans(case: Case) -> list[Plan]:
    """The plans with a card: those that change something, or the one that leads to a referral."""
    if case.recourse.referral:
        return [case.recourse.referral]
    return [plan for plan in case.recourse.plans if plan.changes or plan.history][:MOST_SHOWN]


def chosen_by_button(case: Case, index: int) -> Plan | Offer | None:
    """The plan that a button takes up, or, from `MOST_SHOWN` on, the counter-offer; None if there is none."""
    choices: list[Plan] | list[Offer] = shown_plans(case) if index < MOST_SHOWN else case.offers
    place = index % MOST_SHOWN
    return choices[place] if place < len(choices) else None


def card_html(plan: Plan, case: Case) -> str:
    """One plan: what to do, what it costs, what follows."""
    language = case.language
    lines = condition_lines(case.requested.raw, plan.changes, plan.history, language)
    listed = element("ul", "".join(words("li", line) for line in lines))
    parts = [listed, words("p", " · ".join(costs(plan, language)), "cs-plan-costs")]
    parts.append(words("p", follows(plan, case.score.referral_band, language), f"cs-plan-follows cs-{plan.decision}"))
    if outside := outside_in_words(plan, language):
        parts.append(words("p", outside, "cs-small"))
    return page(parts, language, "cs-card cs-plan-card")


def suggestions_html(case: Case) -> str:
    """The heading of the plans: what they lead to, or that there are none."""
    language, answer = case.language, case.recourse
    parts = [words("h3", text("screen.suggested", language))]
    if not answer.found:
        parts.append(words("p", nothing_helps(answer, language)))
        if answer.referral:
            parts.append(words("h3", text("screen.suggested_referral", language)))
    elif not shown_plans(case):
        parts.append(words("p", nothing_needed(case), "cs-small"))
    return page(parts, language, "cs-suggestions")


def nothing_needed(case: Case) -> str:
    """That an approved case needs no change, or none beside what it takes for done."""
    return text("screen.no_other_change" if case.history else "screen.no_change_needed", case.language)


class PlanCards:
    """The components of plans and counter-offers, and what they show."""

    def __init__(self) -> None:
        self.heading = gr.HTML(apply_default_css=False, elem_id="suggestions")
        self.cards: list[gr.HTML] = []
        self.buttons: list[gr.Button] = []
        for place in range(MOST_SHOWN):
            self.cards.append(gr.HTML(apply_default_css=False, visible=False, elem_id=f"plan-card-{place}"))
            self.buttons.append(gr.Button(visible=False, elem_id=f"plan-{place}", elem_classes="cs-plan", size="sm"))
        self.offers = gr.HTML(apply_default_css=False, elem_id="offers")
        for place in range(MOST_SHOWN):
            self.buttons.append(gr.Button(visible=False, elem_id=f"offer-{place}", elem_classes="cs-plan", size="sm"))

    @property
    def views(self) -> list[gr.HTML]:
        """The parts that are recomputed for each case, beside the buttons."""
        return [self.heading, *self.cards, self.offers]

    def draw(self, case: Case) -> Shown:
        """The plans and counter-offers of a case; nothing while it lacks entries."""
        plans = [] if case.lacks else shown_plans(case)
        offers = [] if case.lacks else _offers(case)
        shown: Shown = {self.heading: {"value": "" if case.lacks else suggestions_html(case)}}
        shown[self.offers] = {"value": _offers_html(case.language) if offers else ""}
        for place in range(MOST_SHOWN):
            plan = plans[place] if place < len(plans) else None
            offer = offers[place] if place < len(offers) else ""
            shown[self.cards[place]] = {"value": card_html(plan, case) if plan else "", "visible": plan is not None}
            shown[self.buttons[place]] = {
                "value": text("plan.apply", case.language),
                "visible": plan is not None,
            }
            shown[self.buttons[MOST_SHOWN + place]] = {"value": offer, "visible": bool(offer)}
        return shown


def _offers(case: Case) -> list[str]:
    return [offer_in_words(offer, case.score.referral_band, case.language) for offer in case.offers]


def _offers_html(language: Language) -> str:
    hint = words("p", text("screen.suggestion_hint", language), "cs-small")
    return page([words("h3", text("screen.offers", language)), hint], language, "cs-suggestions")
