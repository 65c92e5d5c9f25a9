"""Who acts: a person or a program, their role, and what each role may do. The one table of permissions."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["adviser", "supervisor", "reviewer", "maintainer"]
ROLES: tuple[Role, ...] = get_args(Role)

# read: applicants, scores, explanations. decide: enter a decision. confirm: be the second pair of eyes.
# journal: read all entries and reports, not only one's own. operate: metrics, settings, versions.
Action = Literal["read", "decide", "confirm", "journal", "operate"]
MAY: dict[Role, frozenset[Action]] = {
    "adviser": frozenset({"read", "decide"}),
    "supervisor": frozenset({"read", "decide", "confirm"}),
    "reviewer": frozenset({"read", "journal"}),
    "maintainer": frozenset({"operate"}),
}
# The second pair of eyes is never a program's: with a token, one person could be both.
PEOPLE_ALONE: frozenset[Action] = frozenset({"confirm"})


@dataclass(frozen=True)
class Person:
    """Who acts. `name` is unique; a program's is its token's name, and its actions are then limited to `scope`."""

    name: str
    role: Role
    scope: frozenset[Action] | None = None

    def may(self, action: Action) -> bool:
        """Whether this person may do that."""
        return action in MAY[self.role] and (self.scope is None or action in self.scope - PEOPLE_ALONE)


def system_user() -> str | None:
    """The name of this machine's user who runs a command; None where a container has no name for it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return None


# Who acts where nobody signs in (AUTH=none).
ANYBODY = Person("anybody", "supervisor")
# Who acts when the app itself does.
SYSTEM = Person("app", "maintainer")
