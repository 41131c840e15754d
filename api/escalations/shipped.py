"""The ladders every new plan starts with. Ours are labelled so; a plan changes them as it likes.

Limits of the inter-agency ladder and of IRO dispute resolution are those commonly published by
safeguarding partnerships and IRO services. Disputes about one child belong on the child's record:
the IRO ladder therefore ships disabled.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.vocabulary import Role


@dataclass(frozen=True)
class ShippedStage:
    title: str
    role: Role | None
    working_days: int | None
    response_required: bool = True


@dataclass(frozen=True)
class ShippedLadder:
    ref: str
    title: str
    stages: tuple[ShippedStage, ...]
    overall_working_days: int | None = None
    is_enabled: bool = True


_HEAD_OF_SERVICE = ShippedStage("Head of service", Role.SENIOR_LEADER, 5)
_DIRECTOR = ShippedStage("Director of children's services", Role.SENIOR_LEADER, 5)
_BOARD = ShippedStage("Improvement board", Role.BOARD_MEMBER, None)

SHIPPED_LADDERS = (
    ShippedLadder(
        "overdue-action",
        "Overdue action (Turnstone's own)",
        (ShippedStage("Action lead", Role.ACTION_LEAD, 5), _HEAD_OF_SERVICE, _DIRECTOR, _BOARD),
    ),
    ShippedLadder(
        "kpi-off-target",
        "KPI off target (Turnstone's own)",
        (
            ShippedStage("Performance officer", Role.PERFORMANCE_OFFICER, 5),
            _HEAD_OF_SERVICE,
            _DIRECTOR,
            _BOARD,
        ),
    ),
    ShippedLadder(
        "late-feed",
        "Late feed (Turnstone's own)",
        (
            ShippedStage("Performance officer", Role.PERFORMANCE_OFFICER, 2),
            ShippedStage("Programme manager", Role.PROGRAMME_MANAGER, 3),
            _HEAD_OF_SERVICE,
        ),
    ),
    ShippedLadder(
        "inter-agency",
        "Inter-agency disagreement",
        (
            ShippedStage("Practitioners", Role.ACTION_LEAD, 2),
            ShippedStage("Managers", Role.SENIOR_LEADER, 5),
            ShippedStage("Senior officers", Role.SENIOR_LEADER, 2),
            ShippedStage("Partnership chair", Role.BOARD_MEMBER, None),
        ),
    ),
    ShippedLadder(
        "iro-dispute",
        "IRO dispute resolution",
        (
            ShippedStage("Informal", Role.ACTION_LEAD, None, response_required=False),
            ShippedStage("Team manager", Role.ACTION_LEAD, 5),
            ShippedStage("Head of service", Role.SENIOR_LEADER, 5),
            ShippedStage("Assistant director", Role.SENIOR_LEADER, 5),
            ShippedStage("Director", Role.SENIOR_LEADER, 5),
        ),
        overall_working_days=20,
        is_enabled=False,
    ),
)
