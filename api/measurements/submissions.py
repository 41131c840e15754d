"""The record of a delivery: what came, what became of it, and which rows were not taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text

from api.core.context import Context
from api.measurements import rejections
from api.measurements.files.findings import FileRefused, Finding
from api.measurements.merge import Counts
from api.measurements.staging import Stage
from api.measurements.tables import Mode, SubmissionStatus


@dataclass(frozen=True)
class Delivery:
    """What a door says of the rows it brought."""

    door: str
    mode: Mode
    received: int = 0
    dry_run: bool = False
    source: str | None = None
    external_reference: str | None = None
    file_name: str | None = None
    digest: str | None = None
    """SHA-256 of the file or body as it came, in hexadecimal, to recognise it when it comes again."""
    pending: Recorded | None = None
    """Its record, where that was made before the rows were looked at."""


@dataclass(frozen=True)
class Recorded:
    id: int
    ref: str
    body: dict[str, Any]
    """The submission as JSON, but for its changes and errors."""


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery."""

    status: SubmissionStatus
    counts: Counts = field(default_factory=Counts)
    changes: str | None = None
    """The first hundred, as a JSON array, of a preview: nothing else keeps them."""
    findings: Sequence[Finding] = ()
    problem: FileRefused | None = None
    """Why nothing of a file could be looked at."""
    warned: int = 0
    """Rows taken, or that would be, with a warning."""


_COLUMNS = (
    "status", "received", "created", "updated", "unchanged", "queued", "rejected", "warned", "problem",
)  # fmt: skip

_INSERT = text(
    "insert into submission (plan_id, submission_ref, door, mode, dry_run, source, external_reference,"
    f" digest, submitted_by, repeats_id, {', '.join(_COLUMNS)}, finished_at)"
    " values (:plan, :ref, :door, :mode, :dry_run, :source, :external_reference, :digest, :actor, :repeats,"
    f" {', '.join(f':{name}' for name in _COLUMNS)},"
    " case when :status <> 'pending' then clock_timestamp() end)"
    " returning id, turnstone.utc(received_at)"
)

_FINISH = text(
    f"update submission set {', '.join(f'{name} = :{name}' for name in _COLUMNS)},"
    " finished_at = clock_timestamp() where id = :id"
)

_INSERT_REPORT = text(
    "insert into submission_report (plan_id, submission_id, file_name, problem_code, findings, changes)"
    " values (:plan, :submission, :file_name, :code, cast(:findings as jsonb), cast(:changes as jsonb))"
    " on conflict (submission_id) do update set problem_code = excluded.problem_code,"
    " findings = excluded.findings, changes = excluded.changes"
)

_REPEATED = text(
    "select id, submission_ref::text as ref from submission where plan_id = :plan and digest = :digest"
    " and status in ('stored', 'withdrawn') order by id desc limit 1"
)


async def record(ctx: Context, delivery: Delivery, outcome: Outcome, stage: Stage | None = None) -> Recorded:
    """Store the submission, and each rejected row with its reason.

    Whatever was neither created, updated, unchanged nor queued counts as rejected, so the counts always
    sum.
    """
    counts, problem = outcome.counts, outcome.problem
    numbers = {
        "received": delivery.received,
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "queued": counts.queued,
        "rejected": delivery.received - counts.taken,
        "warned": outcome.warned,
    }
    said = {
        "door": delivery.door,
        "status": outcome.status.value,
        "mode": delivery.mode.value,
        "dry_run": delivery.dry_run,
        "source": delivery.source,
        "external_reference": delivery.external_reference,
    }
    bound = {"problem": problem.message[:500] if problem else None, **said, **numbers}
    if delivery.pending is None:
        ref, earlier = uuid4(), await _repeated(ctx, delivery)
        ids = {"plan": ctx.plan.id, "ref": ref, "actor": ctx.actor.id, "digest": delivery.digest}
        ids["repeats"] = earlier[0] if earlier else None
        kept_id, received_at = (await ctx.session.execute(_INSERT, ids | bound)).one()
        repeats = earlier[1] if earlier else None
    else:
        kept_id, ref = delivery.pending.id, UUID(delivery.pending.ref)
        received_at, repeats = delivery.pending.body["received_at"], delivery.pending.body.get("repeats")
        await ctx.session.execute(_FINISH, bound | {"id": kept_id})
    findings = [finding._asdict() for finding in outcome.findings]
    if delivery.file_name or findings or problem or outcome.changes:
        await ctx.session.execute(
            _INSERT_REPORT,
            {
                "plan": ctx.plan.id,
                "submission": kept_id,
                "file_name": delivery.file_name,
                "code": problem.code if problem else None,
                "findings": orjson.dumps(findings).decode(),
                "changes": outcome.changes,
            },
        )
    if stage is not None:
        await rejections.store(stage, ctx.plan.id, kept_id)
    body = {
        "submission": str(ref),
        **said,
        **numbers,
        "by": ctx.actor.name,
        "received_at": received_at,
        "file_name": delivery.file_name,
        "digest": delivery.digest,
        "repeats": repeats,
        "problem": {"code": problem.code, "message": problem.message} if problem else None,
        "findings": findings,
        "progress": None,
        "withdrawal": None,
    }
    return Recorded(kept_id, str(ref), body)


async def _repeated(ctx: Context, delivery: Delivery) -> tuple[int, str] | None:
    """Id and ref of the last stored delivery of the very same file or body."""
    if delivery.digest is None:
        return None
    found = await ctx.session.execute(_REPEATED, {"plan": ctx.plan.id, "digest": delivery.digest})
    row = found.first()
    return None if row is None else (row.id, row.ref)


def whole(
    recorded: Recorded, changes: str = "[]", errors: str = "[]", warnings: str = "[]"
) -> dict[str, Any]:
    """The submission with its first changes, kinds of errors, and warnings, all as JSON from the database."""
    return recorded.body | {
        "changes": orjson.Fragment(changes),
        "errors": orjson.Fragment(errors),
        "warnings": orjson.Fragment(warnings),
    }
