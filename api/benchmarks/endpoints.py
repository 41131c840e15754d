"""Routes of published figures, and of the KPIs set against them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from api.auth.dependencies import (
    Context,
    IfMatch,
    may_use,
    reading,
    reading_service,
    writing,
    writing_service,
    writing_service_file,
)
from api.auth.permissions import Permission as P
from api.benchmarks import comparing, filing, pairings, service, withdrawing
from api.benchmarks.repository import DATASET
from api.benchmarks.schemas import (
    BenchmarkImportRead,
    BenchmarkImportStatusRead,
    BenchmarkSeriesPage,
    BenchmarkSeriesRead,
    DatasetCreate,
    DatasetPage,
    DatasetRead,
    DatasetRef,
    DatasetUpdate,
    ImportId,
    KpiBenchmarksRead,
    NeighboursPage,
    PairingCreate,
    PairingId,
    PairingPage,
    PairingRead,
    PairingUpdate,
    RefusedBenchmarkImport,
    ReleaseId,
    ReleasePage,
    ReleaseRead,
    ReleaseWithdrawal,
    SeriesId,
)
from api.benchmarks.terms import DatasetKind
from api.core.bodies import refuse_all_but_csv
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_one, read_page
from api.core.shapes import Day, Line
from api.kpis.schemas import KpiRef

router = APIRouter(tags=["benchmarks"], route_class=Route)

Read = Annotated[Context, may_use(reading_service())]
Import = Annotated[Context, may_use(writing_service(P.BENCHMARK_IMPORT))]
ImportFile = Annotated[Context, may_use(writing_service_file(P.BENCHMARK_IMPORT))]
ReadImport = Annotated[Context, may_use(reading_service(P.BENCHMARK_IMPORT))]
ReadKpi = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
ChangeKpi = Annotated[Context, may_use(writing(P.KPI_UPDATE))]
Words = Annotated[str | None, Query(max_length=200, description="Words in it.")]

_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A CSV file as published, in UTF-8 or Windows-1252.",
        "content": {
            "text/csv": {
                "schema": {"type": "string", "format": "binary"},
                "example": "time_period,time_identifier,geographic_level,country_code,country_name,"
                "region_code,region_name,old_la_code,new_la_code,la_name,rereferral_percent\r\n"
                "2025,Reporting year,National,E92000001,England,,,,,,22.6\r\n",
            }
        },
    }
}


@router.get(
    "/benchmarks", summary="List datasets of published figures", response_model=DatasetPage, responses=READS
)
async def list_datasets(
    ctx: Read,
    page: Paging,
    kind: Annotated[list[DatasetKind] | None, Query()] = None,
    q: Words = None,
) -> Response:
    """Publications that come again, each with the release in force. Sort keys: title, ref."""
    return await read_page(ctx, DATASET, page, {"kind": kind, "q": [q] if q else None})


@router.post(
    "/benchmarks", summary="Add a dataset", status_code=201, response_model=DatasetRead, responses=CREATES
)
async def create_dataset(new: DatasetCreate, ctx: Import) -> Response:
    """Its columns may be left out: the first file tells them, and its preview shows how."""
    item = await service.create_dataset(ctx, new)
    return ctx.created(item.body, f"/v1/benchmarks/{new.ref}", version=item.version)


@router.get("/benchmarks/{dataset}", summary="Read a dataset", response_model=DatasetRead, responses=READS)
async def read_dataset(dataset: DatasetRef, ctx: Read) -> Response:
    """Its columns, where it comes from, and the release in force."""
    item = await read_one(ctx, DATASET, dataset)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/benchmarks/{dataset}", summary="Change a dataset", response_model=DatasetRead, responses=CHANGES
)
async def update_dataset(
    dataset: DatasetRef, patch: DatasetUpdate, ctx: Import, if_match: IfMatch = None
) -> Response:
    """A merge patch. New columns count from the next release on."""
    item = await service.update_dataset(ctx, dataset, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete("/benchmarks/{dataset}", summary="Delete a dataset", status_code=204, responses=REMOVES)
async def delete_dataset(dataset: DatasetRef, ctx: Import, if_match: IfMatch = None) -> Response:
    """Only while it has no release."""
    await service.delete_dataset(ctx, dataset, if_match)
    return ctx.no_content()


@router.get(
    "/benchmarks/{dataset}/releases", summary="List releases", response_model=ReleasePage, responses=READS
)
async def list_releases(dataset: DatasetRef, ctx: Read, page: Paging) -> Response:
    """Every file that was imported. Sort keys: released, imported."""
    return await service.list_releases(ctx, dataset, page)


@router.post(
    "/benchmarks/{dataset}/releases",
    summary="Preview or import a release",
    response_model=BenchmarkImportRead,
    responses=CREATES
    | {
        201: {"model": BenchmarkImportRead, "description": "The file is held as a new release."},
        202: {"model": BenchmarkImportStatusRead, "description": "Put off; poll the import at `Location`."},
        422: CREATES[422] | {"model": RefusedBenchmarkImport},
    },
    openapi_extra=_FILE,
)
async def import_release(
    dataset: DatasetRef,
    request: Request,
    ctx: ImportFile,
    released_on: Annotated[Day, Query(description="The day it was published.", examples=["2025-10-30"])],
    title: Annotated[Line | None, Query(examples=["2024 to 2025"])] = None,
    dry_run: Annotated[bool, Query(description="Only tell what would happen.")] = True,
    prefer: Annotated[
        str | None, Header(description="`respond-async` to poll instead of waiting.", max_length=200)
    ] = None,
) -> Response:
    """A preview unless `dry_run` is false; then all of the file is held, or nothing (422).

    Older releases stay, and can be read again. The file of the release in force is recognised and changes
    nothing; one that was superseded or withdrawn since is held as a new release. Every cell that cannot be
    read is an error with its line and column. A file over 5 MB is put off (202): poll the import.
    """
    refuse_all_but_csv(request)
    return await filing.receive(
        ctx,
        dataset,
        released_on=released_on,
        title=title,
        dry_run=dry_run,
        may_wait="respond-async" in (prefer or "").lower(),
    )


@router.get(
    "/benchmarks/{dataset}/imports/{import_id}",
    summary="Read an import that was put off",
    response_model=BenchmarkImportStatusRead,
    responses=READS,
)
async def read_import(dataset: DatasetRef, import_id: ImportId, ctx: ReadImport) -> Response:
    """How far the worker is with a file, and then what the file holds and what became of it."""
    item = await filing.read_import(ctx, dataset, import_id)
    return ctx.show(item.body, version=item.version)


@router.get(
    "/benchmarks/{dataset}/releases/{release}",
    summary="Read a release",
    response_model=ReleaseRead,
    responses=READS,
)
async def read_release(dataset: DatasetRef, release: ReleaseId, ctx: Read) -> Response:
    """One file: when it was published and imported, by whom, and how much it holds."""
    item = await service.read_release(ctx, dataset, release)
    return ctx.show(item.body, version=item.version)


@router.post(
    "/benchmarks/{dataset}/releases/{release}/withdrawal",
    summary="Withdraw a release",
    response_model=ReleaseRead,
    responses=CREATES,
)
async def withdraw_release(
    dataset: DatasetRef, release: ReleaseId, withdrawal: ReleaseWithdrawal, ctx: Import
) -> Response:
    """Its figures count no longer, in any plan: the release before it is in force again.

    Twice is the same as once. A read of a past moment shows what was in force then. To bring the figures
    back, import their file again.
    """
    item = await withdrawing.withdraw_release(ctx, dataset, release, withdrawal.reason)
    return ctx.written(item.body, version=item.version)


@router.get(
    "/benchmarks/{dataset}/releases/{release}/series",
    summary="List the series of a release",
    response_model=BenchmarkSeriesPage,
    responses=READS,
)
async def list_series(
    dataset: DatasetRef,
    release: ReleaseId,
    ctx: Read,
    page: Paging,
    indicator: Annotated[list[str] | None, Query()] = None,
    q: Words = None,
) -> Response:
    """Each indicator under each set of filter values: what a KPI can be set against. Sort key: indicator."""
    filters = {"indicator": indicator, "q": [q] if q else None}
    return await service.list_series(ctx, dataset, release, page, filters)


@router.get(
    "/benchmarks/{dataset}/releases/{release}/series/{series}",
    summary="Read a series",
    response_model=BenchmarkSeriesRead,
    responses=READS,
)
async def read_series(dataset: DatasetRef, release: ReleaseId, series: SeriesId, ctx: Read) -> Response:
    """Every figure of every area and year, with its symbol in words where there is none."""
    return ctx.show(await service.read_series(ctx, dataset, release, series))


@router.get(
    "/benchmarks/{dataset}/releases/{release}/neighbours",
    summary="List statistical neighbours",
    response_model=NeighboursPage,
    responses=READS,
)
async def list_neighbours(
    dataset: DatasetRef,
    release: ReleaseId,
    ctx: Read,
    page: Paging,
    area: Annotated[list[str] | None, Query(description="Three-digit numbers.", examples=[["838"]])] = None,
    q: Words = None,
) -> Response:
    """The neighbours of each authority, the nearest first. Sort keys: name, area."""
    return await service.list_neighbours(ctx, dataset, release, page, {"area": area, "q": [q] if q else None})


@router.get(
    "/plans/{plan}/kpis/{kpi}/benchmarks",
    summary="Read a KPI beside published figures",
    response_model=KpiBenchmarksRead,
    responses=READS,
)
async def read_kpi_benchmarks(
    kpi: KpiRef,
    ctx: ReadKpi,
    release: Annotated[
        ReleaseId | None, Query(description="Read this one in place of its dataset's release in force.")
    ] = None,
) -> Response:
    """For the plan's own authority, year by year: its figure, England, its region, its neighbours, its
    rank and quarter among all authorities, and the change on the year.

    Polarity is the KPI's. A figure that is missing is shown as what it is, and counts for nothing.
    """
    return ctx.show(await comparing.read_benchmarks(ctx, kpi, release=release))


@router.get(
    "/plans/{plan}/kpis/{kpi}/benchmark-pairings",
    summary="List what a KPI is set against",
    response_model=PairingPage,
    responses=READS,
)
async def list_pairings(kpi: KpiRef, ctx: ReadKpi, page: Paging) -> Response:
    """Published series, like with like or as context. Sort key: position."""
    return await pairings.list_pairings(ctx, kpi, page)


@router.post(
    "/plans/{plan}/kpis/{kpi}/benchmark-pairings",
    summary="Set a KPI against a published series",
    status_code=201,
    response_model=PairingRead,
    responses=CREATES,
)
async def create_pairing(kpi: KpiRef, new: PairingCreate, ctx: ChangeKpi) -> Response:
    """Whoever does it says whether period and definition are alike; if not, why it is context."""
    item = await pairings.create_pairing(ctx, kpi, new)
    where = f"/v1/plans/{ctx.plan.ref}/kpis/{kpi}/benchmark-pairings/{item.id}"
    return ctx.created(item.body, where, version=item.version)


@router.get(
    "/plans/{plan}/kpis/{kpi}/benchmark-pairings/{pairing}",
    summary="Read a pairing",
    response_model=PairingRead,
    responses=READS,
)
async def read_pairing(kpi: KpiRef, pairing: PairingId, ctx: ReadKpi) -> Response:
    """One series that the KPI is set against."""
    item = await pairings.read_pairing(ctx, kpi, pairing)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/kpis/{kpi}/benchmark-pairings/{pairing}",
    summary="Change a pairing",
    response_model=PairingRead,
    responses=CHANGES,
)
async def update_pairing(
    kpi: KpiRef, pairing: PairingId, patch: PairingUpdate, ctx: ChangeKpi, if_match: IfMatch = None
) -> Response:
    """A merge patch. The comparators of a KPI come from its first pairing that is like with like."""
    item = await pairings.update_pairing(ctx, kpi, pairing, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete(
    "/plans/{plan}/kpis/{kpi}/benchmark-pairings/{pairing}",
    summary="Delete a pairing",
    status_code=204,
    responses=REMOVES,
)
async def delete_pairing(
    kpi: KpiRef, pairing: PairingId, ctx: ChangeKpi, if_match: IfMatch = None
) -> Response:
    """The figures stay with their dataset."""
    await pairings.delete_pairing(ctx, kpi, pairing, if_match)
    return ctx.no_content()
