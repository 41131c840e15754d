"""The plan document: one JSON document that holds a whole improvement plan.

It is what ``turnstone plan import`` reads and ``plan export`` writes back. Items refer to each
other by ref. What a source gives but cannot be placed is a source note on the nearest item.
"""

from __future__ import annotations

from typing import Literal

from api.plan_documents.parts.audits import Audit, AuditMeasure, AuditTemplate, WindscreenPosition
from api.plan_documents.parts.basics import Part
from api.plan_documents.parts.kpis import BenchmarkDataset, Feed, Kpi, Measurement, PeriodLock
from api.plan_documents.parts.plan import Inspection, Party, Plan, Theme
from api.plan_documents.parts.work import Action, Check, Narrative, Recommendation, Risk, SourceNote

FORMAT = "turnstone-plan/1"
"""It grows by fields and lists that may be left out, so that every earlier document stays one."""


class PlanDocument(Part):
    """A whole improvement plan. Lists may be left out where the plan has none.

    People are told by party, or by their name or role in words. What belongs to the service and not to the
    plan stays out: sign-ins and memberships, the published figures themselves (only which series a KPI is
    set against is here), what verdicts are computed to be, the files and submissions that values came by,
    their earlier revisions and those that wait to be accepted, and the record of changes. Escalations and
    their ladders stay with the service they run in.
    """

    format: Literal["turnstone-plan/1"]
    plan: Plan
    inspections: list[Inspection] = []
    parties: list[Party] = []
    themes: list[Theme] = []
    recommendations: list[Recommendation] = []
    actions: list[Action] = []
    checks: list[Check] = []
    feeds: list[Feed] = []
    benchmark_datasets: list[BenchmarkDataset] = []
    kpis: list[Kpi] = []
    measurements: list[Measurement] = []
    period_locks: list[PeriodLock] = []
    audit_templates: list[AuditTemplate] = []
    audits: list[Audit] = []
    audit_measures: list[AuditMeasure] = []
    windscreen_positions: list[WindscreenPosition] = []
    narratives: list[Narrative] = []
    risks: list[Risk] = []
    source_notes: list[SourceNote] = []
