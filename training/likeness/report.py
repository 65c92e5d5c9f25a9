"""Formats the figures of `training.likeness.fidelity` as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from training.likeness.columns import Bin, ColumnLikeness
from training.likeness.histories import Estimate, HistoryGain, Pair, TableLikeness

if TYPE_CHECKING:
    from training.likeness.fidelity import Fidelity, Summary

SHOWN_BINS = 20


def fidelity_report(found: Fidelity) -> str:
    """All columns with their bins, then the histories, then the summary."""
    parts = [*(_column(column) for column in found.columns), _columns(found.columns)]
    if found.histories:
        parts.append(_histories(found.histories))
    parts.append(_summary(found.summary, found.gains))
    return "\n\n".join(parts)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligns columns: the first to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if column else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (header, *rows)
    )


def _column(column: ColumnLikeness) -> str:
    shown = sorted(column.bins, key=lambda b: -b.real_share)[:SHOWN_BINS]
    rows = [_bin(b) for b in column.bins if b in shown]
    if len(column.bins) > SHOWN_BINS:
        rows.append((f"({len(column.bins) - SHOWN_BINS} rarer levels)", "", "", "", ""))
    header = (column.name, "share made-up", "real", "default rate made-up", "real")
    return f"{_table(header, rows)}\nPSI {column.psi:.4f}"


def _bin(b: Bin) -> tuple[str, ...]:
    rates = ("-" if rate is None else f"{rate:.4f}" for rate in (b.synthetic_rate, b.real_rate))
    return f"  {b.label}", f"{b.synthetic_share:.4f}", f"{b.real_share:.4f}", *rates


def _columns(columns: Sequence[ColumnLikeness]) -> str:
    rows = [
        (
            column.name,
            f"{column.psi:.4f}",
            f"{column.synthetic_nulls:.4f}",
            f"{column.real_nulls:.4f}",
            *("-" if auc is None else f"{auc:.3f}" for auc in (column.synthetic_auc, column.real_auc)),
        )
        for column in sorted(columns, key=lambda c: -c.psi)
    ]
    return _table(("column, by PSI", "PSI", "null made-up", "real", "AUC made-up", "real"), rows)


def _histories(tables: Sequence[TableLikeness]) -> str:
    def pair(figures: Pair) -> tuple[str, str]:
        return f"{figures.synthetic:.3f}", f"{figures.real:.3f}"

    rows = [(t.name, *pair(t.coverage), *pair(t.rows_per_applicant), *pair(t.rows_per_loan)) for t in tables]
    header = ("history", "coverage made-up", "real", "rows/applicant made-up", "real", "rows/loan made-up", "real")
    return _table(header, rows)


def _summary(summary: Summary, gains: Sequence[HistoryGain]) -> str:
    distinction = summary.distinction
    giveaways = ", ".join(f"{item.name} {item.share:.0%}" for item in distinction.giveaways)
    return "\n".join(
        [
            f"columns with PSI < 0.1: {summary.alike_columns:.1%}",
            f"largest gap in null shares: {summary.largest_null_gap:.4f}",
            f"largest gap in AUC of the 20 strongest columns: {summary.largest_auc_gap:.4f}",
            f"AUC of a classifier of real and made-up rows ({distinction.rows} each): {distinction.auc:.4f}",
            f"  by {giveaways}",
            f"AUC on real applications of a model trained on made-up ones: {summary.transfer_auc:.4f}",
            *(_gain(gain) for gain in gains),
        ]
    )


def _gain(gain: HistoryGain) -> str:
    return (
        f"gain in AUC from {', '.join(gain.tables)} ({gain.applicants} applicants): "
        f"{_estimate(gain.synthetic)} made-up, {_estimate(gain.real)} real"
    )


def _estimate(figure: Estimate) -> str:
    return f"{figure.value:+.4f} [{figure.low:+.4f}, {figure.high:+.4f}]"
