"""The three systems that owe the live plan its values. The health partner's is late, always."""

from __future__ import annotations

from api.core.context import Context
from api.kpis.feed_schemas import FeedCreate
from api.kpis.feeds import create_feed
from api.samples.people import CLIENT_ID

CASE_SYSTEM_KPIS = (
    *(f"K{number:02}" for number in range(1, 7)),
    *(f"K{number:02}" for number in range(9, 15)),
    *("K21", "K22", "K26", "K27", "K28", "K29"),
)
WORKFORCE_KPIS = ("K07", "K15", "K16", "K17", "K18")
HEALTH_KPIS = ("K19", "K23")

_A_MONTH_AND_SOME = 35
"""Days: last month's values are due but never late while this month lasts."""


async def create_feeds(ctx: Context) -> None:
    for feed in (
        FeedCreate(
            ref="case-system",
            title="Case management, nightly",
            system="Case management system",
            owner="ad-safeguarding",
            integration=CLIENT_ID,
            due_after_days=_A_MONTH_AND_SOME,
            kpis=list(CASE_SYSTEM_KPIS),
        ),
        FeedCreate(
            ref="workforce",
            title="Human resources, monthly return",
            system="Human resources system",
            owner="hr-partner",
            due_after_days=_A_MONTH_AND_SOME,
            kpis=list(WORKFORCE_KPIS),
        ),
        FeedCreate(
            ref="health-trust",
            title="Health trust, monthly spreadsheet",
            owner="named-nurse",
            due_after_days=0,
            kpis=list(HEALTH_KPIS),
        ),
    ):
        await create_feed(ctx, feed)
