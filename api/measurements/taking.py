"""What reading a row needs to know and say: the KPI it names, and why a part of it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.kpis.values import LIMIT
from api.vocabulary import KpiKind, PeriodType, Unit

MOST_IN = {"note": 20_000, "source": 500, "external_reference": 500, "reason": 500}
"""Characters at most."""


@dataclass(frozen=True)
class TakingKpi:
    """What must be known of a KPI to take values of it."""

    id: int
    ref: str
    period_type: PeriodType
    unit: Unit
    kind: KpiKind
    segments: Mapping[str, int]
    """Segment ids by lower-case ref."""
    may_write: bool
    ends_before: str | None = None
    """Superseded: periods that begin on this day (ISO) or later are the successor's."""
    successor: str | None = None
    has_plausible_range: bool = False
    """Whether some version of its definition says what is hard to believe."""

    period_word: str = field(init=False)
    takes_grades: bool = field(init=False)
    least_whole: int | None = field(init=False)
    """A whole number from here up to the limit needs no closer look; None where figures are no values."""
    takes_decimals: bool = field(init=False)

    def __post_init__(self) -> None:
        takes_grades = self.unit is Unit.GRADE or self.kind is KpiKind.GRADE
        object.__setattr__(self, "period_word", self.period_type.value)
        object.__setattr__(self, "takes_grades", takes_grades)
        least = 0 if self.unit is Unit.COUNT else 1 - LIMIT
        object.__setattr__(self, "least_whole", None if takes_grades else int(least))
        object.__setattr__(self, "takes_decimals", not takes_grades and self.unit is not Unit.COUNT)


class Wrong(Exception):
    def __init__(self, code: str, pointer: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.pointer = pointer


def readable(text: str) -> str:
    """Without what PostgreSQL cannot store: null characters and halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\0", "�")


def shown(given: Any) -> str:
    """What was given, short enough to print in a message."""
    text = str(given)
    return text if len(text) <= 40 else f"{text[:36]}…"


def word_in(raw: dict[str, Any], name: str, words: frozenset[str]) -> str | None:
    given = raw.get(name)
    if given is None or given == "":
        return None
    # Only text can be looked up: a list or an object has no hash.
    if not isinstance(given, str) or given not in words:
        message = f"“{shown(given)}” is no {name}; use one of {', '.join(sorted(words))}."
        raise Wrong(f"unknown_{name}", f"/{name}", message)
    return given


def text_in(raw: dict[str, Any], name: str) -> str | None:
    given = raw.get(name)
    if given is None:
        return None
    if not isinstance(given, str):
        raise Wrong("not_text", f"/{name}", f"The {name} must be text, not “{shown(given)}”.")
    text = given.strip()
    if len(text) > MOST_IN[name]:
        message = f"The {name} has {len(text)} characters; {MOST_IN[name]} are kept at most."
        raise Wrong("too_long", f"/{name}", message)
    if ("\0" in text or not text.isascii()) and readable(text) != text:
        raise Wrong("unreadable_text", f"/{name}", f"The {name} holds characters that are no text.")
    return text or None
