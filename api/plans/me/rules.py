"""What each role comes to Turnstone for, and so sees first."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from api.vocabulary import Role


class Landing(StrEnum):
    """A section of the client, beneath a plan."""

    DASHBOARD = "dashboard"
    MY_WORK = "my-work"
    SCORECARD = "scorecard"
    ESCALATIONS = "escalations"
    RECOMMENDATIONS = "recommendations"
    ACTIONS = "actions"
    CHANGES = "changes"


LANDINGS: dict[Role, Landing | None] = {
    Role.PROGRAMME_MANAGER: Landing.DASHBOARD,
    Role.PERFORMANCE_OFFICER: Landing.SCORECARD,
    Role.SENIOR_LEADER: Landing.ESCALATIONS,
    Role.ACTION_LEAD: Landing.MY_WORK,
    Role.BOARD_MEMBER: Landing.DASHBOARD,
    Role.INTERNAL_AUDITOR: Landing.CHANGES,
    Role.PARTNER: Landing.MY_WORK,
    Role.INSPECTOR: Landing.RECOMMENDATIONS,
    Role.INTEGRATION: None,
    Role.ADMIN: Landing.DASHBOARD,
}
"""In order of weight: whoever holds several roles sees first what the first of them does."""


def main_role(roles: Collection[Role]) -> Role:
    """The weightiest of these roles. Raises ValueError for none."""
    return min(roles, key=list(LANDINGS).index)


def landing_of(roles: Collection[Role]) -> Landing | None:
    """What somebody with these roles sees first; None for a system."""
    return LANDINGS[main_role(roles)]
