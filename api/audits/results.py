"""What a template's audits add up to, period by period, with the windscreen position beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import text

from api.audits import rules
from api.audits.deriving import marked_of, period_of
from api.audits.editions import Edition, editions_of
from api.audits.repository import AUDITED, MARKS, STANDING_POSITIONS, TEMPLATES
from api.audits.rules import Domain, Marked
from api.core.context import Context, to_json
from api.core.errors import invalid
from api.core.reading import read_one
from api.kpis.periods import Period
from api.vocabulary import AuditScale, AuditStage, PeriodType

_HUNDREDTH = Decimal("0.01")


async def read_results(
    ctx: Context,
    template: str,
    *,
    by: PeriodType,
    first: date | None,
    last: date | None,
    teams: Sequence[str] | None,
    by_team: bool,
) -> Response:
    """Raises NOT_FOUND for a template, INVALID for periods shorter than a month."""
    if by in {PeriodType.DAY, PeriodType.WEEK}:
        raise invalid("/query/by", "Audits are known to the month; take months or longer.", "too_short")
    found = await read_one(ctx, TEMPLATES, template)
    bound = {
        "template": found.id,
        "first": first and f"{first:%Y-%m}",
        "last": last and f"{last:%Y-%m}",
        "teams": [ref.lower() for ref in teams] if teams else None,
    }
    audited = (await ctx.session.execute(text(AUDITED), bound)).all()
    marks = (await ctx.session.execute(text(MARKS), bound)).all()
    editions = await editions_of(ctx, found.id)
    spans = {row.month: period_of(row.month, by) for row in audited}
    standing = await _standing(ctx, set(spans.values()))
    said: dict[str, Any] = orjson.loads(found.body)
    body = {
        "template": said["ref"],
        "title": said["title"],
        "by": by.value,
        "periods": [
            {
                "period": period.key,
                "starts_on": period.starts_on,
                "ends_on": period.ends_on,
                "windscreen": standing.get(period.key),
                **_of_period(
                    [row for row in audited if spans[row.month] == period],
                    [row for row in marks if spans[row.month] == period],
                    editions,
                    by_team=by_team,
                ),
            }
            for period in sorted(set(spans.values()))
        ],
    }
    return ctx.show(to_json(body))


async def _standing(ctx: Context, spans: Iterable[Period]) -> dict[str, Any]:
    """The judgement that stood at the end of each period, or today in one still running."""
    days = {min(period.ends_on, max(ctx.clock, period.starts_on)): period.key for period in spans}
    rows = await ctx.session.execute(text(STANDING_POSITIONS), {"plan": ctx.plan.id, "days": sorted(days)})
    return {days[row.ends_on]: orjson.loads(row.body) for row in rows}


def _of_period(
    audited: Sequence[Any], marks: Sequence[Any], editions: Sequence[Edition], *, by_team: bool
) -> dict[str, Any]:
    teams = {row.team_id: row for row in audited} if by_team else {}
    ordered = sorted(teams.items(), key=lambda item: (item[0] is None, (item[1].team or "").lower()))
    return {
        "whole": _result(audited, marks, editions),
        "teams": [
            {"team": {"party": row.team, "name": row.team_name} if team is not None else None}
            | _result(
                [other for other in audited if other.team_id == team],
                [mark for mark in marks if mark.team_id == team],
                editions,
            )
            for team, row in ordered
        ],
    }


def _result(audited: Sequence[Any], marks: Sequence[Any], editions: Sequence[Edition]) -> dict[str, Any]:
    expecting = {edition.id for edition in editions if edition.moderation_expected}
    audits = sum(row.audits for row in audited)
    waiting = [row for row in audited if row.edition_id in expecting and not row.is_moderated]
    return {
        "audits": audits,
        "is_small": rules.is_small(audits),
        "moderated": sum(row.audits for row in audited if row.is_moderated),
        "awaiting_moderation": sum(row.audits for row in waiting),
        **_of_marks(marks, editions),
    }


def _of_marks(marks: Sequence[Any], editions: Sequence[Edition]) -> dict[str, Any]:
    """Each domain by itself, and all scores together. Editions join where ref and scale are the same."""
    latest_first = [
        (domain_id, domain) for edition in reversed(editions) for domain_id, domain in edition.domains.items()
    ]
    domains = dict(latest_first)
    held: dict[tuple[str, rules.Scale], list[Marked]] = {}
    for row in marks:
        domain = domains[row.domain_id]
        held.setdefault((domain.ref.lower(), domain.scale), []).append(marked_of(row))
    titles: dict[tuple[str, rules.Scale], Domain] = {}
    for _, domain in latest_first:
        titles.setdefault((domain.ref.lower(), domain.scale), domain)
    return {
        "domains": [_domain_result(domain, held[key]) for key, domain in titles.items() if key in held],
        "average": _average(held),
    }


def _domain_result(domain: Domain, marked: Sequence[Marked]) -> dict[str, Any]:
    moved = rules.moved(marked)
    return {
        "domain": domain.ref,
        "title": domain.title,
        "scale": domain.scale.kind.value,
        "lowest": domain.scale.lowest,
        "highest": domain.scale.highest,
        **{stage.value: _summary(marked, stage, domain.scale) for stage in AuditStage},
        "moderation": {
            "moderated": moved.moderated,
            "moved_up": moved.up,
            "moved_down": moved.down,
            "unchanged": moved.unchanged,
        },
    }


def _summary(marked: Sequence[Marked], stage: AuditStage, scale: rules.Scale) -> dict[str, Any]:
    found = rules.summary(marked, stage, scale)
    return {
        "sample": found.sample,
        "is_small": rules.is_small(found.sample),
        "distribution": [
            {
                "label": part.label,
                "grade": part.grade and part.grade.value,
                "count": part.count,
                "share": rules.percent(part.share),
                "said": rules.in_words(part.count, found.sample),
            }
            for part in found.parts
        ],
        "average": None if found.average is None else rules.rounded(found.average, _HUNDREDTH),
        "good_or_better": None
        if found.good_or_better is None
        else {
            "count": found.good_or_better,
            "share": rules.percent(rules.share(found.good_or_better, found.sample)),
            "said": rules.in_words(found.good_or_better, found.sample),
        },
    }


def _average(held: Mapping[tuple[str, rules.Scale], Sequence[Marked]]) -> dict[str, Any]:
    """Of every score together, where all stand on one scale: scores out of 5 and out of 10 do not mix."""
    scales = {scale for _, scale in held if scale.kind is AuditScale.SCORE}
    marked = [mark for (_, scale), marks in held.items() if scale in scales for mark in marks]
    means = {stage: rules.average(marked, stage) for stage in AuditStage}
    said = {
        stage.value: None if mean is None or len(scales) != 1 else rules.rounded(mean, _HUNDREDTH)
        for stage, (_, mean) in means.items()
    }
    return said | {"scores": means[AuditStage.BEFORE][0]}
