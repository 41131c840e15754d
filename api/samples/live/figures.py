"""KPIs of the live sample and three years of monthly values for each.

Values come from a generator seeded by the KPI's ref, so that every load tells the same story: some
figures improve, some stand still, some slip, some were never collected for a while.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from api import vocabulary as terms
from api.core.fuzzy import FuzzyDate
from api.kpis import periods
from api.plan_documents.parts.kpis import Definition, Kpi, KpiRecommendation, Measurement, Target

MONTHS = 36


@dataclass(frozen=True)
class Figure:
    """A KPI in one line: where it began, where it stands, how much it jitters."""

    ref: str
    title: str
    category: terms.KpiCategory
    unit: terms.Unit
    polarity: terms.Polarity
    first: float
    last: float
    jitter: float
    lead: str
    theme: str
    recommendation: str
    descriptor: str
    good: float | None = None
    good_why: str | None = None
    denominator: int | None = None
    """Typical denominator of a percentage; None where only the figure is collected."""
    decimals: int = 1
    nature: terms.Nature = terms.Nature.SNAPSHOT
    counts_children: bool = False
    missing: tuple[int, ...] = ()
    """Months, counted back from the latest, that were never reported."""
    not_available: tuple[int, ...] = ()
    caveat: str | None = None


M, W, B = terms.KpiCategory.HOW_MUCH, terms.KpiCategory.HOW_WELL, terms.KpiCategory.BETTER_OFF
N, PC, DAYS = terms.Unit.COUNT, terms.Unit.PERCENT, terms.Unit.DAYS
UP, DOWN, EVEN = terms.Polarity.HIGHER, terms.Polarity.LOWER, terms.Polarity.NEUTRAL
IN = terms.Nature.IN_PERIOD

# fmt: off
FIGURES: tuple[Figure, ...] = (
    Figure("K01", "Contacts received at the front door", M, N, EVEN, 1040, 1185, 55, "hos-front-door",
      "front-door", "1", "All contacts logged by the front door in the month, whatever followed.", decimals=0,
      nature=IN),
    Figure("K02", "Referrals accepted", M, N, EVEN, 312, 288, 22, "hos-front-door", "front-door", "1",
      "Contacts that became a referral to social care in the month.", decimals=0, nature=IN),
    Figure("K03", "Children with a child in need plan", M, N, EVEN, 870, 815, 14, "hos-help-protection",
      "front-door", "2", "Children with an open plan on the last day of the month.", decimals=0,
      counts_children=True),
    Figure("K04", "Children with a child protection plan", M, N, EVEN, 296, 241, 8, "hos-help-protection",
      "protection", "3", "Children with a plan on the last day of the month.", decimals=0,
      counts_children=True),
    Figure("K05", "Children in care", M, N, EVEN, 512, 534, 5, "hos-care", "care", "6",
      "Children looked after on the last day of the month.", decimals=0, counts_children=True),
    Figure("K06", "Early help assessments started", M, N, UP, 92, 141, 11, "hos-front-door", "front-door",
      "2", "By the council and by partners, where partners report them.", decimals=0, nature=IN,
      caveat="Two schools do not yet report theirs."),
    Figure("K07", "Social workers who started", M, N, UP, 2, 5, 1.6, "hr-partner", "workforce", "9",
      "New permanent social workers in the month.", decimals=0, nature=IN),
    Figure("K08", "Case-file audits completed", M, N, UP, 14, 33, 3, "hos-quality", "quality", "10",
      "Audits finished and moderated in the month.", 30, "One for every three team managers and above.",
      decimals=0, nature=IN),
    Figure("K09", "Return home interviews offered", M, N, EVEN, 38, 44, 6, "missing-lead", "protection",
      "5", "Offers made after a missing episode ended.", decimals=0, nature=IN),
    Figure('K10', 'Referrals within 12 months of an earlier one', W, PC, DOWN, 29.5, 20.8, 1.4,
      'hos-front-door', 'front-door', '1',
      "Share of the month's referrals for a child referred in the 12 months before.", 20,
      'The level of the best quarter of similar councils.', denominator=290, nature=IN),
    Figure("K11", "Assessments finished within 45 working days", W, PC, UP, 70.5, 87.6, 2.1,
      "hos-help-protection", "front-door", "2", "Share of assessments finished in the month.",
      denominator=260, nature=IN),
    Figure("K12", "Child protection visits on time", W, PC, UP, 77.4, 93.8, 1.7, "hos-help-protection",
      "protection", "3", "Visits due in the month that happened within ten working days of the last.", 95,
      "Every child should be seen; a margin is left for families away.", denominator=610, nature=IN),
    Figure("K13", "Visits to children in care on time", W, PC, UP, 83.0, 88.9, 1.5, "hos-care", "care", "6",
      "Visits due in the month that happened.", 90, "As for protection, with less travel in our hands.",
      denominator=540, nature=IN),
    Figure("K14", "Initial conferences held within 15 working days", W, PC, UP, 72.0, 80.5, 4.5,
      "iro-manager", "protection", "3",
      "Conferences in the month held in time after the strategy discussion.", denominator=34, nature=IN),
    Figure("K15", "Average caseload of a social worker", W, terms.Unit.RATIO, DOWN, 22.6, 16.4, 0.4,
      "ad-safeguarding", "workforce", "9",
      "Open cases divided by full-time equivalent workers who hold cases.", 16,
      "What managers and staff agreed lets work be done well."),
    Figure("K16", "Supervision held on time", W, PC, UP, 61.0, 84.5, 2.8, "ad-safeguarding", "workforce",
      "9", "Case supervisions due in the month that were held and recorded.", 90, None, denominator=420,
      nature=IN),
    Figure("K17", "Vacant social work posts", W, PC, DOWN, 24.8, 15.6, 0.7, "hr-partner", "workforce", "9",
      "Vacant posts, agency cover not counted, on the last day of the month.", denominator=214),
    Figure("K18", "Posts filled by agency workers", W, PC, DOWN, 17.2, 19.6, 0.6, "hr-partner", "workforce",
      "9", "Agency workers in social work posts on the last day of the month.", 12, None, denominator=214),
    Figure("K19", "Initial health assessments within 20 working days", W, PC, UP, 58.0, 47.0, 5.5,
      "named-nurse", "care", "7", "Children who came into care and were seen in time.", 80,
      "The level agreed with the health trust.", denominator=19, nature=IN),
    Figure("K20", "Personal education plans judged good", W, PC, UP, 71.0, 72.5, 2.6, "virtual-head",
      "care", "7", "Plans reviewed in the month and judged good by the virtual school.", 85, None,
      denominator=88, nature=IN),
    Figure("K21", "Return home interviews within 72 hours", W, PC, UP, 47.0, 66.0, 5.0, "missing-lead",
      "protection", "5", "Interviews held within 72 hours, as a share of those accepted.", 80, None,
      denominator=36, nature=IN, missing=(20, 21, 22)),
    Figure("K22", "Days from pre-proceedings to a court decision", W, DAYS, DOWN, 236, 188, 11,
      "legal-partner", "protection", "4", "Average over proceedings that ended in the month.", 182,
      "Twenty-six weeks.", decimals=0, nature=IN),
    Figure("K23", "Children in care with a dental check in the year", W, PC, UP, 62.0, 70.0, 1.8,
      "named-nurse", "care", "7", "Share of children in care for a year or more.", denominator=430,
      not_available=(5, 6)),
    Figure('K24', 'Audits graded good or better', B, PC, UP, 27.0, 53.0, 5.0, 'hos-quality', 'quality',
      '10', "Share of the month's audits, after moderation.", denominator=32, nature=IN),
    Figure("K25", "Average audit score", B, terms.Unit.SCORE, UP, 5.1, 6.9, 0.22, "hos-quality", "quality",
      "10", "Mean over seven domains, each from 1 to 10, after moderation.", 7.5,
      "Where audits begin to be graded good.", nature=IN),
    Figure("K26", "Children in care with three or more placements in a year", B, PC, DOWN, 13.6, 9.4, 0.5,
      "hos-care", "care", "6", "Share of children in care on the last day of the month.", 10, None,
      denominator=525),
    Figure("K27", "Care leavers in suitable accommodation", B, PC, UP, 84.0, 91.5, 1.1, "hos-care",
      "leaving-care", "8", "Of those aged 17 to 21 we are in touch with.", 93, None, denominator=196),
    Figure("K28", "Care leavers in education, work or training", B, PC, UP, 52.0, 53.5, 1.3, "virtual-head",
      "leaving-care", "8", "Of those aged 17 to 21.", denominator=196),
    Figure("K29", "Children on a second or later protection plan", B, PC, DOWN, 25.5, 18.2, 2.2,
      "hos-help-protection", "protection", "3", "Share of plans that began in the month.", 18, None,
      denominator=31, nature=IN),
)
# fmt: on


def spelled(kpi: str) -> list[Target]:
    """The targets of one KPI. Dated ones lie before and after any day of loading."""
    return _TARGETS.get(kpi, [])


def dated(today: date) -> dict[str, list[Target]]:
    """Targets by a date, relative to the day of loading: one interim passed, one final to come."""
    year = today.year if today.month < 4 else today.year + 1
    by, final = terms.TargetKind.BY_DATE, terms.TargetStage.FINAL
    interim = terms.TargetStage.INTERIM
    return {
        "K11": [
            Target(
                kind=by,
                stage=interim,
                value=Decimal(85),
                due=FuzzyDate(date=f"{year - 1}-09"),
                baseline=Decimal(70),
            ),
            Target(kind=by, stage=final, value=Decimal(92), due=FuzzyDate(date=f"{year}-03")),
        ],
        "K14": [Target(kind=by, value=Decimal(90), due=FuzzyDate(date=f"{year}-03"), baseline=Decimal(72))],
        "K24": [
            Target(kind=by, stage=interim, value=Decimal(50), due=FuzzyDate(date=f"{year}-03")),
            Target(kind=by, stage=final, value=Decimal(70), due=FuzzyDate(date=f"{year + 1}-03")),
        ],
        "K29": [Target(kind=by, value=Decimal(17), due=FuzzyDate(date=f"{year}-06"))],
    }


_STANDING, _YEAR_END = terms.TargetKind.STANDING, terms.TargetKind.YEAR_END
_TARGETS: dict[str, list[Target]] = {
    **{
        ref: [Target(kind=_STANDING, value=Decimal(value))]
        for ref, value in {
            "K08": "30",
            "K10": "20",
            "K12": "95",
            "K13": "90",
            "K15": "16",
            "K16": "90",
            "K19": "80",
            "K20": "85",
            "K21": "80",
            "K22": "182",
            "K26": "10",
            "K27": "93",
        }.items()
    },
    "K04": [Target(kind=_STANDING, lower=Decimal(210), upper=Decimal(260), text="between 210 and 260")],
    "K17": [Target(kind=_YEAR_END, value=Decimal(14))],
    "K18": [Target(kind=_YEAR_END, value=Decimal(12))],
    "K28": [Target(kind=_STANDING, to_be_confirmed=True, text="to be agreed with partners")],
}


def kpis(today: date) -> list[Kpi]:
    by_date = dated(today)
    made = [
        Kpi(
            ref=f.ref,
            title=f.title,
            category=f.category,
            unit=f.unit,
            polarity=f.polarity,
            nature=f.nature,
            period_type=terms.PeriodType.MONTH,
            frequency="Monthly",
            counts_children=f.counts_children,
            leads=[{"party": f.lead}],
            themes=[f.theme],
            recommendations=[KpiRecommendation(recommendation=f.recommendation)],
            definitions=[
                Definition(
                    descriptor=f.descriptor,
                    decimals=f.decimals,
                    source="Case management system",
                    good_value=_exact(f.good, 1) if f.good is not None else None,
                    good_rationale=f.good_why,
                    caveats=[f.caveat] if f.caveat else [],
                    scale_min=Decimal(1) if f.unit is terms.Unit.SCORE else None,
                    scale_max=Decimal(10) if f.unit is terms.Unit.SCORE else None,
                )
            ],
            good_is_target=f.ref == "K25",
            tolerance=Decimal(2) if f.ref == "K13" else None,
            targets=spelled(f.ref) + by_date.get(f.ref, []),
        )
        for f in FIGURES
    ]
    return [*made, _position(), _listened()]


def _position() -> Kpi:
    return Kpi(
        ref="K30",
        title="Where practice stands, from audit",
        category=B,
        unit=terms.Unit.GRADE,
        polarity=UP,
        kind=terms.KpiKind.GRADE,
        period_type=terms.PeriodType.MONTH,
        frequency="Monthly",
        leads=[{"party": "hos-quality"}],
        themes=["quality"],
        recommendations=[KpiRecommendation(recommendation="10")],
        definitions=[
            Definition(
                descriptor="The head of quality assurance's judgement over the month's audits.",
                good_grade=terms.Grade.GOOD,
            )
        ],
    )


def _listened() -> Kpi:
    return Kpi(
        ref="K31",
        title="Children who say their worker listens to them",
        category=B,
        unit=PC,
        polarity=UP,
        period_type=terms.PeriodType.FINANCIAL_QUARTER,
        frequency="Quarterly",
        leads=[{"party": "participation"}],
        themes=["voice"],
        recommendations=[KpiRecommendation(recommendation="11")],
        definitions=[Definition(descriptor="Share answering yes in the quarterly survey.", decimals=0)],
        targets=[Target(kind=_STANDING, value=Decimal(85))],
    )


def latest_month(today: date) -> periods.Period:
    """The month before last: last month's values are what the sample integration still owes."""
    this = periods.containing(today, terms.PeriodType.MONTH)
    return periods.previous(periods.previous(this))


