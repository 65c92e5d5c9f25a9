from pathlib import Path

from scoring.settings import DEMO_APPLICANTS, DEMO_ARTIFACT, read_settings


def test_the_demo_is_served_where_nothing_is_said():
    settings = read_settings({})
    assert (settings.artifact, settings.applicants) == (DEMO_ARTIFACT, DEMO_APPLICANTS)
    assert "demo" in settings.source


def test_ones_own_model_is_never_given_the_demos_applicants():
    settings = read_settings({"ARTIFACT": "models/ours"})
    assert settings.artifact == Path("models/ours")
    assert settings.applicants is None
    assert "demo" not in settings.source


def test_ones_own_applicants_are_served():
    assert read_settings({"ARTIFACT": "a", "APPLICANTS": "b.parquet"}).applicants == Path("b.parquet")
