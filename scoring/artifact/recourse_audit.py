"""Whom recourse reaches: the audit of a version, by group and by move.

Computed at training (`training.audit.recourse_audit`) and stored since format 4 as `recourse.json`. This module only
defines the shapes.

The applicants are held out and not approved by the served model: as they are on file, with what they can still change
about their history. A *plan* is one to approval; a prediction is *fixed* if no allowed move reaches another
recommendation (responsiveness, arXiv 2410.22598).
"""

from __future__ import annotations

from dataclasses import dataclass

from scoring.artifact.review import Rate, check_attribute, check_once, check_shares
from scoring.strict import Count, MalformedError, Some, strict, wrong
from scoring.words.language import Words


@dataclass(frozen=True)
class Reached:
    """What recourse comes to for some applicants; rates are None if there are too few of them.

    Args:
        applicants: their number.
        plan: share of them with a plan.
        fixed: share of them whose prediction is fixed.
        burden: of those with a plan, the burden of the least one over the amount applied for, both summed.
    """

    applicants: Some
    plan: Rate
    fixed: Rate
    burden: Rate

    def __post_init__(self) -> None:
        check_shares(self, ("plan", "fixed"))


@dataclass(frozen=True)
class GroupReached:
    """The same for one group, named as in `scoring.artifact.review.GroupRates`."""

    attribute: str
    level: str
    reached: Reached

    def __post_init__(self) -> None:
        check_attribute(self.attribute)


@dataclass(frozen=True)
class MoveReached:
    """What one kind of move comes to, as counts of the audit's applicants.

    Args:
        move: a lever of the loan, or a scenario of the history.
        words: the fields of the lever, or what the scenario asks for.
        open: to whom it is open.
        lowers: whose risk some step of it lowers, by itself.
        alone: whom some step of it gets approved, by itself.
    """

    move: str
    words: Words
    open: Count
    lowers: Count
    alone: Count

    def __post_init__(self) -> None:
        if not self.alone <= self.open or not self.lowers <= self.open:
            raise MalformedError(f"move {self.move}: more applicants are moved by it than it is open to")


@strict
@dataclass(frozen=True)
class RecourseAudit:
    """Whom recourse reaches.

    Args:
        applicants: those searched.
        with_history: those of them with a history that can change.
        by_loan, by_history, by_both: those of them whose least plan changes the loan alone, the history alone, or both.
        everybody: all of them; None if every held-out applicant is approved.
        groups: of every group.
        moves: the levers, then the scenarios.
    """

    applicants: Count
    with_history: Count
    by_loan: Count
    by_history: Count
    by_both: Count
    everybody: Reached | None
    groups: list[GroupReached]
    moves: list[MoveReached]

    def __post_init__(self) -> None:
        check_once("groups", self.groups)
        for name in ("with_history", "plans"):
            if getattr(self, name) > self.applicants:
                raise wrong(name, getattr(self, name), f"at most all {self.applicants} applicants are wanted")

    @property
    def plans(self) -> int:
        """How many have a plan."""
        return self.by_loan + self.by_history + self.by_both
