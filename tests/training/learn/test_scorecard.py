import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from scoring.errors import TrainingError
from scoring.schema.features import ModelFeature
from scoring.schema.fields import Feature
from scoring.words.language import Words
from training.learn.bins import Bins, bins_of
from training.learn.fit import Recipe, cross_validate, fit_recipe
from training.learn.rows import TrainingRows
from training.learn.scorecard import fit_scorecard, fit_weights
from training.learn.step_trees import step_booster

LEVELS = tuple(f"level {code}" for code in range(40))


def feature(name, direction=0, levels=()):
    kind = "categorical" if levels else "quantitative"
    return ModelFeature(
        Feature(name=name, label=Words(name, name), unit="", theme="loan", kind=kind, direction=direction),
        not levels,
        levels,
    )


@pytest.fixture(scope="module")
def rows():
    """Risk rises with the first feature, falls with the second (a fifth missing), and with one level; noise besides."""
    rng = np.random.default_rng(0)
    n = 6_000
    codes = rng.choice(40, n, p=np.r_[np.full(4, 0.2), np.full(36, 0.2 / 36)])
    matrix = np.column_stack([rng.normal(size=(n, 3)), codes])
    matrix[rng.random(n) < 0.2, 1] = np.nan
    log_odds = -2 + matrix[:, 0] - 0.7 * np.nan_to_num(matrix[:, 1], nan=-1.5) + 1.5 * (codes == 2)
    outcomes = (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float)
    features = (feature("rising"), feature("falling"), feature("noise"), feature("level", levels=LEVELS))
    return TrainingRows(matrix, outcomes, features)


@pytest.fixture(scope="module")
def card(rows):
    return fit_scorecard(rows, np.arange(len(rows.outcomes)))


def test_the_weight_of_evidence_by_pandas(rows):
    found = bins_of(rows.features[1], rows.matrix[:, 1], rows.outcomes)
    edges = [-np.inf, *found.edges, np.inf]
    bins = np.array([str(one) for one in pd.cut(rows.matrix[:, 1], edges)])
    table = pd.crosstab(bins, rows.outcomes)
    shares = (table + 0.5) / table.sum()
    evidence = np.log(shares[1.0] / shares[0.0])
    by_hand = [evidence[str(one)] for one in pd.cut(rows.matrix[:, 1], edges).categories] + [evidence["nan"]]
    assert found.evidence == pytest.approx(by_hand)
    exact = table / table.sum()
    assert found.information == pytest.approx(((exact[1.0] - exact[0.0]) * evidence).sum())
    assert found.applicants.tolist() == [*pd.cut(rows.matrix[:, 1], edges).value_counts(), (bins == "nan").sum()]


def test_the_default_rate_never_turns(rows):
    rising, falling = (bins_of(rows.features[at], rows.matrix[:, at], rows.outcomes) for at in (0, 1))
    assert (np.diff(rising.evidence[:-1]) > 0).all()
    assert (np.diff(falling.evidence[:-1]) < 0).all()
    assert len(rising.edges) >= 4


def test_bins_are_those_of_pooled_violators(rows):
    values, found = rows.matrix[:, 0], bins_of(rows.features[0], rows.matrix[:, 0], rows.outcomes)
    twentieths = pd.qcut(values, 20, labels=False)
    rates = pd.Series(rows.outcomes).groupby(twentieths).mean()
    pooled = IsotonicRegression().fit(np.arange(20), rates).predict(np.arange(20))
    assert len(found.edges) == len(np.unique(pooled)) - 1


def test_a_declared_direction_is_kept_against_the_data(rows):
    against = bins_of(feature("rising", direction=-1), rows.matrix[:, 0], rows.outcomes)
    assert len(against.edges) == 0
    assert against.information < 0.02


def test_rare_levels_and_missing_values_share_the_rest(rows):
    found = bins_of(rows.features[3], rows.matrix[:, 3], rows.outcomes)
    assert found.levels == (0, 1, 2, 3)
    assert found.indices(np.array([2.0, 39.0, np.nan])).tolist() == [2, 4, 4]
    assert found.evidence[2] == found.evidence.max()


def test_chance_gives_the_information_that_it_is_said_to():
    rng = np.random.default_rng(5)
    found = []
    for _ in range(200):
        codes = rng.choice(4, 2_000).astype(float)
        found.append(bins_of(feature("x", levels=LEVELS[:4]), codes, (rng.random(2_000) < 0.2).astype(float)))
    assert np.mean([one.information for one in found]) == pytest.approx(
        np.mean([one.chance for one in found]), rel=0.15
    )


def test_few_missing_values_are_neutral(rows):
    few = np.where(np.arange(len(rows.outcomes)) < 10, np.nan, rows.matrix[:, 0])
    assert bins_of(rows.features[0], few, rows.outcomes).evidence[-1] == 0


@pytest.mark.parametrize("values", [np.full(500, np.nan), np.full(500, 3.0)])
def test_a_feature_that_says_nothing_has_one_bin(values):
    outcomes = (np.arange(500) % 5 == 0).astype(float)
    found = bins_of(feature("x"), values, outcomes)
    assert len(found.edges) == 0
    assert found.information == pytest.approx(0, abs=1e-3)


