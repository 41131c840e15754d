"""plan import, plan export: whole plans as documents."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.reach import database_url, engine

if TYPE_CHECKING:
    from api.plan_documents.merging import Decision
    from api.plan_documents.schemas import PlanImportRead


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Whole plans as documents.", no_args_is_help=True)
    group.command("import")(import_plan)
    group.command("export")(export_plan)
    app.add_typer(group, name="plan")


def import_plan(
    file: Annotated[Path, typer.Argument(help="A plan document.", exists=True, dir_okay=False)],
    apply: Annotated[
        bool, typer.Option("--apply", help="Import it; without this, only tell what would happen.")
    ] = False,
    mine: Annotated[
        list[str] | None, typer.Option(help="For the conflict at this pointer, take what the document says.")
    ] = None,
    theirs: Annotated[
        list[str] | None, typer.Option(help="For the conflict at this pointer, keep what the plan holds.")
    ] = None,
) -> None:
    """Preview or import a plan document. A broken document changes nothing.

    Exit code 0: imported, or nothing stands in the way. 1: errors or undecided conflicts.
    """
    decisions: dict[str, Decision] = {}
    decisions.update(dict.fromkeys(mine or [], "mine"))
    decisions.update(dict.fromkeys(theirs or [], "theirs"))
    with database_url("service") as url:
        found = asyncio.run(_import(url, file, decisions, apply))
    _tell(found)
    if found.errors or found.conflicts:
        raise typer.Exit(1)


async def _import(url: str, file: Path, decisions: dict[str, Decision], apply: bool) -> PlanImportRead:
    from api.plan_documents.files import import_file

    async with engine(url) as made:
        return await import_file(made, file, dry_run=not apply, decisions=decisions)


def _tell(found: PlanImportRead) -> None:
    verb = "Would import" if found.dry_run else "Imported"
    print(f"{verb} {'a new plan' if found.is_new else 'into the plan'} {found.plan}")
    for kind, counts in found.counts.items():
        parts = [f"{n} {word.replace('_', ' ')}" for word, n in counts.model_dump().items() if n]
        if parts:
            print(f"  {kind:20} {', '.join(parts)}")
    for total in found.stated_totals:
        stated = total.stated_count if total.stated_count is not None else f"{total.stated_percent} %"
        held = total.held_count if total.stated_count is not None else f"{total.held_percent} %"
        print(f"  stated: {total.label} = {stated}; held: {held}")
    for doubt in found.doubts:
        print(f"  doubt ({doubt.count}): {doubt.message} {', '.join(doubt.pointers[:5])}")
    for conflict in found.conflicts:
        print(
            f"  conflict {conflict.pointer}: was {conflict.base!r},"
            f" here {conflict.current!r}, new {conflict.new!r}"
        )
    for error in found.errors:
        print(f"  error {error.pointer}: {error.message}", file=sys.stderr)


def export_plan(
    plan: Annotated[str, typer.Argument(help="The plan's ref.")],
    output: Annotated[
        Path | None, typer.Option(help="Write to this file instead of standard output.")
    ] = None,
) -> None:
    """Write a plan as a document that `plan import` takes back."""
    with database_url("service") as url:
        body = asyncio.run(_export(url, plan))
    if output is None:
        sys.stdout.buffer.write(body)
    else:
        output.write_bytes(body)
        print(f"Wrote {output}.")


async def _export(url: str, plan: str) -> bytes:
    from api.plan_documents.files import export_file

    async with engine(url) as made:
        return await export_file(made, plan)
