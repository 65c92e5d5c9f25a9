import json
from dataclasses import asdict, replace

import pytest

from scoring.artifact.load import load_artifact
from scoring.artifact.review import AccuracyCurves, ExplanationQuality, Groups, attribute_words, group_words
from scoring.strict import parse
from scoring.words.language import LANGUAGES
from tests.training.tiny_artifacts import TINY


@pytest.fixture(scope="module")
def tiny():
    return load_artifact(TINY, "tiny")


@pytest.mark.parametrize(
    ("part", "shape"), [("groups", Groups), ("quality", ExplanationQuality), ("accuracy_curves", AccuracyCurves)]
)
def test_what_is_written_is_read_back(tiny, part, shape):
    content = getattr(tiny, part)
    assert parse(shape, json.dumps(asdict(content), allow_nan=False)) == content


def test_groups_that_nothing_was_left_out_for_are_read_back(tiny):
    without = replace(tiny.groups, without=[])
    assert parse(Groups, json.dumps(asdict(without))) == without


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_group_has_words(tiny, language):
    for rates in tiny.groups.rates:
        assert attribute_words(rates.attribute, language)
        assert group_words(rates.attribute, rates.level, language)


def test_attributes_and_levels_are_in_the_readers_language():
    assert [attribute_words("AGE_BAND", language) for language in LANGUAGES] == ["Age", "Âge"]
    assert group_words("CODE_GENDER", "F", "fr") == "Femme"
    bands = ("<27", "27-34", "62+")
    assert [group_words("AGE_BAND", band, "fr") for band in bands] == [
        "moins de 27 ans",
        "de 27 à 34 ans",
        "62 ans et plus",
    ]
    assert [group_words("AGE_BAND", band, "en") for band in bands] == ["under 27", "27 to 34", "62 and over"]
    assert group_words("AGE_BAND", "old", "en") == "old"
    assert group_words("REGION_RATING_CLIENT", "2", "en") == "2"
