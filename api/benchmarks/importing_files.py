"""Published files for commands: no limit of size, and the operator acts as the service itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.acting import act_as
from api.benchmarks.importing import import_release
from api.benchmarks.repository import in_force
from api.benchmarks.schemas import BenchmarkImportRead, DatasetCreate
from api.benchmarks.service import create_dataset, dataset_id_of
from api.benchmarks.withdrawing import withdraw_release
from api.core.database import transaction


async def import_file(
    engine: AsyncEngine,
    path: Path,
    dataset: str,
    *,
    released_on: date,
    title: str | None = None,
    dry_run: bool = True,
    new: DatasetCreate | None = None,
) -> BenchmarkImportRead:
    """Preview or import a file, in one transaction, as the system.

    ``new`` is the dataset to make first; a preview takes it back with all else. Raises OSError, and
    what ``import_release`` and ``create_dataset`` raise.
    """
    with path.open("rb") as file:
        async with transaction(engine) as session:
            # A COPY lasts as long as its file is read, however long that is.
            await session.execute(text("set local statement_timeout = 0"))
            ctx = await act_as(session, reason=f"Imported from {path.name}")
            if new is not None:
                await create_dataset(ctx, new)
            told = await import_release(
                ctx, dataset, file, released_on=released_on, title=title, dry_run=dry_run
            )
            if dry_run:
                await session.rollback()
            return told


async def withdraw_from(engine: AsyncEngine, dataset: str, release: int, reason: str) -> int | None:
    """Withdraw a release as the system; returns the release in force now. Raises NOT_FOUND."""
    async with transaction(engine) as session:
        ctx = await act_as(session)
        await withdraw_release(ctx, dataset, release, reason)
        bound = {"dataset": await dataset_id_of(ctx, dataset)}
        in_force_now: int | None = await session.scalar(text(f"select {in_force(':dataset')}"), bound)
        return in_force_now
