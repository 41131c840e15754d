"""The published datasets that KPIs are set against: they belong to the service, not to a plan."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from api.auth.permissions import Permission
from api.benchmarks import tables
from api.benchmarks.service import dataset_id_of
from api.benchmarks.terms import DatasetKind
from api.core.context import Context
from api.core.editing import add
from api.core.errors import field_error
from api.plan_documents.checks import Error
from api.plan_documents.directory import Directory
from api.plan_documents.document import PlanDocument
from api.plan_documents.parts.kpis import BenchmarkDataset


async def missing_datasets(ctx: Context, datasets: Sequence[BenchmarkDataset]) -> set[str]:
    """The refs, in lower case, of those that the service does not have."""
    wanted = {dataset.ref.lower() for dataset in datasets}
    held = await ctx.session.scalars(
        text("select lower(ref) from benchmark_dataset where lower(ref) = any(:refs) and kind = 'figures'"),
        {"refs": sorted(wanted)},
    )
    return wanted - set(held)


async def look_up_datasets(ctx: Context, document: PlanDocument) -> tuple[list[Error], list[tuple[str, str]]]:
    """Of those the service does not have: an error for each where whoever imports may not make one, and a
    doubt, for nothing compares until figures come.
    """
    missing = await missing_datasets(ctx, document.benchmark_datasets)
    named = _set_against(document)
    pointers = [
        (f"/benchmark_datasets/{place}", dataset.ref)
        for place, dataset in enumerate(document.benchmark_datasets)
        if dataset.ref.lower() in missing & named
    ]
    errors = []
    if not _may_make_datasets(ctx):
        errors = [
            field_error(
                f"{pointer}/ref",
                f"There is no dataset {ref!r}; an administrator or a performance officer makes one.",
                "unknown_ref",
            )
            for pointer, ref in pointers
        ]
    unused = [
        ("dataset_unused", f"/benchmark_datasets/{place}")
        for place, dataset in enumerate(document.benchmark_datasets)
        if dataset.ref.lower() not in named
    ]
    return errors, [*(("dataset_without_figures", pointer) for pointer, _ in pointers), *unused]


def _set_against(document: PlanDocument) -> set[str]:
    """The refs, in lower case, of the datasets that pairings name."""
    return {pairing.dataset.lower() for kpi in document.kpis for pairing in kpi.benchmarks}


def _may_make_datasets(ctx: Context) -> bool:
    return ctx.actor.is_admin or ctx.actor.kind == "system" or ctx.actor.may(Permission.BENCHMARK_IMPORT)


async def find_datasets(ctx: Context, document: PlanDocument, directory: Directory) -> None:
    """Tell the directory of those that KPIs are set against, made where there are none.

    One that is held stays as it is.
    """
    named = _set_against(document)
    datasets = [dataset for dataset in document.benchmark_datasets if dataset.ref.lower() in named]
    missing = await missing_datasets(ctx, datasets)
    for dataset in datasets:
        if dataset.ref.lower() in missing:
            columns = {"ref": dataset.ref, "title": dataset.title, "source": dataset.source}
            dataset_id = await add(ctx, tables.BenchmarkDataset, columns | {"kind": DatasetKind.FIGURES})
        else:
            dataset_id = await dataset_id_of(ctx, dataset.ref)
        directory.add("benchmark_dataset", (dataset.ref,), dataset_id)
