"""How a KPI stands on a day: what moved, against which target, and whether its next value is late.

Pure: it works on a KPI as the repository reads it, so a list, a page of one KPI and a dashboard
all judge alike. Values come as JSON numbers of at most 15 digits, which a float carries exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from api.kpis import periods, rules
from api.verdicts.body import as_read
from api.vocabulary import Grade, Nature, PeriodType, Polarity, TargetKind, TargetStage, Unit

Json = dict[str, Any]


class Freshness(StrEnum):
    """Where the next value of a KPI is."""

    UP_TO_DATE = "up_to_date"
    """The period after the latest one has not ended."""
    DUE = "due"
    """It has ended, and its value may still come in time."""
    LATE = "late"
    NO_VALUES = "no_values"
    """Values are owed, and none ever came."""


@dataclass(frozen=True)
class _Listed(rules.Goal):
    """A target with its place in the KPI's list."""

    position: int = 0


def with_standing(item: Json, on: date) -> Json:
    """The KPI as read, its ``shown`` series opened out and judged as of a day."""
    shown = item.pop("shown", None)
    points: list[Json] = shown["points"] if shown else []
    latest = points[-1] if points else None
    previous = points[-2] if len(points) > 1 else None
    polarity = Polarity(item["polarity"])
    moved, direction = _movement(latest, previous, polarity)
    return item | {
        "basis": shown["basis"] if shown else None,
        "points_held": shown["points_held"] if shown else 0,
        "points": points,
        "latest": latest,
        "previous": previous,
        "change": moved,
        "direction": direction,
        **against_target(item, points, on),
        "freshness": freshness(item, latest, on),
        "verdict": as_read(shown["verdict"], on) if shown and shown["verdict"] else None,
        "verdict_is_pending": shown["verdict_is_pending"] if shown else False,
    }


def against_target(item: Json, points: list[Json], on: date) -> Json:
    """How a series of a KPI stands against the target in force, on a day.

    ``item`` is the KPI as read; ``points`` are the series' last ones, oldest first.
    """
    judged = _target_state(item, points, on)
    return {
        "current_target": _shown_target(item, judged.target),
        "target_state": judged.state.value,
        "target_distance": judged.distance,
        "target_expected": judged.expected,
    }


def freshness(item: Json, latest: Json | None, on: date) -> Json | None:
    """When the next value is due and whether it is late; None where nothing is owed.

    ``item`` needs ``due_after_days``, ``period_type`` and ``is_superseded``.
    """
    days = item["due_after_days"]
    if days is None or item["is_superseded"]:
        return None
    kind = PeriodType(item["period_type"])
    held = periods.from_key(latest["period"], kind) if latest else None
    if held is None:
        return _freshness(Freshness.NO_VALUES, days, None, None, None, 0)
    awaited = periods.next(held)
    due_on = awaited.ends_on + timedelta(days=days)
    if not periods.has_ended(awaited, on):
        return _freshness(Freshness.UP_TO_DATE, days, awaited.key, due_on, None, 0)
    if on <= due_on:
        return _freshness(Freshness.DUE, days, awaited.key, due_on, None, 1)
    missing, period = 1, periods.next(awaited)
    while missing < 100 and period.ends_on + timedelta(days=days) < on:
        missing, period = missing + 1, periods.next(period)
    return _freshness(Freshness.LATE, days, awaited.key, due_on, (on - due_on).days, missing)


def _freshness(
    state: Freshness, days: int, awaited: str | None, due_on: date | None, late: int | None, missing: int
) -> Json:
    return {
        "state": state.value,
        "due_after_days": days,
        "next_period": awaited,
        "due_on": due_on.isoformat() if due_on else None,
        "days_late": late,
        "periods_missing": missing,
    }


def _movement(
    latest: Json | None, previous: Json | None, polarity: Polarity
) -> tuple[Decimal | None, str | None]:
    """The change and whether it is for the better. For grades: in grades, more is better."""
    if latest is None or previous is None:
        return None, None
    if "grade" in latest or "grade" in previous:
        moved = rules.grade_change(_grade(latest.get("grade")), _grade(previous.get("grade")))
        found = rules.direction(moved, Polarity.HIGHER)
    else:
        moved = rules.change(_figure(latest.get("value")), _figure(previous.get("value")))
        found = rules.direction(moved, polarity)
    return moved, found.value if found else None


def _target_state(item: Json, points: list[Json], on: date) -> rules.TargetState[_Listed]:
    latest = points[-1] if points else None
    kind = PeriodType(item["period_type"])
    period = periods.from_key(latest["period"], kind) if latest else None
    point = (
        rules.Point(period, _figure(latest.get("value")), _grade(latest.get("grade")))
        if latest and period
        else None
    )
    first = next((held for held in points if held.get("value") is not None), None)
    begun = (
        rules.Start(Decimal(repr(first["value"])), date.fromisoformat(first["ends_on"])) if first else None
    )
    good = item["good"] or {}
    return rules.target_state(
        [_listed(target) for target in item["targets"]],
        polarity=Polarity(item["polarity"]),
        latest=point,
        today=on,
        good=rules.good_as_standing(
            good_is_target=item["good_is_target"],
            unit=Unit(item["unit"]),
            value=_figure(good.get("value")),
            grade=_grade(good.get("grade")),
            good_unit=Unit(good["unit"]) if good.get("unit") else None,
        ),
        tolerance=_figure(item["tolerance"]),
        start=begun,
        nature=Nature(item["nature"]),
    )


def _listed(target: Json) -> _Listed:
    due = target["due"]
    return _Listed(
        kind=TargetKind(target["kind"]),
        stage=TargetStage(target["stage"]) if target["stage"] else None,
        value=_figure(target["value"]),
        lower=_figure(target["lower"]),
        upper=_figure(target["upper"]),
        grade=_grade(target["grade"]),
        due_on=date.fromisoformat(due["on"]) if due and due["on"] else None,
        baseline=_figure(target["baseline"]),
        to_be_confirmed=target["to_be_confirmed"],
        position=target["position"],
    )


def _shown_target(item: Json, target: rules.Goal | None) -> Json | None:
    if isinstance(target, _Listed):
        listed: list[Json] = item["targets"]
        return next(t for t in listed if t["position"] == target.position) | {"from_good": False}
    if target is None:
        return None
    return {
        "position": None,
        "kind": target.kind.value,
        "stage": None,
        "value": target.value,
        "lower": None,
        "upper": None,
        "grade": target.grade,
        "due": None,
        "baseline": None,
        "to_be_confirmed": False,
        "text": item["good"]["text"],
        "from_good": True,
    }


def _figure(number: float | int | None) -> Decimal | None:
    return None if number is None else Decimal(repr(number))


def _grade(word: str | None) -> Grade | None:
    return Grade(word) if word else None