def measurements(today: date) -> list[Measurement]:
    months = back_from(latest_month(today), MONTHS)
    made = [value for figure in FIGURES for value in series(figure, months)]
    inadequate, ri = terms.Grade.INADEQUATE, terms.Grade.REQUIRES_IMPROVEMENT
    made += [
        Measurement(kpi="K30", period=month.key, grade=inadequate if place < 14 else ri)
        for place, month in enumerate(months)
    ]
    quarter = periods.previous(periods.containing(today, terms.PeriodType.FINANCIAL_QUARTER))
    dice = random.Random("K31")  # noqa: S311 - sample figures, not secrets
    made += [
        Measurement(kpi="K31", period=each.key, value=Decimal(68 + place + dice.randint(-2, 2)))
        for place, each in enumerate(back_from(quarter, 11))
    ]
    return _signed_off_but_the_last(made)


def _signed_off_but_the_last(made: list[Measurement]) -> list[Measurement]:
    """As a performance officer leaves them: the latest value of each KPI waits to be checked."""
    last = {value.kpi: value for value in made}
    signed = {"workflow": terms.MeasurementWorkflow.SIGNED_OFF}
    return [value if value is last[value.kpi] else value.model_copy(update=signed) for value in made]


def back_from(latest: periods.Period, count: int) -> list[periods.Period]:
    found = [latest]
    while len(found) < count:
        found.insert(0, periods.previous(found[0]))
    return found


