"""From an audit as it is sent to one that can be stored: what it names is found, its marks are read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, text

from api.audits.deriving import derive
from api.audits.editions import Edition, editions_of
from api.audits.rules import Fault, Mark, Marked, read_marks
from api.audits.schemas import AuditCreate
from api.audits.tables import Audit, AuditScore
from api.core.context import Context
from api.core.editing import table_of
from api.kpis import periods
from api.vocabulary import Grade, PartyKind, PeriodType

REF = "AU-"


@dataclass(frozen=True)
class Template:
    id: int
    is_enabled: bool
    editions: Sequence[Edition]
    """Oldest first."""


@dataclass(frozen=True)
class Known:
    """What audits of one request name. Refs are in lower case."""

    templates: Mapping[str, Template]
    parties: Mapping[str, tuple[int, PartyKind]]
    today: date


@dataclass(frozen=True)
class Sound:
    """An audit found good."""

    template_id: int
    edition_id: int
    month: str
    team_id: int | None
    auditor_id: int | None
    moderator_id: int | None
    marks: Mapping[int, Marked]
    """By domain id."""

    def columns(self) -> dict[str, Any]:
        return {
            "template_id": self.template_id,
            "edition_id": self.edition_id,
            "month": self.month,
            "team_id": self.team_id,
            "auditor_id": self.auditor_id,
            "moderator_id": self.moderator_id,
        }

    def score_rows(self) -> list[dict[str, Any]]:
        return [
            {"domain_id": domain_id, **_side("before", marked.before), **_side("after", marked.after)}
            for domain_id, marked in self.marks.items()
        ]


def _side(name: str, mark: Mark | None) -> dict[str, Any]:
    is_grade = isinstance(mark, Grade)
    return {f"{name}_grade": mark if is_grade else None, f"{name}_score": None if is_grade else mark}


async def know(ctx: Context, audits: Collection[AuditCreate]) -> Known:
    """Find every template and party that these audits name."""
    rows = await ctx.session.execute(
        text(
            "select id, lower(ref) as ref, is_enabled from audit_template"
            " where plan_id = :plan and lower(ref) = any(:refs)"
        ),
        {"plan": ctx.plan.id, "refs": sorted({audit.template.lower() for audit in audits})},
    )
    templates = {
        row.ref: Template(row.id, row.is_enabled, await editions_of(ctx, row.id)) for row in rows.all()
    }
    named = {ref.lower() for audit in audits for ref in (audit.team, audit.auditor, audit.moderator) if ref}
    held = await ctx.session.execute(
        text(
            "select id, lower(ref) as ref, kind from party where plan_id = :plan and lower(ref) = any(:refs)"
        ),
        {"plan": ctx.plan.id, "refs": sorted(named)},
    )
    return Known(templates, {row.ref: (row.id, PartyKind(row.kind)) for row in held}, ctx.today)


def look_at(audit: AuditCreate, known: Known, *, is_new: bool = True) -> Sound | list[Fault]:
    """The audit ready to be stored, or everything that is wrong with it.

    A new one needs a template that is enabled.
    """
    faults: list[Fault] = []
    month = _month(audit.month, known.today, faults)
    team = _party("team", audit.team, known, faults)
    auditor = _party("auditor", audit.auditor, known, faults)
    moderator = _party("moderator", audit.moderator, known, faults)
    scores = {domain: mark for domain, mark in audit.scores.items() if mark is not None}
    moderated = {domain: mark for domain, mark in audit.moderated.items() if mark is not None}
    if audit.moderator is not None and not moderated:
        message = "A moderator stands only beside moderated marks."
        faults.append(Fault("/moderator", "not_moderated", message))
    template = known.templates.get(audit.template.lower())
    if template is None:
        faults.append(Fault("/template", "unknown_ref", "There is no audit template of that ref here."))
        return faults
    if is_new and not template.is_enabled:
        faults.append(Fault("/template", "disabled", "That template takes no new audits."))
    edition = _edition(template, audit.edition)
    if edition is None:
        message = f"The template's editions run from 1 to {template.editions[-1].number}."
        faults.append(Fault("/edition", "unknown_edition", message))
        return faults
    read = read_marks(list(edition.domains.values()), scores, moderated)
    faults += read.faults
    if faults or month is None:
        return faults
    ids = edition.domain_ids()
    marks = {ids[ref]: marked for ref, marked in read.marks.items()}
    return Sound(template.id, edition.id, month, team, auditor, moderator, marks)


def _party(name: str, ref: str | None, known: Known, faults: list[Fault]) -> int | None:
    if ref is None:
        return None
    found = known.parties.get(ref.lower())
    if found is None:
        faults.append(Fault(f"/{name}", "unknown_ref", "There is no party of that ref in this plan."))
        return None
    party_id, kind = found
    if name == "team" and kind is not PartyKind.TEAM:
        faults.append(Fault("/team", "not_a_team", "That party is no team; leave the team out, or name one."))
    return party_id


def _edition(template: Template, number: int | None) -> Edition | None:
    if number is None:
        return template.editions[-1]
    return next((edition for edition in template.editions if edition.number == number), None)


def _month(given: str, today: date, faults: list[Fault]) -> str | None:
    """The month's key. Of a day that falls within it, the day is dropped."""
    day = periods.from_key(given, PeriodType.DAY)
    try:
        found = (
            periods.containing(day.starts_on, PeriodType.MONTH)
            if day is not None
            else periods.parse(given, PeriodType.MONTH)
        )
    except periods.UnreadablePeriod:
        faults.append(Fault("/month", "unreadable_month", "Write the month like 2018-08."))
        return None
    if periods.is_future(found, today) or (day is not None and day.starts_on > today):
        faults.append(Fault("/month", "in_future", "An audit cannot be recorded before it was made."))
        return None
    return found.key


async def store(ctx: Context, sound: Sequence[Sound]) -> list[tuple[int, str]]:
    """Insert audits with their marks; returns the id and ref of each, in order.

    The plan's audits must be held: their refs are numbered on from the last.
    """
    last: int = await ctx.session.scalar(
        text(
            "select coalesce(max(cast(substring(ref from '[0-9]+$') as bigint)), 0) from audit"
            " where plan_id = :plan"
        ),
        {"plan": ctx.plan.id},
    )
    table = table_of(Audit)
    rows = [
        {"plan_id": ctx.plan.id, "ref": f"{REF}{number}", "recorded_by": ctx.actor.id, **audit.columns()}
        for number, audit in enumerate(sound, last + 1)
    ]
    made = await ctx.session.scalars(insert(table).returning(table.c.id, sort_by_parameter_order=True), rows)
    ids = list(made)
    marks = [
        {"plan_id": ctx.plan.id, "audit_id": audit_id, **row}
        for audit_id, audit in zip(ids, sound, strict=True)
        for row in audit.score_rows()
    ]
    await ctx.session.execute(insert(table_of(AuditScore)), marks)
    return [(audit_id, row["ref"]) for audit_id, row in zip(ids, rows, strict=True)]


async def derive_from(ctx: Context, audits: Collection[Sound]) -> None:
    """Recompute what is derived from these audits' templates, in their months."""
    for template_id in sorted({audit.template_id for audit in audits}):
        months = {audit.month for audit in audits if audit.template_id == template_id}
        await derive(ctx, template_id, months)
