"""Measures a full what-if relative to the model's bare contributions, and each figure relative to an empty one."""

from __future__ import annotations

from functools import partial
from itertools import cycle

from matplotlib.figure import Figure

from benchmarks.timing import medians
from scoring.applicants.loan import loan_terms
from scoring.assessment.comparison import compare
from scoring.assessment.curve import curve
from scoring.charts import comparison_figure, theme_waterfall, to_svg, waterfall
from scoring.interface.curve_view import curve_html
from scoring.serving.service import Service, assess, explain, score

ROUNDS = 300
FIGURE_ROUNDS = 15
CURVE_ROUNDS = 30


def what_if(service: Service) -> list[str]:
    """Validating, recomputing, predicting and explaining an edit in words, relative to `predict(pred_contrib=True)`."""
    assert service.applicants is not None
    ids = service.applicants.ids[:50].tolist()
    amounts = cycle(range(100_000, 900_000, 1_000))
    applicants = cycle(ids)
    for applicant_id in ids:
        service.applicants.find(applicant_id)
    row = assess(service, ids[0], {}, "en").values[None, :]
    booster = service.artifact.model.booster
    taken = medians(
        {
            "full": lambda: score(service, assess(service, next(applicants), {"AMT_CREDIT": next(amounts)}, "en")),
            "bare": lambda: booster.predict(row, pred_contrib=True, num_threads=1),
        },
        ROUNDS,
    )
    return [
        f"what-if: {taken['full'] / taken['bare']:.2f} times the bare contributions "
        f"({1e3 * taken['full']:.2f} ms over {1e3 * taken['bare']:.2f} ms)"
    ]


def curves(service: Service) -> list[str]:
    """The response curve of each part of the loan, scored and drawn."""
    assert service.applicants is not None
    assessments = cycle([assess(service, each, {}, "en") for each in service.applicants.ids[:50].tolist()])

    def draw(field: str, keep: str) -> None:
        assessment = next(assessments)
        loan = loan_terms(assessment.applicant)
        if loan.yearly_rate is not None:
            curve_html(curve(service.artifact, assessment, field, keep), loan.amount, "en")

    kinds = {
        "amount, instalment kept": ("AMT_CREDIT", "instalment"),
        "amount, term kept": ("AMT_CREDIT", "term"),
        "instalment": ("AMT_ANNUITY", "instalment"),
        "term": ("LIKELY_TERM", "instalment"),
    }
    taken = medians({name: partial(draw, *kind) for name, kind in kinds.items()}, CURVE_ROUNDS)
    return [f"curve, {name}: {1e3 * seconds:.0f} ms" for name, seconds in taken.items()]


def figures(service: Service) -> list[str]:
    """Each figure, drawn to SVG, relative to an empty figure with one pair of axes."""
    assert service.applicants is not None
    assessment = assess(service, int(service.applicants.ids[0]), {}, "en")
    explanation = explain(service, assessment)
    quantity, levels, flag = (
        compare(service.artifact, assessment, name, "accepted")
        for name in ("AMT_CREDIT", "ORGANIZATION_TYPE", "FLAG_OWN_CAR")
    )

    def empty() -> str:
        figure = Figure()
        figure.add_subplot()
        return to_svg(figure)

    taken = medians(
        {
            "empty": empty,
            "waterfall": lambda: to_svg(waterfall(explanation, "en")),
            "theme waterfall": lambda: to_svg(theme_waterfall(explanation, explanation.themes[0].theme, "en")),
            "quantitative": lambda: to_svg(comparison_figure(quantity, "en")),
            "categorical": lambda: to_svg(comparison_figure(levels, "en")),
            "yes/no": lambda: to_svg(comparison_figure(flag, "en")),
        },
        FIGURE_ROUNDS,
    )
    bare = taken.pop("empty")
    return [
        f"figure, {name}: {seconds / bare:.1f} times an empty one ({1e3 * seconds:.0f} ms)"
        for name, seconds in taken.items()
    ]
