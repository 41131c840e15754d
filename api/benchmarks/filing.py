"""Published files that come over HTTP: small ones read at once, larger ones put off to the worker.

What is put off lies in Postgres, a piece a row, so that any replica may receive it and any worker read it.
"""

from __future__ import annotations

from datetime import date

from fastapi import Response
from sqlalchemy import text

from api.benchmarks.importing import import_release
from api.benchmarks.repository import IMPORT
from api.benchmarks.schemas import BenchmarkImportRead
from api.benchmarks.service import dataset_id_of
from api.core.context import Context, to_json
from api.core.errors import invalid
from api.core.jobs import defer
from api.core.reading import Item, read_by_id
from api.core.uploads import Received, pieces_of

MOST_AT_ONCE = 5_000_000
"""Bytes of the largest file that is read while its sender waits."""
TASK = "read_benchmark_import"

_ADD = text(
    "insert into benchmark_import"
    " (dataset_id, released_on, title, dry_run, size, sha256, sent_by, reason, status)"
    " values (:dataset, :released_on, :title, :dry_run, :size, :sha256, :by,"
    " nullif(current_setting('turnstone.reason', true), ''), 'pending') returning id"
)
_ADD_PART = text(
    "insert into benchmark_import_part (import_id, position, content) values (:import, :position, :content)"
)


async def receive(
    ctx: Context, dataset: str, *, released_on: date, title: str | None, dry_run: bool, may_wait: bool
) -> Response:
    """201 imported, 200 for a preview or a file that is held, 202 put off. Raises as ``import_release``."""
    received = ctx.received
    if received is None:
        raise RuntimeError("this route takes no file")
    if may_wait or received.size > MOST_AT_ONCE:
        if released_on > ctx.today:
            raise invalid("/query/released_on", "The day of release lies in the future.")
        return await _put_off(ctx, dataset, received, released_on, title, dry_run)
    told = await import_release(
        ctx, dataset, received.file, released_on=released_on, title=title, dry_run=dry_run
    )
    return _answer(ctx, told)


def _answer(ctx: Context, told: BenchmarkImportRead) -> Response:
    body = to_json(told.model_dump(mode="json"))
    if told.release is None or told.is_known:
        return ctx.written(body, version=0)
    return ctx.created(body, f"/v1/benchmarks/{told.dataset}/releases/{told.release}", version=1)


async def _put_off(
    ctx: Context, dataset: str, received: Received, released_on: date, title: str | None, dry_run: bool
) -> Response:
    dataset_id = await dataset_id_of(ctx, dataset)
    import_id = (
        await ctx.session.execute(
            _ADD,
            {
                "dataset": dataset_id,
                "released_on": released_on,
                "title": title,
                "dry_run": dry_run,
                "size": received.size,
                "sha256": received.digest,
                "by": ctx.actor.id,
            },
        )
    ).scalar_one()
    for position, piece in enumerate(pieces_of(received.file)):
        await ctx.session.execute(_ADD_PART, {"import": import_id, "position": position, "content": piece})
    await defer(ctx.session, TASK, upload=import_id)
    item = await read_by_id(ctx, IMPORT, import_id, dataset_id=dataset_id)
    return ctx.accepted(item.body, f"/v1/benchmarks/{dataset}/imports/{import_id}")


async def read_import(ctx: Context, dataset: str, import_id: int) -> Item:
    """Raises NOT_FOUND."""
    return await read_by_id(ctx, IMPORT, import_id, dataset_id=await dataset_id_of(ctx, dataset))
