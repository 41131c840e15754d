"""Who may use each route, written by hand: the other half of what the routes declare themselves.

A route that is in neither table fails the proof. What a role may do to *which* item (only those it
leads, was given, or raised) is proved with each domain and, beneath the API, in ``test_policies``.
"""

from __future__ import annotations

from api.vocabulary import Role

R = Role
Roles = frozenset[Role]

EVERYONE = frozenset(R)
"""Anyone signed in; under a plan, any member of it."""
WHOLE_PLAN = EVERYONE - {R.INSPECTOR, R.PARTNER}
"""Those who read the whole plan, machines included."""
PEOPLE_OF_PLAN = WHOLE_PLAN - {R.INTEGRATION}
ADMINS = frozenset({R.ADMIN})
MANAGERS = frozenset({R.PROGRAMME_MANAGER})
RUNNERS = ADMINS | MANAGERS
ANALYSTS = frozenset({R.PROGRAMME_MANAGER, R.PERFORMANCE_OFFICER})
LEADERS = frozenset({R.ACTION_LEAD, R.SENIOR_LEADER})
REPORTERS = MANAGERS | LEADERS
"""Those who report on what they lead, and those who write on anything."""
AUDIT_KEEPERS = ANALYSTS | {R.SENIOR_LEADER}
"""Those who record case-file audits and windscreen positions."""
SIGNERS = AUDIT_KEEPERS
MEASURERS = ANALYSTS | {R.INTEGRATION}
IMPORTERS = ADMINS | {R.PERFORMANCE_OFFICER}
"""Those who import published figures, which belong to no plan."""
RAISERS = EVERYONE - {R.ADMIN, R.INTERNAL_AUDITOR, R.INSPECTOR, R.INTEGRATION}

PUBLIC = frozenset(
    {
        "GET /v1/openapi.json",
        "GET /v1/docs",
        "GET /v1/docs/app.js",
        "GET /v1/docs/app.css",
        "GET /v1/problems",
        "GET /v1/problems/{problem_type}",
        "POST /v1/auth/sessions",
        "DELETE /v1/auth/sessions/current",
        "POST /v1/auth/token",
        "POST /v1/auth/revoke",
        "GET /.well-known/jwks.json",
        "GET /healthz",
        "GET /readyz",
        "GET /{path:path}",
    }
)
"""Open to anyone: signing in and out, what describes the API, health, and the client's own files."""

