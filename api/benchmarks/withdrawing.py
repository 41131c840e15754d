"""A release withdrawn: its figures count no longer, and the release before it is in force again.

What was in force at a past moment is still what a read of that moment shows, and the withdrawn figures
can be read by whoever asks for that release. It is for good: figures that turn out to have been right
are imported again, and are a new release.
"""

from __future__ import annotations

from sqlalchemy import text

from api.benchmarks.repository import RELEASE
from api.benchmarks.service import dataset_id_of, read_release
from api.core.context import Context
from api.core.reading import Item, read_by_id

_SAY_WHY = text("select set_config('turnstone.reason', :reason, true)")
_WITHDRAW = text(
    "insert into benchmark_withdrawal (release_id, reason, withdrawn_by) values (:release, :reason, :by)"
    " on conflict (release_id) do nothing"
)


async def withdraw_release(ctx: Context, dataset: str, release: int, reason: str) -> Item:
    """Withdraw one release; twice, or by two at once, is the same as once, and the first reason stays.

    Of one that was superseded, what is in force does not change. Raises NOT_FOUND.
    """
    await read_release(ctx, dataset, release)
    # The reason belongs in the change record too, which takes it from here.
    await ctx.session.execute(_SAY_WHY, {"reason": reason})
    await ctx.session.execute(_WITHDRAW, {"release": release, "reason": reason, "by": ctx.actor.id})
    return await read_by_id(ctx, RELEASE, release, dataset_id=await dataset_id_of(ctx, dataset))
