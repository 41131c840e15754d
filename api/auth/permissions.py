"""What can be done, and the one table of who may.

The table is also held in the database (``role_permission``), where row-level policies read it; a
test proves the two equal. Permissions ending in ``_led`` hold only for items the person leads,
personally, by their team, or as a deputy.
"""

from __future__ import annotations

from enum import StrEnum

from api.vocabulary import Role


class Permission(StrEnum):
    PLAN_READ = "plan:read"
    """The whole plan, as opposed to the items one was given."""
    PLAN_VISIT = "plan:visit"
    """The plan's own page and the items one was given."""
    PLAN_CREATE = "plan:create"
    PLAN_UPDATE = "plan:update"
    PLAN_DELETE = "plan:delete"
    PLAN_IMPORT = "plan:import"
    PLAN_EXPORT = "plan:export"
    SETUP_WRITE = "setup:write"
    """Inspections, themes, parties, boards, ladders, feeds."""
    RECOMMENDATION_CREATE = "recommendation:create"
    RECOMMENDATION_UPDATE = "recommendation:update"
    RECOMMENDATION_UPDATE_LED = "recommendation:update_led"
    RECOMMENDATION_DELETE = "recommendation:delete"
    ACTION_CREATE = "action:create"
    ACTION_UPDATE = "action:update"
    ACTION_UPDATE_LED = "action:update_led"
    ACTION_DELETE = "action:delete"
    CHECK_WRITE = "check:write"
    CHECK_WRITE_LED = "check:write_led"
    """Record results of a check one owns."""
    KPI_CREATE = "kpi:create"
    KPI_UPDATE = "kpi:update"
    KPI_DELETE = "kpi:delete"
    MEASUREMENT_WRITE = "measurement:write"
    MEASUREMENT_WRITE_SET = "measurement:write_set"
    """Only the KPIs an integration's membership names."""
    AUDIT_TEMPLATE_WRITE = "audit_template:write"
    """Templates of case-file audits, and the KPIs derived from them."""
    AUDIT_WRITE = "audit:write"
    """Record case-file audits and windscreen positions."""
    BENCHMARK_IMPORT = "benchmark:import"
    """Published figures, which belong to no plan."""
    MEASUREMENT_SIGN_OFF = "measurement:sign_off"
    MEASUREMENT_MANAGE = "measurement:manage"
    """Query values, decide late revisions, lock and reopen periods, withdraw submissions."""
    NARRATIVE_WRITE = "narrative:write"
    NARRATIVE_WRITE_LED = "narrative:write_led"
    RISK_WRITE = "risk:write"
    RISK_WRITE_LED = "risk:write_led"
    NOTE_WRITE = "note:write"
    ESCALATION_RAISE = "escalation:raise"
    ESCALATION_ANSWER = "escalation:answer"
    """Answer one assigned to oneself or standing at one's own role."""
    ESCALATION_MANAGE = "escalation:manage"
    """Climb, resolve, withdraw, refer, re-assign any."""
    CHANGE_READ = "change:read"
    MEMBER_MANAGE = "member:manage"
    DEPUTY_APPOINT = "deputy:appoint"
    """Name one's own deputies."""
    USER_MANAGE = "user:manage"
    TEAM_MANAGE = "team:manage"
    INTEGRATION_MANAGE = "integration:manage"
    AUTHORITY_MANAGE = "authority:manage"
    SIGN_IN_READ = "sign_in:read"


P = Permission

_READS_WHOLE_PLAN = frozenset({P.PLAN_VISIT, P.PLAN_READ, P.PLAN_EXPORT, P.CHANGE_READ})

