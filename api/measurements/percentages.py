"""Whether a table's percentages are percentages, or fractions of one that a spreadsheet shows as such.

0.814 in a column of percentages may be 81.4 % or less than 1 %. Where every figure of a KPI lies
between nought and one, only the sender knows: so it is asked, and nothing of that KPI is taken
until it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from api.measurements.taking import TakingKpi

_PLAIN = re.compile(r"-?\d{0,12}\.?\d{1,12}", re.A)


class PercentagesAre(StrEnum):
    """What a sender may say of them."""

    PERCENTS = "percents"
    """0.814 is less than one per cent."""
    FRACTIONS = "fractions"
    """0.814 is 81.4 %."""


@dataclass
class _Seen:
    lies_within_one: bool = True
    exceeds_nought: bool = False


@dataclass
class Percentages:
    """Looks at the figures of percentages as they pass; a percent sign settles it for its figure."""

    are: PercentagesAre | None = None
    _seen: dict[int, _Seen] = field(default_factory=dict)

    def read(self, kpi: TakingKpi, raw: dict[str, Any]) -> dict[str, Any]:
        """The row as it is to be understood: a fraction comes back as the percentage it is."""
        given = raw.get("value")
        number = _number(given)
        if number is None:
            if given is not None and isinstance(given, str) and "%" in given:
                self._look(kpi.id, Decimal(100))
            return raw
        if self.are is PercentagesAre.FRACTIONS:
            return raw | {"value": number * 100 if isinstance(number, int) else number.scaleb(2)}
        if raw.get("numerator") is None or raw.get("denominator") is None:
            self._look(kpi.id, number)
        else:
            # The value is checked against its parts, which tells the two apart.
            self._look(kpi.id, Decimal(100))
        return raw

    def _look(self, kpi_id: int, number: Decimal | int) -> None:
        seen = self._seen.get(kpi_id)
        if seen is None:
            seen = self._seen[kpi_id] = _Seen()
        if number > 1 or number < 0:
            seen.lies_within_one = False
        elif number:
            seen.exceeds_nought = True

    def unclear(self) -> list[int]:
        """The KPIs, by id, whose every figure lies between nought and one, and not all are nought."""
        if self.are is not None:
            return []
        return sorted(
            kpi_id for kpi_id, seen in self._seen.items() if seen.lies_within_one and seen.exceeds_nought
        )


def _number(given: Any) -> Decimal | int | None:
    if type(given) is int or type(given) is Decimal:
        return given
    if isinstance(given, str) and _PLAIN.fullmatch(given.strip()):
        return Decimal(given.strip())
    return None
