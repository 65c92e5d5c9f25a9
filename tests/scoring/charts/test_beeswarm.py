import pytest
from matplotlib.figure import Figure

from scoring.artifact.importance import Importance, Swarm
from scoring.charts import beeswarm, to_png
from scoring.words.language import LANGUAGES, Words

LABELS = {
    "one": Words("A quantity whose label is so long that it takes two lines", "Une quantité"),
    "two": Words("A level", "Un niveau"),
}
IMPORTANCE = Importance(
    applicants=4,
    features={"one": 0.4, "two": 0.1},
    themes={"loan": 0.4},
    swarms=[
        Swarm("one", [-0.4, 0.4, 0.4, 0.4], [1.0, 0.0, 0.5, None]),
        Swarm("two", [0.1, 0.1, -0.1, 0.0], [None, None, None, None]),
    ],
)


def dots(figure: Figure) -> int:
    return sum(len(drawn.get_offsets()) for axes in figure.axes for drawn in axes.collections)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_applicant_is_a_dot_of_every_feature(language):
    figure = beeswarm(IMPORTANCE, LABELS, language)
    assert dots(figure) == 8
    assert to_png(figure).startswith(b"\x89PNG")


def test_dots_at_the_same_place_do_not_hide_each_other():
    figure = beeswarm(IMPORTANCE, LABELS, "en")
    places = [tuple(place) for axes in figure.axes for drawn in axes.collections for place in drawn.get_offsets()]
    assert len(set(places)) == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_labelled_in_the_language(language):
    figure = beeswarm(IMPORTANCE, LABELS, language)
    words = "\n".join(text.get_text() for place in (figure, *figure.axes) for text in place.texts)
    assert LABELS["two"][language] in words
