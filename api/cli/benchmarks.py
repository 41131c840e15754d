"""benchmarks import, withdraw: published figures and tables of neighbours, as the Department gives them."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.benchmarks.terms import DatasetKind
from api.cli.reach import database_url, engine

if TYPE_CHECKING:
    from api.benchmarks.schemas import BenchmarkImportRead, DatasetCreate


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Published figures to set KPIs against.", no_args_is_help=True)
    group.command("import")(import_release)
    group.command("withdraw")(withdraw_release)
    app.add_typer(group, name="benchmarks")


def import_release(
    file: Annotated[Path, typer.Argument(help="A CSV file as published.", exists=True, dir_okay=False)],
    dataset: Annotated[str, typer.Option(help="The dataset's ref.")],
    released_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day it was published.")],
    title: Annotated[str | None, typer.Option(help="What the release is called.")] = None,
    new_title: Annotated[
        str | None, typer.Option(help="Make the dataset first; this is what it is called.")
    ] = None,
    new_source: Annotated[str | None, typer.Option(help="Of a dataset to make: who publishes it.")] = None,
    new_kind: Annotated[
        DatasetKind, typer.Option(help="Of a dataset to make: what its files hold.")
    ] = DatasetKind.FIGURES,
    apply: Annotated[
        bool, typer.Option("--apply", help="Import it; without this, only tell what would happen.")
    ] = False,
) -> None:
    """Preview or import a release. A file with errors changes nothing; that of the one in force neither.

    Exit code 0: imported, known, or nothing stands in the way. 1: errors.
    """
    from api.benchmarks.schemas import DatasetCreate
    from api.core.errors import Problem

    new = None
    if new_title is not None:
        new = DatasetCreate(
            ref=dataset, title=new_title, kind=new_kind, source=new_source or "Department for Education"
        )
    with database_url("service") as url:
        try:
            found = asyncio.run(_import(url, file, dataset, released_on, title, apply, new))
        except Problem as problem:
            if "import" not in problem.members:
                raise
            from api.benchmarks.schemas import BenchmarkImportRead

            found = BenchmarkImportRead.model_validate(problem.members["import"])
    _tell(found)
    if found.errors:
        raise typer.Exit(1)


async def _import(
    url: str,
    file: Path,
    dataset: str,
    released_on: datetime,
    title: str | None,
    apply: bool,
    new: DatasetCreate | None,
) -> BenchmarkImportRead:
    from api.benchmarks.importing_files import import_file

    async with engine(url) as made:
        return await import_file(
            made, file, dataset, released_on=released_on.date(), title=title, dry_run=not apply, new=new
        )


def withdraw_release(
    release: Annotated[int, typer.Argument(help="The release's number.")],
    dataset: Annotated[str, typer.Option(help="The dataset's ref.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the change record.")],
) -> None:
    """Withdraw a release: the one before it is in force again. Its file can be imported anew."""
    with database_url("service") as url:
        in_force = asyncio.run(_withdraw(url, dataset, release, reason))
    now = f"release {in_force} is in force" if in_force else "none is in force"
    print(f"Release {release} of {dataset} is withdrawn; {now}.")


async def _withdraw(url: str, dataset: str, release: int, reason: str) -> int | None:
    from api.benchmarks.importing_files import withdraw_from

    async with engine(url) as made:
        return await withdraw_from(made, dataset, release, reason)


def _tell(found: BenchmarkImportRead) -> None:
    if found.is_known:
        print(f"This very file is held already, as release {found.release} of {found.dataset}.")
        for doubt in found.doubts:
            print(f"  doubt: {doubt.message}")
        return
    held = found.release is not None
    print(f"{f'Imported release {found.release}' if held else 'Would import a release'} of {found.dataset}")
    counts = found.counts
    passed_over = sum(level.lines for level in counts.not_kept)
    print(
        f"  {counts.lines} lines: {counts.national} national, {counts.regional} regional,"
        f" {counts.local_authority} of authorities, {passed_over} not kept, {counts.wrong} wrong"
    )
    for name, columns in (("filters", found.filters), ("indicators", found.indicators)):
        if columns:
            print(f"  {name}: {', '.join(columns)}")
    if found.years:
        print(f"  years: {', '.join(found.years)}")
    for state, n in counts.by_state.items():
        print(f"  {state.value.replace('_', ' ')}: {n}")
    if found.compared:
        told = found.compared
        print(
            f"  against release {told.release}: {told.added} new, {told.changed} changed,"
            f" {told.unchanged} unchanged, {told.removed} gone"
        )
    for doubt in found.doubts:
        print(f"  doubt: {doubt.message}")
    for error in found.errors:
        where = f"line {error.line}" + (f", {error.column}" if error.column else "")
        print(f"  error in {where}: {error.message}", file=sys.stderr)
    if found.error_count > len(found.errors):
        print(f"  and {found.error_count - len(found.errors)} more errors", file=sys.stderr)
