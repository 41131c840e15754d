"""A published file becomes a release: read as a stream, all of it or nothing, looked at first.

A preview does what the import does and takes it back, so that it tells the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import insert, text

from api.benchmarks import figures_file, neighbours_file, staging
from api.benchmarks.figures_file import Columns
from api.benchmarks.files import (
    WINDOWS,
    Row,
    UnreadableFile,
    digest_of,
    encoding_of,
    ends_with_line_end,
    rows_of,
)
from api.benchmarks.findings import MOST_ERRORS, Findings
from api.benchmarks.recognising import recognise
from api.benchmarks.repository import in_force
from api.benchmarks.rules import Year
from api.benchmarks.schemas import BenchmarkImportRead, IndicatorWrite
from api.benchmarks.service import set_indicators
from api.benchmarks.staging import Progress
from api.benchmarks.tables import BenchmarkArea, BenchmarkDataset, BenchmarkNeighbour, BenchmarkRelease
from api.benchmarks.telling import Import, refused, told
from api.benchmarks.terms import AreaLevel, DatasetKind, YearKind
from api.core.context import Context
from api.core.editing import add, change, table_of
from api.core.errors import invalid, not_found


@dataclass
class _Dataset:
    """The dataset as it is held, locked until the import is done."""

    id: int
    ref: str
    kind: DatasetKind
    columns: Columns
    in_force: int | None


Json = dict[str, Any]


async def import_release(
    ctx: Context,
    dataset: str,
    file: BinaryIO,
    *,
    released_on: date,
    title: str | None = None,
    dry_run: bool = True,
    progress: Progress | None = None,
) -> BenchmarkImportRead:
    """Preview or import a file, which must be seekable, as the dataset's release of that day.

    The file of the release in force is recognised and changes nothing. Raises NOT_FOUND, INVALID for a
    day to come, and INVALID for a file with errors that was to be stored: then nothing of it is.
    """
    held = await _locked(ctx, dataset)
    if released_on > ctx.today:
        raise invalid("/query/released_on", "The day of release lies in the future.")
    digest = digest_of(file)
    found = Import(held.ref, held.kind, digest, dry_run, columns=held.columns)
    found.release, doubt = await recognise(ctx, held.id, held.in_force, digest, released_on)
    if doubt is not None:
        found.findings.doubts.append(doubt)
    if found.release is not None:
        found.is_known = True
        return told(found)
    row = {"dataset_id": held.id, "released_on": released_on, "title": title, "sha256": digest}
    savepoint = await ctx.session.begin_nested()
    if held.kind is DatasetKind.NEIGHBOURS:
        await _take_neighbours(ctx, file, row, found)
    else:
        await _take_figures(ctx, held, file, row, found, progress)
    if dry_run or found.findings.error_count:
        await savepoint.rollback()
        found.release = None
    else:
        await savepoint.commit()
    if found.findings.error_count and not dry_run:
        raise refused(found)
    return told(found)


# No key of the row changes, and FOR UPDATE would keep KPIs from being paired with the dataset.
_LOCK = text("select id from benchmark_dataset where lower(ref) = lower(:ref) for no key update")
_READ = text(
    "select d.id, d.ref, d.kind, d.filters, d.ignored,"
    " array(select i.name from benchmark_indicator i where i.dataset_id = d.id"
    f" order by i.position, i.id) as indicators, {in_force('d.id')} as in_force"
    " from benchmark_dataset d where d.id = :id"
)


async def _locked(ctx: Context, ref: str) -> _Dataset:
    """Two imports of one dataset wait for each other. Raises NOT_FOUND."""
    dataset_id = await ctx.session.scalar(_LOCK, {"ref": ref})
    if dataset_id is None:
        raise not_found("dataset")
    # A statement of its own: what one that waited for the lock read beside it may be out of date.
    row = (await ctx.session.execute(_READ, {"id": dataset_id})).one()
    columns = Columns(tuple(row.filters), tuple(row.indicators), tuple(row.ignored))
    return _Dataset(row.id, row.ref, DatasetKind(row.kind), columns, row.in_force)


async def _take_figures(
    ctx: Context, held: _Dataset, file: BinaryIO, release: Json, found: Import, progress: Progress | None
) -> None:
    findings = found.findings
    if not held.columns.are_known:
        found.columns = _told_columns(file, held.columns, findings)
    rows = _readable(file, findings)
    layout = _header(rows, findings, lambda header: figures_file.lay_out(header, found.columns, findings))
    if layout is None:
        return
    lines = figures_file.lines_of(rows, layout, findings)
    await staging.stage(ctx.session, lines, found.columns.filters, progress)
    await _refuse_repeated(ctx, findings)
    years = await staging.years_staged(ctx.session)
    found.years = [Year(ends_in, YearKind(kind)).key for ends_in, kind in years]
    _judge_whole(file, findings)
    if findings.error_count:
        return
    release |= {
        "filters": list(found.columns.filters),
        "indicators": list(found.columns.indicators),
        "figures": findings.by_state.total(),
    }
    found.release = await _add_release(ctx, release, findings)
    await staging.store_staged(ctx.session, found.release, found.columns.indicators)
    if not held.columns.are_known:
        await _keep_columns(ctx, held, found.columns)
    if held.in_force is not None:
        compared = await staging.compare_releases(ctx.session, found.release, held.in_force)
        found.compared = (held.in_force, compared)


def _told_columns(file: BinaryIO, named: Columns, findings: Findings) -> Columns:
    """Of a first file: each column is told by what stands in it, unless the dataset names it."""
    told_by_content = figures_file.tell_columns(_readable(file, Findings()))
    taken = {*named.filters, *named.ignored}

    def new(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name not in taken)

    findings.doubt(
        "columns_told_by_content",
        "The dataset names no indicators: which columns are filters and which are indicators was told"
        " by their content. Look at them before importing.",
    )
    return Columns(
        named.filters + new(told_by_content.filters),
        new(told_by_content.indicators),
        named.ignored + new(told_by_content.ignored),
    )


def _readable(file: BinaryIO, findings: Findings) -> Iterator[Row]:
    """The rows up to where the file can be read no further, which is an error."""
    try:
        encoding = encoding_of(file)
        if encoding == WINDOWS:
            findings.doubt("windows_1252", "The file is not UTF-8; it was read as Windows-1252.")
        yield from rows_of(file, encoding)
    except UnreadableFile as error:
        findings.refuse(error.line, None, error.code, str(error))


Layout = TypeVar("Layout")


def _header(
    rows: Iterator[Row], findings: Findings, lay_out: Callable[[Row], Layout | None]
) -> Layout | None:
    header = next(rows, None)
    if header is not None:
        return lay_out(header)
    if not findings.error_count:
        findings.refuse(1, None, "empty", "There is nothing in the file.")
    return None


def _judge_whole(file: BinaryIO, findings: Findings) -> None:
    """What can be said once the last line is read."""
    if not findings.lines and not findings.error_count:
        findings.refuse(1, None, "no_lines", "There is no line below the header.")
    elif not findings.by_level.total() and not findings.error_count:
        findings.refuse(1, None, "no_lines", "No line is about England, a region or an authority.")
    if not ends_with_line_end(file):
        findings.doubt("no_last_line_end", "The last line has no end: the file may be cut short.")
    if findings.rounded:
        findings.doubt("rounded", f"{findings.rounded} figures have more than six decimals; six are kept.")
    for level, lines in findings.not_kept.most_common(10):
        findings.doubt("level_not_kept", f"{lines} lines are about another level, “{level}”; none is kept.")


async def _refuse_repeated(ctx: Context, findings: Findings) -> None:
    in_all, repeated = await staging.repeated_lines(ctx.session, MOST_ERRORS)
    for line, first, level, is_same in repeated:
        says = "the same" if is_same else "something else"
        message = f"The line is about the same area, year and filters as line {first}, and says {says}."
        findings.refuse(line, None, "duplicate_line", message)
        findings.by_level[AreaLevel(level)] -= 1
    findings.error_count += in_all - len(repeated)
    findings.wrong_lines += in_all


async def _keep_columns(ctx: Context, held: _Dataset, columns: Columns) -> None:
    """The dataset has from now on the columns that its first file was told to have."""
    await set_indicators(ctx, held.id, [IndicatorWrite(name=name) for name in columns.indicators])
    named = {"filters": list(columns.filters), "ignored": list(columns.ignored)}
    await change(ctx, BenchmarkDataset, held.id, named)


async def _take_neighbours(ctx: Context, file: BinaryIO, release: Json, found: Import) -> None:
    findings = found.findings
    rows = _readable(file, findings)
    layout = _header(rows, findings, lambda header: neighbours_file.lay_out(header, findings))
    if layout is None:
        return
    # Three digits name a thousand authorities at most, and each has one line.
    lines = list(neighbours_file.neighbours_of(rows, layout, findings))
    _judge_whole(file, findings)
    _doubt_strangers(lines, findings)
    if findings.error_count:
        return
    release["figures"] = sum(len(line.nearest_first) for line in lines)
    found.release = release_id = await _add_release(ctx, release, findings)
    areas: list[Json] = [
        {
            "release_id": release_id,
            "code": line.area,
            "level": AreaLevel.LOCAL_AUTHORITY,
            "name": line.name,
            "new_codes": [],
            "region_name": line.region_name,
        }
        for line in lines
    ]
    neighbours = [
        {
            "release_id": release_id,
            "area": line.area,
            "position": place,
            "neighbour": neighbour.code,
            "closeness": neighbour.closeness,
        }
        for line in lines
        for place, neighbour in enumerate(line.nearest_first, start=1)
    ]
    await ctx.session.execute(insert(table_of(BenchmarkArea)), areas)
    if neighbours:
        await ctx.session.execute(insert(table_of(BenchmarkNeighbour)), neighbours)


def _doubt_strangers(lines: list[neighbours_file.Neighbours], findings: Findings) -> None:
    """Neighbours that have no line of their own, and authorities with fewer than ten."""
    known = {line.area for line in lines}
    strangers = sorted({one.code for line in lines for one in line.nearest_first} - known)
    if strangers:
        findings.doubt("unknown_neighbours", f"No line of their own: {', '.join(strangers[:20])}.")
    few = [line.name for line in lines if len(line.nearest_first) < neighbours_file.MOST]
    if few:
        findings.doubt("fewer_neighbours", f"Fewer than {neighbours_file.MOST}: {', '.join(few[:20])}.")


async def _add_release(ctx: Context, release: Json, findings: Findings) -> int:
    return await add(
        ctx,
        BenchmarkRelease,
        release | {"lines": findings.lines, "imported_by": ctx.actor.id},
    )
