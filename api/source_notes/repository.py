"""How source notes are read, in SQL."""

from __future__ import annotations

from api.core import fragments as sql
from api.core.reading import Reading, Sort
from api.narratives.about import about_item, is_about

SOURCE_NOTE = Reading(
    what="source note",
    table="source_note",
    alias="sn",
    source="source_note sn",
    body=f"""json_build_object('id', sn.id, 'version', sn.version, 'about', {about_item("sn")},
        'kind', sn.kind, 'text', sn.text, 'settled', sn.settled, 'settlement', sn.settlement,
        'settled_by', (select pr.name from principal pr where pr.id = sn.settled_by),
        'settled_at', turnstone.utc(sn.settled_at))""",
    sorts={
        "position": Sort("sn.position", "integer"),
        "kind": Sort("sn.kind", "text"),
        "settled_at": Sort("sn.settled_at", "timestamptz"),
        "updated": Sort("sn.updated_at", "timestamptz"),
    },
    default_sort="position",
    filters={
        "kind": sql.one_of("sn.kind", "kind"),
        "settled": "sn.settled::text = any(cast(:settled as text[]))",
        "about": is_about("sn"),
        "q": sql.searched("sn.text", "sn.settlement"),
    },
    ref="sn.id::text",
)
