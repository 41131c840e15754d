"""How narratives are read, in SQL."""

from __future__ import annotations

from api.core import fragments as sql
from api.core.reading import Reading, Sort
from api.narratives.about import about_item, is_about

_POSTED_BY = "(select pr.name from principal pr where pr.id = n.author_id)"

MAY_EDIT = """(n.plan_id = any((select turnstone.plans_with('narrative:write'))::bigint[])
    or (n.author_id = (select turnstone.principal())
        and n.plan_id = any((select turnstone.plans_with('narrative:write_led'))::bigint[])))"""

BODY = f"""json_build_object(
    'id', n.id, 'version', n.version,
    'about', coalesce((select json_agg(a.item order by a.position, a.id) from (
        select na.position, na.id, {about_item("na")} as item
        from narrative_about na where na.narrative_id = n.id) a where a.item is not null), '[]'::json),
    'kind', n.kind, 'text', n.text, 'on', {sql.fuzzy("n", "on")}, 'period', n.period,
    'source_ref', n.source_ref, 'by', coalesce(n.by, {_POSTED_BY}), 'for_whom', n.for_whom,
    'posted_by', {_POSTED_BY}, 'rating', n.rating, 'confidence', n.confidence, 'cause', n.cause,
    'recovery', n.recovery, 'recovery_due', {sql.fuzzy("n", "recovery_due")},
    'created_at', turnstone.utc(n.created_at), 'may_edit', coalesce({MAY_EDIT}, false))"""
"""A narrative whole, under the alias ``n``."""

NARRATIVE = Reading(
    what="narrative",
    table="narrative",
    alias="n",
    source="narrative n",
    body=BODY,
    sorts={"on": Sort("n.on_on", "date"), "added": Sort("n.id", "bigint")},
    default_sort="-on,-added",
    filters={
        "about": f"""exists (select from narrative_about na
            where na.narrative_id = n.id and ({is_about("na")}))""",
        "kind": sql.one_of("n.kind", "kind"),
        "period": sql.one_of("n.period", "period"),
        "by": f"""exists (select from unnest(cast(:by as text[])) b
            where lower(b) in (lower(n.by), lower({_POSTED_BY}), lower(n.for_whom)))""",
        "q": sql.searched("n.text", "n.cause", "n.recovery"),
    },
)


def latest_about(column: str, owner: str, *, limit: int) -> str:
    """The newest narratives about an item, newest first, as a JSON array."""
    return f"""coalesce((select json_agg(latest.body order by latest.place) from (
        select {BODY} as body, row_number() over (order by n.on_on desc nulls last, n.id desc) as place
        from narrative n
        where n.id in (select na.narrative_id from narrative_about na where na.{column} = {owner})
        order by n.on_on desc nulls last, n.id desc limit {limit}) latest), '[]'::json)"""
