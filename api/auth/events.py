"""The record of attempts to sign in, as administrators and auditors read it."""

from __future__ import annotations

from api.core.reading import Reading, Sort

SIGN_IN_EVENTS = Reading(
    what="attempt to sign in",
    table="sign_in_event",
    alias="e",
    source="sign_in_event e left join principal p on p.id = e.principal_id",
    body=(
        "json_build_object('at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
        " 'subject', e.subject, 'door', e.door, 'outcome', e.outcome, 'address', e.address, 'name', p.name)"
    ),
    sorts={"at": Sort("e.at", "timestamptz")},
    default_sort="-at",
    filters={"subject": "e.subject = any(:subject)", "outcome": "e.outcome = any(:outcome)"},
    where="true",
)
