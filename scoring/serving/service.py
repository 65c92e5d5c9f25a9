"""From an applicant's id and edits to a score and its explanation: stateless functions from inputs to an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Literal

from scoring.answers.applicant import CommentedScore, Explanation, Outcome, Recourse, RecourseAnswer, Score, ScoreAnswer
from scoring.applicants.applicant import Applicant, edited, new_applicant, with_history
from scoring.applicants.file_check import misfits
from scoring.applicants.inputs import checked_changes, checked_history, checked_id, checked_language
from scoring.applicants.store import ApplicantsFile
from scoring.artifact.load import Artifact
from scoring.artifact.model import log_odds_of
from scoring.assessment.assessment import Assessment, Edited, assessed_together, history_moves
from scoring.assessment.confidence import confidence
from scoring.assessment.explanation import adverse_reasons, themed
from scoring.assessment.moves import Rates
from scoring.assessment.offers import counter_offers
from scoring.assessment.recourse import recourse
from scoring.decision.rule import OUTCOMES
from scoring.documents.comment import comment, facts_of
from scoring.documents.how_sure import how_sure
from scoring.documents.record import Record, Verdict
from scoring.documents.summary import summary, warnings
from scoring.drift.report import DriftReport
from scoring.errors import InvalidInputError, ScoringError, StoredValueError, UnknownApplicantError
from scoring.schema.definition import quoted
from scoring.validation import ValidationPack
from scoring.words.language import Language
from scoring.words.wording import text

# Applicants tried in the search for one example of each decision; each search for recourse takes time.
MOST_TRIED = 60
Detail = Literal["full", "short"]


@dataclass(frozen=True, eq=False)
class Service:
    """A verified artifact, with the applicants on file, the newest drift report and the validation pack, if any.

    `rates` says whether recourse may lower a loan's rate.
    """

    artifact: Artifact
    applicants: ApplicantsFile | None
    drift: DriftReport | None = None
    validation: ValidationPack | None = None
    rates: Rates = "price"

    @cached_property
    def examples(self) -> dict[str, int]:
        """One applicant of each decision, by decision, found among the first ones on file.

        An applicant for whom recourse exists is preferred, as it shows more of the product.
        """
        first: dict[str, int] = {}
        helped: dict[str, int] = {}
        for applicant_id in self.applicants.search("", MOST_TRIED) if self.applicants else []:
            try:
                assessment = assess(self, applicant_id, {}, "en")
            except StoredValueError:
                # The error is shown when this applicant is requested; it does not serve as an example.
                continue
            outcome = assessment.decision.outcome
            if outcome in helped:
                continue
            first.setdefault(outcome, applicant_id)
            answer = recourse_of(self, assessment)
            if answer.found or answer.referral:
                helped[outcome] = applicant_id
            if len(helped) == len(OUTCOMES):
                break
        found = {**first, **helped}
        return {outcome: found[outcome] for outcome in OUTCOMES if outcome in found}


def find_applicant(service: Service, applicant_id: object, language: Language) -> Applicant:
    """The applicant with that id on file, or an empty application for None.

    Raises:
        InvalidInputError: the id is not a whole number.
        UnknownApplicantError: nobody of that id is on file.
    """
    checked = checked_id(applicant_id, language)
    if checked is None:
        return new_applicant(service.artifact.history_names)
    if service.applicants is None:
        raise UnknownApplicantError(text("error.no_applicants", language, id=quoted(checked)))
    return service.applicants.find(checked, language)


def assess(
    service: Service, applicant_id: object, changes: object, language: object, history: object = None
) -> Assessment:
    """Validates, edits, recomputes the features, predicts and explains.

    Args:
        applicant_id: an id on file, or None for a new application.
        changes: raw field -> new value.
        language: "en" or "fr".
        history: changes of the credit history that count as made, {"scenario", "parameter"} each.

    Raises:
        InvalidInputError: an input that is not allowed; the message names it.
        UnknownApplicantError: nobody of that id is on file.
    """
    return assessed_together(service.artifact, [_edited(service, applicant_id, changes, language, history)])[0]


def _edited(service: Service, applicant_id: object, changes: object, language: object, history: object) -> Edited:
    spoken = checked_language(language)
    checked = checked_changes(changes, spoken)
    applicant = edited(find_applicant(service, applicant_id, spoken), checked, spoken)
    made = checked_history(history, applicant.scenarios, spoken)
    return Edited(with_history(applicant, made), checked, made, spoken)


def short_scores(service: Service, wanted: Sequence[Sequence[object]]) -> list[ScoreAnswer | ScoringError]:
    """Scores in short, to the last bit what each alone would be, or for each the error that it alone would end in.

    Args:
        service: what scores.
        wanted: of each an id, changes and a language, as `assess` takes them.
    """
    found: list[Edited | ScoringError] = []
    for applicant_id, changes, language in wanted:
        try:
            found.append(_edited(service, applicant_id, changes, language, None))
        except ScoringError as error:
            found.append(error)
    sound = [each for each in found if isinstance(each, Edited)]
    assessments = iter(assessed_together(service.artifact, sound) if sound else ())
    return [answered(service, next(assessments), "short") if isinstance(each, Edited) else each for each in found]


def score(service: Service, assessment: Assessment) -> Score:
    """The recommended decision for an assessed applicant, with its costs, reasons, sentence and warnings."""
    artifact, language, decision = service.artifact, assessment.language, assessment.decision
    reasons = adverse_reasons(assessment.values, assessment.contributions, artifact.population, language)
    points = float(artifact.points.points(assessment.log_odds))
    return Score(
        applicant_id=assessment.applicant.applicant_id,
        changes=dict(assessment.changes),
        probability=assessment.probability,
        threshold=decision.threshold,
        referral_band=[decision.band_low, decision.band_high],
        points=points,
        threshold_points=float(artifact.points.points(log_odds_of(decision.threshold))),
        score_band=artifact.bands.name(points, language),
        decision=decision.outcome,
        reachable=None,
        expected_cost=decision.expected_cost,
        reasons=reasons,
        summary=summary(decision, assessment.probability, reasons, language),
        warnings=[
            *warnings(assessment.applicant, assessment.changes, assessment.values, artifact, language),
            *_file_warnings(service, assessment),
        ],
        model=artifact.identity,
    )


def _file_warnings(service: Service, assessment: Assessment) -> list[str]:
    """Warnings on mismatches between the applicant's file and the model."""
    if service.applicants is None or assessment.applicant.applicant_id is None:
        return []
    return [text(f"warning.{misfit}", assessment.language) for misfit in misfits(service.applicants, service.artifact)]


