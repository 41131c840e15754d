"""Many rows at once: one statement for each table and verb, however large the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Table, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger

from api.core.context import Context
from api.core.errors import not_allowed

Rows = Sequence[Mapping[str, Any]]


async def new_ids(ctx: Context, table: Table, count: int) -> list[int]:
    """Ids for rows about to be inserted, so that they can point to each other."""
    if not count:
        return []
    found = await ctx.session.scalars(
        text(
            f"select nextval(pg_get_serial_sequence('public.{table.name}', 'id'))"
            " from generate_series(1, cast(:count as integer))"
        ),
        {"count": count},
    )
    return list(found)


async def insert_rows(ctx: Context, table: Table, rows: Rows) -> None:
    """Rows of the plan in view, all with the same columns and with their ids."""
    if not rows:
        return
    whole = [{"plan_id": ctx.plan.id, **row} for row in rows]
    columns = ", ".join(f'"{name}"' for name in whole[0])
    await ctx.session.execute(
        text(
            f"insert into public.{table.name} ({columns})"
            f" select {columns} from json_populate_recordset(cast(null as public.{table.name}),"
            " cast(:rows as json))"
        ),
        {"rows": _as_json(whole)},
    )


async def update_rows(ctx: Context, table: Table, rows: Rows) -> None:
    """Set columns by ``id``, and bump each version. Raises NOT_ALLOWED where policy hides a row."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]
    assigned = "".join(f', "{name}" = given."{name}"' for name in names)
    changed = await ctx.session.execute(
        text(
            f"update public.{table.name} as held set updated_at = clock_timestamp(){assigned}"
            f" from json_populate_recordset(cast(null as public.{table.name}), cast(:rows as json)) as given"
            " where held.id = given.id returning held.id"
        ),
        {"rows": _as_json(rows)},
    )
    if len(changed.all()) != len(rows):
        raise not_allowed(f"Some rows of {table.name} are not yours to change.")


async def delete_rows(ctx: Context, table: Table, ids: Sequence[int]) -> None:
    if ids:
        await ctx.session.execute(
            text(f"delete from public.{table.name} where id = any(:ids)").bindparams(
                bindparam("ids", type_=ARRAY(BigInteger))
            ),
            {"ids": list(ids)},
        )


def _as_json(rows: Rows) -> str:
    """Numbers go as text: Postgres reads them digit for digit."""
    return orjson.dumps([dict(row) for row in rows], default=str).decode()
