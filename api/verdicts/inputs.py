"""What a verdict is made from, as the database holds it: under as-of, as it was known then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.kpis.rules import Goal, good_as_standing
from api.verdicts.rules import Break, Judged, Point
from api.vocabulary import (
    Grade,
    LineBreak,
    MeasurementState,
    MeasurementWorkflow,
    Nature,
    PeriodType,
    Polarity,
    SpcProfile,
    TargetKind,
    TargetStage,
    Unit,
    VerdictInput,
)

Json = dict[str, Any]

# Figures are told as text, so that none passes through a binary float. Which series is which never
# changes, so the past reads it from the present, where no facts need be computed for it.
_INPUTS = """
select s.id, s.plan_id, s.kpi_id, s.revision, k.unit, k.polarity, k.nature, k.period_type, k.good_is_target,
       pl.spc_profile, d.definitions, t.targets, r.rebases,
       m.periods, m.starts, m.ends, m.held, m.numerators, m.denominators, m.workflows, w.without_figure
from public.series s
join kpi k on k.id = s.kpi_id
join plan pl on pl.id = s.plan_id
left join lateral (
    select json_agg(json_build_object('from', d.effective_from, 'decimals', d.decimals,
        'wording', md5(json_build_array(d.descriptor, d.numerator, d.denominator, d.source, d.caveats,
            d.scale_min, d.scale_max)::text),
        'value', d.good_value::text, 'grade', d.good_grade, 'unit', d.good_unit)
        order by d.effective_from nulls first, d.position) as definitions
    from kpi_definition d where d.kpi_id = k.id
) d on true
left join lateral (
    select json_agg(json_build_object('kind', t.kind, 'stage', t.stage, 'value', t.value::text,
        'lower', t.lower::text, 'upper', t.upper::text, 'grade', t.grade, 'due_on', t.due_on,
        'to_be_confirmed', t.to_be_confirmed) order by t.position) as targets
    from target t where t.kpi_id = k.id
) t on true
left join lateral (
    select json_agg(distinct r.from_on) as rebases
    from rebase r
    where r.kpi_id = k.id and r.state = 'agreed' and coalesce(r.segment_id, s.segment_id) = s.segment_id
      and coalesce(r.basis, s.basis) = s.basis
) r on true
left join lateral (
    select array_agg(o.period) as periods, array_agg(o.starts_on) as starts, array_agg(o.ends_on) as ends,
           array_agg(o.value) as held, array_agg(o.numerator) as numerators,
           array_agg(o.denominator) as denominators, array_agg(o.workflow) as workflows,
           count(*) filter (where o.workflow <> 'under_query') as counting
    from (
        select * from measurement m
        where m.series_id = s.id and m.state = 'reported' and m.value is not null
        order by m.ends_on
    ) o
) m on true
left join lateral (
    select array_agg(n.state) as without_figure
    from measurement n where m.counting = 0 and n.series_id = s.id and n.state <> 'reported'
) w on true
where s.id = any(cast(:series as bigint[]))
order by s.id
"""

_WORKFLOWS = {word.value: word for word in MeasurementWorkflow}


@dataclass(frozen=True)
class Inputs:
    """A series with its reported figures, and what they are judged by."""

    series_id: int
    plan_id: int
    kpi_id: int
    revision: int
    judged: Judged
    points: list[Point]
    without_figure: list[MeasurementState]
    """Where no figure counts: what the periods without one hold."""
    told: Json
    """What it is judged by, in JSON, by :class:`~api.vocabulary.VerdictInput`."""


async def read_inputs(session: AsyncSession, series_ids: Sequence[int]) -> list[Inputs]:
    """One query, whatever the number of series; in the order of their ids."""
    rows = await session.execute(text(_INPUTS), {"series": list(series_ids)})
    return [_inputs(row) for row in rows]


def _inputs(row: Any) -> Inputs:
    targets: list[Json] = row.targets or []
    definitions: list[Json] = row.definitions or []
    rebases = sorted(row.rebases or [])
    goods = [_good(definition, row) for definition in definitions]
    points = _points(row)
    told: Json = {
        VerdictInput.PROFILE.value: row.spc_profile,
        VerdictInput.UNIT.value: row.unit,
        VerdictInput.POLARITY.value: row.polarity,
        VerdictInput.NATURE.value: row.nature,
        VerdictInput.TARGET.value: {
            "targets": targets,
            "good": [
                {name: definition[name] for name in ("from", "value", "grade", "unit")}
                for definition in definitions
                if row.good_is_target
            ],
        },
        VerdictInput.DEFINITION.value: [
            {name: definition[name] for name in ("from", "decimals", "wording")} for definition in definitions
        ],
        VerdictInput.REBASE.value: rebases,
    }
    judged = Judged(
        unit=Unit(row.unit),
        polarity=Polarity(row.polarity),
        nature=Nature(row.nature),
        period_type=PeriodType(row.period_type),
        profile=SpcProfile(row.spc_profile),
        decimals=_decimals(definitions, points),
        breaks=(
            # The first definition breaks nothing, nor does one that says no day.
            *(Break(day, LineBreak.DEFINITION) for d in definitions[1:] if (day := _day(d["from"]))),
            *(Break(date.fromisoformat(day), LineBreak.REBASE) for day in rebases),
        ),
        targets=tuple(_goal(target) for target in targets),
        goods=tuple(goods),
    )
    without_figure = [MeasurementState(state) for state in row.without_figure or []]
    return Inputs(row.id, row.plan_id, row.kpi_id, row.revision, judged, points, without_figure, told)


def _decimals(definitions: Sequence[Json], points: Sequence[Point]) -> int:
    """Of the definition in force for the latest point that counts, whatever versions are yet to come."""
    if not definitions:
        return 1
    ends = [point.ends_on for point in points if point.workflow is not MeasurementWorkflow.UNDER_QUERY]
    latest = max(ends, default=date.max)
    held = [one for one in definitions if (begins := _day(one["from"])) is None or begins <= latest]
    return int((held or definitions[:1])[-1]["decimals"])


def _points(row: Any) -> list[Point]:
    if row.periods is None:
        return []
    columns = (row.periods, row.starts, row.ends, row.held, row.numerators, row.denominators, row.workflows)
    return [
        Point(period, starts_on, ends_on, value, numerator, denominator, _WORKFLOWS[workflow])
        for period, starts_on, ends_on, value, numerator, denominator, workflow in zip(*columns, strict=True)
    ]


def _good(definition: Json, row: Any) -> tuple[date | None, Goal | None]:
    """What "good" serves as, from the day a definition holds."""
    goal = good_as_standing(
        good_is_target=row.good_is_target,
        unit=Unit(row.unit),
        value=_figure(definition["value"]),
        grade=Grade(definition["grade"]) if definition["grade"] else None,
        good_unit=Unit(definition["unit"]) if definition["unit"] else None,
    )
    return _day(definition["from"]), goal


def _goal(target: Json) -> Goal:
    return Goal(
        kind=TargetKind(target["kind"]),
        stage=TargetStage(target["stage"]) if target["stage"] else None,
        value=_figure(target["value"]),
        lower=_figure(target["lower"]),
        upper=_figure(target["upper"]),
        grade=Grade(target["grade"]) if target["grade"] else None,
        due_on=_day(target["due_on"]),
        to_be_confirmed=target["to_be_confirmed"],
    )


def _figure(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
