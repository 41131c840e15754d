"""How an escalation moves: which step may follow which, up which ladder, and by when.

open ⇄ answered; from either it climbs, or ends as resolved, withdrawn or referred; what has ended
can be reopened at the stage where it stood. Limits are in England's working days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from api.core.working_days import add_working_days
from api.vocabulary import LIVE_ESCALATION_STATES, EscalationState
from api.vocabulary import EscalationEventKind as Event


class TransitionRefused(ValueError):
    """The step cannot be taken from here; the message says why and what can be done."""


class Stage(Protocol):
    """What the rules read of a ladder's stage; a row of the table will do."""

    @property
    def position(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def working_days(self) -> int | None: ...
    @property
    def response_required(self) -> bool: ...


AnyStage = TypeVar("AnyStage", bound=Stage)


@dataclass(frozen=True)
class Standing:
    """Where an escalation stands: its state, its stage's position, and when an answer is due."""

    state: EscalationState
    stage: int
    answer_due_on: date | None


@dataclass(frozen=True)
class Step:
    """One kind of event: the states it may follow, the state it leads to, the words it must bring."""

    follows: tuple[EscalationState, ...]
    to: EscalationState
    needs: str | None = None


_ENDED = tuple(state for state in EscalationState if not state.is_live)

STEPS: dict[Event, Step] = {
    Event.RAISED: Step((), EscalationState.OPEN),
    Event.ANSWERED: Step((EscalationState.OPEN,), EscalationState.ANSWERED, "the answer"),
    Event.CLIMBED: Step(LIVE_ESCALATION_STATES, EscalationState.OPEN),
    Event.RESOLVED: Step(LIVE_ESCALATION_STATES, EscalationState.RESOLVED, "what resolved it"),
    Event.WITHDRAWN: Step(LIVE_ESCALATION_STATES, EscalationState.WITHDRAWN, "why it is withdrawn"),
    Event.REFERRED: Step(LIVE_ESCALATION_STATES, EscalationState.REFERRED, "to whom it is referred, and why"),
    Event.REOPENED: Step((EscalationState.ANSWERED, *_ENDED), EscalationState.OPEN, "why it is reopened"),
}


def answer_due_on(stage: Stage, from_day: date) -> date | None:
    """When an answer is due from a stage reached on ``from_day``; None where no limit is set."""
    return None if stage.working_days is None else add_working_days(from_day, stage.working_days)


def overall_due_on(overall_working_days: int | None, raised_on: date) -> date | None:
    """When the whole ladder should be done with; None where it has no overall clock.

    The clock starts when the escalation is raised and no later step restarts it.
    """
    return None if overall_working_days is None else add_working_days(raised_on, overall_working_days)


def is_answer_late(now: Standing, today: date) -> bool:
    """Whether its stage owed an answer before today and gave none."""
    is_open = now.state is EscalationState.OPEN
    return is_open and now.answer_due_on is not None and now.answer_due_on < today


def stage_at(stages: Sequence[AnyStage], position: int) -> AnyStage:
    """Raises TransitionRefused where the ladder has no such stage."""
    for stage in stages:
        if stage.position == position:
            return stage
    raise TransitionRefused(f"The ladder has no stage {position}.")


def next_stage(stages: Sequence[AnyStage], current: int, to: int | None = None) -> AnyStage:
    """The stage above the current one, or the one named further up. Raises TransitionRefused."""
    above = sorted((stage for stage in stages if stage.position > current), key=lambda stage: stage.position)
    if not above:
        raise TransitionRefused("It stands at the top of its ladder: resolve, refer or withdraw it.")
    if to is None:
        return above[0]
    if to <= current:
        raise TransitionRefused(f"An escalation only climbs; it stands at stage {current} already.")
    return stage_at(above, to)


def raised(
    stages: Sequence[Stage], today: date, *, at: int | None = None, reason: str | None = None
) -> Standing:
    """Where a new escalation stands: at the first stage, or further up with a reason.

    Raises TransitionRefused for an empty ladder, an unknown stage or a missing reason.
    """
    if not stages:
        raise TransitionRefused("The ladder has no stages.")
    first = min(stage.position for stage in stages)
    stage = stage_at(stages, first if at is None else at)
    if stage.position > first and not _says_something(reason):
        raise TransitionRefused(f"Say why the stages below {stage.title} are bypassed.")
    return Standing(EscalationState.OPEN, stage.position, answer_due_on(stage, today))


def allowed_steps(state: EscalationState) -> tuple[Event, ...]:
    """What can be done next, the ladder's top aside."""
    return tuple(event for event, step in STEPS.items() if state in step.follows)


def moved(
    event: Event,
    now: Standing,
    stages: Sequence[Stage],
    today: date,
    *,
    words: str | None = None,
    to: int | None = None,
) -> Standing:
    """Where an escalation stands after an event. Raises TransitionRefused, saying why.

    ``words`` are the answer or the reason. Climbing needs them only when a stage is bypassed:
    when ``to`` skips one, or when the present stage has not answered and still has time to.
    """
    step = STEPS[event]
    if now.state not in step.follows:
        allowed = " or ".join(kind.value for kind in allowed_steps(now.state))
        raise TransitionRefused(
            f"An escalation that is {now.state.value} cannot be {event.value}; it can be {allowed}."
        )
    if step.needs and not _says_something(words):
        raise TransitionRefused(f"Say {step.needs}.")
    if event is Event.CLIMBED:
        return _climbed(now, stages, today, words, to)
    if to is not None:
        raise TransitionRefused("Only climbing changes the stage.")
    due_on = now.answer_due_on
    if event is Event.REOPENED:
        due_on = answer_due_on(stage_at(stages, now.stage), today)
    return Standing(step.to, now.stage, due_on)


def _climbed(
    now: Standing, stages: Sequence[Stage], today: date, reason: str | None, to: int | None
) -> Standing:
    present, reached = stage_at(stages, now.stage), next_stage(stages, now.stage, to)
    skips = reached.position > next_stage(stages, now.stage).position
    has_time = (
        now.state is EscalationState.OPEN and present.response_required and not is_answer_late(now, today)
    )
    if (skips or has_time) and not _says_something(reason):
        bypassed = f"the stages below {reached.title} are" if skips else f"{present.title} is"
        raise TransitionRefused(f"Say why {bypassed} bypassed.")
    return Standing(EscalationState.OPEN, reached.position, answer_due_on(reached, today))


def _says_something(words: str | None) -> bool:
    return bool(words and words.strip())
