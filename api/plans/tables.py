"""Authorities, plans and what belongs to a plan as a whole: words, colours, totals, boards, people."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from api import vocabulary as terms
from api.core import tables as t
from api.core.fuzzy import Precision


class Authority(t.Versioned, table=True):
    """A council that owns plans."""

    __tablename__ = "authority"
    __table_args__ = (Index("uq_authority_ref", text("lower(ref)"), unique=True),)

    id: int | None = t.key()
    ref: str = t.line(null=False)
    name: str = t.line(null=False)
    code: str | None = t.line()
    """The ONS code."""
    la_code: str | None = t.line()
    """The Department for Education's three-digit number."""


class Plan(t.Versioned, table=True):
    """An improvement plan: draft → approved → submitted → active → closed.

    A closed plan's clock stands at ``as_at``: overdue and due soon are judged on that day.
    """

    __tablename__ = "plan"
    __table_args__ = (Index("uq_plan_ref", text("lower(ref)"), unique=True),)

    id: int | None = t.key()
    authority_id: int = t.points_to("authority.id", on_delete="RESTRICT")
    ref: str = t.line(null=False)
    title: str = t.line(null=False)
    edition: str | None = t.line()
    """The source's own version wording ("second update of version 3")."""
    status: terms.PlanStatus = t.word(terms.PlanStatus)
    starts_on: date | None = t.day()
    starts_precision: Precision | None = t.word(Precision, null=True)
    starts_ongoing: bool = t.flag()
    starts_text: str | None = t.line()
    ends_on: date | None = t.day()
    ends_precision: Precision | None = t.word(Precision, null=True)
    ends_ongoing: bool = t.flag()
    ends_text: str | None = t.line()
    as_at: date | None = t.day()
    figures_on: date | None = t.day()
    figures_precision: Precision | None = t.word(Precision, null=True)
    figures_ongoing: bool = t.flag()
    figures_text: str | None = t.line()
    horizon: str | None = t.line()
    statement_received_on: date | None = t.day()
    signatories: list[str] = t.texts()
    risk_scale: str | None = t.line()
    intervention_type: str | None = t.line()
    intervention_issued_on: date | None = t.day()
    intervention_lifted_on: date | None = t.day()
    intervention_adviser: str | None = t.line()
    intervention_chair: str | None = t.line()
    due_soon_days: int = t.whole(default=28)
    amber_days: int = t.whole(default=31)
    """A suggested rating is amber up to this many days late, red beyond."""
    spc_profile: terms.SpcProfile = t.word(terms.SpcProfile, default=terms.SpcProfile.MDC)
    """Which reading of the control chart its KPIs are judged by."""


class StatusWord(t.InPlan, table=True):
    """One of the plan's own words for an action status."""

    __tablename__ = "status_word"
    __table_args__ = (Index("uq_status_word_word", text("plan_id"), text("lower(word)"), unique=True),)

    position: int = t.whole(null=False)
    word: str = t.line(null=False)
    status: terms.ActionStatus = t.word(terms.ActionStatus)
    counts_as_done: bool = t.flag()


class ColourMeaning(t.InPlan, table=True):
    """What a colour says of progress and of confidence in this plan."""

    __tablename__ = "colour_meaning"
    __table_args__ = (UniqueConstraint("plan_id", "colour"),)

    position: int = t.whole(null=False)
    colour: terms.Rating = t.word(terms.Rating)
    word: str | None = t.line()
    progress: str | None = t.line()
    confidence: str | None = t.line()
    counts_as: terms.Confidence | None = t.word(terms.Confidence, null=True)


class StatedTotal(t.InPlan, table=True):
    """What the source says it contains; never adjusted to what is held."""

    __tablename__ = "stated_total"

    position: int = t.whole(null=False)
    label: str = t.line(null=False)
    of: str = t.line(null=False)
    statuses: list[str] = t.texts()
    ratings: list[str] = t.texts()
    count: int | None = t.whole()
    percent: Decimal | None = t.number()
    as_at_on: date | None = t.day()
    as_at_precision: Precision | None = t.word(Precision, null=True)
    as_at_ongoing: bool = t.flag()
    as_at_text: str | None = t.line()


class Board(t.InPlan, table=True):
    """A board or group the plan reports to."""

    __tablename__ = "board"

    position: int = t.whole(null=False)
    name: str = t.line(null=False)
    purpose: str | None = t.line()
    chair: str | None = t.line()
    frequency: str | None = t.line()
    reports_to: str | None = t.line()
    is_independent: bool | None = Field(default=None, nullable=True)
    is_multi_agency: bool | None = Field(default=None, nullable=True)


class ImpactStatement(t.InPlan, table=True):
    """A covering report's own statement: equalities, evidence, budget."""

    __tablename__ = "impact_statement"

    position: int = t.whole(null=False)
    topic: str = t.line(null=False)
    text: str = t.line(null=False)