ROLE_TABLE: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: _READS_WHOLE_PLAN
    | {
        P.PLAN_CREATE,
        P.PLAN_UPDATE,
        P.PLAN_DELETE,
        P.PLAN_IMPORT,
        P.MEMBER_MANAGE,
        P.USER_MANAGE,
        P.TEAM_MANAGE,
        P.INTEGRATION_MANAGE,
        P.AUTHORITY_MANAGE,
        P.BENCHMARK_IMPORT,
        P.SIGN_IN_READ,
    },
    Role.PROGRAMME_MANAGER: _READS_WHOLE_PLAN
    | {
        P.PLAN_UPDATE,
        P.PLAN_IMPORT,
        P.SETUP_WRITE,
        P.RECOMMENDATION_CREATE,
        P.RECOMMENDATION_UPDATE,
        P.RECOMMENDATION_DELETE,
        P.ACTION_CREATE,
        P.ACTION_UPDATE,
        P.ACTION_DELETE,
        P.CHECK_WRITE,
        P.KPI_CREATE,
        P.KPI_UPDATE,
        P.KPI_DELETE,
        P.MEASUREMENT_WRITE,
        P.AUDIT_TEMPLATE_WRITE,
        P.AUDIT_WRITE,
        P.MEASUREMENT_SIGN_OFF,
        P.MEASUREMENT_MANAGE,
        P.NARRATIVE_WRITE,
        P.RISK_WRITE,
        P.NOTE_WRITE,
        P.ESCALATION_RAISE,
        P.ESCALATION_ANSWER,
        P.ESCALATION_MANAGE,
        P.MEMBER_MANAGE,
        P.DEPUTY_APPOINT,
    },
    Role.PERFORMANCE_OFFICER: _READS_WHOLE_PLAN
    | {
        P.KPI_CREATE,
        P.KPI_UPDATE,
        P.KPI_DELETE,
        P.MEASUREMENT_WRITE,
        P.AUDIT_TEMPLATE_WRITE,
        P.AUDIT_WRITE,
        P.BENCHMARK_IMPORT,
        P.MEASUREMENT_SIGN_OFF,
        P.MEASUREMENT_MANAGE,
        P.NARRATIVE_WRITE_LED,
        P.NOTE_WRITE,
        P.ESCALATION_RAISE,
        P.ESCALATION_ANSWER,
        P.DEPUTY_APPOINT,
    },
    Role.ACTION_LEAD: _READS_WHOLE_PLAN
    | {
        P.RECOMMENDATION_UPDATE_LED,
        P.ACTION_UPDATE_LED,
        P.CHECK_WRITE_LED,
        P.NARRATIVE_WRITE_LED,
        P.RISK_WRITE_LED,
        P.ESCALATION_RAISE,
        P.ESCALATION_ANSWER,
        P.DEPUTY_APPOINT,
    },
    Role.SENIOR_LEADER: _READS_WHOLE_PLAN
    | {
        P.AUDIT_WRITE,
        P.MEASUREMENT_SIGN_OFF,
        P.RECOMMENDATION_UPDATE_LED,
        P.ACTION_UPDATE_LED,
        P.CHECK_WRITE_LED,
        P.NARRATIVE_WRITE_LED,
        P.RISK_WRITE_LED,
        P.ESCALATION_RAISE,
        P.ESCALATION_ANSWER,
        P.DEPUTY_APPOINT,
    },
    Role.BOARD_MEMBER: _READS_WHOLE_PLAN | {P.ESCALATION_RAISE},
    Role.INTERNAL_AUDITOR: _READS_WHOLE_PLAN | {P.SIGN_IN_READ},
    Role.INSPECTOR: frozenset({P.PLAN_VISIT}),
    Role.PARTNER: frozenset(
        {
            P.PLAN_VISIT,
            P.ACTION_UPDATE_LED,
            P.NARRATIVE_WRITE_LED,
            P.ESCALATION_RAISE,
            P.DEPUTY_APPOINT,
        }
    ),
    Role.INTEGRATION: frozenset(
        {P.PLAN_VISIT, P.PLAN_READ, P.MEASUREMENT_WRITE, P.MEASUREMENT_WRITE_SET},
    ),
}
"""A board member raises a board's concern; challenges with owner and due date come with the cycle."""

INTEGRATION_SCOPES = (P.PLAN_VISIT, P.PLAN_READ, P.MEASUREMENT_WRITE)
"""What an integration can be granted at most. ``plan:visit`` comes with every one."""

ADMIN_ONLY = ROLE_TABLE[Role.ADMIN] - frozenset().union(
    *(granted for role, granted in ROLE_TABLE.items() if role is not Role.ADMIN)
)


def permissions_of(role: Role) -> frozenset[Permission]:
    return ROLE_TABLE[role]