def test_weights_are_scikit_learns_where_none_is_below_zero():
    rng = np.random.default_rng(1)
    evidence = rng.normal(size=(3_000, 3))
    outcomes = (rng.random(3_000) < 1 / (1 + np.exp(2 - evidence @ [1.0, 0.6, 0.3]))).astype(float)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1_000).fit(evidence, outcomes)
    weights, base = fit_weights(evidence, outcomes)
    assert weights == pytest.approx(theirs.coef_[0], abs=1e-3)
    assert base == pytest.approx(theirs.intercept_[0], abs=1e-3)


def test_a_weight_below_zero_is_none():
    rng = np.random.default_rng(2)
    evidence = rng.normal(size=(3_000, 2))
    outcomes = (rng.random(3_000) < 1 / (1 + np.exp(2 - evidence @ [1.0, -0.6]))).astype(float)
    weights, _ = fit_weights(evidence, outcomes)
    assert weights[1] == 0
    assert weights[0] > 0.5


def test_the_card_is_the_regression_on_evidence(rows, card):
    indices, booster = card
    assert indices == [0, 1, 3]
    bins = [bins_of(rows.features[at], rows.matrix[:, at], rows.outcomes) for at in indices]
    evidence = np.column_stack([one.evidence[one.indices(rows.matrix[:, at])] for at, one in zip(indices, bins)])  # noqa: B905
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1_000).fit(evidence, rows.outcomes)
    margins = booster.predict(rows.matrix[:, indices], raw_score=True)
    ours = log_loss(rows.outcomes, 1 / (1 + np.exp(-margins)))
    assert ours == pytest.approx(log_loss(rows.outcomes, theirs.predict_proba(evidence)[:, 1]), abs=1e-7)


def test_every_characteristic_is_a_tree_that_reads_nothing_else(card):
    trees = card[1].trees_to_dataframe().dropna(subset="split_feature")
    assert trees.groupby("tree_index")["split_feature"].nunique().tolist() == [1, 1, 1]
    assert card[1].num_trees() == 3


def test_explanations_are_exact(rows, card):
    indices, booster = card
    matrix = rows.matrix[:500, indices]
    told, margins = booster.predict(matrix, pred_contrib=True), booster.predict(matrix, raw_score=True)
    np.testing.assert_allclose(told.sum(axis=1), margins, atol=1e-12)
    # What a bin adds less what the characteristic adds on average.
    moved = matrix.copy()
    moved[:, 0] = 0.0
    change = margins - booster.predict(moved, raw_score=True)
    np.testing.assert_allclose(told[:, 0] - booster.predict(moved, pred_contrib=True)[:, 0], change, atol=1e-12)


def test_the_text_can_be_written_and_read_again(rows, card):
    indices, booster = card
    again = lgb.Booster(model_str=booster.model_to_string())
    np.testing.assert_array_equal(
        again.predict(rows.matrix[:, indices], raw_score=True), booster.predict(rows.matrix[:, indices], raw_score=True)
    )


@pytest.mark.parametrize("levels", [(0, 31), (32,), (5, 63, 64)])
def test_levels_of_any_code_are_distinguished(levels):
    evidence = np.append(np.arange(1.0, len(levels) + 1), -1.0)
    item = feature("level", levels=tuple(f"l{code}" for code in range(70)))
    bins = Bins(np.empty(0), levels, evidence, np.full(len(evidence), 9.0), 1.0, 0.0)
    codes = np.array([*range(70), np.nan])
    booster = step_booster(TrainingRows(codes[:, None], np.zeros(71), (item,)), [bins], np.ones(1), 0.5)
    expected = [0.5 + evidence[levels.index(code)] if code in levels else -0.5 for code in codes.tolist()]
    assert booster.predict(codes[:, None], raw_score=True) == pytest.approx(expected)


def test_a_value_on_an_edge_belongs_to_the_bin_below_it():
    bins = Bins(np.array([0.1, 0.3]), (), np.array([1.0, 2.0, 3.0, 9.0]), np.full(4, 5.0), 1.0, 0.0)
    values = np.array([-1e300, 0.1, np.nextafter(0.1, 1), 0.3, 1e300, np.nan])
    booster = step_booster(TrainingRows(values[:, None], np.zeros(6), (feature("x"),)), [bins], np.ones(1), 0.0)
    assert booster.predict(values[:, None], raw_score=True).tolist() == [1, 1, 2, 2, 3, 9]
    assert bins.indices(values).tolist() == [0, 0, 1, 1, 2, 3]


def test_the_whole_recipe_runs_in_each_fold(rows):
    recipe = Recipe(scorecard=True)
    fitted, folds = fit_recipe(rows, 1, recipe), cross_validate(rows, 1, lambda: None, recipe)
    assert fitted.indices == [0, 1, 3]
    assert fitted.rounds == 3
    assert folds.rounds == (3,) * 5
    assert log_loss(rows.outcomes, folds.probabilities) < 0.9 * log_loss(
        rows.outcomes, np.full(6_000, rows.outcomes.mean())
    )


def test_noise_is_no_scorecard():
    rng = np.random.default_rng(3)
    with pytest.raises(TrainingError, match="nothing for a scorecard to learn from"):
        fit_scorecard(
            TrainingRows(rng.normal(size=(5_000, 3)), (rng.random(5_000) < 0.1).astype(float), (feature("a"),) * 3),
            np.arange(5_000),
        )
