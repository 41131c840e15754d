"""What can be done with inspections. Each function reads: load, check, write, answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from api import vocabulary as terms
from api.core.context import Context
from api.core.editing import (
    add,
    as_sent,
    change,
    fuzzy_columns,
    hold,
    in_order,
    remove,
    replace_children,
    sent,
    table_of,
    touch,
)
from api.core.errors import Problem, ProblemType, field_error, invalid
from api.core.reading import Item, read_by_id
from api.plans.inspections.repository import (
    INSPECTION,
    findings_referred_to,
    recommendations_referring_to,
)
from api.plans.inspections.rules import FRAMEWORKS, misfits
from api.plans.inspections.schemas import (
    AreaRead,
    FindingWrite,
    FrameworkList,
    FrameworkRead,
    InspectionCreate,
    InspectionUpdate,
)
from api.plans.shapes import repeated
from api.plans.tables import Finding, Inspection, Judgement

_PLAIN = ("ref", "framework", "title", "received_on", "scope")
_FUZZY = {"starts": "starts", "ends": "ends", "published_on": "published"}
"""Field of the API → name of its columns."""


def known_frameworks() -> FrameworkList:
    """Every framework with its judgement areas."""
    return FrameworkList(
        items=[
            FrameworkRead(
                framework=framework,
                title=rule.title,
                takes_grades=rule.takes_grades,
                areas=[AreaRead.model_validate(area, from_attributes=True) for area in rule.areas],
            )
            for framework, rule in FRAMEWORKS.items()
        ]
    )


async def create_inspection(ctx: Context, new: InspectionCreate) -> Item:
    """Raises REF_TAKEN, or INVALID for a grade where the framework gives none."""
    fields = {name: getattr(new, name) for name in InspectionCreate.model_fields}
    inspection_id = await add(ctx, Inspection, _columns(fields))
    await _set_lists(ctx, inspection_id, fields)
    await _check(ctx, inspection_id, judgements_sent=True)
    return await read_by_id(ctx, INSPECTION, inspection_id)


async def update_inspection(ctx: Context, ref: str, patch: InspectionUpdate, if_match: str | None) -> Item:
    """Apply a merge patch. A finding keeps its identity by its ref.

    Raises EDIT_CONFLICT, REF_TAKEN, INVALID, or IN_USE for a finding left out that is answered.
    """
    held = await hold(ctx, INSPECTION, ref, if_match, as_sent(patch))
    fields = sent(patch)
    await change(ctx, Inspection, held.id, _columns(fields))
    if await _set_lists(ctx, held.id, fields):
        await touch(ctx, Inspection, held.id)
    await _check(ctx, held.id, judgements_sent="judgements" in fields)
    return await read_by_id(ctx, INSPECTION, held.id)


async def delete_inspection(ctx: Context, ref: str, if_match: str | None) -> None:
    """Raises IN_USE while recommendations refer to it."""
    held = await hold(ctx, INSPECTION, ref, if_match)
    users = await recommendations_referring_to(ctx, held.id)
    if users:
        raise Problem(ProblemType.IN_USE, f"Recommendations refer to this inspection: {users}.")
    await remove(ctx, Inspection, held.id)


def _columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: fields[name] for name in _PLAIN if name in fields}
    for field, name in _FUZZY.items():
        if field in fields:
            columns |= fuzzy_columns(name, fields[field])
    return columns


async def _set_lists(ctx: Context, inspection_id: int, fields: Mapping[str, Any]) -> bool:
    owner = {"inspection_id": inspection_id}
    moved = False
    if "judgements" in fields:
        rows = in_order(judgement.model_dump() for judgement in fields["judgements"])
        moved |= await replace_children(ctx, Judgement, owner, rows, key="position")
    if "findings" in fields:
        moved |= await _set_findings(ctx, inspection_id, fields["findings"])
    return moved


async def _set_findings(ctx: Context, inspection_id: int, findings: list[FindingWrite]) -> bool:
    place = repeated([finding.ref for finding in findings])
    if place is not None:
        raise invalid(
            f"/findings/{place}/ref", f"Two findings bear the ref {findings[place].ref!r}.", "repeated"
        )
    wanted = {finding.ref.lower(): finding.ref for finding in findings}
    answered = await findings_referred_to(ctx, inspection_id, list(wanted))
    if answered:
        ref, users = answered[0]
        raise Problem(ProblemType.IN_USE, f"Recommendations answer finding {ref!r}, left out here: {users}.")
    # Otherwise a ref spelled in another case would count as another finding, and links to it be lost.
    respelled = await ctx.session.execute(
        text(
            "update finding f set ref = w.ref from unnest(cast(:refs as text[])) w (ref)"
            " where f.inspection_id = :id and lower(f.ref) = lower(w.ref) and f.ref <> w.ref returning f.id"
        ),
        {"refs": list(wanted.values()), "id": inspection_id},
    )
    rows = in_order(finding.model_dump() for finding in findings)
    moved = await replace_children(ctx, Finding, {"inspection_id": inspection_id}, rows, key="ref")
    return moved or respelled.first() is not None


async def _check(ctx: Context, inspection_id: int, *, judgements_sent: bool) -> None:
    """What must hold of the inspection as it now stands. Raises INVALID."""
    table, judgements = table_of(Inspection), table_of(Judgement)
    held = (await ctx.session.execute(table.select().where(table.c.id == inspection_id))).one()
    if held.starts_on and held.ends_on and held.ends_on < held.starts_on:
        raise invalid("/ends", "An inspection cannot end before it starts.", "ends_first")
    judged = (
        await ctx.session.execute(
            judgements.select()
            .where(judgements.c.inspection_id == inspection_id)
            .order_by(judgements.c.position)
        )
    ).all()
    wrong = misfits(terms.Framework(held.framework), judged)
    if wrong:
        errors = [
            field_error(
                f"/judgements/{misfit.place}/{misfit.field}" if judgements_sent else "/framework",
                misfit.message,
                misfit.code,
            )
            for misfit in wrong
        ]
        raise Problem(ProblemType.INVALID, wrong[0].message, errors=errors)
