"""Five escalations of the live plan: open, answered, climbed, resolved and overdue.

They happened before the samples were loaded, so they are written as they stood on their days, by
the same rules that move any escalation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import text

from api.core.context import Context
from api.core.editing import add
from api.escalations import rules
from api.escalations.tables import Escalation, EscalationEvent
from api.vocabulary import EscalationCause as Cause
from api.vocabulary import EscalationEventKind as Event


@dataclass(frozen=True)
class Step:
    """What somebody did, so many days before loading."""

    days_ago: int
    kind: Event
    by: str
    """Mailbox of who did it."""
    words: str


@dataclass(frozen=True)
class Story:
    title: str
    cause: Cause
    ladder: str
    kind: str
    ref: str
    steps: tuple[Step, ...]
    """The first one raises it."""
    assigned_to: str | None = None
    theme: str | None = None
    learning: str | None = None


STORIES = (
    Story(
        "Agency use is rising again",
        Cause.BOARD_CONCERN,
        "kpi-off-target",
        "kpi",
        "K18",
        (
            Step(
                2,
                Event.RAISED,
                "board-member",
                "The share of agency workers has gone up for three months."
                " The board asks what will change it.",
            ),
        ),
        assigned_to="performance-officer",
        theme="Workforce",
    ),
    Story(
        "Consent forms still come on paper",
        Cause.PARTNER_DISPUTE,
        "inter-agency",
        "recommendation",
        "7",
        (
            Step(
                9,
                Event.RAISED,
                "partner",
                "The trust cannot book a clinic until it has consent,"
                " and the form takes four days to reach us.",
            ),
            Step(
                5,
                Event.ANSWERED,
                "action-lead",
                "The electronic form is in test. Until it is live, teams send a scan on the same day.",
            ),
        ),
        assigned_to="action-lead",
        theme="Health",
    ),
    Story(
        "Two schools cannot export early help records",
        Cause.LEAD_STUCK,
        "overdue-action",
        "action",
        "2.3",
        (
            Step(
                24,
                Event.RAISED,
                "action-lead",
                "We have asked twice. The records sit in a system the schools bought themselves.",
            ),
            Step(4, Event.CLIMBED, "programme-manager", "No answer came in time."),
        ),
        assigned_to="senior-leader",
        theme="Early help",
    ),
    Story(
        "No budget line for the retention bonus",
        Cause.LEAD_STUCK,
        "overdue-action",
        "action",
        "9.2",
        (
            Step(
                140,
                Event.RAISED,
                "programme-manager",
                "The bonus is agreed but no budget line pays for it, so letters cannot go out.",
            ),
            Step(134, Event.ANSWERED, "senior-leader", "Finance moves the sum from the agency budget."),
            Step(126, Event.RESOLVED, "programme-manager", "The first letters went out on Monday."),
        ),
        theme="Workforce",
        learning="Agree where the money comes from before a board agrees the action.",
    ),
    Story(
        "The trust hears of children too late",
        Cause.ACTION_OVERDUE,
        "overdue-action",
        "action",
        "7.1",
        (
            Step(
                21,
                Event.RAISED,
                "programme-manager",
                "Three dates have passed. Say by when the notice goes out on the day,"
                " and what stands in the way.",
            ),
        ),
        assigned_to="partner",
        theme="Health",
    ),
)


async def write_escalations(ctx: Context, today: date, users: dict[str, int]) -> None:
    for number, story in enumerate(STORIES, start=1):
        await _write(ctx, f"E-{number}", story, today, users)


async def _write(ctx: Context, ref: str, story: Story, today: date, users: dict[str, int]) -> None:
    ladder_id, stages = await _ladder(ctx, story.ladder)
    raised, *later = story.steps
    began = today - timedelta(days=raised.days_ago)
    standing = rules.raised(stages, began)
    reached = [standing.stage]
    for step in later:
        standing = rules.moved(
            step.kind, standing, stages, today - timedelta(days=step.days_ago), words=step.words
        )
        reached.append(standing.stage)
    closed = None if standing.state.is_live else _moment(today, later[-1].days_ago)
    item_id = await ctx.session.scalar(
        text(f"select id from {story.kind} where plan_id = :plan and ref = :ref"),
        {"plan": ctx.plan.id, "ref": story.ref},
    )
    escalation_id = await add(
        ctx,
        Escalation,
        {
            "ref": ref,
            "title": story.title,
            "text": raised.words,
            "cause": story.cause,
            "theme": story.theme,
            "state": standing.state,
            "ladder_id": ladder_id,
            "stage": standing.stage,
            "assigned_to": users[story.assigned_to] if story.assigned_to else None,
            "raised_by": users[raised.by],
            "raised_at": _moment(today, raised.days_ago),
            "answer_due_on": standing.answer_due_on,
            "closed_at": closed,
            "learning": story.learning,
            f"{story.kind}_id": item_id,
        },
    )
    for step, stage in zip(story.steps, reached, strict=True):
        await add(
            ctx,
            EscalationEvent,
            {
                "escalation_id": escalation_id,
                "kind": step.kind,
                "stage": stage,
                "text": step.words,
                "by": users[step.by],
                "at": _moment(today, step.days_ago),
            },
        )


async def _ladder(ctx: Context, ref: str) -> tuple[int, list[rules.Stage]]:
    rows = (
        await ctx.session.execute(
            text(
                "select s.ladder_id, s.position, s.title, s.working_days, s.response_required"
                " from ladder l join ladder_stage s on s.ladder_id = l.id"
                " where l.plan_id = :plan and l.ref = :ref order by s.position"
            ),
            {"plan": ctx.plan.id, "ref": ref},
        )
    ).all()
    return rows[0].ladder_id, list(rows)


def _moment(today: date, days_ago: int) -> datetime:
    return datetime.combine(today - timedelta(days=days_ago), time(10), tzinfo=UTC)
