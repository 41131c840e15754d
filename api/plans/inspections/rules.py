"""Inspection frameworks: what each judges, in which areas, and since when.

Areas are those of Ofsted's published frameworks: SIF (2013 to 2017), with adoption and care leavers
beneath looked after and permanence, and the review of the safeguarding board beside it; ILACS
(from 2018), where care leavers are judged apart from children in care since January 2023. Focused
and monitoring visits and joint targeted area inspections give findings in words, and no grade.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from api.vocabulary import Framework, Grade

CARE_LEAVERS_APART = date(2023, 1, 1)
_LAST_DAY_TOGETHER = date(2022, 12, 31)


@dataclass(frozen=True)
class Area:
    """A judgement area, in force between two days where it was not always so."""

    title: str
    under: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class FrameworkRule:
    title: str
    takes_grades: bool
    areas: tuple[Area, ...] = ()


_OVERALL = Area("Overall effectiveness")
_HELP = Area("Help and protection")
_PERMANENCE = "Looked after and permanence"
_ILACS_AREAS = (
    _OVERALL,
    Area("Impact of leaders"),
    _HELP,
    Area("Children in care and care leavers", valid_until=_LAST_DAY_TOGETHER),
    Area("Children in care", valid_from=CARE_LEAVERS_APART),
    Area("Care leavers", valid_from=CARE_LEAVERS_APART),
)

FRAMEWORKS: dict[Framework, FrameworkRule] = {
    Framework.SIF: FrameworkRule(
        "Single inspection framework",
        takes_grades=True,
        areas=(
            _OVERALL,
            _HELP,
            Area(_PERMANENCE),
            Area("Adoption", under=_PERMANENCE),
            Area("Care leavers", under=_PERMANENCE),
            Area("Leadership"),
            Area("LSCB review"),
        ),
    ),
    Framework.ILACS: FrameworkRule(
        "Inspection of local authority children's services, standard", takes_grades=True, areas=_ILACS_AREAS
    ),
    Framework.ILACS_SHORT: FrameworkRule(
        "Inspection of local authority children's services, short", takes_grades=True, areas=_ILACS_AREAS
    ),
    Framework.FOCUSED_VISIT: FrameworkRule("Focused visit", takes_grades=False),
    Framework.MONITORING_VISIT: FrameworkRule("Monitoring visit", takes_grades=False),
    Framework.JTAI: FrameworkRule("Joint targeted area inspection", takes_grades=False),
    Framework.OTHER: FrameworkRule("Other", takes_grades=True),
}


class Judgement(Protocol):
    """A grade or words on one area: a row of the table or a part of a payload will do."""

    @property
    def area(self) -> str: ...
    @property
    def under(self) -> str | None: ...
    @property
    def grade(self) -> Grade | None: ...


@dataclass(frozen=True)
class Misfit:
    """What is wrong with the judgement at a place, in which of its fields."""

    place: int
    field: str
    message: str
    code: str


def misfits(framework: Framework, judgements: Sequence[Judgement]) -> list[Misfit]:
    """Where these judgements cannot stand together under this framework.

    Area names are not checked: a plan keeps its report's own.
    """
    found: list[Misfit] = []
    title = FRAMEWORKS[framework].title
    areas = {judgement.area.casefold() for judgement in judgements if judgement.under is None}
    seen: set[tuple[str, str]] = set()
    for place, judgement in enumerate(judgements):
        if judgement.grade is not None and not FRAMEWORKS[framework].takes_grades:
            message = f"A {title.lower()} gives no grade; say what was found in words."
            found.append(Misfit(place, "grade", message, "no_grade"))
        under = (judgement.under or "").casefold()
        if under and under not in areas:
            message = f"There is no judgement on {judgement.under!r} for it to stand under."
            found.append(Misfit(place, "under", message, "unknown_area"))
        if (judgement.area.casefold(), under) in seen:
            found.append(Misfit(place, "area", f"{judgement.area!r} is judged twice.", "repeated"))
        seen.add((judgement.area.casefold(), under))
    return found
