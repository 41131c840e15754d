"""How themes are read, in SQL."""

from __future__ import annotations

from sqlalchemy import text

from api.core import fragments as sql
from api.core.context import Context
from api.core.reading import Reading, Sort

THEME = Reading(
    what="theme",
    table="theme",
    alias="t",
    source="theme t",
    body=f"""json_build_object('ref', t.ref, 'version', t.version, 'kind', t.kind, 'title', t.title,
        'other_titles', t.other_titles, 'description', t.description, 'position', t.position,
        'carried_by', (select json_build_object('recommendations', count(tl.recommendation_id),
            'actions', count(tl.action_id), 'kpis', count(tl.kpi_id), 'risks', count(tl.risk_id))
            from theme_link tl where tl.tag_id = t.id),
        'doubts', {sql.source_notes("theme_id", "t.id")})""",
    sorts={
        "position": Sort("t.position", "integer"),
        "ref": Sort("lower(t.ref)", "text"),
        "title": Sort("lower(t.title)", "text"),
        "kind": Sort("t.kind", "text"),
    },
    default_sort="position",
    filters={
        "kind": sql.one_of("t.kind", "kind"),
        "q": sql.searched("t.ref", "t.title", "array_to_string(t.other_titles, ' ')", "t.description"),
    },
    alias_kind="theme",
)

_USES = text(
    """
    select what, n from (
        select 'recommendations, actions, KPIs or risks that carry it' as what, count(*) as n
            from theme_link where tag_id = :id
        union all select 'narratives about it', count(*) from narrative_about where theme_id = :id
        union all select 'checks of it', count(*) from assurance_check where theme_id = :id
        union all select 'escalations about it', count(*) from escalation where theme_id = :id
        union all select 'source notes about it', count(*) from source_note where theme_id = :id
    ) used where n > 0
    """
)


async def uses_of(ctx: Context, theme_id: int) -> list[str]:
    """What would lose the theme if it went, as "3 checks of it"."""
    rows = await ctx.session.execute(_USES, {"id": theme_id})
    return [f"{row[1]} {row[0]}" for row in rows]
