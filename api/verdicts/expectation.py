"""What may be expected of a series, in a sentence: of a dated target by its trend, of any by its limits.

The words follow from where the latest value lies and where the line leads: a target that is met is
kept or lost, and only one that is not met can be reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from api.verdicts.rules import Judged, Verdict
from api.verdicts.trajectory import Trajectory
from api.verdicts.words import day_name, exactly
from api.vocabulary import Outlook, TargetAssurance, Unit

BELOW, WITHIN, ABOVE = -1, 0, 1


@dataclass(frozen=True)
class _Wanted:
    """The values that meet a target, from ``floor`` to ``ceiling``: None is no end, never both."""

    unit: Unit
    floor: Decimal | None
    ceiling: Decimal | None

    def place(self, value: Decimal) -> int:
        """Where a value lies: below those wanted, within or above them."""
        if self.floor is not None and value < self.floor:
            return BELOW
        return ABOVE if self.ceiling is not None and value > self.ceiling else WITHIN

    @property
    def low(self) -> str:
        return "" if self.floor is None else exactly(self.floor, self.unit)

    @property
    def high(self) -> str:
        return "" if self.ceiling is None else exactly(self.ceiling, self.unit)

    @property
    def stay(self) -> str:
        if self.floor is not None and self.ceiling is not None:
            return f"stay between {self.low} and {self.high}"
        return f"stay at {self.low} or more" if self.floor is not None else f"stay at {self.high} or less"

    @property
    def arrive(self) -> str:
        if self.floor is not None and self.ceiling is not None:
            return f"come to lie between {self.low} and {self.high}"
        return f"reach {self.low}" if self.floor is not None else f"come down to {self.high}"

    def miss(self, now: int, then: int) -> str:
        """Lying ``now`` here and ``then`` on the wrong side: what does not come about, or what does."""
        if now == then:
            return f"not reach {self.low}" if then == BELOW else f"not come down to {self.high}"
        return f"fall below {self.low}" if then == BELOW else f"rise above {self.high}"


def by_trend(series: Judged, latest: Decimal, heading: Trajectory) -> str:
    """Where the trend leads by the day of a dated target."""
    wanted = _Wanted(series.unit, heading.floor, heading.ceiling)
    now, day = wanted.place(latest), day_name(heading.due_on)
    if heading.outlook is Outlook.WILL_NOT_REACH:
        return f"At this pace it will {wanted.miss(now, wanted.place(heading.expected))} by {day}."
    surely = "" if heading.outlook is Outlook.WILL_REACH else "not reliably "
    kept = f"{wanted.stay} until {day}" if now == WITHIN else f"{wanted.arrive} by {day}"
    return f"At this pace it will {surely}{kept}."


def by_limits(series: Judged, verdict: Verdict) -> str:
    """Whether the target in force for the latest value can be relied on; empty where it is not judged.

    The limits are those of all that has been. Where the latest value has left them, or moves towards the
    target by a signal, they no longer tell for certain, and nothing is said for certain.
    """
    if verdict.assurance is None or verdict.latest is None:
        return ""
    wanted = _Wanted(series.unit, verdict.floor, verdict.ceiling)
    now = wanted.place(verdict.latest.value)
    if verdict.assurance is TargetAssurance.CONSISTENTLY_PASSES and now == WITHIN:
        return f"At this pace it will reliably {wanted.stay}."
    is_nearing = verdict.signal.side == -now
    if verdict.assurance is TargetAssurance.CONSISTENTLY_FAILS and now != WITHIN and not is_nearing:
        return f"At this pace it will {wanted.miss(now, now)}."
    return f"At this pace it will not reliably {wanted.stay if now == WITHIN else wanted.arrive}."
