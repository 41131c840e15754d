"""Putting work off to the worker, in the transaction of whatever it belongs to."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

QUEUE = "default"
PATIENCE = text(
    "select set_config('statement_timeout', '20min', true),"
    " set_config('idle_in_transaction_session_timeout', '20min', true)"
)
"""A large file takes longer than any request may."""


async def defer(session: AsyncSession, task: str, **arguments: Any) -> None:
    """Have the worker run a task once this transaction commits; if it does not, neither does the task."""
    await session.execute(
        text(
            "select procrastinate_defer_jobs_v1(array[row(:queue, :task, 0, null, null,"
            " cast(:arguments as jsonb), null)::procrastinate_job_to_defer_v1])"
        ),
        {"queue": QUEUE, "task": task, "arguments": json.dumps(arguments)},
    )
