"""The letter to the applicant about a person's decision, from a template that the lender replaces.

It holds what an applicant is entitled to: the loan that was decided, the decision, its principal reasons, the lender, a
contact, and their rights. The adviser's note is not part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from babel.dates import format_date
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

from scoring.answers.applicant import Outcome
from scoring.applicants.applicant import Applicant
from scoring.applicants.in_words import loan_in_words
from scoring.errors import InvalidInputError
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import LOCALES, text

RIGHTS = ("review", "explanation", "data", "complaint")

LetterTemplates = dict[Language, Template]


@dataclass(frozen=True)
class Lender:
    """Who writes: name, address, contact, and the authority for complaints, each by language."""

    name: dict[Language, str]
    address: dict[Language, str]
    contact: dict[Language, str]
    authority: dict[Language, str]


@dataclass(frozen=True)
class Letter:
    """What one letter says.

    `requested` is the application as on file, `decided` as it was decided; `conditions` are what the applicant is to do
    about the credit history before the loan is paid out, in words; `reasons` are the principal reasons of a
    refusal, in words, `advice` what to say of changing each, "" for nothing; `prospect` is what to say of all of them;
    `expires` is when an approval ends; `reference` names the entry in the journal.
    """

    requested: Applicant
    decided: Applicant
    outcome: Outcome
    conditions: Sequence[str]
    reasons: Sequence[str]
    advice: Sequence[str]
    prospect: str
    expires: datetime | None
    at: datetime
    synthetic: bool
    reference: str
    language: Language


@dataclass(frozen=True)
class LoanLine:
    """One term of the loan that was decided; `instead_of` is what was asked for, "" if the same."""

    label: str
    value: str
    instead_of: str


def read_templates(folder: Path) -> LetterTemplates:
    """The letter's template in each language, `letter.en.html` and `letter.fr.html`.

    Raises:
        InvalidInputError: one is absent, no Jinja2 template, or would not tell the applicant of conditions.
    """
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    templates: LetterTemplates = {}
    for language in LANGUAGES:
        path = folder / f"letter.{language}.html"
        try:
            source = path.read_text(encoding="utf-8")
            templates[language] = environment.from_string(source)
            lacks_conditions = "conditions" not in find_undeclared_variables(environment.parse(source))
        except (OSError, UnicodeDecodeError):
            raise InvalidInputError(
                f"{path}: absent or not in UTF-8. POLICY must name a folder that holds it."
            ) from None
        except TemplateError as error:
            raise InvalidInputError(f"{path}: no Jinja2 template: {error}. Correct it.") from None
        if lacks_conditions:
            raise InvalidInputError(
                f"{path}: does not print `conditions`, what an approval asks of the applicant. Add them as the bundled "
                "letter does."
            )
    return templates


def loan_lines(requested: Applicant, decided: Applicant, language: Language) -> list[LoanLine]:
    """The terms of the loan that was decided, each beside what was asked for if that differs.

    The likely term, a mean of earlier ones, is in whole months: the letter has no total that it would have to explain.
    """
    before = dict(loan_in_words(requested, language, whole_months=True))
    return [
        LoanLine(label, value, before[label] if before.get(label, value) != value else "")
        for label, value in loan_in_words(decided, language, whole_months=True)
    ]


def letter_html(letter: Letter, lender: Lender, templates: LetterTemplates) -> str:
    """The letter as a self-contained page that prints on A4.

    Raises:
        InvalidInputError: the lender's template uses something that it is not given.
    """
    language = letter.language
    locale = LOCALES[language]
    try:
        return templates[language].render(
            lender={key: by_language[language] for key, by_language in vars(lender).items()},
            applicant=None if letter.requested.applicant_id is None else str(letter.requested.applicant_id),
            outcome=letter.outcome,
            loan=loan_lines(letter.requested, letter.decided, language),
            conditions=list(letter.conditions),
            reasons=list(letter.reasons),
            advice=list(letter.advice),
            prospect=letter.prospect,
            expires=format_date(letter.expires, "long", locale=locale) if letter.expires else "",
            day=format_date(letter.at, "long", locale=locale),
            reference=letter.reference,
            rights=[text(f"letter.right.{right}", language) for right in RIGHTS],
            warning=text("warning.synthetic", language) if letter.synthetic else "",
        )
    except TemplateError as error:
        raise InvalidInputError(f"letter.{language}.html: {error}. Correct the template.") from None