ACCESS: dict[str, Roles] = {
    # Oneself
    "GET /v1/me": EVERYONE,
    "POST /v1/auth/password": EVERYONE,
    "GET /v1/auth/sign-in-events": ADMINS | {R.INTERNAL_AUDITOR},
    "POST /v1/auth/signing-keys": ADMINS,
    # The service
    "GET /v1/roles": EVERYONE,
    "GET /v1/users": ADMINS,
    "POST /v1/users": ADMINS,
    "GET /v1/users/{user}": ADMINS,
    "PATCH /v1/users/{user}": ADMINS,
    "POST /v1/users/{user}/password": ADMINS,
    "GET /v1/teams": RUNNERS,
    "POST /v1/teams": ADMINS,
    "GET /v1/teams/{team}": RUNNERS,
    "PATCH /v1/teams/{team}": ADMINS,
    "DELETE /v1/teams/{team}": ADMINS,
    "GET /v1/integrations": ADMINS,
    "POST /v1/integrations": ADMINS,
    "GET /v1/integrations/{client_id}": ADMINS,
    "PATCH /v1/integrations/{client_id}": ADMINS,
    "POST /v1/integrations/{client_id}/secrets": ADMINS,
    "DELETE /v1/integrations/{client_id}/secrets/{secret}": ADMINS,
    "GET /v1/authorities": EVERYONE,
    "POST /v1/authorities": ADMINS,
    "GET /v1/authorities/{authority}": EVERYONE,
    "PATCH /v1/authorities/{authority}": ADMINS,
    "GET /v1/frameworks": EVERYONE,
    "GET /v1/benchmarks": EVERYONE,
    "POST /v1/benchmarks": IMPORTERS,
    "GET /v1/benchmarks/{dataset}": EVERYONE,
    "PATCH /v1/benchmarks/{dataset}": IMPORTERS,
    "DELETE /v1/benchmarks/{dataset}": IMPORTERS,
    "GET /v1/benchmarks/{dataset}/releases": EVERYONE,
    "POST /v1/benchmarks/{dataset}/releases": IMPORTERS,
    "GET /v1/benchmarks/{dataset}/releases/{release}": EVERYONE,
    "GET /v1/benchmarks/{dataset}/releases/{release}/series": EVERYONE,
    "GET /v1/benchmarks/{dataset}/releases/{release}/series/{series}": EVERYONE,
    "GET /v1/benchmarks/{dataset}/releases/{release}/neighbours": EVERYONE,
    # Plans
    "GET /v1/plans": EVERYONE,
    "POST /v1/plans": ADMINS,
    "GET /v1/plans/{plan}": EVERYONE,
    "PATCH /v1/plans/{plan}": RUNNERS,
    "DELETE /v1/plans/{plan}": ADMINS,
    "GET /v1/plans/{plan}/export": PEOPLE_OF_PLAN,
    # The plan a document belongs to stands in the document, so the right is judged once that is read.
    "POST /v1/plan-imports": EVERYONE,
    "GET /v1/plan-imports/schema": EVERYONE,
    "GET /v1/plans/{plan}/dashboard": WHOLE_PLAN,
    "GET /v1/plans/{plan}/scorecard": WHOLE_PLAN,
    "GET /v1/plans/{plan}/my-work": EVERYONE,
    "GET /v1/plans/{plan}/changes": PEOPLE_OF_PLAN,
    "GET /v1/plans/{plan}/history/{kind}/{ref}": PEOPLE_OF_PLAN,
    # Who takes part
    "GET /v1/plans/{plan}/people": WHOLE_PLAN,
    "GET /v1/plans/{plan}/members": RUNNERS,
    "POST /v1/plans/{plan}/members": RUNNERS,
    "GET /v1/plans/{plan}/members/{member}": RUNNERS,
    "PATCH /v1/plans/{plan}/members/{member}": RUNNERS,
    "DELETE /v1/plans/{plan}/members/{member}": RUNNERS,
    "GET /v1/plans/{plan}/deputies": EVERYONE,
    "POST /v1/plans/{plan}/deputies": RUNNERS | LEADERS | {R.PERFORMANCE_OFFICER, R.PARTNER},
    "GET /v1/plans/{plan}/deputies/{deputy}": EVERYONE,
    "DELETE /v1/plans/{plan}/deputies/{deputy}": RUNNERS | LEADERS | {R.PERFORMANCE_OFFICER, R.PARTNER},
    # The plan's frame
    "GET /v1/plans/{plan}/inspections": EVERYONE,
    "POST /v1/plans/{plan}/inspections": MANAGERS,
    "GET /v1/plans/{plan}/inspections/{inspection}": EVERYONE,
    "PATCH /v1/plans/{plan}/inspections/{inspection}": MANAGERS,
    "DELETE /v1/plans/{plan}/inspections/{inspection}": MANAGERS,
    "GET /v1/plans/{plan}/themes": EVERYONE,
    "POST /v1/plans/{plan}/themes": MANAGERS,
    "GET /v1/plans/{plan}/themes/{theme}": EVERYONE,
    "PATCH /v1/plans/{plan}/themes/{theme}": MANAGERS,
    "DELETE /v1/plans/{plan}/themes/{theme}": MANAGERS,
    "GET /v1/plans/{plan}/parties": EVERYONE,
    "POST /v1/plans/{plan}/parties": MANAGERS,
    "GET /v1/plans/{plan}/parties/{party}": EVERYONE,
    "PATCH /v1/plans/{plan}/parties/{party}": MANAGERS,
    "DELETE /v1/plans/{plan}/parties/{party}": MANAGERS,
    "POST /v1/plans/{plan}/parties/{party}/hand-over": MANAGERS,
    "GET /v1/plans/{plan}/leaderless": WHOLE_PLAN,
    "GET /v1/plans/{plan}/source-notes": WHOLE_PLAN,
    "POST /v1/plans/{plan}/source-notes": ANALYSTS,
    "GET /v1/plans/{plan}/source-notes/{note}": WHOLE_PLAN,
    "PATCH /v1/plans/{plan}/source-notes/{note}": ANALYSTS,
    # What must improve, and the work on it
    "GET /v1/plans/{plan}/recommendations": EVERYONE,
    "POST /v1/plans/{plan}/recommendations": MANAGERS,
    "GET /v1/plans/{plan}/recommendations/{recommendation}": EVERYONE,
    "PATCH /v1/plans/{plan}/recommendations/{recommendation}": REPORTERS,
    "DELETE /v1/plans/{plan}/recommendations/{recommendation}": MANAGERS,
    "GET /v1/plans/{plan}/actions": EVERYONE,
    "POST /v1/plans/{plan}/actions": MANAGERS,
    "GET /v1/plans/{plan}/actions/{action}": EVERYONE,
    "PATCH /v1/plans/{plan}/actions/{action}": REPORTERS | {R.PARTNER},
    "DELETE /v1/plans/{plan}/actions/{action}": MANAGERS,
    "POST /v1/plans/{plan}/actions/{action}/slips": REPORTERS | {R.PARTNER},
    "GET /v1/plans/{plan}/checks": WHOLE_PLAN,
    "POST /v1/plans/{plan}/checks": MANAGERS,
    "GET /v1/plans/{plan}/checks/{check}": WHOLE_PLAN,
    "PATCH /v1/plans/{plan}/checks/{check}": MANAGERS,
    "DELETE /v1/plans/{plan}/checks/{check}": MANAGERS,
    "POST /v1/plans/{plan}/checks/{check}/results": REPORTERS,
    "GET /v1/plans/{plan}/narratives": EVERYONE,
    "POST /v1/plans/{plan}/narratives": REPORTERS | {R.PERFORMANCE_OFFICER, R.PARTNER},
    "GET /v1/plans/{plan}/narratives/{narrative}": EVERYONE,
    "PATCH /v1/plans/{plan}/narratives/{narrative}": REPORTERS | {R.PERFORMANCE_OFFICER, R.PARTNER},
    "DELETE /v1/plans/{plan}/narratives/{narrative}": MANAGERS,
    "GET /v1/plans/{plan}/risks": WHOLE_PLAN,
    "POST /v1/plans/{plan}/risks": MANAGERS,
    "GET /v1/plans/{plan}/risks/{risk}": WHOLE_PLAN,
    "PATCH /v1/plans/{plan}/risks/{risk}": REPORTERS,
    "DELETE /v1/plans/{plan}/risks/{risk}": MANAGERS,
    # What is measured
    "GET /v1/plans/{plan}/feeds": WHOLE_PLAN,
    "POST /v1/plans/{plan}/feeds": MANAGERS,
    "GET /v1/plans/{plan}/feeds/{feed}": WHOLE_PLAN,
    "PATCH /v1/plans/{plan}/feeds/{feed}": MANAGERS,
    "DELETE /v1/plans/{plan}/feeds/{feed}": MANAGERS,
    "GET /v1/plans/{plan}/kpis": EVERYONE,
    "POST /v1/plans/{plan}/kpis": ANALYSTS,
    "GET /v1/plans/{plan}/kpis/{kpi}": EVERYONE,
    "PATCH /v1/plans/{plan}/kpis/{kpi}": ANALYSTS,
    "DELETE /v1/plans/{plan}/kpis/{kpi}": ANALYSTS,
    "GET /v1/plans/{plan}/kpis/{kpi}/benchmarks": EVERYONE,
    "GET /v1/plans/{plan}/kpis/{kpi}/benchmark-pairings": EVERYONE,
    "POST /v1/plans/{plan}/kpis/{kpi}/benchmark-pairings": ANALYSTS,
    "GET /v1/plans/{plan}/kpis/{kpi}/benchmark-pairings/{pairing}": EVERYONE,
    "PATCH /v1/plans/{plan}/kpis/{kpi}/benchmark-pairings/{pairing}": ANALYSTS,
    "DELETE /v1/plans/{plan}/kpis/{kpi}/benchmark-pairings/{pairing}": ANALYSTS,
    "GET /v1/plans/{plan}/kpis/{kpi}/roll-ups": EVERYONE,
    "GET /v1/plans/{plan}/kpis/{kpi}/segments": EVERYONE,
    "POST /v1/plans/{plan}/kpis/{kpi}/segments": ANALYSTS,
    "GET /v1/plans/{plan}/kpis/{kpi}/segments/{segment}": EVERYONE,
    "PATCH /v1/plans/{plan}/kpis/{kpi}/segments/{segment}": ANALYSTS,
    "DELETE /v1/plans/{plan}/kpis/{kpi}/segments/{segment}": ANALYSTS,
    "GET /v1/plans/{plan}/kpis/{kpi}/measurements": EVERYONE,
    "GET /v1/plans/{plan}/kpis/{kpi}/measurements/{segment}/{period}": EVERYONE,
    "PUT /v1/plans/{plan}/kpis/{kpi}/measurements/{segment}/{period}": MEASURERS,
    "GET /v1/plans/{plan}/kpis/{kpi}/measurements/{segment}/{period}/revisions": EVERYONE,
    "GET /v1/plans/{plan}/measurements": EVERYONE,
    "POST /v1/plans/{plan}/measurements": MEASURERS,
    "GET /v1/plans/{plan}/kpis/{kpi}/verdicts": EVERYONE,
    "GET /v1/plans/{plan}/kpis/{kpi}/rebases": EVERYONE,
    "POST /v1/plans/{plan}/kpis/{kpi}/rebases": ANALYSTS,
    "GET /v1/plans/{plan}/kpis/{kpi}/rebases/{rebase}": EVERYONE,
    "POST /v1/plans/{plan}/kpis/{kpi}/rebases/{rebase}/agreement": ANALYSTS,
    "POST /v1/plans/{plan}/kpis/{kpi}/rebases/{rebase}/rejection": ANALYSTS,
    "POST /v1/plans/{plan}/measurement-files": MEASURERS,
    "GET /v1/plans/{plan}/submissions": WHOLE_PLAN,
    "GET /v1/plans/{plan}/submissions/{submission}": WHOLE_PLAN,
    "GET /v1/plans/{plan}/submissions/{submission}/rejected-rows": WHOLE_PLAN,
    "GET /v1/plans/{plan}/submissions/{submission}/rejected-rows.csv": WHOLE_PLAN,
    # What case files show
    "GET /v1/plans/{plan}/audit-templates": WHOLE_PLAN,
    "POST /v1/plans/{plan}/audit-templates": ANALYSTS,
    "GET /v1/plans/{plan}/audit-templates/{template}": WHOLE_PLAN,
    "PUT /v1/plans/{plan}/audit-templates/{template}": ANALYSTS,
    "PATCH /v1/plans/{plan}/audit-templates/{template}": ANALYSTS,
    "DELETE /v1/plans/{plan}/audit-templates/{template}": ANALYSTS,
    "GET /v1/plans/{plan}/audit-templates/{template}/results": WHOLE_PLAN,
    "GET /v1/plans/{plan}/audit-measures": WHOLE_PLAN,
    "POST /v1/plans/{plan}/audit-measures": ANALYSTS,
    "GET /v1/plans/{plan}/audit-measures/{kpi}": WHOLE_PLAN,
    "DELETE /v1/plans/{plan}/audit-measures/{kpi}": ANALYSTS,
    "GET /v1/plans/{plan}/audits": WHOLE_PLAN,
    "POST /v1/plans/{plan}/audits": AUDIT_KEEPERS,
    "POST /v1/plans/{plan}/audit-batches": AUDIT_KEEPERS,
    "GET /v1/plans/{plan}/audits/{audit}": WHOLE_PLAN,
    "PATCH /v1/plans/{plan}/audits/{audit}": AUDIT_KEEPERS,
    "POST /v1/plans/{plan}/audits/{audit}/withdrawal": AUDIT_KEEPERS,
    "GET /v1/plans/{plan}/windscreen-positions": WHOLE_PLAN,
    "POST /v1/plans/{plan}/windscreen-positions": AUDIT_KEEPERS,
    "GET /v1/plans/{plan}/windscreen-positions/{position}": WHOLE_PLAN,
    "DELETE /v1/plans/{plan}/windscreen-positions/{position}": AUDIT_KEEPERS,
    "POST /v1/plans/{plan}/measurements/sign-offs": SIGNERS,
    "POST /v1/plans/{plan}/measurements/queries": ANALYSTS,
    "POST /v1/plans/{plan}/measurements/query-answers": ANALYSTS,
    "POST /v1/plans/{plan}/measurements/query-clearances": ANALYSTS,
    "GET /v1/plans/{plan}/late-revisions": WHOLE_PLAN,
    "POST /v1/plans/{plan}/late-revisions/acceptances": ANALYSTS,
    "POST /v1/plans/{plan}/late-revisions/declines": ANALYSTS,
    "GET /v1/plans/{plan}/period-locks": WHOLE_PLAN,
    "POST /v1/plans/{plan}/period-locks": ANALYSTS,
    "POST /v1/plans/{plan}/period-locks/reopenings": ANALYSTS,
    "POST /v1/plans/{plan}/submissions/{submission}/withdrawal": ANALYSTS,
    # What is stuck
    "GET /v1/plans/{plan}/ladders": EVERYONE,
    "POST /v1/plans/{plan}/ladders": MANAGERS,
    "GET /v1/plans/{plan}/ladders/{ladder}": EVERYONE,
    "PUT /v1/plans/{plan}/ladders/{ladder}": MANAGERS,
    "PATCH /v1/plans/{plan}/ladders/{ladder}": MANAGERS,
    "GET /v1/plans/{plan}/escalations": EVERYONE,
    "POST /v1/plans/{plan}/escalations": RAISERS,
    "GET /v1/plans/{plan}/escalations/{escalation}": EVERYONE,
    "PATCH /v1/plans/{plan}/escalations/{escalation}": MANAGERS,
    "POST /v1/plans/{plan}/escalations/{escalation}/answers": RAISERS,
    "POST /v1/plans/{plan}/escalations/{escalation}/climbs": RAISERS,
    "POST /v1/plans/{plan}/escalations/{escalation}/resolution": MANAGERS,
    "POST /v1/plans/{plan}/escalations/{escalation}/withdrawal": RAISERS,
    "POST /v1/plans/{plan}/escalations/{escalation}/referral": MANAGERS,
    "POST /v1/plans/{plan}/escalations/{escalation}/reopening": MANAGERS,
}
