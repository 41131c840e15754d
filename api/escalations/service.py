"""What can be done with escalations. Each function reads: load, check, write, answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from api.actions.tables import Action
from api.assurance.tables import AssuranceCheck
from api.auth.system import as_system
from api.core.context import Context
from api.core.editing import add, as_sent, change, hold, sent, table_of
from api.core.errors import Problem, ProblemType, conflict, invalid, not_allowed
from api.core.patches import refuse_nulls
from api.core.reading import Item, read_by_id
from api.escalations import rules
from api.escalations.repository import ESCALATION, MAY
from api.escalations.rules import Stage, Standing, TransitionRefused
from api.escalations.schemas import (
    AboutWrite,
    AnswerCreate,
    ClimbCreate,
    EscalationCreate,
    EscalationUpdate,
    ReferralCreate,
    ReopeningCreate,
    ResolutionCreate,
    WithdrawalCreate,
)
from api.escalations.shipped import SHIPPED_LADDERS
from api.escalations.tables import Escalation, EscalationEvent, Ladder, LadderStage
from api.kpis.tables import Kpi
from api.people.finding import named_member
from api.plans.tables import Theme
from api.recommendations.tables import Recommendation
from api.risks.tables import Risk
from api.vocabulary import EscalationEventKind, EscalationState, ItemKind

Event = EscalationEventKind

_TABLES: dict[ItemKind, type[SQLModel]] = {
    ItemKind.THEME: Theme,
    ItemKind.RECOMMENDATION: Recommendation,
    ItemKind.ACTION: Action,
    ItemKind.KPI: Kpi,
    ItemKind.RISK: Risk,
    ItemKind.CHECK: AssuranceCheck,
}

_MAY = {
    Event.ANSWERED: "answer",
    Event.CLIMBED: "climb",
    Event.RESOLVED: "resolve",
    Event.WITHDRAWN: "withdraw",
    Event.REFERRED: "refer",
    Event.REOPENED: "reopen",
}

_WHO = {
    Event.ANSWERED: "Only the person assigned, someone in the stage's role or a programme manager answers.",
    Event.CLIMBED: "Whoever raised it climbs it once answered or overdue; else a programme manager does.",
    Event.RESOLVED: "Only a programme manager resolves an escalation.",
    Event.WITHDRAWN: "Only whoever raised it, or a programme manager, withdraws it.",
    Event.REFERRED: "Only a programme manager refers an escalation.",
    Event.REOPENED: "Only a programme manager reopens an escalation.",
}


async def raise_escalation(ctx: Context, new: EscalationCreate) -> Item:
    """Raises CONFLICT naming the live escalation of the same cause and item; REF_TAKEN; INVALID."""
    # Also when a ref was given: it holds back everyone else who raises one here, until this is stored.
    following = await ctx.session.scalar(
        text("select turnstone.next_escalation_ref(:plan)"), {"plan": ctx.plan.id}
    )
    ladder = await _ladder(ctx, new.ladder)
    stages = await _stages(ctx, ladder["id"])
    try:
        standing = rules.raised(stages, ctx.clock, at=new.stage, reason=new.bypass_reason)
    except TransitionRefused as refused:
        raise invalid("/stage" if new.stage else "/ladder", str(refused)) from refused
    about = await _about(ctx, new.about)
    await _refuse_second(ctx, new, about)
    columns = {
        "ref": new.ref or following,
        "title": new.title,
        "text": new.text,
        "cause": new.cause,
        "theme": new.theme,
        "state": standing.state,
        "ladder_id": ladder["id"],
        "stage": standing.stage,
        "assigned_to": await _assignee(ctx, new.assigned_to),
        "raised_by": ctx.actor.id,
        "answer_due_on": standing.answer_due_on,
        "overall_due_on": rules.overall_due_on(ladder["overall_working_days"], ctx.clock),
        **about,
    }
    escalation_id = await add(ctx, Escalation, columns)
    words = new.text if not new.bypass_reason else f"{new.text}\n\n{new.bypass_reason}"
    await _record(ctx, escalation_id, Event.RAISED, standing.stage, words)
    return await read_by_id(ctx, ESCALATION, escalation_id)


async def update_escalation(ctx: Context, ref: str, patch: EscalationUpdate, if_match: str | None) -> Item:
    """Apply a merge patch. Raises EDIT_CONFLICT, or INVALID for a title or text left without words."""
    held = await hold(ctx, ESCALATION, ref, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, ("title", "text"))
    if "assigned_to" in fields:
        fields["assigned_to"] = await _assignee(ctx, fields["assigned_to"])
    await change(ctx, Escalation, held.id, fields)
    return await read_by_id(ctx, ESCALATION, held.id)


async def answer(ctx: Context, ref: str, given: AnswerCreate, if_match: str | None) -> Item:
    """Record an answer; one said to be unsatisfactory climbs in the same breath.

    Raises CONFLICT unless it is open, NOT_ALLOWED for one it does not stand with, or for a verdict
    from somebody else than whoever raised it.
    """
    found = await _held(ctx, ref, if_match, {"text": given.text})
    await _step(ctx, found, Event.ANSWERED, given.text)
    if given.satisfactory is not None and not found.may["judge"]:
        raise not_allowed("Whoever raised it, or a programme manager, says whether an answer will do.")
    if given.satisfactory is False:
        await _step(ctx, found, Event.CLIMBED, "The answer was not satisfactory.")
    return await read_by_id(ctx, ESCALATION, found.id)


async def climb(ctx: Context, ref: str, wanted: ClimbCreate, if_match: str | None) -> Item:
    """To the next stage, or one further up. Raises CONFLICT at the top or once it has ended."""
    found = await _held(ctx, ref, if_match, {})
    assignee = await _assignee(ctx, wanted.assigned_to)
    await _step(
        ctx, found, Event.CLIMBED, wanted.reason, to=wanted.to_stage, columns={"assigned_to": assignee}
    )
    return await read_by_id(ctx, ESCALATION, found.id)


async def resolve(ctx: Context, ref: str, wanted: ResolutionCreate, if_match: str | None) -> Item:
    """Raises CONFLICT once it has ended."""
    found = await _held(ctx, ref, if_match, {})
    learned = {} if wanted.learning is None else {"learning": wanted.learning}
    await _step(ctx, found, Event.RESOLVED, wanted.text, columns=learned)
    return await read_by_id(ctx, ESCALATION, found.id)


async def withdraw(ctx: Context, ref: str, wanted: WithdrawalCreate, if_match: str | None) -> Item:
    """Raises CONFLICT once it has ended."""
    found = await _held(ctx, ref, if_match, {})
    await _step(ctx, found, Event.WITHDRAWN, wanted.reason)
    return await read_by_id(ctx, ESCALATION, found.id)


async def refer(ctx: Context, ref: str, wanted: ReferralCreate, if_match: str | None) -> Item:
    """Raises CONFLICT once it has ended."""
    found = await _held(ctx, ref, if_match, {})
    await _step(ctx, found, Event.REFERRED, f"{wanted.to}: {wanted.text}")
    return await read_by_id(ctx, ESCALATION, found.id)


async def reopen(ctx: Context, ref: str, wanted: ReopeningCreate, if_match: str | None) -> Item:
    """At the stage where it stood. Raises CONFLICT while open, or while another of its cause is live."""
    found = await _held(ctx, ref, if_match, {})
    await _step(ctx, found, Event.REOPENED, wanted.reason)
    return await read_by_id(ctx, ESCALATION, found.id)


@dataclass
class _Found:
    """An escalation held for one or more steps, as it stands between them."""

    id: int
    now: Standing
    stages: Sequence[Stage]
    may: Mapping[str, bool]


async def _held(ctx: Context, ref: str, if_match: str | None, yours: Mapping[str, Any]) -> _Found:
    """Raises as ``hold`` does."""
    held = await hold(ctx, ESCALATION, ref, if_match, yours)
    row = (
        await ctx.session.execute(
            text(
                f"select e.state, e.stage, e.answer_due_on, e.ladder_id, {MAY} as may"
                " from escalation e where e.id = :id"
            ),
            {"id": held.id, "clock": ctx.clock},
        )
    ).one()
    now = Standing(EscalationState(row.state), row.stage, row.answer_due_on)
    return _Found(held.id, now, await _stages(ctx, row.ladder_id), row.may)


async def _step(
    ctx: Context,
    found: _Found,
    event: Event,
    words: str,
    *,
    to: int | None = None,
    columns: Mapping[str, Any] | None = None,
) -> None:
    """Take one step and record it. Raises CONFLICT where it cannot follow, else NOT_ALLOWED."""
    try:
        after = rules.moved(event, found.now, found.stages, ctx.clock, words=words, to=to)
    except TransitionRefused as refused:
        raise conflict(str(refused)) from refused
    was_answered = found.now.state is EscalationState.ANSWERED
    is_judged = event is Event.CLIMBED and was_answered and found.may["judge"]
    if not (found.may[_MAY[event]] or is_judged):
        raise not_allowed(_WHO[event])
    changed = {
        "state": after.state,
        "stage": after.stage,
        "answer_due_on": after.answer_due_on,
        "closed_at": None if after.state.is_live else func.now(),
    }
    if event is Event.CLIMBED:
        # Whoever was to answer below is not the one to answer above.
        changed["assigned_to"] = None
    await change(ctx, Escalation, found.id, changed | dict(columns or {}))
    await _record(ctx, found.id, event, after.stage, words)
    found.now = after


async def _record(ctx: Context, escalation_id: int, kind: Event, stage: int, words: str) -> None:
    await ctx.session.execute(
        insert(table_of(EscalationEvent)).values(
            plan_id=ctx.plan.id,
            escalation_id=escalation_id,
            kind=kind,
            stage=stage,
            text=words,
            by=ctx.actor.id,
        )
    )


async def _ladder(ctx: Context, ref: str) -> dict[str, Any]:
    """The latest edition. Raises INVALID for an unknown ladder or one that is disabled."""
    row = (
        (
            await ctx.session.execute(
                text(
                    "select id, is_enabled, overall_working_days from ladder"
                    " where plan_id = :plan and lower(ref) = lower(:ref) order by edition desc limit 1"
                ),
                {"plan": ctx.plan.id, "ref": ref},
            )
        )
        .mappings()
        .first()
    )
    if row is None:
        raise invalid("/ladder", f"There is no ladder {ref!r} here.", "unknown_ref")
    if not row["is_enabled"]:
        raise invalid("/ladder", f"The ladder {ref!r} is disabled in this plan.", "disabled")
    return dict(row)


async def _stages(ctx: Context, ladder_id: int) -> Sequence[Stage]:
    table = table_of(LadderStage)
    found = await ctx.session.execute(
        select(table).where(table.c.ladder_id == ladder_id).order_by(table.c.position)
    )
    return list(found.all())


async def _about(ctx: Context, about: AboutWrite) -> dict[str, int]:
    """The arc column and id. Raises INVALID for an item that is not there."""
    if about.kind is ItemKind.PLAN:
        if about.ref is not None:
            raise invalid("/about/ref", "The plan itself takes no ref.")
        return {}
    if about.ref is None:
        raise invalid("/about/ref", f"Say which {about.kind.value} it is about.", "missing")
    table = table_of(_TABLES[about.kind])
    item_id = await ctx.session.scalar(
        select(table.c.id).where(table.c.plan_id == ctx.plan.id, func.lower(table.c.ref) == about.ref.lower())
    )
    if item_id is None:
        raise invalid("/about/ref", f"There is no {about.kind.value} {about.ref!r} here.", "unknown_ref")
    return {f"{about.kind.value}_id": item_id}


async def _refuse_second(ctx: Context, new: EscalationCreate, about: dict[str, int]) -> None:
    """Raises CONFLICT while another of the same cause and item is live.

    A unique index holds this for good; asking first only lets the answer name the other one.
    """
    columns = ("theme_id", "recommendation_id", "action_id", "kpi_id", "risk_id", "check_id")
    same = " and ".join(f"{column} is not distinct from :{column}" for column in columns)
    live = await ctx.session.scalar(
        text(
            "select ref from escalation where plan_id = :plan and cause = :cause"
            f" and state in ('open', 'answered') and {same}"
        ),
        {"plan": ctx.plan.id, "cause": new.cause.value, **dict.fromkeys(columns), **about},
    )
    if live is not None:
        raise Problem(
            ProblemType.CONFLICT,
            f"{live} is open for the same cause and item; add to it instead.",
            escalation=live,
        )


async def _assignee(ctx: Context, person: str | None) -> int | None:
    return None if person is None else await named_member(ctx, person, "/assigned_to")


def ref_of(item: Item) -> str:
    """The ref of an escalation as read."""
    ref: str = orjson.loads(item.body)["ref"]
    return ref


async def install_shipped_ladders(session: AsyncSession, plan_id: int) -> None:
    """Give a new plan the ladders Turnstone ships.

    They are written as the system, which the change record names: whoever makes a plan need not
    hold any role in it.
    """
    ladders, stages = table_of(Ladder), table_of(LadderStage)
    async with as_system(session):
        for shipped in SHIPPED_LADDERS:
            ladder_id = await session.scalar(
                insert(ladders)
                .values(
                    plan_id=plan_id,
                    ref=shipped.ref,
                    title=shipped.title,
                    is_enabled=shipped.is_enabled,
                    overall_working_days=shipped.overall_working_days,
                )
                .returning(ladders.c.id)
            )
            rows = [
                {
                    "plan_id": plan_id,
                    "ladder_id": ladder_id,
                    "position": place,
                    "title": stage.title,
                    "role": stage.role,
                    "working_days": stage.working_days,
                    "response_required": stage.response_required,
                }
                for place, stage in enumerate(shipped.stages, start=1)
            ]
            await session.execute(insert(stages), rows)
