"""What an import answers: the merge told in the words of the API."""

from __future__ import annotations

from dataclasses import dataclass

from api.core.openapi import FieldError
from api.plan_documents.checks import Error
from api.plan_documents.document import PlanDocument
from api.plan_documents.doubts import Doubt, totals_of
from api.plan_documents.held import Held
from api.plan_documents.merging import Conflict, Merge, Merged
from api.plan_documents.schemas import (
    ChangeRead,
    ConflictRead,
    DoubtRead,
    KeptRead,
    KindCounts,
    PlanImportRead,
    TotalRead,
)

MOST_LISTED = 1000


@dataclass(frozen=True)
class Comparison:
    """A document beside what the plan holds, and what comes of merging the two."""

    document: PlanDocument
    held: Held | None
    merge: Merge
    errors: list[Error]
    doubts: list[Doubt]
    held_digest: str | None


def answer(found: Comparison, *, dry_run: bool) -> PlanImportRead:
    merged = found.merge
    listed = [(kind, one) for kind, items in merged.items.items() for one in items]
    changed = [("plan", merged.plan), *listed]
    kept = [(kind, one) for kind, one in listed if one.pointer is None and kind != "measurement"]
    return PlanImportRead(
        plan=merged.plan.item.ref,
        is_new=found.held is None,
        dry_run=dry_run,
        held_digest=found.held_digest,
        counts={name: KindCounts(**counted) for name, counted in merged.counts().items()},
        changes=[_change(kind, one) for kind, one in changed if one.fields][:MOST_LISTED],
        kept=[KeptRead(kind=kind, ref=getattr(one.item, "ref", None)) for kind, one in kept][:MOST_LISTED],
        doubts=[_doubt(doubt) for doubt in found.doubts],
        stated_totals=_totals(merged.document),
        conflicts=[conflict_read(one) for one in merged.conflicts],
        errors=[FieldError(**error) for error in found.errors],
    )


def _change(kind: str, one: Merged) -> ChangeRead:
    ref = getattr(one.item, "ref", None) or getattr(one.item, "kpi", None)
    return ChangeRead(kind=kind, ref=ref, pointer=one.pointer or "", fields=list(one.fields))


def _doubt(doubt: Doubt) -> DoubtRead:
    return DoubtRead(
        code=doubt.code, message=doubt.message, count=len(doubt.pointers), pointers=list(doubt.pointers)
    )


def conflict_read(one: Conflict) -> ConflictRead:
    return ConflictRead(
        pointer=one.pointer,
        kind=one.kind,
        ref=one.ref,
        field=one.field,
        base=one.base,
        current=one.current,
        new=one.new,
    )


def _totals(document: PlanDocument) -> list[TotalRead]:
    return [
        TotalRead(
            label=total.label,
            of=total.of,
            stated_count=total.stated_count,
            stated_percent=_number(total.stated_percent),
            held_count=total.held_count,
            held_percent=_number(total.held_percent),
            count_difference=total.count_difference,
            percent_difference=_number(total.percent_difference),
        )
        for total in totals_of(document)
    ]


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
