"""Roles and permissions in words, for people who choose a role for somebody."""

from __future__ import annotations

from typing import Any

from api.auth.permissions import ROLE_TABLE, Permission
from api.vocabulary import Role

P = Permission

ROLE_WORDS: dict[Role, tuple[str, str]] = {
    Role.ADMIN: ("Administrator", "Runs the service: people, teams, integrations, and making plans."),
    Role.PROGRAMME_MANAGER: ("Programme manager", "Keeps the plan true, chases, and manages who takes part."),
    Role.PERFORMANCE_OFFICER: (
        "Performance officer",
        "Defines KPIs, loads and checks values, explains them.",
    ),
    Role.ACTION_LEAD: ("Action lead", "Reports on what they, their team, or whom they deputise for, lead."),
    Role.SENIOR_LEADER: (
        "Senior leader",
        "Head of service, assistant director or director: answers escalations.",
    ),
    Role.BOARD_MEMBER: ("Board member", "Reads the whole plan and raises concerns."),
    Role.INTERNAL_AUDITOR: (
        "Internal auditor",
        "Reads everything, who changed what included; changes nothing.",
    ),
    Role.INSPECTOR: ("Inspector", "Reads the items given to them, until a date."),
    Role.PARTNER: ("Partner", "Reads the items given to them, and reports on actions they lead."),
    Role.INTEGRATION: ("Integration", "A system that pushes or pulls, within its scopes and KPIs."),
}

PERMISSION_WORDS: dict[Permission, str] = {
    P.PLAN_READ: "Read the whole plan",
    P.PLAN_VISIT: "Open the plan and see what they were given",
    P.PLAN_CREATE: "Make a new plan",
    P.PLAN_UPDATE: "Change the plan's own details",
    P.PLAN_DELETE: "Delete the plan",
    P.PLAN_IMPORT: "Import a plan document",
    P.PLAN_EXPORT: "Export the plan as a document",
    P.SETUP_WRITE: "Change inspections, themes, parties, boards, ladders and feeds",
    P.RECOMMENDATION_CREATE: "Add recommendations",
    P.RECOMMENDATION_UPDATE: "Change any recommendation",
    P.RECOMMENDATION_UPDATE_LED: "Report on recommendations they lead",
    P.RECOMMENDATION_DELETE: "Delete recommendations",
    P.ACTION_CREATE: "Add actions",
    P.ACTION_UPDATE: "Change any action",
    P.ACTION_UPDATE_LED: "Report on actions they lead",
    P.ACTION_DELETE: "Delete actions",
    P.CHECK_WRITE: "Plan assurance checks and record their results",
    P.CHECK_WRITE_LED: "Record results of checks they own",
    P.KPI_CREATE: "Add KPIs",
    P.KPI_UPDATE: "Change KPIs, their definitions and targets",
    P.KPI_DELETE: "Delete KPIs",
    P.MEASUREMENT_WRITE: "Enter and correct values of any KPI",
    P.MEASUREMENT_WRITE_SET: "Enter and correct values of the KPIs they were given",
    P.AUDIT_TEMPLATE_WRITE: "Change audit templates and what is derived from audits",
    P.AUDIT_WRITE: "Record case-file audits and windscreen positions",
    P.BENCHMARK_IMPORT: "Import published figures to set KPIs against",
    P.MEASUREMENT_SIGN_OFF: "Sign values off",
    P.MEASUREMENT_MANAGE: "Query values, decide late revisions, lock periods, withdraw submissions",
    P.NARRATIVE_WRITE: "Write about any item",
    P.NARRATIVE_WRITE_LED: "Write about items they lead",
    P.RISK_WRITE: "Change any risk",
    P.RISK_WRITE_LED: "Change risks they own",
    P.NOTE_WRITE: "Settle doubts about what a source says",
    P.ESCALATION_RAISE: "Raise an escalation, and climb or withdraw it",
    P.ESCALATION_ANSWER: "Answer escalations assigned to them or standing at their role",
    P.ESCALATION_MANAGE: "Take any step with any escalation",
    P.CHANGE_READ: "Read who changed what",
    P.MEMBER_MANAGE: "Manage who takes part in the plan",
    P.DEPUTY_APPOINT: "Name their own deputies",
    P.USER_MANAGE: "Manage user accounts",
    P.TEAM_MANAGE: "Manage teams",
    P.INTEGRATION_MANAGE: "Manage integrations and their secrets",
    P.AUTHORITY_MANAGE: "Manage authorities",
    P.SIGN_IN_READ: "Read who signed in, and who failed to",
}


def role_table() -> list[dict[str, Any]]:
    """Every role with its permissions, in the order both are declared."""
    return [
        {
            "role": role.value,
            "title": title,
            "description": description,
            "permissions": [
                {"permission": permission.value, "words": PERMISSION_WORDS[permission]}
                for permission in Permission
                if permission in ROLE_TABLE[role]
            ],
        }
        for role, (title, description) in ROLE_WORDS.items()
    ]
