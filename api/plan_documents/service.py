"""What can be done with plan documents: preview, import and export. Read top to bottom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import blake2s

import orjson
from sqlalchemy.exc import IntegrityError

from api.auth.acting import view_plan
from api.auth.permissions import Permission
from api.core.context import Context, to_json
from api.core.errors import Problem, ProblemType, conflict, field_error, not_allowed
from api.plan_documents.answering import Comparison, answer, conflict_read
from api.plan_documents.audit_checks import audit_errors
from api.plan_documents.canonical import canonical, compact_document
from api.plan_documents.checks import Error, cycles, errors_in, unknown_refs
from api.plan_documents.datasets import find_datasets, look_up_datasets
from api.plan_documents.directory import Directory
from api.plan_documents.document import PlanDocument
from api.plan_documents.doubts import Doubt, differing_totals, doubts_in, gathered, totals_of
from api.plan_documents.held import read_held
from api.plan_documents.layout import Wave
from api.plan_documents.merging import Decisions, Merge, merge
from api.plan_documents.schemas import PlanImportRead
from api.plan_documents.storing import (
    acting_as_manager,
    create_plan,
    derive_values,
    last_imported,
    lock_plan,
    move_to_authority,
    remember,
)
from api.plan_documents.values import store_values, values_that_wait
from api.plan_documents.writing import write_merge, write_wave
from api.verdicts.service import judge_plan
from api.vocabulary import PlanStatus, RebaseState


async def export_document(ctx: Context) -> PlanDocument:
    """The plan in view as a document; under as-of, as it stood."""
    return (await read_held(ctx)).document


async def export_json(ctx: Context) -> bytes:
    return to_json(compact_document(await export_document(ctx)))


async def import_document(
    ctx: Context,
    document: PlanDocument,
    *,
    decisions: Decisions,
    dry_run: bool,
    held_digest: str | None = None,
) -> PlanImportRead:
    """Preview a document, or import it: all of it, or nothing.

    Raises NOT_ALLOWED; and unless it is a dry run, INVALID with every error, and CONFLICT for
    conflicts without a decision, a closed plan, or a plan that changed since the preview.
    """
    inside = await view_plan(ctx, document.plan.ref)
    _require(ctx, inside)
    if inside is not None and not dry_run:
        await lock_plan(inside)
    found = await _compare(inside, ctx, document, decisions)
    if not dry_run:
        _refuse(ctx, found, held_digest)
        await _apply(ctx, inside, found)
    return answer(found, dry_run=dry_run)


def _require(ctx: Context, inside: Context | None) -> None:
    if inside is None and not ctx.actor.may(Permission.PLAN_CREATE):
        raise not_allowed("There is no such plan that you may see, and making one is for an administrator.")
    if inside is not None and not inside.actor.may(Permission.PLAN_IMPORT):
        raise not_allowed("Your role in this plan does not include importing.")


async def _compare(
    inside: Context | None, ctx: Context, document: PlanDocument, decisions: Decisions
) -> Comparison:
    held = await read_held(inside) if inside else None
    now = held.document if held else None
    moved = held.moved if held else {}
    new = canonical(document, now, moved)
    imported = await last_imported(inside) if inside else None
    base = canonical(imported, now, moved) if imported else None
    merged = merge(base, now, new, decisions)
    errors = errors_in(new, now, ctx.today)
    told = {(error["pointer"], error["code"]) for error in errors}
    after = merged.document
    beside, doubts = await look_up_datasets(inside or ctx, new)
    errors += beside
    for error in [
        *unknown_refs(after),
        *cycles(after),
        *_changed_period_types(now, merged),
        *_audit_errors(after, merged, now, ctx.today),
    ]:
        here = error | {"pointer": merged.pointer_of(error["pointer"])}
        if (here["pointer"], here["code"]) not in told:
            errors.append(here)
    if inside is not None:
        waiting = await values_that_wait(inside, merged)
        doubts += [("value_in_locked_period", pointer) for pointer in waiting]
    digest = blake2s(to_json(compact_document(now)), digest_size=12).hexdigest() if now else None
    return Comparison(document, held, merged, errors, _doubts(new, now, merged, doubts), digest)


def _audit_errors(after: PlanDocument, merged: Merge, held: PlanDocument | None, today: date) -> list[Error]:
    """What names something that is not there is told as that."""
    return [] if any(unknown_refs(after)) else audit_errors(merged, held, today)


def _changed_period_types(held: PlanDocument | None, merged: Merge) -> list[Error]:
    """The values of a KPI keep the meaning of their periods."""
    if held is None:
        return []
    with_values = {value.kpi.lower() for value in held.measurements}
    return [
        field_error(
            f"/kpis/{place}/period_type",
            "It has values by another type of period; supersede it with a new KPI instead.",
            "period_type_fixed",
        )
        for place, kpi in enumerate(merged.items["kpi"])
        if "period_type" in kpi.fields and kpi.item.ref.lower() in with_values
    ]


def _doubts(
    new: PlanDocument, held: PlanDocument | None, merged: Merge, beside: Sequence[tuple[str, str]]
) -> list[Doubt]:
    found = [*beside, *(("removed_meanwhile", pointer) for pointer in merged.removed)]
    found += [("rebase_decided_in_words", pointer) for pointer in _decided_in_words(held, merged)]
    found += differing_totals(totals_of(merged.document))
    if held is not None:
        if held.plan.status is PlanStatus.CLOSED:
            found.append(("plan_is_closed", "/plan/status"))
        ours, theirs = new.plan.authority, held.plan.authority
        differs = (ours.name, ours.code) != (theirs.name, theirs.code) or ours.la_code not in (
            None,
            theirs.la_code,
        )
        if ours.ref.lower() == theirs.ref.lower() and differs:
            found.append(("authority_differs", "/plan/authority"))
        for action in merged.items["action"]:
            if "due" in action.fields and "slips" not in action.fields:
                found.append(("due_moved_without_slip", f"{action.pointer}/due"))
    return sorted([*doubts_in(new), *gathered(iter(found))], key=lambda doubt: doubt.code)


def _decided_in_words(held: PlanDocument | None, merged: Merge) -> Iterator[str]:
    """Rebases that the document brings agreed, or that wait here and that it says are agreed."""
    for kpi in merged.items["kpi"]:
        before = held.kpis[kpi.held].rebases if held is not None and kpi.held is not None else []
        agreed = {rebase.number for rebase in before if rebase.state is RebaseState.AGREED}
        for place, rebase in enumerate(kpi.item.rebases):
            if rebase.state is RebaseState.AGREED and rebase.number not in agreed:
                yield f"{kpi.pointer}/rebases/{place}"


def _refuse(ctx: Context, found: Comparison, held_digest: str | None) -> None:
    if found.errors:
        errors = [error | {"pointer": f"/document{error['pointer']}"} for error in found.errors]
        count = f"{len(errors)} errors" if len(errors) > 1 else "one error"
        raise Problem(ProblemType.INVALID, f"The document has {count}; nothing was imported.", errors=errors)
    if found.held is not None:
        if found.held.document.plan.status is PlanStatus.CLOSED and ctx.actor.kind != "system":
            raise conflict("The plan is closed; reopen it before importing into it.")
        if held_digest is not None and held_digest != found.held_digest:
            raise conflict("The plan changed since the preview; look at it again.")
    if found.merge.conflicts:
        conflicts = [conflict_read(one) for one in found.merge.conflicts]
        raise Problem(
            ProblemType.CONFLICT,
            f"{len(conflicts)} changes here and in the document contradict each other; decide each.",
            conflicts=[orjson.loads(to_json(one.model_dump())) for one in conflicts],
        )


async def _apply(ctx: Context, inside: Context | None, found: Comparison) -> None:
    is_new = inside is None
    try:
        if inside is None:
            inside = await create_plan(ctx, found.merge.plan.item)
        async with acting_as_manager(inside):
            if is_new or _changes_anything(found.merge):
                await _write(inside, found)
                if "authority" in found.merge.plan.fields:
                    await move_to_authority(inside, found.merge.plan.item.authority)
            await remember(inside, found.document)
    except IntegrityError as error:
        raise conflict("The plan changed while it was being imported; try again.") from error


async def _write(ctx: Context, found: Comparison) -> None:
    """Items first, then what audits make of values, then the values brought, then the locks on them."""
    directory = found.held.directory if found.held else Directory()
    await find_datasets(ctx, found.merge.document, directory)
    await write_merge(ctx, found.held, found.merge, directory)
    await derive_values(ctx, found.merge, directory, past_locks=found.held is None)
    await store_values(ctx, found.merge)
    await write_wave(ctx, found.held, found.merge, directory, Wave.AFTER_VALUES)
    await judge_plan(ctx)


def _changes_anything(merged: Merge) -> bool:
    everything = [merged.plan, *(one for items in merged.items.values() for one in items)]
    return any(one.held is None or one.fields for one in everything) or bool(_moved(merged))


def _moved(merged: Merge) -> list[str]:
    """Kinds whose items come in another order than they are held."""
    kinds: list[str] = []
    for kind, items in merged.items.items():
        order = [one.held for one in items if one.held is not None]
        if kind != "measurement" and order != sorted(order):
            kinds.append(kind)
    return kinds
