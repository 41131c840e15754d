"""A template's editions as the rules know them: domains with their scales."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from api.audits.repository import EDITION_SCALES
from api.audits.rules import GRADES, Band, Domain, Scale
from api.audits.template_schemas import AuditTemplateReplace
from api.core.context import Context
from api.vocabulary import AuditScale, Grade


@dataclass(frozen=True)
class Edition:
    id: int
    number: int
    moderation_expected: bool
    domains: dict[int, Domain]
    """By id, in the template's order."""

    def domain_ids(self) -> dict[str, int]:
        return {domain.ref: domain_id for domain_id, domain in self.domains.items()}


async def hold_audits(ctx: Context) -> None:
    """From here on, whoever else changes this plan's audits or templates waits until we are done.

    What is derived from audits must be made of all of them: two who each saw only their own would both
    be wrong.
    """
    await ctx.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended('case-file audits', :plan))"),
        {"plan": ctx.plan.id},
    )


async def editions_of(ctx: Context, template_id: int) -> list[Edition]:
    """Oldest first."""
    rows = await ctx.session.execute(text(EDITION_SCALES), {"template": template_id})
    return [
        Edition(
            row.id,
            row.number,
            row.moderation_expected,
            {
                domain_id: Domain(
                    ref, title, _scale(AuditScale(kind), row.scale_lowest, row.scale_highest, bands)
                )
                for domain_id, ref, title, kind in row.domains
            },
        )
        for row in rows
        for bands in [
            tuple(Band(t, lowest, Grade(grade) if grade else None) for t, lowest, grade in row.bands)
        ]
    ]


def domains_wanted(wanted: AuditTemplateReplace) -> list[Domain]:
    """The domains of an edition that is still to be stored."""
    lowest, highest = None, None
    bands: tuple[Band, ...] = ()
    if wanted.scale is not None:
        lowest, highest = wanted.scale.lowest, wanted.scale.highest
        bands = tuple(Band(band.title, band.lowest, band.grade) for band in wanted.scale.bands)
    return [
        Domain(domain.ref, domain.title, _scale(domain.scale, lowest, highest, bands))
        for domain in wanted.domains
    ]


def _scale(kind: AuditScale, lowest: int | None, highest: int | None, bands: tuple[Band, ...]) -> Scale:
    return GRADES if kind is AuditScale.GRADE else Scale(kind, lowest, highest, bands)
