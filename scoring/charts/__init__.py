"""Figures, each with a table of the same content.

Every function takes an answer of `scoring.answers` or a part of an artifact, and a language; nothing is looked up and
nothing is scored here. Documents, the interface, and training's packing and publishing import it.
"""

from scoring.charts.accuracy import accuracy_table, calibration, calibration_table, precision_recall, roc
from scoring.charts.beeswarm import beeswarm
from scoring.charts.cost import cost_figure, cost_table
from scoring.charts.drawing import svg
from scoring.charts.groups import groups_figure, groups_table
from scoring.charts.population import categorical, comparison_figure, quantitative, yes_no
from scoring.charts.portfolio import portfolio_figure, portfolio_table
from scoring.charts.recourse import moves_table, recourse_figure, recourse_table
from scoring.charts.scatter import scatter_figure, scatter_table
from scoring.charts.style import to_png, to_svg
from scoring.charts.tables import comparison_table, theme_waterfall_table, waterfall_table
from scoring.charts.themes import themes_figure, themes_table
from scoring.charts.waterfall import theme_waterfall, waterfall
from scoring.markup import Table

__all__ = [
    "Table",
    "accuracy_table",
    "beeswarm",
    "calibration",
    "calibration_table",
    "categorical",
    "comparison_figure",
    "comparison_table",
    "cost_figure",
    "cost_table",
    "groups_figure",
    "groups_table",
    "moves_table",
    "portfolio_figure",
    "portfolio_table",
    "precision_recall",
    "quantitative",
    "recourse_figure",
    "recourse_table",
    "roc",
    "scatter_figure",
    "scatter_table",
    "svg",
    "theme_waterfall",
    "theme_waterfall_table",
    "themes_figure",
    "themes_table",
    "to_png",
    "to_svg",
    "waterfall",
    "waterfall_table",
    "yes_no",
]