def series(figure: Figure, months: list[periods.Period]) -> list[Measurement]:
    """Its values for these months, the first of them the first it ever had."""
    dice = random.Random(figure.ref)  # noqa: S311 - sample figures, not secrets
    made = []
    for place, month in enumerate(months):
        level = (
            figure.first + (figure.last - figure.first) * place / (MONTHS - 1) + dice.gauss(0, figure.jitter)
        )
        out_of = round(figure.denominator * (1 + dice.uniform(-0.08, 0.08))) if figure.denominator else None
        back = MONTHS - 1 - place
        if back in figure.missing:
            continue
        if back in figure.not_available:
            made.append(
                Measurement(kpi=figure.ref, period=month.key, state=terms.MeasurementState.NOT_AVAILABLE)
            )
            continue
        if out_of is not None:
            share = min(max(level, 0.0), 100.0)
            counted = round(out_of * share / 100)
            value = (Decimal(counted) * 100 / Decimal(out_of)).quantize(Decimal("0.000001"))
            made.append(
                Measurement(
                    kpi=figure.ref,
                    period=month.key,
                    value=value,
                    numerator=Decimal(counted),
                    denominator=Decimal(out_of),
                )
            )
        else:
            made.append(
                Measurement(kpi=figure.ref, period=month.key, value=_exact(max(level, 0.0), figure.decimals))
            )
    return made


def _exact(level: float, decimals: int) -> Decimal:
    return Decimal(f"{level:.{decimals}f}")
