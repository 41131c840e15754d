"""How authorities are read, in SQL."""

from __future__ import annotations

from api.core import fragments as sql
from api.core.reading import Reading, Sort

AUTHORITY = Reading(
    what="authority",
    table="authority",
    alias="au",
    source="authority au",
    body="""json_build_object('ref', au.ref, 'name', au.name, 'code', au.code,
        'la_code', au.la_code, 'version', au.version,
        'plans', (select count(*) from plan pl where pl.authority_id = au.id))""",
    sorts={"name": Sort("lower(au.name)", "text"), "ref": Sort("lower(au.ref)", "text")},
    default_sort="name",
    filters={"q": sql.searched("au.ref", "au.name", "au.code", "au.la_code")},
    where="true",
)
