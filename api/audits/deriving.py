"""KPI values made of audits, brought through the one pipeline under the door ``audits``.

They are recomputed in the transaction that changes the audits, so they never lag behind them. They come as
the service's own: whoever records an audit need not be somebody who loads values. A value that a person or
another system brought for the same KPI, segment, period and basis is never replaced; the KPI's entry under
audit measures lists those. To sign a derived value off is to agree with it, and does not make it somebody
else's.

Audits of a team make the value of the KPI's segment that bears the team's ref; all audits make ``_all``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from api.audits.editions import Edition, editions_of
from api.audits.repository import AUDITED, DOOR, IS_DERIVED, MARKS, SOURCE
from api.audits.rules import GRADES, Figure, Marked, Scale, figure
from api.auth.system import SYSTEM_PRINCIPAL, as_system
from api.core.context import Actor, Context
from api.kpis import periods
from api.kpis.periods import Period
from api.kpis.tables import ALL
from api.measurements.service import take
from api.measurements.submissions import Delivery
from api.measurements.tables import Mode
from api.vocabulary import AuditScale, AuditStage, AuditStatistic, Grade, PeriodType

_MEASURES = f"""
select am.id, am.kpi_id, k.ref as kpi, k.period_type, am.domain, am.stage, am.statistic, am.grades, am.basis,
       {SOURCE} as source,
       (select json_object_agg(lower(sg.ref), json_build_array(sg.ref, sg.id)) from segment sg
        where sg.kpi_id = k.id) as segments
from audit_measure am join kpi k on k.id = am.kpi_id join audit_template t on t.id = am.template_id
where am.template_id = :template and (cast(:only as bigint) is null or am.id = :only)
order by am.id
"""

# Both in one order, as the pipeline does, so that no two deliveries wait for each other in a ring.
_CREATE_SERIES = """
insert into series (plan_id, kpi_id, segment_id, basis, points)
select :plan, w.kpi_id, w.segment_id, w.basis, '[]'::jsonb
from (select distinct * from unnest(
        cast(:kpis as bigint[]), cast(:segments as bigint[]), cast(:bases as text[])
    ) as listed (kpi_id, segment_id, basis)) w
order by w.segment_id, w.basis
on conflict (segment_id, basis) do nothing
"""
_LOCK_SERIES = """
select count(*) from (
    select s.id from series s
    where (s.segment_id, s.basis) in (
        select * from unnest(cast(:segments as bigint[]), cast(:bases as text[])))
    order by s.id for update) locked
"""
_HELD = f"""
select s.segment_id, s.basis, m.period, m.state, {IS_DERIVED} as is_derived
from series s join measurement m on m.series_id = s.id
where (s.segment_id, s.basis) in (select * from unnest(cast(:segments as bigint[]), cast(:bases as text[])))
"""


@dataclass(frozen=True)
class Candidate:
    """A value that audits make, or unmake, and where it belongs."""

    kpi_id: int
    segment_id: int
    basis: str
    period: str
    is_empty: bool
    row: dict[str, Any]

    @property
    def place(self) -> tuple[int, str, str]:
        return self.segment_id, self.basis, self.period


@dataclass(frozen=True)
class Tally:
    """Audits of a month and a team that were marked alike in a domain."""

    month: str
    team: str | None
    domain: str
    scale: Scale
    marked: Marked


async def derive(
    ctx: Context,
    template_id: int,
    months: Collection[str] | None,
    *,
    only: int | None = None,
    past_locks: bool = False,
) -> None:
    """Bring every KPI derived from a template to what its audits say of these months.

    ``months``: None for every month there are audits of. ``only``: the one measure to look at.
    ``past_locks``: as the pipeline has it. The plan's audits must be held, so that no others come meanwhile.
    """
    measures = (await ctx.session.execute(text(_MEASURES), {"template": template_id, "only": only})).all()
    if not measures:
        return
    bound = {"template": template_id, "teams": None} | _reach(months, measures)
    audited = (await ctx.session.execute(text(AUDITED), bound)).all()
    editions = await editions_of(ctx, template_id)
    teams = {row.team_id: row.team.lower() for row in audited if row.team is not None}
    tallies = await _tallies(ctx, bound, editions, teams)
    touched = {row.month for row in audited} if months is None else set(months)
    candidates = [
        candidate
        for measure in measures
        for candidate in _candidates(measure, touched, tallies, audited, editions[-1])
    ]
    if candidates:
        await _bring(ctx, candidates, measures, past_locks=past_locks)


def _reach(months: Collection[str] | None, measures: Sequence[Any]) -> dict[str, str | None]:
    """The first and last month of the periods that these months lie in, over all measures."""
    if months is None:
        return {"first": None, "last": None}
    touched = [period_of(month, PeriodType(measure.period_type)) for month in months for measure in measures]
    return {
        "first": min(f"{period.starts_on:%Y-%m}" for period in touched),
        "last": max(f"{period.ends_on:%Y-%m}" for period in touched),
    }


async def _tallies(
    ctx: Context, bound: Mapping[str, Any], editions: Sequence[Edition], teams: Mapping[int, str]
) -> list[Tally]:
    domains = {domain_id: domain for edition in editions for domain_id, domain in edition.domains.items()}
    rows = await ctx.session.execute(text(MARKS), dict(bound))
    return [
        Tally(
            row.month,
            teams.get(row.team_id),
            domains[row.domain_id].ref.lower(),
            domains[row.domain_id].scale,
            marked_of(row),
        )
        for row in rows
    ]


def marked_of(row: Any) -> Marked:
    """A row of MARKS as the rules know it."""
    if row.before_grade is not None:
        after = Grade(row.after_grade) if row.after_grade is not None else None
        return Marked(Grade(row.before_grade), after, row.audits)
    return Marked(row.before_score, row.after_score, row.audits)


def period_of(month: str, kind: PeriodType) -> Period:
    """The period of a kind that a month lies in. None is shorter than a month."""
    found = periods.from_key(month, PeriodType.MONTH)
    assert found is not None  # the table's CHECK
    return periods.containing(found.starts_on, kind)


def _candidates(
    measure: Any,
    months: Iterable[str],
    tallies: Sequence[Tally],
    audited: Sequence[Any],
    latest: Edition,
) -> Iterable[Candidate]:
    """The value of each period and segment that the months touch."""
    kind = PeriodType(measure.period_type)
    wanted = {period_of(month, kind).key for month in months}
    keys = {month: period_of(month, kind).key for month in {row.month for row in audited}}
    counted = [tally for tally in tallies if keys[tally.month] in wanted and _is_of(measure, tally, latest)]
    for period in sorted(wanted):
        for name, (ref, segment_id) in measure.segments.items():
            is_here = _within(period, keys, None if ref == ALL else name)
            marked = [tally.marked for tally in counted if is_here(tally.month, tally.team)]
            if measure.statistic == AuditStatistic.COUNT and measure.domain is None:
                made = _whole_audits(measure, [row for row in audited if is_here(row.month, row.team)])
            else:
                scale = _scale_of(measure, latest)
                grades = frozenset(map(Grade, measure.grades))
                stage = AuditStage(measure.stage)
                made = figure(AuditStatistic(measure.statistic), marked, stage, scale, grades)
            row = {"kpi": measure.kpi, "segment": ref, "period": period, "basis": measure.basis}
            row |= _said(made, measure)
            yield Candidate(measure.kpi_id, segment_id, measure.basis, period, not made.sample, row)


def _within(period: str, keys: Mapping[str, str], team: str | None) -> Callable[[str, str | None], bool]:
    def is_here(month: str, whose: str | None) -> bool:
        return keys[month] == period and (team is None or (whose or "").lower() == team)

    return is_here


def _is_of(measure: Any, tally: Tally, latest: Edition) -> bool:
    """Whether a mark counts: of the measure's domain, on the scale that is in use now."""
    if measure.domain is None:
        return tally.scale in {d.scale for d in latest.domains.values() if d.scale.kind is AuditScale.SCORE}
    return tally.domain == measure.domain.lower() and tally.scale == _scale_of(measure, latest)


