"""Loads the sample plans: five closed ones from their documents, and the live one dated from today.

Each plan is one transaction, so a load that was broken off goes on where it stopped; a plan that is
there already is left alone.
"""

from __future__ import annotations

from datetime import date
from importlib import resources

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.auth.acting import act_as
from api.core.context import Context
from api.core.database import transaction
from api.plan_documents.document import PlanDocument
from api.plan_documents.files import read_document
from api.plan_documents.service import import_document
from api.samples.live.audits import write_audits
from api.samples.live.benchmarks import import_benchmarks, pair_kpis
from api.samples.live.escalations import write_escalations
from api.samples.live.feeds import create_feeds
from api.samples.live.plan import PLAN_REF, live_plan
from api.samples.people import create_people, join_closed_plan, join_live_plan, user_ids

CLOSED_PLANS = ("dorset-2018", "west-sussex-2019", "darlington-2017", "dorset-2016", "derby-2017")

_REASON = "Samples"


async def load_samples(engine: AsyncEngine, *, today: date | None = None) -> list[str]:
    """Load what is not there yet; the refs of the plans that were loaded.

    ``today`` stands in for today in London.
    """
    stand_in = today.isoformat() if today else None
    wanted = [*CLOSED_PLANS, PLAN_REF]
    async with transaction(engine) as session:
        await act_as(session, today=stand_in)
        missing = await _missing(session, wanted)
    if not missing:
        return []
    async with transaction(engine) as session:
        await create_people(await _begin(session, stand_in))
    return [ref for ref in missing if await _load(engine, ref, stand_in)]


async def _load(engine: AsyncEngine, ref: str, today: str | None) -> bool:
    """Load one plan, unless somebody else did meanwhile."""
    async with transaction(engine) as session:
        ctx = await _begin(session, today)
        if not await _missing(session, [ref]):
            return False
        document = live_plan(ctx.today) if ref == PLAN_REF else closed_plan(ref)
        await import_document(ctx, document, decisions={}, dry_run=False)
        inside = await act_as(session, plan=ref, today=today, reason=_REASON)
        if ref == PLAN_REF:
            await join_live_plan(inside, ctx.today)
            await create_feeds(inside)
            await write_escalations(inside, ctx.today, await user_ids(session))
            await import_benchmarks(inside, ctx.today)
            await pair_kpis(inside)
            await write_audits(inside, ctx.today)
        else:
            await join_closed_plan(inside)
    return True


async def _begin(session: AsyncSession, today: str | None) -> Context:
    """Act as the system, one loader at a time."""
    await session.execute(text("select pg_advisory_xact_lock(hashtextextended('turnstone samples', 0))"))
    return await act_as(session, today=today, reason=_REASON)


async def _missing(session: AsyncSession, refs: list[str]) -> list[str]:
    found = set(await session.scalars(text("select ref from plan where ref = any(:refs)"), {"refs": refs}))
    return [ref for ref in refs if ref not in found]


def closed_plan(ref: str) -> PlanDocument:
    written = resources.files("api.samples") / "plans" / f"{ref}.json"
    return read_document(written.read_bytes())
