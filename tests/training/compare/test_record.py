import numpy as np
import pytest

from scoring.decision.costs import RatioCosts
from scoring.errors import TrainingError
from tests.training.compare.tiny import BUDGET
from training.compare.combination import Combination, Strategy
from training.compare.cut import Cut
from training.compare.record import Finished, claimed, load, open_folder, save, settings_of
from training.compare.search import Found

COMBINATION = Combination("LightGBM", Strategy.SMOTE)


@pytest.fixture
def out(tmp_path):
    open_folder(tmp_path / "out", {"seed": 1})
    return tmp_path / "out"


def test_a_finished_combination_is_read_back_as_it_was(out):
    finished = Finished(
        COMBINATION,
        Found({"leaves": 8, "l2": 0.1 + 0.2}, 6, 2),
        Cut(RatioCosts(10, 1), 0.1, 0.05, 0.2),
        out_of_fold=np.random.default_rng(0).random(5),
        test=np.array([0.25, 1 / 3]),
        training_seconds=1.5,
        scoring_seconds=0.25,
        artifact="lightgbm-smote.txt",
    )
    assert load(out, COMBINATION) is None
    save(out, finished)
    again = load(out, COMBINATION)
    assert (again.combination, again.found, again.rule) == (finished.combination, finished.found, finished.rule)
    np.testing.assert_array_equal(again.out_of_fold, finished.out_of_fold)
    np.testing.assert_array_equal(again.test, finished.test)
    assert (again.training_seconds, again.scoring_seconds, again.artifact) == (1.5, 0.25, "lightgbm-smote.txt")


def test_the_same_settings_go_on(out):
    open_folder(out, {"seed": 1})


def test_other_settings_are_refused_by_name(out):
    with pytest.raises(TrainingError, match="seed 1 is now 2"):
        open_folder(out, {"seed": 2})


def test_other_data_are_other_settings(tables, tmp_path):
    copy = tmp_path / "tables"
    copy.mkdir()
    for path in tables.glob("*.parquet"):
        (copy / path.name).symlink_to(path)
    before = settings_of(copy, BUDGET, 1)
    assert before == settings_of(tables, BUDGET, 1)
    (copy / "bureau.parquet").unlink()
    assert before["data_fingerprint"] != settings_of(copy, BUDGET, 1)["data_fingerprint"]


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "holiday.jpg").write_text("precious")
    with pytest.raises(TrainingError, match="holds no comparison"):
        open_folder(tmp_path, {"seed": 1})
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_combination_is_one_process_s_at_a_time(out):
    import subprocess
    import sys

    attempt = (
        "import fcntl, sys; fcntl.flock(open(sys.argv[1], 'w'), fcntl.LOCK_EX | fcntl.LOCK_NB)",
        str(out / "results" / f".{COMBINATION.slug}.lock"),
    )
    with claimed(out, COMBINATION):
        held = subprocess.run([sys.executable, "-c", *attempt], capture_output=True, text=True, check=False)
    assert "BlockingIOError" in held.stderr
    assert subprocess.run([sys.executable, "-c", *attempt], check=False).returncode == 0
