"""What can be done with recommendations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import text

from api import vocabulary as terms
from api.actions.service import reason_of, refuse_unreasoned_rating
from api.auth.permissions import Permission
from api.core.context import Context
from api.core.editing import (
    add,
    as_sent,
    change,
    hold,
    in_order,
    remove,
    replace_children,
    sent,
    touch,
)
from api.core.errors import Problem, ProblemType, field_error, invalid
from api.core.patches import hold_as_it_is, refuse_beyond, refuse_nulls
from api.core.reading import Item, read_by_id
from api.plans.links import set_leads, set_themes
from api.plans.refs import keep_old_ref
from api.recommendations.repository import RECOMMENDATION
from api.recommendations.schemas import (
    LEAD_MAY_CHANGE,
    InspectionReferenceWrite,
    RecommendationCreate,
    RecommendationUpdate,
    ResponseWrite,
)
from api.recommendations.tables import InspectionReference, Recommendation, RecommendationPart

_PLAIN = (
    "source_ref",
    "text",
    "label",
    "origin",
    "outcome",
    "status",
    "status_note",
    "rating",
    "rating_reason",
    "confidence",
    "assured_rating",
    "no_kpis_reason",
)
_NEVER_NULL = frozenset(
    {"ref", "text", "origin", "status", "parts", "inspection_references", "leads", "themes"}
)


async def create_recommendation(ctx: Context, new: RecommendationCreate) -> Item:
    """Raises REF_TAKEN, or INVALID for an unknown ref or business as usual without its place."""
    fields = {name: getattr(new, name) for name in RecommendationCreate.model_fields}
    _refuse_homeless(fields)
    recommendation_id = await add(
        ctx,
        Recommendation,
        {name: fields[name] for name in _PLAIN if name in fields}
        | _response_columns(new.response)
        | {"ref": new.ref, "position": await _next_position(ctx)},
    )
    await _set_children(ctx, recommendation_id, fields)
    item = await read_by_id(ctx, RECOMMENDATION, recommendation_id)
    refuse_unreasoned_rating(item)
    return item


async def update_recommendation(
    ctx: Context, ref: str, patch: RecommendationUpdate, if_match: str | None
) -> Item:
    """Apply a merge patch. A lead may change the rating, its confidence and reason, and the status note.

    Raises EDIT_CONFLICT, NOT_ALLOWED naming the fields refused, or INVALID.
    """
    held = await hold(ctx, RECOMMENDATION, ref, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, _NEVER_NULL)
    if not ctx.actor.may(Permission.RECOMMENDATION_UPDATE):
        refuse_beyond(fields, LEAD_MAY_CHANGE, "recommendation")
    before = orjson.loads((await read_by_id(ctx, RECOMMENDATION, held.id)).body)
    if "status" in fields or "status_note" in fields:
        _refuse_homeless(before | fields)
    columns = {name: fields[name] for name in _PLAIN if name in fields} | reason_of(fields, before)
    if "response" in fields:
        columns |= _response_columns(fields["response"])
    if "ref" in fields:
        columns["ref"] = fields["ref"]
        await keep_old_ref(ctx, terms.ItemKind.RECOMMENDATION, "recommendation", held.id, fields["ref"])
    await change(ctx, Recommendation, held.id, columns)
    if await _set_children(ctx, held.id, fields):
        await touch(ctx, Recommendation, held.id)
    item = await read_by_id(ctx, RECOMMENDATION, held.id)
    if "rating" in fields or "rating_reason" in fields:
        refuse_unreasoned_rating(item)
    return item


async def report_rating(
    ctx: Context, ref: str, rating: terms.Rating, confidence: terms.Confidence | None, reason: str | None
) -> None:
    """Set a recommendation's rating as a narrative about it reports it, whoever changed what meanwhile.

    Raises NOT_FOUND, NOT_ALLOWED, or INVALID for a rating better than the evidence without a reason.
    """
    held = await hold_as_it_is(ctx, RECOMMENDATION, ref)
    before = orjson.loads((await read_by_id(ctx, RECOMMENDATION, held.id)).body)
    fields: dict[str, Any] = {"rating": rating}
    if reason is not None:
        fields["rating_reason"] = reason
    if confidence is not None:
        fields["confidence"] = confidence
    await change(ctx, Recommendation, held.id, fields | reason_of(fields, before))
    refuse_unreasoned_rating(await read_by_id(ctx, RECOMMENDATION, held.id))


async def delete_recommendation(ctx: Context, ref: str, if_match: str | None) -> None:
    """Its actions stay, without it."""
    held = await hold(ctx, RECOMMENDATION, ref, if_match)
    await remove(ctx, Recommendation, held.id)


def _refuse_homeless(fields: Mapping[str, Any]) -> None:
    """Raises INVALID for business as usual that does not say where the work now lives."""
    if fields["status"] == terms.RecommendationStatus.BUSINESS_AS_USUAL and not fields["status_note"]:
        raise invalid(
            "/status_note", "Business as usual needs a note of where the work now lives.", "note_needed"
        )


def _response_columns(response: ResponseWrite | None) -> dict[str, Any]:
    return {
        "response": response.decision if response else None,
        "response_reason": response.reason if response else None,
    }


async def _next_position(ctx: Context) -> int:
    return int(
        await ctx.session.scalar(
            text("select coalesce(max(position), 0) + 1 from recommendation where plan_id = :plan"),
            {"plan": ctx.plan.id},
        )
        or 1
    )


async def _set_children(ctx: Context, recommendation_id: int, fields: Mapping[str, Any]) -> bool:
    """Bring every list that was sent to what was sent; True if any changed."""
    owner = {"recommendation_id": recommendation_id}
    moved = False
    if fields.get("leads") is not None:
        moved |= await set_leads(ctx, owner, fields["leads"])
    if fields.get("themes") is not None:
        moved |= await set_themes(ctx, owner, fields["themes"])
    if fields.get("parts") is not None:
        rows = in_order({"ref": part.ref, "text": part.text} for part in fields["parts"])
        moved |= await replace_children(ctx, RecommendationPart, owner, rows, key="position")
    if fields.get("inspection_references") is not None:
        rows = in_order(await _reference_rows(ctx, fields["inspection_references"]))
        moved |= await replace_children(ctx, InspectionReference, owner, rows, key="position")
    return moved


async def _reference_rows(
    ctx: Context, references: Sequence[InspectionReferenceWrite]
) -> list[dict[str, Any]]:
    """Raises INVALID at every inspection or finding that is not there."""
    held = await ctx.session.execute(
        text(
            "select lower(i.ref) as inspection, i.id as inspection_id, lower(f.ref) as finding, f.id"
            " from inspection i left join finding f on f.inspection_id = i.id where i.plan_id = :plan_id"
        ),
        {"plan_id": ctx.plan.id},
    )
    inspections: dict[str, int] = {}
    findings: dict[tuple[str, str], int] = {}
    for row in held:
        inspections[row.inspection] = row.inspection_id
        findings[row.inspection, row.finding] = row.id
    rows, missing = [], []
    for place, reference in enumerate(references):
        inspection = (reference.inspection or "").lower()
        finding = (reference.finding or "").lower()
        at = f"/inspection_references/{place}"
        if inspection and inspection not in inspections:
            message = f"There is no inspection {reference.inspection!r} here."
            missing.append(field_error(f"{at}/inspection", message, "unknown_ref"))
        elif finding and (inspection, finding) not in findings:
            message = f"That inspection has no finding {reference.finding!r}."
            missing.append(field_error(f"{at}/finding", message, "unknown_ref"))
        rows.append(
            {
                "inspection_id": inspections.get(inspection),
                "finding_id": findings.get((inspection, finding)) if finding else None,
                "page": reference.page,
                "paragraphs": reference.paragraphs,
                "text": reference.text,
            }
        )
    if missing:
        raise Problem(ProblemType.INVALID, missing[0]["message"], errors=missing)
    return rows
