import pytest

from scoring.artifact.model_text import model_text
from scoring.serving.settings import DEMO_ARTIFACT


@pytest.fixture(scope="module")
def text():
    return (DEMO_ARTIFACT / "model.txt").read_bytes()


def test_its_own_trees_put_together_are_the_text_itself(text):
    parts = model_text(text)
    assert len(parts.trees) > 100
    assert parts.with_trees(parts.trees) == text


def test_trees_are_numbered_anew_and_the_head_tells_their_sizes(text):
    parts = model_text(text)
    fewer = model_text(parts.with_trees(parts.trees[3:5]))
    assert [tree.split(b"\n", 1)[0] for tree in fewer.trees] == [b"Tree=0", b"Tree=1"]
    assert [tree.split(b"\n", 1)[1] for tree in fewer.trees] == [tree.split(b"\n", 1)[1] for tree in parts.trees[3:5]]
    assert fewer.tail == parts.tail


@pytest.mark.parametrize("kept", [0, 100, 50_000, -200_000])
def test_a_text_cut_short_is_no_model(text, kept):
    with pytest.raises(ValueError, match=r"LightGBM|as long as"):
        model_text(text[:kept])