def _scale_of(measure: Any, latest: Edition) -> Scale:
    named = (d.scale for d in latest.domains.values() if d.ref.lower() == (measure.domain or "").lower())
    return next(named, GRADES)


def _whole_audits(measure: Any, audited: Sequence[Any]) -> Figure:
    only_moderated = measure.stage == AuditStage.AFTER
    audits = sum(row.audits for row in audited if row.is_moderated or not only_moderated)
    return Figure(audits, Decimal(audits) if audits else None)


def _said(made: Figure, measure: Any) -> dict[str, Any]:
    """The figures and note of a value; ``not_available`` where no audit makes one."""
    if not made.sample:
        return {"state": "not_available", "source": measure.source, "note": "No audits count here any more."}
    said: dict[str, Any] = {"source": measure.source}
    match AuditStatistic(measure.statistic):
        case AuditStatistic.AVERAGE:
            return said | {"value": made.value, "note": f"Average of {made.sample} scores."}
        case AuditStatistic.SHARE:
            parts = {"numerator": made.numerator, "denominator": made.denominator}
            return said | parts | {"note": f"{made.numerator} of {made.denominator} audits."}
        case AuditStatistic.COUNT:
            return said | {"value": made.value}


async def _bring(
    ctx: Context, candidates: Sequence[Candidate], measures: Sequence[Any], *, past_locks: bool
) -> None:
    """Push what is ours to push, as the service itself."""
    async with as_system(ctx.session):
        making = [candidate for candidate in candidates if not candidate.is_empty]
        where = {
            "segments": [candidate.segment_id for candidate in candidates],
            "bases": [candidate.basis for candidate in candidates],
        }
        await ctx.session.execute(
            text(_CREATE_SERIES),
            {
                "plan": ctx.plan.id,
                "kpis": [candidate.kpi_id for candidate in making],
                "segments": [candidate.segment_id for candidate in making],
                "bases": [candidate.basis for candidate in making],
            },
        )
        await ctx.session.execute(text(_LOCK_SERIES), where)
        held = {
            (row.segment_id, row.basis, row.period): row
            for row in await ctx.session.execute(text(_HELD), where)
        }
        rows = [candidate.row for candidate in candidates if _is_ours(candidate, held.get(candidate.place))]
        if rows:
            service = Actor(SYSTEM_PRINCIPAL, "system", "Turnstone", False, ctx.actor.permissions)
            sources = {measure.source for measure in measures}
            source = sources.pop() if len(sources) == 1 else "Derived from case-file audits"
            delivery = Delivery(DOOR, Mode.PARTIAL, len(rows), source=source)
            await take(replace(ctx, actor=service), delivery, rows, past_locks=past_locks)


def _is_ours(candidate: Candidate, held: Any | None) -> bool:
    """Nothing is there yet and audits make something; or what is there, audits made."""
    return not candidate.is_empty if held is None else held.is_derived
