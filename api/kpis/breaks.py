"""Where a KPI's line breaks: values on either side of a break are not of the same thing.

A period counts under the definition in force on its last day. So the first period on the far side of a
break is the first that ends on that day or later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from api.kpis import periods
from api.vocabulary import PeriodType


class BreakKind(StrEnum):
    DEFINITION = "definition"
    """Another version of the definition takes effect."""
    SUPERSEDED = "superseded"
    """The KPI gives way to another; its own line ends before."""


@dataclass(frozen=True)
class Break:
    on: date
    kind: BreakKind
    period: str
    text: str | None = None

    def shown(self) -> dict[str, Any]:
        return {"on": self.on.isoformat(), "kind": self.kind, "period": self.period, "text": self.text}


def breaks_of(kpi: dict[str, Any]) -> list[Break]:
    """The breaks of a KPI as it is read whole, oldest first.

    The first definition begins the line and breaks nothing, whatever day it names. A supersession from
    a period in words, as a document may give it, is not known to be anywhere.
    """
    kind = PeriodType(kpi["period_type"])
    found = [
        _at(date.fromisoformat(version["effective_from"]), BreakKind.DEFINITION, kind, version["descriptor"])
        for version in kpi["definitions"][1:]
        if version["effective_from"]
    ]
    ended = periods.from_key(kpi["superseded_from"], kind) if kpi["superseded_from"] else None
    if kpi["is_superseded"] and ended is not None:
        text = kpi["superseded_text"] or kpi["superseded_by"]
        found.append(_at(ended.starts_on, BreakKind.SUPERSEDED, kind, text))
    return sorted(found, key=lambda one: one.on)


def break_days(kpi: dict[str, Any]) -> list[date]:
    """The days on which definitions changed: no run, limit or sum may reach across one."""
    return [found.on for found in breaks_of(kpi) if found.kind is BreakKind.DEFINITION]


def _at(on: date, kind: BreakKind, type: PeriodType, text: str | None) -> Break:
    return Break(on, kind, periods.containing(on, type).key, text)
