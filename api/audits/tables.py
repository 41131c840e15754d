"""Case-file audits: their templates, what was given, the KPIs derived from them, and the dial.

An audit holds marks and nothing of the child: no case number, no name, no date finer than a month, no
words. None of these tables has a column that could take one.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text

from api import vocabulary as terms
from api.core import tables as t


class AuditTemplate(t.InPlan, table=True):
    """What audits of a kind look at. It changes only by its next edition."""

    __tablename__ = "audit_template"
    __table_args__ = (t.unique_ref("audit_template"),)

    ref: str = t.line(null=False)
    title: str = t.line(null=False)
    is_enabled: bool = t.flag(default=True)
    edition: int = t.whole(default=1)
    """The latest, which new audits are made on."""


class AuditEdition(t.InPlan, table=True):
    """One edition of a template; never edited. An audit keeps the one it was made on."""

    __tablename__ = "audit_edition"
    __table_args__ = (
        UniqueConstraint("template_id", "number"),
        CheckConstraint(
            "num_nonnulls(scale_lowest, scale_highest) <> 1 and scale_lowest < scale_highest", name="scale"
        ),
    )

    template_id: int = t.points_to("audit_template.id")
    number: int = t.whole(null=False)
    moderation_expected: bool = t.flag()
    scale_lowest: int | None = t.whole()
    scale_highest: int | None = t.whole()
    """Of its scored domains; null where all are graded."""


class AuditDomain(t.InPlan, table=True):
    """What is marked: assessment, planning, the voice of the child, the audit as a whole."""

    __tablename__ = "audit_domain"
    __table_args__ = (
        UniqueConstraint("edition_id", "position"),
        t.unique_ref("audit_domain", within="edition_id"),
    )

    template_id: int = t.points_to("audit_template.id")
    edition_id: int = t.points_to("audit_edition.id")
    position: int = t.whole(null=False)
    ref: str = t.line(null=False)
    title: str = t.line(null=False)
    scale: terms.AuditScale = t.word(terms.AuditScale)


class AuditBand(t.InPlan, table=True):
    """A stretch of an edition's scale: from its lowest score up to the next band."""

    __tablename__ = "audit_band"
    __table_args__ = (UniqueConstraint("edition_id", "position"),)

    template_id: int = t.points_to("audit_template.id")
    edition_id: int = t.points_to("audit_edition.id")
    position: int = t.whole(null=False)
    title: str = t.line(null=False)
    lowest: int = t.whole(null=False)
    grade: terms.Grade | None = t.word(terms.Grade, null=True)
    """The grade that scores of this band amount to, where the template says so."""


class Audit(t.InPlan, table=True):
    """One audit of a case file: recorded, perhaps moderated, perhaps withdrawn; never deleted.

    Its ref is given by the service, for one chosen by a person could be the case's. The month stands
    for the day, because a day and a team can point to a single file. What identifies the child, what
    the auditor wrote and who else was in the room belong in the case-management system.
    """

    __tablename__ = "audit"
    __table_args__ = (
        t.unique_ref("audit"),
        Index("ix_audit_month", "template_id", "month"),
        CheckConstraint(r"month ~ '^\d{4}-\d\d$'", name="month"),
        CheckConstraint("num_nonnulls(withdrawn_because, withdrawn_at) <> 1", name="withdrawn"),
    )

    ref: str = t.line(null=False)
    template_id: int = t.points_to("audit_template.id", on_delete="RESTRICT")
    edition_id: int = t.points_to("audit_edition.id", on_delete="RESTRICT")
    month: str = t.line(null=False)
    team_id: int | None = t.points_to("party.id", null=True, on_delete="RESTRICT")
    auditor_id: int | None = t.points_to("party.id", null=True, on_delete="RESTRICT")
    moderator_id: int | None = t.points_to("party.id", null=True, on_delete="RESTRICT")
    withdrawn_because: terms.AuditWithdrawal | None = t.word(terms.AuditWithdrawal, null=True)
    withdrawn_at: datetime | None = t.moment(null=True, now=False)
    recorded_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")


class AuditScore(t.InPlan, table=True):
    """The mark of one domain before moderation and, if moderated, after. A domain left out has no row."""

    __tablename__ = "audit_score"
    __table_args__ = (
        UniqueConstraint("audit_id", "domain_id"),
        CheckConstraint("num_nonnulls(before_grade, before_score) = 1", name="before"),
        CheckConstraint(
            "num_nonnulls(after_grade, after_score) = 0"
            " or (num_nonnulls(after_grade, after_score) = 1"
            " and (after_grade is null) = (before_grade is null))",
            name="after",
        ),
    )

    audit_id: int = t.points_to("audit.id")
    domain_id: int = t.points_to("audit_domain.id", on_delete="RESTRICT")
    before_grade: terms.Grade | None = t.word(terms.Grade, null=True)
    before_score: int | None = t.whole()
    after_grade: terms.Grade | None = t.word(terms.Grade, null=True)
    after_score: int | None = t.whole()


class AuditMeasure(t.InPlan, table=True):
    """A KPI whose values are derived from a template's audits."""

    __tablename__ = "audit_measure"
    __table_args__ = (UniqueConstraint("kpi_id"),)

    kpi_id: int = t.points_to("kpi.id")
    template_id: int = t.points_to("audit_template.id", on_delete="RESTRICT")
    domain: str | None = t.line()
    """Ref of the domain; null for all scored domains together."""
    stage: terms.AuditStage = t.word(terms.AuditStage)
    statistic: terms.AuditStatistic = t.word(terms.AuditStatistic)
    grades: list[str] = t.texts()
    """Of a share: the grades that count."""
    basis: terms.Basis = t.word(terms.Basis)


class WindscreenPosition(t.InPlan, table=True):
    """Where the service stands between inadequate and outstanding, in a named person's judgement.

    Named after the wiper's sweep that the field draws. It is never computed: audits' figures stand
    beside it. A later judgement is a further row, so the needle's way stays readable.
    """

    __tablename__ = "windscreen_position"
    __table_args__ = (Index("ix_windscreen_position_day", text("plan_id"), text("judged_on desc")),)

    grade: terms.Grade = t.word(terms.Grade)
    place: terms.DialPlace = t.word(terms.DialPlace)
    judged_on: date = t.day(null=False)
    reason: str = t.line(null=False)
    judged_by_id: int | None = t.points_to("party.id", null=True, on_delete="RESTRICT")
    """The party whose judgement it is; null for whoever recorded it."""
    judge: str | None = t.line()
    """Whose judgement it is in the words of a plan document; whoever brought that in recorded it."""
    recorded_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