def commented(service: Service, assessment: Assessment) -> CommentedScore:
    """The score with its comment."""
    found = recourse_of(service, assessment)
    scored = with_responsiveness(score(service, assessment), found)
    facts = facts_of(service.artifact, assessment, scored.reasons, found)
    return CommentedScore(**vars(scored), comment=comment(facts, assessment.language))


def recourse_of(service: Service, assessment: Assessment) -> Recourse:
    """What an assessed applicant can do to be approved."""
    return recourse(service.artifact, assessment, service.rates)


def recourse_with_offers(service: Service, assessment: Assessment) -> RecourseAnswer:
    """What an assessed applicant can do, and which loans the lender could offer, as `/recourse` answers."""
    found = recourse_of(service, assessment)
    return RecourseAnswer(**vars(found), offers=counter_offers(service.artifact, assessment))


def with_responsiveness(scored: Score, found: Recourse) -> Score:
    """A score that says what the applicant can reach, and by each reason whether they can change what it names."""
    reachable: Outcome = "approve" if found.found else "refer" if found.referral else scored.decision
    if scored.decision == "approve":
        return replace(scored, reachable=reachable)
    reasons = [replace(reason, can_change=reason.feature in found.helpful) for reason in scored.reasons]
    return replace(scored, reasons=reasons, reachable=reachable)


def answered(service: Service, assessment: Assessment, detail: Detail = "full") -> ScoreAnswer:
    """The commented score as `/score` answers: with how sure it is and what would help, or without ("short").

    The search for what would help, and the two hundred draws behind how sure it is, take longer than the score.
    """
    if detail == "short":
        scored = score(service, assessment)
        facts = facts_of(service.artifact, assessment, scored.reasons, None)
        return ScoreAnswer(**vars(scored), comment=comment(facts, assessment.language), confidence=None, how_sure=None)
    sure = confidence(service.artifact, assessment)
    return ScoreAnswer(
        **vars(commented(service, assessment)), confidence=sure, how_sure=how_sure(sure, assessment.language)
    )


def checked_detail(detail: object) -> Detail:
    """How much `/score` is to answer.

    Raises:
        InvalidInputError: it is neither "full" nor "short".
    """
    if detail != "full" and detail != "short":
        raise InvalidInputError(text("error.detail", "en", value=quoted(detail)))
    return detail


def explain(service: Service, assessment: Assessment) -> Explanation:
    """What sets an assessed applicant apart from the just accepted ones, by theme."""
    artifact = service.artifact
    return Explanation(
        applicant_id=assessment.applicant.applicant_id,
        changes=dict(assessment.changes),
        base=artifact.base,
        log_odds=assessment.log_odds,
        probability=assessment.probability,
        threshold=assessment.decision.threshold,
        threshold_log_odds=float(log_odds_of(assessment.decision.threshold)),
        themes=themed(assessment.values, assessment.contributions, artifact.model.features, assessment.language),
        model=artifact.identity,
    )


def record_of(service: Service, assessment: Assessment, verdict: Verdict | None, at: datetime) -> Record:
    """The record of an assessed application."""
    return Record(
        on_file=find_applicant(service, assessment.applicant.applicant_id, assessment.language),
        applicant=assessment.applicant,
        history=history_moves(assessment.history, assessment.language),
        score=commented(service, assessment),
        explanation=explain(service, assessment),
        synthetic=service.artifact.synthetic,
        code_commit=service.artifact.manifest["code_commit"],
        verdict=verdict,
        at=at,
        language=assessment.language,
    )
