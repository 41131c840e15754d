"""What can be done with the KPIs derived from audits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from api.audits.deriving import derive
from api.audits.editions import editions_of, hold_audits
from api.audits.repository import MEASURES, TEMPLATES
from api.audits.rules import GOOD_OR_BETTER, Domain
from api.audits.tables import AuditMeasure
from api.audits.template_schemas import AuditMeasureCreate
from api.core.context import Context
from api.core.editing import add, hold, remove
from api.core.errors import Problem, ProblemType, conflict, field_error, invalid
from api.core.reading import Item, read_by_id
from api.vocabulary import AuditScale, AuditStatistic, Grade, KpiKind, PeriodType, Unit

_UNITS = {
    AuditStatistic.AVERAGE: Unit.SCORE,
    AuditStatistic.SHARE: Unit.PERCENT,
    AuditStatistic.COUNT: Unit.COUNT,
}


async def create_measure(ctx: Context, new: AuditMeasureCreate) -> Item:
    """Tie a KPI to a template, and derive its values at once.

    Raises CONFLICT for a KPI that is derived already, INVALID for what does not fit the template or KPI.
    """
    await hold_audits(ctx)
    template_id = await _id_of(ctx, "audit_template", new.template, "/template", TEMPLATES.what)
    kpi_id = await _id_of(ctx, "kpi", new.kpi, "/kpi", "KPI")
    domains = list((await editions_of(ctx, template_id))[-1].domains.values())
    domain = domain_named(domains, new.domain)
    kpi = (
        await ctx.session.execute(
            text("select unit, kind, period_type from kpi where id = :id"), {"id": kpi_id}
        )
    ).one()
    faults = misfits_of_template(new, domains) + misfits_of_kpi(
        new, Unit(kpi.unit), KpiKind(kpi.kind), PeriodType(kpi.period_type)
    )
    if faults:
        raise Problem(ProblemType.INVALID, faults[0]["message"], errors=faults)
    taken = text("select exists (select from audit_measure where kpi_id = :kpi)")
    if await ctx.session.scalar(taken, {"kpi": kpi_id}):
        raise conflict(f"{new.kpi} is derived from audits already; take that away first.")
    measure_id = await add(
        ctx,
        AuditMeasure,
        {
            "kpi_id": kpi_id,
            "template_id": template_id,
            "domain": domain.ref if domain else None,
            "stage": new.stage,
            "statistic": new.statistic,
            "grades": _grades(new),
            "basis": new.basis,
        },
    )
    await derive(ctx, template_id, None, only=measure_id)
    return await read_by_id(ctx, MEASURES, measure_id)


async def delete_measure(ctx: Context, kpi: str, if_match: str | None) -> None:
    """The values it has stay, and are no longer recomputed."""
    await hold_audits(ctx)
    held = await hold(ctx, MEASURES, kpi, if_match)
    await remove(ctx, AuditMeasure, held.id)


def _grades(new: AuditMeasureCreate) -> list[str]:
    """Of a share, best first."""
    if new.statistic is not AuditStatistic.SHARE:
        return []
    chosen = GOOD_OR_BETTER if new.grades is None else set(new.grades)
    return [grade.value for grade in Grade if grade in chosen]


def domain_named(domains: Sequence[Domain], ref: str | None) -> Domain | None:
    return next((d for d in domains if ref and d.ref.lower() == ref.lower()), None)


async def _id_of(ctx: Context, table: str, ref: str, pointer: str, what: str) -> int:
    found: int | None = await ctx.session.scalar(
        text(f"select id from {table} where plan_id = :plan and lower(ref) = lower(:ref)"),
        {"plan": ctx.plan.id, "ref": ref},
    )
    if found is None:
        raise invalid(pointer, f"There is no {what} {ref!r} here.", "unknown_ref")
    return found


def misfits_of_template(new: AuditMeasureCreate, domains: Sequence[Domain]) -> list[dict[str, str]]:
    """Why the domains of a template's latest edition make no such figure, with pointers into ``new``."""
    faults = []
    domain = domain_named(domains, new.domain)
    is_scored = any(d.scale.kind is AuditScale.SCORE for d in domains)
    if new.domain is not None and domain is None:
        known = ", ".join(d.ref for d in domains)
        message = f"The template's latest edition has no domain {new.domain!r}; it has {known}."
        faults.append(field_error("/domain", message, "unknown_domain"))
    elif new.statistic is AuditStatistic.SHARE and domain is None:
        faults.append(field_error("/domain", "A share is of one domain's marks; name it.", "missing"))
    elif new.statistic is AuditStatistic.AVERAGE and not (
        domain.scale.kind is AuditScale.SCORE if domain else is_scored
    ):
        message = "Grades have no average: take a share of them, or a domain that is scored."
        faults.append(field_error("/statistic", message, "no_average"))
    elif new.statistic is AuditStatistic.SHARE and domain and not domain.scale.amounts_to_grades:
        message = "The bands of its scale are not tied to grades, so no share of them can be told."
        faults.append(field_error("/domain", message, "bands_without_grades"))
    if new.grades is not None and (new.statistic is not AuditStatistic.SHARE or not new.grades):
        faults.append(field_error("/grades", "A share names at least one grade, and only a share does."))
    return faults


def misfits_of_kpi(
    new: AuditMeasureCreate, unit: Unit, kind: KpiKind, period_type: PeriodType
) -> list[dict[str, str]]:
    """Why a KPI of this unit, kind and period cannot hold the figure, with pointers into ``new``."""
    needed = _UNITS[new.statistic]
    faults = []
    if kind is not KpiKind.QUANTITATIVE or unit is not needed:
        message = f"Its {new.statistic} needs a KPI of figures whose unit is {needed}; {new.kpi} is not one."
        faults.append(field_error("/kpi", message, "wrong_unit"))
    if period_type in {PeriodType.DAY, PeriodType.WEEK}:
        message = f"Audits are known to the month, and {new.kpi} is measured by the {period_type}."
        faults.append(field_error("/kpi", message, "wrong_period_type"))
    return faults
