"""From raw fields and history to the model's inputs, whatever the lender's columns are."""

import numpy as np

from scoring.schema.features import (
    ModelFeature,
    application_features,
    derived_features,
    feature_matrix,
    frame_matrix,
    history_inputs,
    to_columns,
)
from scoring.schema.fields import Feature
from tests.scoring.application_row import DERIVED, row


def test_text_flags_become_one_and_zero():
    owns_car = ModelFeature(Feature("FLAG_OWN_CAR", DERIVED["AGE_YEARS"].label, "", "housing", "yes_no"), False)
    assert [owns_car.read(row(FLAG_OWN_CAR=level))[0] for level in ("Y", "N")] == [1, 0]
    assert np.isnan(owns_car.read(row())[0])


def test_a_level_that_training_never_saw_is_missing():
    education = next(feature for feature in application_features() if feature.name == "NAME_EDUCATION_TYPE")
    seen = ModelFeature(education, False, ("Academic degree", "Higher education"))
    assert seen.read(row(NAME_EDUCATION_TYPE="Higher education"))[0] == 1
    assert np.isnan(seen.read(row(NAME_EDUCATION_TYPE="Lower secondary"))[0])


def test_one_row_gives_what_a_million_would(artifact):
    frame = artifact.population.frame.head(50)
    together = frame_matrix(frame, artifact.model.features)
    alone = np.vstack([frame_matrix(frame.iloc[[place]], artifact.model.features) for place in range(len(frame))])
    np.testing.assert_array_equal(together, alone)


def test_features_do_not_depend_on_which_are_computed_before_them(artifact):
    features = artifact.model.features
    columns = to_columns(artifact.population.frame.head(5), history_inputs(features))
    assert {"TOTAL_INTEREST", "INTEREST_RATE"} <= {item.feature.name for item in features}
    np.testing.assert_array_equal(
        feature_matrix(columns, features), feature_matrix(columns, features[::-1])[:, ::-1], strict=True
    )


def test_history_is_read_by_name(artifact):
    features = [ModelFeature(DERIVED["AGE_YEARS"], False), artifact.model.features[-1]]
    columns = row(DAYS_BIRTH=-14610) | {features[1].feature.name: np.array([7.0])}
    assert feature_matrix(columns, features).tolist() == [[40.0, 7.0]]


def test_history_inputs_are_history_features_and_what_joint_ones_read_each_once(artifact):
    joint = [ModelFeature(feature, history=False) for feature in derived_features()]
    inputs = history_inputs([*joint, *joint, *artifact.model.features])
    assert len(inputs) == len(set(inputs))
    assert {"instalments_due_max", artifact.model.features[-1].feature.name} <= set(inputs)


def test_a_frame_in_blocks_gives_the_same_features(artifact, applicants, monkeypatch):
    frame = next(applicants.batches(50))
    whole = frame_matrix(frame, artifact.model.features)
    monkeypatch.setattr("scoring.schema.features.ROWS_AT_ONCE", 7)
    np.testing.assert_array_equal(frame_matrix(frame, artifact.model.features), whole)
