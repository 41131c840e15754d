"""Rows of any door into the staging tables, a chunk at a time: whatever comes, memory stays flat.

The rows can be read more than once. The second reading happens only where rows turn out wrong by
what others say (two about one value; a column that may be fractions), to give them back as sent.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import text

from api.core.context import Context
from api.kpis import periods
from api.measurements import rejections
from api.measurements.files.findings import FileRows, Finding, PlacedRow
from api.measurements.rejections import Rejection
from api.measurements.repository import TAKING
from api.measurements.rows import RowReader
from api.measurements.staging import Stage
from api.measurements.taking import TakingKpi
from api.vocabulary import KpiKind, PeriodType, Unit

CHUNK = 2_000
"""Rows read, and copied, at a time."""

Progress = Callable[[int], Awaitable[None]]
"""Told how many rows were read so far."""


@dataclass
class ListedRows:
    """Rows that are in memory already: told by their index, without a place."""

    rows: Sequence[Any]
    findings: Sequence[Finding] = ()

    def __iter__(self) -> Iterator[PlacedRow]:
        return (PlacedRow(None, raw) for raw in self.rows)


Rows = ListedRows | FileRows


async def load(
    ctx: Context, stage: Stage, rows: Rows, reader: RowReader, progress: Progress | None = None
) -> int:
    """Stage every good row and refuse the others; returns how many rows came.

    Raises FileRefused where a file turns out unreadable. Files are read in a thread, so that whoever
    else is served meanwhile need not wait for them.
    """
    aside = not isinstance(rows, ListedRows)
    source = iter(rows)
    received = 0
    while chunk := await _run(aside, _next_chunk, source):
        await learn_kpis(ctx, reader, chunk)
        lines = await _run(aside, _read_chunk, reader, chunk, received)
        await stage.copy_lines(lines)
        if reader.errors:
            await rejections.keep(stage, _rejected(reader, chunk, received))
        received += len(chunk)
        if progress is not None:
            await progress(received)
    unclear = reader.percentages.unclear() if reader.percentages is not None else []
    await _refuse_together(stage, rows, unclear, aside=aside)
    if not isinstance(rows, ListedRows):
        rows.findings = [*rows.findings, *_to_ask_of(reader, unclear)]
    return received


async def _run(aside: bool, work: Callable[..., Any], *given: Any) -> Any:
    return await asyncio.to_thread(work, *given) if aside else work(*given)


def _next_chunk(source: Iterator[PlacedRow]) -> list[PlacedRow]:
    return list(islice(source, CHUNK))


def _read_chunk(reader: RowReader, chunk: list[PlacedRow], first: int) -> str:
    return Stage.lines(reader.read((row.raw for row in chunk), first))


def _rejected(reader: RowReader, chunk: list[PlacedRow], first: int) -> list[Rejection]:
    """The reader's errors so far, each with its row as it was sent."""
    found = [
        Rejection(*error, chunk[error.row - first].place, chunk[error.row - first].raw)
        for error in reader.errors
    ]
    reader.errors.clear()
    return found


def _to_ask_of(reader: RowReader, unclear: Sequence[int]) -> list[Finding]:
    """What the sender is to be asked: of which KPIs the percentages may be fractions."""
    refs = sorted({kpi.ref for kpi in reader.kpis.values() if kpi.id in unclear})
    return [
        Finding("fraction_or_percent", f"Every figure of {ref} lies between 0 and 1.", ref) for ref in refs
    ]


async def _refuse_together(stage: Stage, rows: Rows, unclear: Sequence[int], *, aside: bool) -> None:
    """Refuse what is wrong only beside other rows."""
    found = await rejections.refuse_duplicates(stage)
    if unclear:
        found += await rejections.refuse_unclear_percentages(stage, unclear)
    if not found:
        return
    wanted = await rejections.take_out(stage)
    source = _picked(rows, wanted)
    while chunk := await _run(aside, lambda: list(islice(source, CHUNK))):
        await rejections.give_back(stage, chunk)


def _picked(rows: Rows, wanted: array[int]) -> Iterator[tuple[int, PlacedRow]]:
    """The rows with these indexes, which ascend."""
    indexes = iter(wanted)
    index = next(indexes, None)
    for place, row in enumerate(rows):
        if place == index:
            yield place, row
            index = next(indexes, None)
            if index is None:
                return


async def learn_kpis(ctx: Context, reader: RowReader, chunk: Sequence[PlacedRow]) -> None:
    """Look up the KPIs that these rows name first. A corrected ref still finds its KPI."""
    named = {
        row.raw["kpi"].strip().lower() for row in chunk if isinstance(row.raw, dict) and _has_ref(row.raw)
    }
    new = named - reader.looked_up
    if not new:
        return
    reader.looked_up |= new
    found = await ctx.session.execute(text(TAKING), {"refs": sorted(new), "plan": ctx.plan.id})
    reader.kpis.update({row.asked: _taking(row) for row in found})


def _has_ref(row: dict[str, Any]) -> bool:
    """Whether it names something that could be a ref: nothing else is sent to the database."""
    ref = row.get("kpi")
    return isinstance(ref, str) and ref.isascii() and ref.isprintable() and len(ref) <= 80


def _taking(row: Any) -> TakingKpi:
    period_type = PeriodType(row.period_type)
    ended = None
    if row.is_superseded and row.superseded_from:
        # A plan document may say it in words; then nothing can be refused by it.
        ended = periods.from_key(row.superseded_from, period_type)
    return TakingKpi(
        id=row.id,
        ref=row.ref,
        period_type=period_type,
        unit=Unit(row.unit),
        kind=KpiKind(row.kind),
        segments=row.segments or {},
        may_write=row.may_write,
        ends_before=ended.starts_on.isoformat() if ended else None,
        successor=row.successor,
    )
