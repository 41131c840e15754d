"""What can be done with audit templates: a change makes the next edition, and audits keep theirs."""

from __future__ import annotations

from sqlalchemy import insert, text

from api.audits.editions import domains_wanted, editions_of, hold_audits
from api.audits.repository import EDITIONS, TEMPLATES
from api.audits.rules import Derivation, why_not_follow
from api.audits.tables import AuditBand, AuditDomain, AuditEdition, AuditTemplate
from api.audits.template_schemas import AuditTemplateCreate, AuditTemplateReplace, AuditTemplateUpdate
from api.core.context import Context
from api.core.editing import add, as_sent, change, hold, remove, table_of
from api.core.errors import conflict
from api.core.reading import Item, read_by_id, read_one
from api.vocabulary import AuditStatistic


async def create_template(ctx: Context, new: AuditTemplateCreate) -> Item:
    """Its first edition. Raises REF_TAKEN."""
    columns = {"ref": new.ref, "title": new.title, "is_enabled": new.is_enabled, "edition": 1}
    template_id = await add(ctx, AuditTemplate, columns)
    await _store_edition(ctx, template_id, 1, new)
    return await read_by_id(ctx, TEMPLATES, template_id)


async def read_template(ctx: Context, ref: str, edition: int | None) -> Item:
    """The latest edition unless one is named. Raises NOT_FOUND."""
    if edition is None:
        return await read_one(ctx, TEMPLATES, ref)
    return await read_one(ctx, EDITIONS, ref, edition=edition)


async def replace_template(
    ctx: Context, ref: str, wanted: AuditTemplateReplace, if_match: str | None
) -> Item:
    """The next edition.

    Raises EDIT_CONFLICT, or CONFLICT naming a KPI whose line it would break: take that KPI off the
    template first, and supersede it.
    """
    await hold_audits(ctx)
    held = await hold(ctx, TEMPLATES, ref, if_match, as_sent(wanted))
    latest = (await editions_of(ctx, held.id))[-1]
    reason = why_not_follow(
        await _derivations(ctx, held.id), list(latest.domains.values()), domains_wanted(wanted)
    )
    if reason is not None:
        raise conflict(reason)
    await change(ctx, AuditTemplate, held.id, {"title": wanted.title, "edition": latest.number + 1})
    await _store_edition(ctx, held.id, latest.number + 1, wanted)
    return await read_by_id(ctx, TEMPLATES, held.id)


async def update_template(ctx: Context, ref: str, patch: AuditTemplateUpdate, if_match: str | None) -> Item:
    held = await hold(ctx, TEMPLATES, ref, if_match, as_sent(patch))
    await change(ctx, AuditTemplate, held.id, {"is_enabled": patch.is_enabled})
    return await read_by_id(ctx, TEMPLATES, held.id)


async def delete_template(ctx: Context, ref: str, if_match: str | None) -> None:
    """Raises IN_USE where audits were made on it, or a KPI is derived from it."""
    held = await hold(ctx, TEMPLATES, ref, if_match)
    await remove(ctx, AuditTemplate, held.id)


async def _derivations(ctx: Context, template_id: int) -> list[Derivation]:
    rows = await ctx.session.execute(
        text(
            "select k.ref, am.domain, am.statistic from audit_measure am join kpi k on k.id = am.kpi_id"
            " where am.template_id = :template order by k.position, k.id"
        ),
        {"template": template_id},
    )
    return [Derivation(row.ref, row.domain, AuditStatistic(row.statistic)) for row in rows]


async def _store_edition(ctx: Context, template_id: int, number: int, wanted: AuditTemplateReplace) -> None:
    scale = wanted.scale
    edition_id = await add(
        ctx,
        AuditEdition,
        {
            "template_id": template_id,
            "number": number,
            "moderation_expected": wanted.moderation_expected,
            "scale_lowest": scale.lowest if scale else None,
            "scale_highest": scale.highest if scale else None,
        },
    )
    shared = {"plan_id": ctx.plan.id, "template_id": template_id, "edition_id": edition_id}
    domains = [
        shared | {"position": place, **domain.model_dump()} for place, domain in enumerate(wanted.domains)
    ]
    await ctx.session.execute(insert(table_of(AuditDomain)), domains)
    if scale is not None:
        bands = [shared | {"position": place, **band.model_dump()} for place, band in enumerate(scale.bands)]
        await ctx.session.execute(insert(table_of(AuditBand)), bands)
