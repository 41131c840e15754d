"""One value at its own address: entered, corrected, read, and how it came to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import text

from api.core.context import Context, to_json, version_of
from api.core.editing import as_sent
from api.core.errors import Problem, ProblemType, field_error, invalid, not_allowed, not_found
from api.core.reading import Item, PageQuery, read_one, read_page
from api.kpis import periods
from api.kpis.segments import kpi_id_of
from api.measurements import merge
from api.measurements.repository import (
    MEASUREMENT,
    MEASUREMENTS,
    REVISIONS,
    VALUES,
    as_known,
    with_withdrawn,
)
from api.measurements.rows import SINGLE_FIELDS, RowError
from api.measurements.schemas import MeasurementPut
from api.measurements.service import Refused, take
from api.measurements.staging import Stage
from api.measurements.submissions import Delivery
from api.measurements.tables import Mode
from api.people.tables import PrincipalKind
from api.vocabulary import Basis, PeriodType


async def put_one(
    ctx: Context,
    kpi: str,
    segment: str,
    period: str,
    put: MeasurementPut,
    if_match: str | None,
    if_none_match: str | None,
) -> Response:
    """Create or correct one value; 201 when created.

    Raises NOT_FOUND for a KPI or segment, IF_MATCH_REQUIRED and EDIT_CONFLICT for one that exists,
    NOT_ALLOWED for a KPI outside the sender's set, INVALID with pointers into the body.
    """
    await kpi_id_of(ctx, kpi)
    if put.workflow is not None and ctx.actor.kind == PrincipalKind.INTEGRATION:
        raise not_allowed("Only people sign off or query values; leave the workflow out.")
    row = as_sent(put) | {"kpi": kpi, "segment": segment, "period": period}
    row |= {name: getattr(put, name) for name in ("value", "numerator", "denominator")}
    found: list[merge.Current] = []

    async def check(stage: Stage) -> None:
        found.append(await merge.only_row(stage))
        await _check_version(ctx, found[0], row, if_match, if_none_match)

    delivery = Delivery("put", Mode.ATOMIC, 1, external_reference=put.external_reference)
    try:
        body = await take(ctx, delivery, [row], fields=SINGLE_FIELDS, is_whole=True, check=check)
    except Refused as refused:
        raise _one_refused(refused.errors) from None
    (current,) = found
    if current.outcome == "queued":
        return ctx.accepted(to_json(body), f"/v1/plans/{ctx.plan.ref}/late-revisions")
    if current.outcome != "created":
        return ctx.written(to_json(body), version=current.revision + (current.outcome == "updated"))
    where = f"/v1/plans/{ctx.plan.ref}/kpis/{kpi}/measurements/{segment}/{current.period}"
    place = f"{where}?basis={put.basis.value}"
    return ctx.created(to_json(body), place, version=current.revision + 1)


def _one_refused(errors: list[RowError]) -> Problem:
    """The problem for a value that cannot be taken: what the address names stands under /path."""
    codes = {error.code: error for error in errors}
    if "unknown_segment" in codes:
        return not_found("segment")
    if "not_permitted" in codes:
        return not_allowed(codes["not_permitted"].message)
    in_path = {"/period": "/path/period", "/kpi": "/path/kpi"}
    return Problem(
        ProblemType.INVALID,
        errors[0].message,
        errors=[
            field_error(in_path.get(error.pointer, error.pointer), error.message, error.code)
            for error in errors
        ],
    )


async def _check_version(
    ctx: Context,
    current: merge.Current,
    yours: dict[str, Any],
    if_match: str | None,
    if_none_match: str | None,
) -> None:
    """A value that exists changes only for someone who saw its latest revision."""
    if current.current_id is None:
        if if_match is not None:
            raise Problem(
                ProblemType.EDIT_CONFLICT,
                "There is no value here; leave If-Match out to enter the first.",
            )
        return
    theirs = await _revision(ctx, "m.id = c.id", current.current_id)
    if if_none_match is not None and if_none_match.strip() == "*":
        raise Problem(
            ProblemType.EDIT_CONFLICT,
            "There is a value already. Send its ETag in If-Match to correct it.",
            headers={"ETag": ctx.etag(current.revision)},
            current=theirs,
            current_etag=ctx.etag(current.revision),
        )
    wanted = version_of(if_match)
    if wanted == current.revision:
        return
    base = await _revision(ctx, "m.revision = :revision", current.current_id, wanted)
    names = [name for name in yours if name in (theirs or {}) and name not in _ADDRESS]
    raise Problem(
        ProblemType.EDIT_CONFLICT,
        "This value changed after you read it. Nothing of yours was stored.",
        headers={"ETag": ctx.etag(current.revision)},
        current=theirs,
        current_etag=ctx.etag(current.revision),
        base_is_known=base is not None,
        fields=[
            {
                "field": name,
                "base": base[name] if base else None,
                "theirs": theirs[name] if theirs else None,
                "yours": yours[name],
                "changed_meanwhile": base is None or theirs is None or base[name] != theirs[name],
            }
            for name in names
        ],
    )


_ADDRESS = frozenset({"kpi", "segment", "period", "basis"})


async def _revision(
    ctx: Context, condition: str, current_id: int, revision: int | None = None
) -> dict[str, Any] | None:
    """One revision of the value that the current one is of, as JSON."""
    found = await ctx.session.scalar(
        text(
            f"select ({REVISIONS.body})::text from measurement_revision c"
            " join measurement_revision m on m.series_id = c.series_id and m.ends_on = c.ends_on"
            " join public.series s on s.id = m.series_id join segment sg on sg.id = s.segment_id"
            f" where c.id = :id and {condition}"
        ),
        {"id": current_id} | ({} if revision is None else {"revision": revision}),
    )
    if found is None:
        return None
    read: dict[str, Any] = orjson.loads(found)
    return read


async def list_measurements(
    ctx: Context, kpi: str, query: PageQuery, filters: Mapping[str, Sequence[str] | None]
) -> Response:
    """As known now or, with ``known_at``, as known then."""
    if filters.get("withdrawn"):
        moment = ctx.known_at or ctx.as_of
        reading = with_withdrawn(MEASUREMENTS, moment)
    else:
        moment = ctx.known_at
        reading = as_known(MEASUREMENTS, moment)
    kpi_id = await kpi_id_of(ctx, kpi)
    return await read_page(ctx, reading, query, filters, kpi_id=kpi_id, known_at=moment)


async def list_values(
    ctx: Context, query: PageQuery, filters: Mapping[str, Sequence[str] | None]
) -> Response:
    """Values of every KPI that the reader may see, and the moment they are told as of."""
    # Asked before the values are read: what is dated later may be missing from them, and nothing else is.
    known = await ctx.session.scalar(
        text("select turnstone.utc(coalesce(cast(:known_at as timestamptz), turnstone.settled_until()))"),
        {"known_at": ctx.known_at or ctx.as_of},
    )
    reading = as_known(VALUES, ctx.known_at)
    return await read_page(ctx, reading, query, filters, beside={"known_at": known}, known_at=ctx.known_at)


async def read_measurement(ctx: Context, kpi: str, segment: str, period: str, basis: Basis) -> Item:
    """Raises NOT_FOUND, or INVALID for a period that is none of the KPI's type."""
    kpi_id, key = await _address(ctx, kpi, period)
    reading = as_known(MEASUREMENT, ctx.known_at)
    return await read_one(
        ctx, reading, key, kpi_id=kpi_id, segment=segment, basis=basis.value, known_at=ctx.known_at
    )


async def list_revisions(
    ctx: Context, kpi: str, segment: str, period: str, query: PageQuery, basis: list[Basis] | None
) -> Response:
    """Every revision of a value, each basis by itself, newest first. Empty where there never was one."""
    kpi_id, key = await _address(ctx, kpi, period)
    filters = {"basis": [word.value for word in basis] if basis else None}
    reading = as_known(REVISIONS, ctx.known_at)
    return await read_page(
        ctx, reading, query, filters, kpi_id=kpi_id, segment=segment, period=key, known_at=ctx.known_at
    )


async def _address(ctx: Context, kpi: str, period: str) -> tuple[int, str]:
    kpi_id = await kpi_id_of(ctx, kpi)
    kind = await ctx.session.scalar(text("select period_type from kpi where id = :id"), {"id": kpi_id})
    try:
        return kpi_id, periods.parse(period, PeriodType(kind)).key
    except periods.UnreadablePeriod as error:
        raise invalid("/path/period", str(error), error.code) from None
