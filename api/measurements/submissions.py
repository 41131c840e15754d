"""The record of a delivery: what came, what became of it, and which rows were not taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import text

from api.core.context import Context
from api.measurements.merge import Counts
from api.measurements.repository import MOST_SHOWN
from api.measurements.rows import RowError
from api.measurements.tables import Mode, SubmissionStatus
from api.measurements.taking import readable


@dataclass(frozen=True)
class Delivery:
    """What a door says of the rows it brought."""

    door: str
    mode: Mode
    received: int
    dry_run: bool = False
    source: str | None = None
    external_reference: str | None = None
    digest: str | None = None
    """Of the file or body as it came, so that the same one is recognised when it comes again."""


@dataclass(frozen=True)
class Recorded:
    id: int
    ref: str
    body: dict[str, Any]
    """The submission as JSON, but for its changes and errors."""


_INSERT = text(
    "insert into submission (plan_id, submission_ref, door, mode, dry_run, status, source,"
    " external_reference, digest, received, created, updated, unchanged, queued, rejected, warned,"
    " submitted_by, repeats_id, finished_at)"
    " values (:plan, :ref, :door, :mode, :dry_run, :status, :source, :external_reference, :digest, :received,"
    " :created, :updated, :unchanged, :queued, :rejected, :warned, :actor, :repeats, clock_timestamp())"
    " returning id, turnstone.utc(received_at)"
)

_REPEATED = text(
    "select id, submission_ref::text as ref from submission where plan_id = :plan and digest = :digest"
    " and status in ('stored', 'withdrawn') order by id desc limit 1"
)

_INSERT_REJECTED = text(
    "insert into rejected_row (plan_id, submission_id, row_index, code, pointer, message, row)"
    " select :plan, :submission, * from unnest(cast(:indexes as int[]), cast(:codes as text[]),"
    " cast(:pointers as text[]), cast(:messages as text[]), cast(:rows as jsonb[]))"
)


async def record(
    ctx: Context,
    delivery: Delivery,
    status: SubmissionStatus,
    counts: Counts,
    errors: Sequence[RowError] = (),
    rows: Sequence[Any] = (),
    *,
    warned: int = 0,
) -> Recorded:
    """Store the submission, and each rejected row with its reason.

    Whatever was neither created, updated, unchanged nor queued counts as rejected, so the counts always
    sum.
    """
    numbers = {
        "received": delivery.received,
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "queued": counts.queued,
        "rejected": delivery.received - counts.taken,
        "warned": warned,
    }
    said = {
        "door": delivery.door,
        "status": status.value,
        "mode": delivery.mode.value,
        "dry_run": delivery.dry_run,
        "source": delivery.source,
        "external_reference": delivery.external_reference,
    }
    ref = uuid4()
    earlier = await _repeated(ctx, delivery)
    bound = {"plan": ctx.plan.id, "ref": ref, "actor": ctx.actor.id, "digest": delivery.digest}
    bound["repeats"] = earlier[0] if earlier else None
    stored = (await ctx.session.execute(_INSERT, {**bound, **said, **numbers})).one()
    if errors:
        await ctx.session.execute(
            _INSERT_REJECTED,
            {
                "plan": ctx.plan.id,
                "submission": stored[0],
                "indexes": [error.row for error in errors],
                "codes": [error.code for error in errors],
                "pointers": [error.pointer for error in errors],
                "messages": [error.message for error in errors],
                "rows": [as_kept(rows[error.row]) for error in errors],
            },
        )
    body = {"submission": str(ref), **said, **numbers, "by": ctx.actor.name, "received_at": stored[1]}
    body |= {"repeats": earlier[1] if earlier else None, "withdrawal": None}
    return Recorded(stored[0], str(ref), body)


async def _repeated(ctx: Context, delivery: Delivery) -> tuple[int, str] | None:
    """Id and ref of the last stored delivery of the very same file or body."""
    if delivery.digest is None:
        return None
    found = await ctx.session.execute(_REPEATED, {"plan": ctx.plan.id, "digest": delivery.digest})
    row = found.first()
    return None if row is None else (row.id, row.ref)


def whole(
    recorded: Recorded,
    changes: str,
    errors: Sequence[RowError],
    warnings: orjson.Fragment | None = None,
) -> dict[str, Any]:
    """The submission with its first changes and warnings (JSON, from the database) and kinds of errors."""
    return recorded.body | {
        "changes": orjson.Fragment(changes),
        "errors": merged(errors),
        "warnings": warnings or [],
    }


def merged(errors: Sequence[RowError]) -> list[dict[str, Any]]:
    """Like errors together, by the row they came first in; the first hundred kinds."""
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for error in sorted(errors):
        kinds.setdefault((error.code, error.pointer, error.message), []).append(error.row)
    return [
        {
            "indexes": rows[:MOST_SHOWN],
            "count": len(rows),
            "code": code,
            "pointer": pointer,
            "message": message,
        }
        for (code, pointer, message), rows in list(kinds.items())[:MOST_SHOWN]
    ]


def as_kept(raw: Any) -> str:
    """A rejected row as JSON that the database can hold, long and deep parts cut."""
    return orjson.dumps(_kept(raw, 0)).decode()


def _kept(value: Any, depth: int) -> Any:
    match value:
        case None | bool():
            return value
        case int() if abs(value) < 2**53:
            return value
        case Decimal() if (
            value.is_finite() and abs(value.adjusted()) < 30 and len(value.as_tuple().digits) < 40
        ):
            return orjson.Fragment(str(value))
        case dict() if depth < 4:
            return {_clean(str(name), 64): _kept(part, depth + 1) for name, part in list(value.items())[:40]}
        case list() if depth < 4:
            return [_kept(part, depth + 1) for part in value[:40]]
        case _:
            return _clean(str(value), 500)


def _clean(written: str, most: int) -> str:
    return readable(written) if len(written) <= most else f"{readable(written[:most])}…"
