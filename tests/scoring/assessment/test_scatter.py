"""Two quantities at once: the thirds count everybody once, rates are those observed, nobody's values can be read."""

import numpy as np
import pytest

from scoring.assessment.scatter import FEWEST_IN_CELL, GRID_STEPS, MOST_POINTS, scatter
from scoring.charts import scatter_figure, scatter_table, to_svg
from scoring.errors import InvalidInputError
from scoring.serving.service import assess
from scoring.words.language import LANGUAGES

PAIR = ("AMT_CREDIT", "AMT_INCOME_TOTAL")


@pytest.fixture
def assessment(service, some_ids):
    return assess(service, some_ids[0], {}, "en")


def test_the_thirds_hold_every_applicant_for_whom_both_are_on_file_once(service, assessment):
    found = scatter(service.artifact, assessment, "EXT_SOURCE_1", "OWN_CAR_AGE", "all")
    columns = service.artifact.population.columns
    known = ~np.isnan(columns["EXT_SOURCE_1"]) & ~np.isnan(columns["OWN_CAR_AGE"])
    assert sum(cell.applicants for cell in found.cells) == found.size == known.sum()


def test_a_thirds_default_rate_is_the_observed_one(service, assessment):
    found = scatter(service.artifact, assessment, *PAIR, "accepted")
    population = service.artifact.population
    mask, columns = population.masks["accepted"], population.columns
    low = [np.quantile(columns[name][mask], 1 / 3) for name in PAIR]
    inside = mask & (columns[PAIR[0]] < low[0]) & (columns[PAIR[1]] < low[1])
    assert found.cells[0].applicants == inside.sum()
    assert found.cells[0].default_rate == pytest.approx(population.outcomes[inside].mean())


def test_a_rate_of_too_few_applicants_is_not_reported(service, assessment):
    found = scatter(service.artifact, assessment, "OWN_CAR_AGE", "AMT_CREDIT", "just_accepted")
    few = [cell for cell in found.cells if cell.applicants < FEWEST_IN_CELL]
    assert few
    assert all(cell.default_rate is None for cell in few)
    assert "too few to tell" in {row[-1] for row in scatter_table(found, "en").rows}


def test_the_applicant_falls_into_one_third_and_none_without_a_value(service, some_ids):
    there = scatter(service.artifact, assess(service, some_ids[0], {}, "en"), *PAIR, "all")
    assert [cell.own for cell in there.cells].count(True) == 1
    unknown = assess(service, some_ids[0], {"OWN_CAR_AGE": None}, "en")
    nowhere = scatter(service.artifact, unknown, "OWN_CAR_AGE", "AMT_CREDIT", "all")
    assert not any(cell.own for cell in nowhere.cells)
    assert 'id="applicant"' not in to_svg(scatter_figure(nowhere, "en"))


def test_points_are_some_of_the_applicants_on_a_coarse_grid(service, assessment):
    found = scatter(service.artifact, assessment, *PAIR, "all")
    assert len(found.points) == MOST_POINTS < found.size
    for place, axis in enumerate((found.across, found.up)):
        low, high = axis.drawn
        steps = (np.array(found.points)[:, place] - low) / (high - low) * GRID_STEPS
        assert np.allclose(steps, np.round(steps))
        assert steps.min() >= 0
        assert round(steps.max(), 9) <= GRID_STEPS
    assert {point[2] for point in found.points} == {0.0, 1.0}


def test_the_same_question_has_the_same_answer(service, assessment):
    assert scatter(service.artifact, assessment, *PAIR, "all") == scatter(service.artifact, assessment, *PAIR, "all")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figure_and_its_table_say_the_same(service, some_ids, language):
    found = scatter(
        service.artifact, assess(service, some_ids[0], {}, language), "EXT_SOURCE_2", "DAYS_EMPLOYED", "accepted"
    )
    table, svg = scatter_table(found, language), to_svg(scatter_figure(found, language))
    assert 'id="applicant"' in svg
    assert len(table.rows) == len(found.cells)
    for row in table.rows:
        assert row[-1].replace("%", "").strip() in svg


def test_an_applicant_beyond_the_drawn_range_stands_at_its_edge(service, some_ids):
    rich = assess(service, some_ids[0], {"AMT_INCOME_TOTAL": 117_000_000}, "en")
    found = scatter(service.artifact, rich, *PAIR, "all")
    assert found.up.value == 117_000_000
    assert found.up.drawn[1] < 10_000_000
    assert 'id="applicant"' in to_svg(scatter_figure(found, "en"))


@pytest.mark.parametrize(
    ("across", "said"),
    [("OCCUPATION_TYPE", "not a quantity"), ("CODE_GENDER", "protected"), ("NOPE", "'NOPE'"), (3, "3")],
)
def test_what_is_no_quantity_to_show_is_refused_by_name(service, assessment, across, said):
    with pytest.raises(InvalidInputError, match=said):
        scatter(service.artifact, assessment, across, "AMT_CREDIT", "all")


def test_an_unknown_population_is_refused(service, assessment):
    with pytest.raises(InvalidInputError, match="everyone"):
        scatter(service.artifact, assessment, *PAIR, "everyone")
