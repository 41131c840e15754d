"""Whether a table's percentages are percentages, or fractions of one that a spreadsheet shows as such.

0.814 in a column of percentages may be 81.4 % or less than 1 %. Where every figure of a KPI lies
between nought and one, only the sender knows: so it is asked, KPI by KPI, and nothing of such a KPI
is taken until it says. What it says holds for these KPIs alone: one whose figures lie above one is
left as it is written, and one whose figures lie on both sides is not all fractions, whoever says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from api.measurements.files.findings import Finding
from api.measurements.taking import TakingKpi, Wrong

_PLAIN = re.compile(r"-?\d{0,12}\.?\d{1,12}", re.A)


class PercentagesAre(StrEnum):
    """What a sender may say of them."""

    PERCENTS = "percents"
    """0.814 is less than one per cent."""
    FRACTIONS = "fractions"
    """0.814 is 81.4 %."""


_WITHIN, _BEYOND, _SETTLED, _SIGNED_ABOVE = 1, 2, 4, 8
"""What was seen of a KPI's figures: one in the interval from nought to one, nought aside; one outside
it; one that needs no asking, for its sign or its parts; one above one by its sign."""
_BOTH = _WITHIN | _BEYOND


def seen_in(raw: Mapping[str, Any]) -> int:
    """What one row of a percentage shows, of the above."""
    given = raw.get("value")
    number = _number(given)
    if number is None:
        if not isinstance(given, str) or "%" not in given:
            return 0
        signed = _number(given.replace("%", ""))
        return _SETTLED | (_SIGNED_ABOVE if signed is not None and signed > 1 else 0)
    # The value is checked against its parts, which tells the two apart.
    settled = 0 if raw.get("numerator") is None or raw.get("denominator") is None else _SETTLED
    if not number:
        return settled
    return settled | (_WITHIN if 0 < number <= 1 else _BEYOND)


@dataclass
class Percentages:
    """Looks at the figures of percentages as they pass; a percent sign settles it for its figure."""

    are: PercentagesAre | None = None
    seen: dict[int, int] = field(default_factory=dict)
    """By KPI. Of fractions it must be whole before the first row is read."""

    @property
    def must_look_first(self) -> bool:
        """Whether a row can be read only once all of them were seen."""
        return self.are is PercentagesAre.FRACTIONS

    def read(self, kpi: TakingKpi, raw: dict[str, Any]) -> dict[str, Any]:
        """The row as it is to be understood: a fraction comes back as the percentage it is.

        Raises Wrong, ``mixed_percentages``, where the sender says that they are fractions and not all
        of the KPI's can be.
        """
        if not self.must_look_first:
            self.seen[kpi.id] = self.seen.get(kpi.id, 0) | seen_in(raw)
            return raw
        number = _number(raw.get("value"))
        kinds = self.seen.get(kpi.id, 0) & _BOTH
        if not number or kinds == _BEYOND:
            return raw
        if kinds == _BOTH:
            message = (
                f"Figures of {kpi.ref} lie on both sides of 1, so not all of them can be fractions;"
                " write them all as percentages, or each with a % sign."
            )
            raise Wrong("mixed_percentages", "/value", message)
        return raw | {"value": number * 100 if isinstance(number, int) else number.scaleb(2)}

    def unclear(self) -> list[int]:
        """The KPIs, by id, whose every figure lies between nought and one, and not all are nought."""
        if self.are is not None:
            return []
        settled = _BEYOND | _SETTLED
        return sorted(kpi_id for kpi_id, seen in self.seen.items() if seen & (_WITHIN | settled) == _WITHIN)

    def findings(self, kpis: Iterable[TakingKpi]) -> list[Finding]:
        """What the sender is to be asked, and which KPIs its answer was applied to."""
        refs = {kpi.id: kpi.ref for kpi in kpis}
        unclear = sorted(refs[kpi_id] for kpi_id in self.unclear())
        found = [
            Finding("fraction_or_percent", f"Every figure of {ref} lies between 0 and 1.", ref)
            for ref in unclear
        ]
        for code, told in self._told().items():
            named = sorted(refs[kpi_id] for kpi_id, seen in self.seen.items() if told(seen))
            if named:
                found.append(Finding(code, _SAID[code].format(refs=", ".join(named))))
        return found

    def _told(self) -> dict[str, Callable[[int], bool]]:
        """By the code of a finding, of which KPIs it is told."""
        match self.are:
            case PercentagesAre.FRACTIONS:
                return {
                    "read_as_fractions": lambda seen: seen & _BOTH == _WITHIN,
                    "left_as_percents": lambda seen: seen & _BOTH == _BEYOND,
                }
            case PercentagesAre.PERCENTS:
                return {"read_as_percents": lambda seen: seen & _BOTH == _WITHIN}
            case _:
                return {
                    "on_both_sides": lambda seen: bool(seen & _WITHIN and seen & (_BEYOND | _SIGNED_ABOVE))
                }


_SAID = {
    "read_as_fractions": "Read as fractions of one, so that 0.814 is 81.4 per cent: {refs}.",
    "left_as_percents": "Left as written, for no figure lies between 0 and 1: {refs}.",
    "read_as_percents": "Read as percentages, so that 0.814 is less than one per cent: {refs}.",
    "on_both_sides": "Figures lie on both sides of 1, and were read as percentages, as written: {refs}.",
}


def _number(given: Any) -> Decimal | int | None:
    if type(given) is int or type(given) is Decimal:
        return given
    if isinstance(given, str) and _PLAIN.fullmatch(given.strip()):
        return Decimal(given.strip())
    return None
