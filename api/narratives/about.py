"""What a narrative or a check is about: one item of the plan, or the plan itself.

Stored as an exclusive arc of foreign keys; all of them null means the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator
from sqlalchemy import text

from api.core.context import Context
from api.core.errors import Problem, ProblemType, field_error
from api.core.shapes import RefName, Write
from api.vocabulary import ItemKind

TABLES = {
    ItemKind.THEME: "theme",
    ItemKind.RECOMMENDATION: "recommendation",
    ItemKind.ACTION: "action",
    ItemKind.KPI: "kpi",
    ItemKind.RISK: "risk",
    ItemKind.CHECK: "assurance_check",
}
"""The arc, in the order of its columns."""

_TITLES = {ItemKind.RECOMMENDATION: "coalesce(i.label, i.text)"}

AboutFilter = Annotated[
    str,
    StringConstraints(
        pattern=rf"^(?:{'|'.join(kind.value for kind in ItemKind)})(?::[A-Za-z0-9][A-Za-z0-9._-]{{0,63}})?$"
    ),
]
"""``action:A01.KA03`` for one item, ``action`` for any of its kind."""


class AboutWrite(Write):
    """An item by kind and ref; the plan itself by its kind alone."""

    kind: ItemKind = Field(examples=["action"])
    ref: RefName | None = None

    @model_validator(mode="after")
    def _names_one_item(self) -> AboutWrite:
        if (self.ref is None) is not (self.kind is ItemKind.PLAN):
            raise ValueError("name the item by its ref; only the plan itself goes without")
        return self


class AboutRead(BaseModel):
    kind: ItemKind = Field(examples=["action"])
    ref: str | None = Field(description="Null for the plan itself.", examples=["A01.KA03"])
    title: str = Field(examples=["Re-launch the neglect toolkit"])


async def arcs_of(ctx: Context, about: Sequence[AboutWrite], pointer: str) -> list[dict[str, int | None]]:
    """The arc columns of each item named, in their order, each item once.

    ``pointer`` is the place of the list in the payload. Raises INVALID at every ref that is not there.
    """
    arcs: list[dict[str, int | None]] = []
    missing = []
    for place, item in enumerate(about):
        arc: dict[str, int | None] = {f"{kind.value}_id": None for kind in TABLES}
        if item.kind is not ItemKind.PLAN:
            arc[f"{item.kind.value}_id"] = await ctx.session.scalar(
                text(
                    f"select id from {TABLES[item.kind]}"
                    " where plan_id = :plan_id and lower(ref) = lower(:ref)"
                ),
                {"plan_id": ctx.plan.id, "ref": item.ref},
            )
            if arc[f"{item.kind.value}_id"] is None:
                message = f"There is no {item.kind.value} {item.ref!r} here."
                missing.append(field_error(pointer.format(place), message, "unknown_ref"))
        if arc not in arcs:
            arcs.append(arc)
    if missing:
        raise Problem(ProblemType.INVALID, missing[0]["message"], errors=missing)
    return arcs


def about_item(alias: str) -> str:
    """SQL of the item a row's arc points at, as AboutRead; null where the reader cannot see it."""
    ways = " ".join(
        f"when {alias}.{kind.value}_id is not null then (select json_build_object('kind', '{kind.value}',"
        f" 'ref', i.ref, 'title', {_TITLES.get(kind, 'i.title')})"
        f" from {table} i where i.id = {alias}.{kind.value}_id)"
        for kind, table in TABLES.items()
    )
    return f"""case {ways} else (select json_build_object('kind', 'plan', 'ref', null, 'title', i.title)
        from plan i where i.id = {alias}.plan_id) end"""


def is_about(alias: str) -> str:
    """Filter: a row's arc points at one of the items or kinds in ``:about``."""
    asked = "(select lower(unnest(cast(:about as text[]))))"
    nothing = " and ".join(f"{alias}.{kind.value}_id is null" for kind in TABLES)
    ways = " or ".join(
        f"({alias}.{kind.value}_id is not null and ('{kind.value}' = any{asked} or exists ("
        f"select from {table} i where i.id = {alias}.{kind.value}_id"
        f" and '{kind.value}' || chr(58) || lower(i.ref) = any{asked})))"
        for kind, table in TABLES.items()
    )
    return f"('plan' = any{asked} and {nothing}) or {ways}"
