"""How case-file audits, their templates, what is derived from them and the dial lie in the database."""

from __future__ import annotations

from api.audits import tables as audits
from api.plan_documents.layout import Child, Kind, Wave, lay_out
from api.plan_documents.parts import audits as parts
from api.plan_documents.slots import GradeOrScore, Group, Highest, Named, One, Plain, Within

_OF_TEMPLATE = {"template_id": "template_id"}

AUDIT_TEMPLATE = Kind(
    "audit_template",
    "audit_templates",
    lay_out(parts.AuditTemplate, audits.AuditTemplate, editions=Highest("edition")),
    (
        Child(
            "editions",
            lay_out(
                parts.AuditEdition,
                audits.AuditEdition,
                scale=Group(parts.AuditScoreRange, {"lowest": "scale_lowest", "highest": "scale_highest"}),
                bands=None,
                domains=None,
            ),
            "template_id",
            identity=("number",),
            named_by="number",
            names="audit_edition",
            children=(
                Child("bands", lay_out(parts.AuditBand, audits.AuditBand), "edition_id", copies=_OF_TEMPLATE),
                Child(
                    "domains",
                    lay_out(parts.AuditDomain, audits.AuditDomain),
                    "edition_id",
                    identity=("ref",),
                    copies=_OF_TEMPLATE,
                    names="audit_domain",
                ),
            ),
        ),
    ),
)

AUDIT = Kind(
    "audit",
    "audits",
    lay_out(
        parts.Audit,
        audits.Audit,
        template=One("audit_template", "template_id"),
        edition=Within("audit_edition", "edition_id", lambda audit, _: (audit.template,)),
        team=One("party", "team_id"),
        auditor=One("party", "auditor_id"),
        moderator=One("party", "moderator_id"),
        withdrawn=Group(parts.AuditWithdrawn, {"because": "withdrawn_because", "at": "withdrawn_at"}),
        marks=None,
    ),
    (
        Child(
            "marks",
            lay_out(
                parts.AuditMark,
                audits.AuditScore,
                domain=Within(
                    "audit_domain", "domain_id", lambda _, audit: (audit.template, str(audit.edition))
                ),
                before=GradeOrScore("before"),
                after=GradeOrScore("after"),
            ),
            "audit_id",
            identity=("domain_id",),
            named_by="domain",
        ),
    ),
    wave=Wave.WITH_ENTRIES,
    recorder="recorded_by",
)

AUDIT_MEASURE = Kind(
    "audit_measure",
    "audit_measures",
    lay_out(
        parts.AuditMeasure,
        audits.AuditMeasure,
        kpi=One("kpi", "kpi_id"),
        template=One("audit_template", "template_id"),
    ),
)

WINDSCREEN_POSITION = Kind(
    "windscreen_position",
    "windscreen_positions",
    lay_out(
        parts.WindscreenPosition,
        audits.WindscreenPosition,
        party=One("party", "judged_by_id"),
        judged_by=Named("recorded_by", "judge", unless="judged_by_id"),
        recorded_at=Plain("created_at"),
    ),
    recorder="recorded_by",
)
