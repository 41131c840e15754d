"""Judging put off to the worker, in the transaction that asks for it."""

from __future__ import annotations

from procrastinate import App, PsycopgConnector
from sqlalchemy.ext.asyncio import AsyncSession

from api.core.driver import driver_connection

JUDGE_PENDING = "judge_pending"
"""The task's name; ``api.worker`` says what it does."""

_QUEUE = App(connector=PsycopgConnector())
"""Never opened: it only writes jobs, on connections it is given."""


async def defer_judging(session: AsyncSession, plan_id: int) -> None:
    """Have the plan's pending verdicts judged once this transaction is committed."""
    task = _QUEUE.configure_task(JUDGE_PENDING, connection=await driver_connection(session))
    await task.defer_async(plan_id=plan_id)
