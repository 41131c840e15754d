"""Rows of any door into the staging tables, a chunk at a time: whatever comes, memory stays flat.

The rows can be read more than once. The second reading happens only where rows turn out wrong by
what others say (two about one value; a column that may be fractions), to give them back as sent.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import text

from api.core.context import Context
from api.kpis import periods
from api.measurements import rejections
from api.measurements.files.findings import FileRows, Finding, PlacedRow
from api.measurements.plain import PlainReader
from api.measurements.rejections import Rejection
from api.measurements.repository import EVERY_REF, TAKING
from api.measurements.rows import RowReader
from api.measurements.staging import Stage
from api.measurements.taking import TakingKpi
from api.vocabulary import KpiKind, PeriodType, Unit

CHUNK = 5_000
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


T = TypeVar("T")

Rows = ListedRows | FileRows


async def load(
    ctx: Context, stage: Stage, rows: Rows, reader: RowReader, progress: Progress | None = None
) -> int:
    """Stage every good row and refuse the others; returns how many rows came.

    Raises FileRefused where a file turns out unreadable. Files are read in a thread, a chunk ahead of
    the database, so that whoever else is served meanwhile need not wait for them.
    """
    chunks = _Chunks(rows, reader)
    aside = not isinstance(rows, ListedRows)
    received = 0
    following = asyncio.ensure_future(_run(aside, chunks.following))
    try:
        while chunk := await following:
            if chunk.new:
                await _learn_kpis(ctx, reader, chunk.new)
                await _run(aside, chunks.read, chunk)
            following = asyncio.ensure_future(_run(aside, chunks.following))
            await stage.copy_lines(chunk.lines)
            if chunk.rejected:
                await rejections.keep(stage, chunk.rejected)
            received += len(chunk.rows)
            if progress is not None:
                await progress(received)
    finally:
        # A thread cannot be stopped, and must not read on once the file is gone.
        await asyncio.gather(following, return_exceptions=True)
    unclear = reader.percentages.unclear() if reader.percentages is not None else []
    await _refuse_together(stage, rows, unclear, aside=aside)
    if not isinstance(rows, ListedRows):
        rows.findings = [*rows.findings, *_to_ask_of(reader, unclear)]
    return received


async def _run(aside: bool, work: Callable[..., T], *given: Any) -> T:
    return await asyncio.to_thread(work, *given) if aside else work(*given)


@dataclass
class _Chunk:
    first: int
    rows: list[PlacedRow]
    new: set[str] = field(default_factory=set)
    """Refs that must be looked up before it can be read."""
    lines: str = ""
    rejected: list[Rejection] = field(default_factory=list)


class _Chunks:
    """A delivery in chunks, one after the other."""

    def __init__(self, rows: Rows, reader: RowReader) -> None:
        self._source = iter(rows)
        self._reader = reader
        self._plain = PlainReader(reader)
        self._first = 0

    def following(self) -> _Chunk | None:
        """The next chunk, read unless it names KPIs that are not known yet; None at the end."""
        rows = list(islice(self._source, CHUNK))
        if not rows:
            return None
        chunk = _Chunk(self._first, rows)
        self._first += len(rows)
        spelt = {
            ref for row in rows if isinstance(row.raw, dict) and isinstance(ref := row.raw.get("kpi"), str)
        }
        chunk.new = {ref.strip().lower() for ref in spelt if could_be_ref(ref)} - self._reader.looked_up
        if not chunk.new:
            self.read(chunk)
        return chunk

    def read(self, chunk: _Chunk) -> None:
        """Its good rows as lines, and its wrong ones with their reasons, as they were sent."""
        chunk.lines = self._plain.lines((row.raw for row in chunk.rows), chunk.first)
        for error in self._reader.errors:
            place, raw = chunk.rows[error.row - chunk.first]
            chunk.rejected.append(Rejection(*error, place, raw))
        self._reader.errors.clear()


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


async def _learn_kpis(ctx: Context, reader: RowReader, refs: set[str]) -> None:
    """Look up these KPIs; or, where a delivery names others again and again, all there are at once."""
    if reader.looked_up:
        every = set(await ctx.session.scalars(text(EVERY_REF), {"plan": ctx.plan.id}))
        refs = refs | (every - reader.looked_up)
    reader.looked_up |= refs
    reader.kpis.update(await kpis_named(ctx, refs))


async def kpis_named(ctx: Context, refs: Collection[str]) -> dict[str, TakingKpi]:
    """The KPIs with these lower-case refs, by those refs; a corrected ref still finds its KPI."""
    found = await ctx.session.execute(text(TAKING), {"refs": sorted(refs), "plan": ctx.plan.id})
    return {row.asked: _taking(row) for row in found}


def could_be_ref(ref: Any) -> bool:
    """Nothing else is sent to the database."""
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
        has_plausible_range=row.has_plausible_range,
        ends_before=ended.starts_on.isoformat() if ended else None,
        successor=row.successor,
    )
