"""Faults in between those of `test_planted_faults` and `test_near_faults`: found and named, or said to be beyond."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from scoring.decision.bands import ScoreBands, bands_to_json
from scoring.journal.journal import open_journal
from scoring.lender.roles import TARGET
from scoring.validation import PackTable
from tests.training.validation.parts import finding, frame_of, table
from training.validation.bands import bands_section
from training.validation.calibration import calibration_section
from training.validation.discrimination import discrimination_section
from training.validation.groups import groups_section
from training.validation.leakage import leakage_section
from training.validation.overrides import overrides_section
from training.validation.restraint import proxies
from training.validation.stability import stability_section
from training.validation.validate import decided


def with_outcomes(rows, outcomes):
    """The rows with other outcomes."""
    return replace(rows, frame=rows.frame.assign(**{TARGET: outcomes}))


def csi(section):
    """The stability of each column by name."""
    return frame_of(table(section, "csi")).set_index("input")


def test_rounded_scores_are_named(later, bounds):
    """To whole per cent: every band keeps its place, and no cut-off can part those of one score."""
    rows = later(probabilities=later().probabilities.round(2).clip(0.01, 0.99))
    found = finding(discrimination_section(rows, bounds), "concentration")
    assert found.verdict == "outside"
    values, counts = np.unique(rows.probabilities, return_counts=True)
    assert found.value == pytest.approx(counts.max() / len(rows.probabilities))
    assert found.told.startswith(f"{len(values)} different scores; the commonest is that of ")
    assert finding(discrimination_section(later(), bounds), "concentration").verdict == "within"


def test_inverted_outcomes_are_named(later, bounds):
    rows = later()
    found = finding(discrimination_section(with_outcomes(rows, 1 - rows.outcomes), bounds), "gini")
    assert found.verdict == "outside"
    assert "it ranks the wrong way round: look at whether the outcomes are inverted" in found.told
    assert "inverted" not in finding(discrimination_section(rows, bounds), "gini").told


def test_a_calibration_that_is_optimistic_in_the_riskiest_tenth_alone(later, bounds):
    probabilities = later().probabilities
    riskiest = probabilities >= np.quantile(probabilities, 0.9)
    rows = later(
        probabilities=np.where(riskiest, np.quantile(probabilities, 0.9) * (1 + probabilities / 10), probabilities)
    )
    found = calibration_section(rows, bounds)
    assert finding(found, "hosmer_lemeshow").verdict == "outside"
    assert "most of it from tenth 10" in finding(found, "hosmer_lemeshow").told


def test_a_calibration_that_is_too_flat(later, bounds):
    found = calibration_section(later(probabilities=expit(0.6 * logit(later().probabilities) - 1)), bounds)
    slope = finding(found, "calibration_slope")
    assert slope.verdict == "outside"
    assert slope.value > 1.15


def test_names_of_bands_that_changed_places_are_beyond_the_pack(later, bounds):
    """What a name promises, the lender knows: the pack shows which points and default rates it has."""
    rows = later()
    named = rows.artifact.bands.bands
    names = [band.name for band in named]
    names[1], names[2] = names[2], names[1]
    swapped = ScoreBands(tuple(replace(band, name=name) for band, name in zip(named, names, strict=True)))
    manifest = {**rows.artifact.manifest, "bands": bands_to_json(swapped)}
    found = bands_section(replace(rows, artifact=replace(rows.artifact, manifest=manifest)), bounds)
    assert finding(found, "rank_breaks").verdict == "within"
    rates = frame_of(table(found, "lender_bands")).set_index("band")["default rate"]
    assert rates[names[2].en] < rates[names[1].en]


@pytest.mark.parametrize("noise", [0.3, 0.6])
def test_a_noisy_copy_of_the_outcome(later, bounds, noise):
    rows, name = later(), later().artifact.history_names[3]
    copy = rows.outcomes + np.random.default_rng(1).normal(0, noise, len(rows.outcomes))
    found = leakage_section(later({name: copy}), bounds)
    assert finding(found, "single_input_auc").verdict == "outside"
    assert finding(found, "single_input_auc").told.startswith(f"{name} alone")


def test_an_input_that_knows_the_outcome_of_a_tenth(later, bounds):
    rows, name = later(), later().artifact.history_names[3]
    rng = np.random.default_rng(1)
    leaked = rng.random(len(rows.outcomes)) < 0.1
    found = leakage_section(
        later({name: rng.normal(0, 1, len(leaked)) + np.where(leaked, 10 * rows.outcomes, 0)}), bounds
    )
    range_, gained = finding(found, "pure_range"), finding(found, "single_input_gain")
    assert "outside" in (range_.verdict, gained.verdict)
    assert range_.told.startswith(f"{name} has a range")


@pytest.mark.parametrize("part", [0.1, 1.0])
def test_an_input_that_is_missing_where_the_outcome_is_known(later, bounds, part):
    """The history was taken out once the loan had failed: that it is missing tells all."""
    rows, name = later(), later().artifact.history_names[3]
    rng = np.random.default_rng(1)
    gone = (rows.outcomes == 1) & (rng.random(len(rows.outcomes)) < part)
    found = leakage_section(later({name: np.where(gone, np.nan, rng.normal(0, 1, len(gone)))}), bounds)
    range_ = finding(found, "pure_range")
    assert range_.verdict == "outside"
    assert range_.told.startswith(f"{name} has a range of {gone.sum()} applicants of whom 100.0")


def test_a_noisy_stand_in_for_an_exclusion(later, bounds):
    """One in fifty is wrong: it is no copy, and tells the gender all the same."""
    rows, name = later(), later().artifact.history_names[3]
    woman = (rows.frame["CODE_GENDER"] == "F").to_numpy()
    wrong = np.random.default_rng(1).random(len(woman)) < 0.02
    found = max(proxies(later({name: (woman ^ wrong).astype(float)})), key=lambda one: one.auc)
    assert (found.attribute, found.name) == ("CODE_GENDER", name)
    assert found.auc > bounds.by_name["proxy_auc"].most


def test_drift_by_a_shift(later, bounds):
    income = later().frame["AMT_INCOME_TOTAL"]
    found = stability_section(later({"AMT_INCOME_TOTAL": income + income.std()}), bounds)
    assert finding(found, "input_csi").verdict == "outside"
    assert "AMT_INCOME_TOTAL" in finding(found, "input_csi").told
    assert csi(found).loc["AMT_INCOME_TOTAL", "drifted"] == "yes"


def test_drift_by_a_category_that_was_not_there_before(later, bounds):
    education = later().frame["NAME_EDUCATION_TYPE"].astype("str")
    moved = np.random.default_rng(1).random(len(education)) < 0.1
    found = stability_section(later({"NAME_EDUCATION_TYPE": education.mask(moved, "Academic degree")}), bounds)
    line = csi(found).loc["NAME_EDUCATION_TYPE"]
    assert line["drifted"] == "yes"
    assert "Academic degree" in line["what changed"]


def test_one_group_alone_has_no_ratio_to_another(later, bounds):
    rows = later()
    alone = {name: rows.frame[name].iloc[0] for name in ("CODE_GENDER", "NAME_FAMILY_STATUS", "NAME_INCOME_TYPE")}
    alone |= {"DAYS_BIRTH": -14_000, "REGION_RATING_CLIENT": 2}
    found = groups_section(later(alone), bounds)
    assert finding(found, "approval_ratio").value == 1.0
    shown = frame_of(table(found, "groups"))
    assert set(shown["approval ratio"].dropna()) == {1.0}
    assert "CODE_GENDER" not in {one.attribute for one in proxies(later(alone))}


def test_an_empty_journal_gives_a_section_without_decisions(later, bounds, tmp_path):
    address = f"sqlite:///{tmp_path / 'journal.db'}"
    open_journal(address)
    found = overrides_section(decided(address, later().artifact), bounds)
    assert finding(found, "override_rate").verdict == "untested"
    assert found.told == ["0 decisions with this version; 0 more in the journal are erased."]
    assert isinstance(found.tables[0], PackTable)
