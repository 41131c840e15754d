"""A year of case-file audits of the live plan, before and after moderation, and the windscreen positions.

The plan document brings three figures a month that audits stand behind: how many were moderated (K08), how
many of those graded were good or better (K24), and their average score (K25). The audits are made to agree
with all three, so that whoever adds them up finds what the plan says. From the next audit on the last two
are derived from them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from api import vocabulary as terms
from api.audits.batches import record_batch
from api.audits.measures import create_measure
from api.audits.schemas import AuditBatch, WindscreenPositionCreate
from api.audits.template_schemas import (
    AuditMeasureCreate,
    AuditTemplateCreate,
    BandWrite,
    DomainWrite,
    ScaleWrite,
)
from api.audits.templates import create_template
from api.audits.windscreen import record_position
from api.core.context import Context
from api.samples.live import figures

TEMPLATE = "practice"
MONTHS = 12
SCORED = (
    ("assessment", "Assessment", 0.3),
    ("planning", "Planning", -0.6),
    ("voice", "Voice of the child", 0.9),
    ("visits", "Visits and direct work", 0.8),
    ("partners", "Work with partners", 0.2),
    ("oversight", "Management oversight", -1.1),
    ("recording", "Recording", -0.5),
)
"""Ref, title, and by how much a domain is better done than the others, in points of the scale."""

OVERALL = "overall"
LOWEST, HIGHEST = 1, 10

TEAMS = (
    ("assessment-team", "Assessment team", 11),
    ("east-team", "Safeguarding team, east", 8),
    ("west-team", "Safeguarding team, west", 7),
    ("care-team", "Children in care team", 5),
    ("disability-team", "Disabled children's team", 2),
    ("leaving-care-team", "Leaving care team", 1),
)
"""Ref, name, and how often each is audited against the others: the last two have few audits in any month."""

AUDITORS = ("hos-front-door", "hos-help-protection", "hos-care", "iro-manager")

_G = terms.Grade
_P = terms.DialPlace
_POSITIONS: tuple[tuple[int, terms.Grade, terms.DialPlace, str, str], ...] = (
    (
        412,
        _G.REQUIRES_IMPROVEMENT,
        _P.LOWER,
        "director",
        "Inspectors found help and protection inadequate. Audits put practice just above, and no higher.",
    ),
    (
        272,
        _G.REQUIRES_IMPROVEMENT,
        _P.LOWER,
        "hos-quality",
        "Assessments are safe enough in every team. Plans still say what is to be done and not by when.",
    ),
    (
        180,
        _G.REQUIRES_IMPROVEMENT,
        _P.MIDDLE,
        "hos-quality",
        "Half a year of audits mostly at this grade, and moderation lowers fewer marks than it did.",
    ),
    (
        88,
        _G.REQUIRES_IMPROVEMENT,
        _P.MIDDLE,
        "director",
        "The average rose and the position did not: oversight and recording are where they were.",
    ),
    (
        26,
        _G.REQUIRES_IMPROVEMENT,
        _P.UPPER,
        "hos-quality",
        "Half of audits are good or better, for the third month. What is found is not always put right.",
    ),
)


@dataclass(frozen=True)
class Month:
    """What the plan's figures say of a month's audits."""

    period: str
    moderated: int
    graded: int
    good_or_better: int
    average: float

    @property
    def audits(self) -> int:
        """Those without a grade over all, or without moderation, make up what the figures differ by."""
        return max(self.moderated, self.graded)


async def write_audits(ctx: Context, today: date) -> None:
    """Template, audits and derived KPIs, and the positions in the order in which they were judged."""
    await create_template(ctx, _template())
    await record_batch(ctx, AuditBatch(rows=list(audits(today))))
    for kpi, domain, statistic in (
        ("K24", OVERALL, terms.AuditStatistic.SHARE),
        ("K25", None, terms.AuditStatistic.AVERAGE),
    ):
        await create_measure(
            ctx, AuditMeasureCreate(kpi=kpi, template=TEMPLATE, domain=domain, statistic=statistic)
        )
    for days_ago, grade, place, party, reason in _POSITIONS:
        judged_on = today - timedelta(days=days_ago)
        await record_position(
            ctx,
            WindscreenPositionCreate(
                grade=grade, place=place, judged_on=judged_on, party=party, reason=reason
            ),
        )


def _template() -> AuditTemplateCreate:
    bands = (
        ("Inadequate practice", LOWEST, _G.INADEQUATE),
        ("Requires improvement", 4, _G.REQUIRES_IMPROVEMENT),
        ("Good practice", 7, _G.GOOD),
        ("Outstanding practice", 9, _G.OUTSTANDING),
    )
    return AuditTemplateCreate(
        ref=TEMPLATE,
        title="Practice audit",
        moderation_expected=True,
        domains=[
            *(DomainWrite(ref=ref, title=title, scale=terms.AuditScale.SCORE) for ref, title, _ in SCORED),
            DomainWrite(ref=OVERALL, title="Overall"),
        ],
        scale=ScaleWrite(
            lowest=LOWEST,
            highest=HIGHEST,
            bands=[BandWrite(title=title, lowest=lowest, grade=grade) for title, lowest, grade in bands],
        ),
    )


def audits(today: date) -> Iterator[dict[str, Any]]:
    """Rows of a batch: the oldest month first."""
    dice = random.Random(TEMPLATE)  # noqa: S311 - sample figures, not secrets
    for month in months(today):
        rows = list(_of_month(month, dice))
        dice.shuffle(rows)
        yield from rows


def months(today: date) -> list[Month]:
    """The last twelve months that the plan has figures of."""
    held = {(value.kpi, value.period): value for value in figures.measurements(today)}
    latest = figures.back_from(figures.latest_month(today), MONTHS)
    return [
        Month(
            period.key,
            moderated=int(_known(held["K08", period.key].value)),
            graded=int(_known(held["K24", period.key].denominator)),
            good_or_better=int(_known(held["K24", period.key].numerator)),
            average=float(_known(held["K25", period.key].value)),
        )
        for period in latest
    ]


def _known(figure: Decimal | None) -> Decimal:
    assert figure is not None  # as every month of these KPIs has its figures
    return figure


def _of_month(month: Month, dice: random.Random) -> Iterator[dict[str, Any]]:
    """Audits whose marks after moderation add up to the month's figures.

    The best audits have the best grades: scores are drawn, sorted, and put right by single points until
    their sum is that of the average.
    """
    names = [ref for ref, *_ in SCORED]
    drawn = sorted((_drawn(month.average, dice) for _ in range(month.audits)), key=sum, reverse=True)
    _settle(drawn, round(month.average * month.audits * len(names)), dice)
    teams = dice.choices([ref for ref, _, _ in TEAMS], [weight for *_, weight in TEAMS], k=month.audits)
    ungraded = set(dice.sample(range(month.audits), month.audits - month.graded))
    unmoderated = set(dice.sample(range(month.audits), month.audits - month.moderated))
    graded = 0
    for place, marks in enumerate(drawn):
        final: dict[str, int | str] = dict(zip(names, marks, strict=True))
        if place not in ungraded:
            final[OVERALL] = _grade(graded, month, sum(marks) / len(marks))
            graded += 1
        row = {"template": TEMPLATE, "month": month.period, "team": teams[place]}
        row["auditor"] = dice.choice(AUDITORS)
        if place in unmoderated:
            yield row | {"scores": final}
        else:
            before = {domain: _before(mark, dice) for domain, mark in final.items()}
            yield row | {"scores": before, "moderated": final, "moderator": "hos-quality"}


def _drawn(average: float, dice: random.Random) -> list[int]:
    """The marks of one audit: its own level, the domain's, and chance."""
    level = dice.gauss(average, 1.2)
    marks = (round(level + lead + dice.gauss(0, 0.9)) for *_, lead in SCORED)
    return [min(max(mark, LOWEST), HIGHEST) for mark in marks]


def _settle(drawn: list[list[int]], total: int, dice: random.Random) -> None:
    """Move single marks, each by one point, until they sum to ``total``."""
    while difference := total - sum(map(sum, drawn)):
        step = 1 if difference > 0 else -1
        marks = dice.choice(drawn)
        place = dice.randrange(len(marks))
        if LOWEST <= marks[place] + step <= HIGHEST:
            marks[place] += step


def _grade(graded: int, month: Month, mean: float) -> str:
    """Of the so-many-th graded audit, the best first."""
    if graded < month.good_or_better:
        return (_G.OUTSTANDING if mean >= 8.5 else _G.GOOD).value
    return (_G.INADEQUATE if mean < 4.7 else _G.REQUIRES_IMPROVEMENT).value


def _before(final: int | str, dice: random.Random) -> int | str:
    """What the auditor gave before the moderator looked: one mark in six was too kind, a few too harsh."""
    step = dice.choices((0, 1, -1), (80, 15, 5))[0]
    if isinstance(final, int):
        return min(max(final + step, LOWEST), HIGHEST)
    grades = list(reversed(_G))
    place = grades.index(_G(final)) + step
    return grades[min(max(place, 0), len(grades) - 1)].value