class Inspection(t.InPlan, table=True):
    """An inspection or visit the plan answers; dates may be ranges."""

    __tablename__ = "inspection"
    __table_args__ = (t.unique_ref("inspection"),)

    ref: str = t.line(null=False)
    framework: terms.Framework = t.word(terms.Framework)
    title: str | None = t.line()
    starts_on: date | None = t.day()
    starts_precision: Precision | None = t.word(Precision, null=True)
    starts_ongoing: bool = t.flag()
    starts_text: str | None = t.line()
    ends_on: date | None = t.day()
    ends_precision: Precision | None = t.word(Precision, null=True)
    ends_ongoing: bool = t.flag()
    ends_text: str | None = t.line()
    received_on: date | None = t.day()
    published_on: date | None = t.day()
    published_precision: Precision | None = t.word(Precision, null=True)
    published_ongoing: bool = t.flag()
    published_text: str | None = t.line()
    scope: str | None = t.line()


class Judgement(t.InPlan, table=True):
    """A grade, or words where the framework gives none, for one area of an inspection."""

    __tablename__ = "judgement"
    __table_args__ = (UniqueConstraint("inspection_id", "position"),)

    inspection_id: int = t.points_to("inspection.id")
    position: int = t.whole(null=False)
    area: str = t.line(null=False)
    under: str | None = t.line()
    grade: terms.Grade | None = t.word(terms.Grade, null=True)
    words: str | None = t.line()


class Finding(t.InPlan, table=True):
    """One finding of an inspection; recommendations refer to it."""

    __tablename__ = "finding"
    __table_args__ = (Index("uq_finding_ref", text("inspection_id"), text("lower(ref)"), unique=True),)

    inspection_id: int = t.points_to("inspection.id")
    position: int = t.whole(default=0)
    ref: str = t.line(null=False)
    text: str = t.line(null=False)
    page: str | None = t.line()
    paragraphs: str | None = t.line()


class Theme(t.InPlan, table=True):
    """A plan's own tag with a kind: improvement area, topic area, workstream, existing priority."""

    __tablename__ = "theme"
    __table_args__ = (t.unique_ref("theme"),)

    ref: str = t.line(null=False)
    kind: terms.ThemeKind = t.word(terms.ThemeKind)
    title: str = t.line(null=False)
    other_titles: list[str] = t.texts()
    description: str | None = t.line()
    position: int = t.whole(default=0)


class ThemeLink(t.InPlan, t.AboutItem, table=True):
    """A theme carried by a recommendation, action, KPI or risk (``tag_id`` is the theme)."""

    __tablename__ = "theme_link"
    __table_args__ = (t.one_item(or_plan=False),)

    tag_id: int = t.points_to("theme.id")
    position: int = t.whole(default=0)


class Party(t.InPlan, table=True):
    """Who can lead: a person, role or team, perhaps tied to a user or a team of users."""

    __tablename__ = "party"
    __table_args__ = (t.unique_ref("party"),)

    ref: str = t.line(null=False)
    kind: terms.PartyKind = t.word(terms.PartyKind)
    name: str = t.line(null=False)
    aliases: list[str] = t.texts()
    organisation: str | None = t.line()
    user_id: int | None = t.points_to("user_account.id", null=True, on_delete="SET NULL")
    team_id: int | None = t.points_to("team.id", null=True, on_delete="SET NULL")


class ItemLead(t.InPlan, t.AboutItem, table=True):
    """A party that leads an item; order matters, the first is named first."""

    __tablename__ = "item_lead"
    __table_args__ = (t.one_item(or_plan=False),)

    party_id: int = t.points_to("party.id", on_delete="RESTRICT")
    kpi_recommendation_id: int | None = t.points_to("kpi_recommendation.id", null=True)
    """Set where the lead holds for the KPI under one recommendation only."""
    position: int = t.whole(default=0)
    as_printed: str | None = t.line()
    doubtful: bool = t.flag()


class CrossReference(t.InPlan, t.AboutItem, table=True):
    """Words in an item that point at another ("linked to action 1"), even where the target is lost."""

    __tablename__ = "cross_reference"
    __table_args__ = (t.one_item(or_plan=False),)

    position: int = t.whole(default=0)
    text: str = t.line(null=False)
    to_kind: terms.ItemKind | None = t.word(terms.ItemKind, null=True)
    to_ref: str | None = t.line()


class RefAlias(t.InPlan, t.AboutItem, table=True):
    """A ref an item had before it was corrected; reads of it redirect."""

    __tablename__ = "ref_alias"
    __table_args__ = (
        t.one_item(or_plan=False),
        Index("uq_ref_alias", text("plan_id"), text("kind"), text("lower(ref)"), unique=True),
    )

    kind: terms.ItemKind = t.word(terms.ItemKind)
    ref: str = t.line(null=False)


class ImportedDocument(t.InPlan, table=True):
    """A plan document as it was imported: the base of the next three-way merge."""

    __tablename__ = "imported_document"

    digest: str = t.line(null=False)
    body: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    imported_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    imported_at: datetime | None = t.moment()
