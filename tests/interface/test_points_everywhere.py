"""Two hundred applicants have the same points and band wherever they are scored, and these keep order and decision."""

from __future__ import annotations

import re
from itertools import pairwise

import pyarrow as pa
import pytest

from scoring.applicants.store import ApplicantsFile
from scoring.decision.in_words import points_in_words
from scoring.interface.worklist_view import worklist_html
from scoring.lender.roles import APPLICANT_ID
from scoring.portfolio import reading as sent
from scoring.portfolio.rows import scored_rows
from scoring.serving.batch import score_frame
from scoring.serving.service import Service, assess, score
from scoring.words.language import LANGUAGES, Language
from scoring.worklist.filter import Filter
from scoring.worklist.query import Page, Row
from scoring.worklist.states import STATES
from tests.scoring.portfolio.test_portfolio_rows import as_cells

SOME = 200


@pytest.fixture(scope="module")
def ids(applicants: ApplicantsFile) -> list[int]:
    return applicants.ids[:: len(applicants) // SOME][:SOME].tolist()


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    return request.param


@pytest.fixture(scope="module")
def scores(service: Service, ids: list[int], language: Language):
    """The answers of `/score`, which the bar and the record write."""
    return [score(service, assess(service, one, {}, language)) for one in ids]


def test_a_file_that_was_sent(service: Service, applicants: ApplicantsFile, ids: list[int], scores, language: Language):
    chosen = [applicants.find(one) for one in ids]
    cells = [as_cells({APPLICANT_ID: each.applicant_id, **each.raw, **each.history}) for each in chosen]
    rows = [sent.Row(number, each, decimal_point=True) for number, each in enumerate(cells, 1)]
    found = scored_rows(service.artifact, rows, language)
    assert [(one.points, one.score_band, one.decision) for one in found] == [
        (one.points, one.score_band, one.decision) for one in scores
    ]


def test_the_batch_of_the_command_line(service: Service, applicants: ApplicantsFile, ids: list[int], scores):
    frame = pa.concat_tables(applicants.tables()).to_pandas()
    found = score_frame(service.artifact, frame[frame[APPLICANT_ID].isin(ids)]).set_index(APPLICANT_ID).loc[ids]
    assert found["points"].tolist() == pytest.approx([one.points for one in scores], abs=1e-9)
    assert found["decision"].tolist() == [one.decision for one in scores]


def test_the_list_of_applications(service: Service, ids: list[int], scores, language: Language):
    rows = [
        Row(one, None, None, None, answer.probability, answer.decision, 0, "open", None, None)
        for one, answer in zip(ids, scores, strict=True)
    ]
    html = worklist_html(Page(rows, SOME, dict.fromkeys(STATES, 0), 1.0, False), Filter(), service.artifact, language)
    shown = re.findall(r'<td class="cs-col-probability"><small>(.*?)</small>', html)
    assert shown == [points_in_words(one.points, one.score_band, language, "points.short") for one in scores]


def test_points_and_bands_keep_order_and_decision(service: Service, scores, language: Language):
    """A fraction of a point is left out where points are read: that may make two alike, and turns none around."""
    names = [band.name[language] for band in service.artifact.bands.bands]
    by_risk = sorted(scores, key=lambda one: one.probability)
    for safer, riskier in pairwise(by_risk):
        assert (safer.points > riskier.points) == (safer.probability < riskier.probability)
        assert names.index(safer.score_band) >= names.index(riskier.score_band)
        assert points_read(safer, language) >= points_read(riskier, language)
    assert all((one.points < one.threshold_points) == (one.probability > one.threshold) for one in scores)


def points_read(answer, language: Language) -> int:
    """The number that a reader sees."""
    written = points_in_words(answer.points, answer.score_band, language)
    return int(re.match(r"-?[\d\s,\u202f\u00a0]+", written.replace("−", "-"))[0].replace(",", "").strip())
