"""What an import needs around the writing itself: a new plan, locks, the right to write, the base kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import blake2s

import orjson
from sqlalchemy import text

from api.audits.deriving import derive
from api.audits.editions import hold_audits
from api.auth.acting import view_plan
from api.auth.permissions import Permission
from api.core.context import Context
from api.core.editing import add, change, table_of
from api.core.errors import invalid, not_found
from api.escalations.service import install_shipped_ladders
from api.measurements.locks import hold_period_locks
from api.plan_documents.canonical import compact_document
from api.plan_documents.directory import Directory
from api.plan_documents.document import PlanDocument
from api.plan_documents.held import tables_of_document
from api.plan_documents.kinds import KINDS, PLAN
from api.plan_documents.merging import Merge
from api.plan_documents.parts.plan import Authority, Plan
from api.plans import tables as plans
from api.verdicts.service import judging_alone
from api.vocabulary import Role


async def create_plan(ctx: Context, plan: Plan) -> Context:
    """A new plan with its own row and the ladders every plan starts with, in view."""
    authority_id = await authority_of(ctx, plan.authority)
    columns = PLAN.layout.write(plan, Directory()) | {"authority_id": authority_id}
    plan_id = await add(ctx, plans.Plan, columns)
    await install_shipped_ladders(ctx.session, plan_id)
    inside = await view_plan(ctx, plan.ref)
    if inside is None:
        raise not_found("plan")
    return inside


async def authority_of(ctx: Context, authority: Authority) -> int:
    """The authority of this ref, made where there is none; one that is held stays as it is."""
    found = await ctx.session.scalar(
        text("select id from authority where lower(ref) = lower(:ref)"), {"ref": authority.ref}
    )
    if found is not None:
        return int(found)
    if not ctx.actor.is_admin and ctx.actor.kind != "system":
        raise invalid(
            "/document/plan/authority/ref",
            f"There is no authority {authority.ref!r}; an administrator makes one.",
            "unknown_ref",
        )
    return await add(ctx, plans.Authority, authority.model_dump())


async def move_to_authority(ctx: Context, authority: Authority) -> None:
    """The plan now belongs to this authority."""
    authority_id = await authority_of(ctx, authority)
    await change(ctx, plans.Plan, ctx.plan.id, {"authority_id": authority_id})


async def derive_values(ctx: Context, merged: Merge, directory: Directory, *, past_locks: bool) -> None:
    """Bring the KPIs made of audits to what the audits of the document's templates now say."""
    touched = {audit.item.template for audit in merged.items["audit"] if audit.held is None or audit.fields}
    touched |= {one.item.template for one in merged.items["audit_measure"] if one.held is None or one.fields}
    touched |= {one.item.ref for one in merged.items["audit_template"] if one.fields}
    for template_id in sorted({directory.id("audit_template", ref) for ref in touched}):
        await derive(ctx, template_id, None, past_locks=past_locks)


async def lock_plan(ctx: Context) -> None:
    """Hold everything the document is about, so that what is merged is what is overwritten.

    Series come first: whoever waits for one must not have dated anything yet. New rows that only
    point to these are not kept waiting, or two writers could wait for each other.
    """
    await hold_audits(ctx)
    await judging_alone(ctx)
    await hold_period_locks(ctx)
    written_once = {table_of(kind.layout.table).name for kind in KINDS if kind.is_written_once}
    tables = [table.name for table in tables_of_document() if table.name not in written_once]
    for table in ["series", *tables]:
        mine = "id" if table == "plan" else "plan_id"
        await ctx.session.execute(
            text(
                f"select count(*) from (select from public.{table} where {mine} = :plan"
                " order by id for no key update) locked"
            ),
            {"plan": ctx.plan.id},
        )


@asynccontextmanager
async def acting_as_manager(ctx: Context) -> AsyncIterator[None]:
    """Let an administrator, who may make anyone programme manager, be one while importing.

    The policies below then know no exception, and the change record names the administrator.
    """
    if ctx.actor.may(Permission.SETUP_WRITE):
        yield
        return
    who = {"plan": ctx.plan.id, "principal": ctx.actor.id, "role": Role.PROGRAMME_MANAGER.value}
    mine = "plan_id = :plan and principal_id = :principal and role = :role"
    # One that has run out is held aside, for a role is held once.
    before = (
        await ctx.session.execute(text(f"select id, ends_on from membership where {mine}"), who)
    ).first()
    if before is None:
        query = "insert into membership (plan_id, principal_id, role) values (:plan, :principal, :role)"
        after, restored = f"delete from membership where {mine}", who
    else:
        query = f"update membership set ends_on = null where {mine}"
        after = f"update membership set ends_on = :ends_on where {mine}"
        restored = who | {"ends_on": before.ends_on}
    await ctx.session.execute(text(query), who)
    yield
    await ctx.session.execute(text(after), restored)


async def last_imported(ctx: Context) -> PlanDocument | None:
    """The document imported last: the base of the next merge."""
    body = await ctx.session.scalar(
        text("select body from imported_document where plan_id = :plan order by id desc limit 1"),
        {"plan": ctx.plan.id},
    )
    return None if body is None else PlanDocument.model_validate(body)


async def remember(ctx: Context, document: PlanDocument) -> None:
    """Keep the document as the base of the next merge; the same one is not kept twice."""
    # Numbers are kept as text, digit for digit.
    body = orjson.dumps(compact_document(document), default=str)
    digest = blake2s(body, digest_size=16).hexdigest()
    last = await ctx.session.scalar(
        text("select digest from imported_document where plan_id = :plan order by id desc limit 1"),
        {"plan": ctx.plan.id},
    )
    if last != digest:
        await add(
            ctx,
            plans.ImportedDocument,
            {"digest": digest, "body": orjson.loads(body), "imported_by": ctx.actor.id},
        )
