"""How inspections are read, in SQL."""

from __future__ import annotations

from sqlalchemy import text

from api.core import fragments as sql
from api.core.context import Context
from api.core.reading import Reading, Sort

_ANSWERING = """coalesce((select json_agg(distinct r.ref) from inspection_reference ir
    join recommendation r on r.id = ir.recommendation_id where ir.{column} = {owner}), '[]'::json)"""

INSPECTION = Reading(
    what="inspection",
    table="inspection",
    alias="i",
    source="inspection i",
    body=f"""json_build_object(
        'ref', i.ref, 'version', i.version, 'framework', i.framework, 'title', i.title,
        'starts', {sql.fuzzy("i", "starts")}, 'ends', {sql.fuzzy("i", "ends")},
        'received_on', i.received_on, 'published_on', {sql.fuzzy("i", "published")}, 'scope', i.scope,
        'judgements', coalesce((select json_agg(json_build_object('area', j.area, 'under', j.under,
            'grade', j.grade, 'words', j.words) order by j.position)
            from judgement j where j.inspection_id = i.id), '[]'::json),
        'findings', coalesce((select json_agg(json_build_object('ref', f.ref, 'text', f.text,
            'page', f.page, 'paragraphs', f.paragraphs,
            'recommendations', {_ANSWERING.format(column="finding_id", owner="f.id")})
            order by f.position, f.id)
            from finding f where f.inspection_id = i.id), '[]'::json),
        'recommendations', {_ANSWERING.format(column="inspection_id", owner="i.id")})""",
    sorts={
        "ref": Sort("lower(i.ref)", "text"),
        "starts": Sort("i.starts_on", "date"),
        "published": Sort("i.published_on", "date"),
    },
    default_sort="-starts,ref",
    filters={
        "framework": sql.one_of("i.framework", "framework"),
        "q": sql.searched("i.ref", "i.title", "i.scope"),
    },
)


async def findings_referred_to(ctx: Context, inspection_id: int, keep: list[str]) -> list[tuple[str, int]]:
    """Findings beside those of ``keep`` (lower-case refs) that recommendations answer: ref and how many."""
    rows = await ctx.session.execute(
        text(
            "select f.ref, count(distinct ir.recommendation_id) from finding f"
            " join inspection_reference ir on ir.finding_id = f.id"
            " where f.inspection_id = :id and lower(f.ref) <> all(cast(:keep as text[]))"
            " group by 1 order by 1"
        ),
        {"id": inspection_id, "keep": keep},
    )
    return [(row[0], row[1]) for row in rows]


async def recommendations_referring_to(ctx: Context, inspection_id: int) -> int:
    """How many recommendations refer to the inspection, or to a finding of it."""
    return int(
        await ctx.session.scalar(
            text(
                "select count(distinct ir.recommendation_id) from inspection_reference ir"
                " where ir.inspection_id = :id"
                " or ir.finding_id in (select f.id from finding f where f.inspection_id = :id)"
            ),
            {"id": inspection_id},
        )
        or 0
    )
