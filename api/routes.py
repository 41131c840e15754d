"""The one list of routers under /v1."""

from __future__ import annotations

from fastapi import APIRouter

from api.actions.endpoints import router as actions
from api.assurance.endpoints import router as checks
from api.audits.endpoints import router as audits
from api.audits.template_endpoints import router as audit_templates
from api.auth.endpoints import router as sign_in
from api.benchmarks.endpoints import router as benchmarks
from api.changes.endpoints import router as changes
from api.core.http import Route
from api.dashboards.endpoints import router as dashboards
from api.docs.endpoints import router as docs
from api.escalations.endpoints import router as escalations
from api.escalations.ladder_endpoints import router as ladders
from api.kpis.endpoints import feed_router as feeds
from api.kpis.endpoints import router as kpis
from api.measurements.endpoints import router as measurements
from api.measurements.endpoints import submission_router as submissions
from api.measurements.value_endpoints import router as value_acts
from api.my_work.endpoints import router as my_work
from api.narratives.endpoints import router as narratives
from api.people.endpoints import router as people
from api.people.integration_endpoints import router as integrations
from api.people.member_endpoints import router as members
from api.plan_documents.endpoints import router as plan_documents
from api.plans.authorities.endpoints import router as authorities
from api.plans.endpoints import router as plans
from api.plans.inspections.endpoints import router as inspections
from api.plans.me.endpoints import router as me
from api.plans.parties.endpoints import router as parties
from api.plans.themes.endpoints import router as themes
from api.problems.endpoints import router as problems
from api.recommendations.endpoints import router as recommendations
from api.risks.endpoints import router as risks
from api.source_notes.endpoints import router as source_notes
from api.verdicts.endpoints import router as verdicts

DESCRIPTION = """\
Runs an improvement plan for an English children's services department.

Everything is addressed by ref under `/v1/plans/{plan}`. Errors are RFC 9457 problems whose `type` is
a page of this API. Reads carry an ETag; changes need it back in `If-Match`. A POST may bear an
`Idempotency-Key`. Any read of a plan takes `?as_of=` a past day or moment.
"""

TAGS = [
    {"name": "sign-in", "description": "Sessions for browsers; tokens for API clients and integrations."},
    {"name": "me", "description": "Who is signed in, and the plans they may open."},
    {"name": "dashboard", "description": "What moved, what is late, what is stuck, on one page."},
    {"name": "authorities", "description": "Councils, which own plans."},
    {"name": "plans", "description": "Improvement plans as a whole: status, words, totals, boards."},
    {"name": "inspections", "description": "Inspections with judgements and findings, and frameworks."},
    {"name": "themes", "description": "The plan's own tags."},
    {"name": "parties", "description": "Who leads, hand-overs, and what nobody leads."},
    {"name": "recommendations", "description": "What must improve, and how the work under it stands."},
    {"name": "actions", "description": "Work somebody promised, nested, with dates that never vanish."},
    {"name": "checks", "description": "Checks that work did what it was for, and what they found."},
    {"name": "narratives", "description": "Dated words on progress, outcomes, exceptions and figures."},
    {"name": "risks", "description": "What could go wrong, its three ratings and its controls."},
    {"name": "changes", "description": "Who changed what, and the history of each item."},
    {"name": "escalations", "description": "Something stuck, put before the next person up."},
    {"name": "ladders", "description": "The stages an escalation climbs."},
    {"name": "source notes", "description": "Doubts to settle: what a source gives but cannot be placed."},
    {"name": "problems", "description": "Every kind of error, behind its `type`; no sign-in needed."},
    {"name": "kpis", "description": "What is measured, its definition, targets and how it stands."},
    {
        "name": "verdicts",
        "description": "Whether each series really moves, and where its line begins anew.",
    },
    {"name": "benchmarks", "description": "Published figures, and the KPIs set against them."},
    {"name": "feeds", "description": "The systems that owe values, and which are late."},
    {
        "name": "people",
        "description": "Users, teams and roles; who takes part in a plan, and who stands in for whom.",
    },
    {"name": "integrations", "description": "Systems that push or pull, and their secrets."},
    {"name": "measurements", "description": "Values with all their revisions, singly and in bulk."},
    {
        "name": "audits",
        "description": "Case-file audits: scores only, and the windscreen position beside them.",
    },
    {
        "name": "audit templates",
        "description": "What audits look at, what they add up to, and the KPIs derived from them.",
    },
    {"name": "submissions", "description": "What became of each delivery of values."},
    {"name": "late revisions", "description": "Locked periods, and new figures that came for them."},
    {"name": "plan documents", "description": "Import and export of whole plans, with a preview."},
    {"name": "my work", "description": "What the reader leads or owes, the most pressing first."},
]

v1 = APIRouter(prefix="/v1", route_class=Route)
for router in (
    sign_in,
    actions,
    audit_templates,
    audits,
    authorities,
    benchmarks,
    changes,
    checks,
    dashboards,
    docs,
    escalations,
    feeds,
    inspections,
    integrations,
    kpis,
    ladders,
    me,
    measurements,
    members,
    narratives,
    parties,
    people,
    plan_documents,
    plans,
    problems,
    recommendations,
    risks,
    source_notes,
    submissions,
    themes,
    value_acts,
    my_work,
    verdicts,
):
    v1.include_router(router)
