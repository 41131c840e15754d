"""The change record, read as its readers do."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.actions.making import Json, read
from tests.factories.world import PlanWorld


async def changes(plan: PlanWorld, *, at_least: int = 1, **query: Any) -> list[Json]:
    """The plan's changes, waited for: an older transaction of another test may still be running."""
    for _ in range(100):
        found: list[Json] = (await read(plan, "/changes", **query))["items"]
        if len(found) >= at_least:
            break
        await asyncio.sleep(0.05)
    return found
