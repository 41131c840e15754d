"""Escalations as the API takes and gives them."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from api import vocabulary as terms
from api.core.openapi import PageOf
from api.core.shapes import Line, Prose, RefName, Write
from api.escalations.ladder_schemas import StageRead
from api.people.finding import Person


class AboutWrite(Write):
    """The item an escalation is about. ``plan`` takes no ref; every other kind needs one."""

    kind: terms.ItemKind = Field(examples=["action"])
    ref: RefName | None = Field(default=None, examples=["A01.KA03"])


class EscalationCreate(Write):
    """Something stuck. It starts at the ladder's first stage, or further up with a reason."""

    ref: RefName | None = Field(default=None, description="If left out: E-1, E-2 …", examples=["E-7"])
    title: Line = Field(examples=["No answer on the new foster carers' scheme"])
    text: Prose = Field(examples=["Three updates missed; the business case waits for sign-off."])
    cause: terms.EscalationCause = Field(examples=["lead_stuck"])
    about: AboutWrite = AboutWrite(kind=terms.ItemKind.PLAN)
    ladder: RefName = Field(examples=["overdue-action"])
    assigned_to: Person | None = None
    theme: Line | None = Field(default=None, examples=["Placements"])
    stage: int | None = Field(
        default=None, ge=1, le=100, description="Position to start at, where not the first."
    )
    bypass_reason: Prose | None = Field(default=None, description="Why lower stages are bypassed.")


class EscalationUpdate(Write):
    """A merge patch: only the fields sent change; null clears. The steps have routes of their own."""

    title: Line | None = Field(default=None, examples=["Foster carers' scheme waits for sign-off"])
    text: Prose | None = None
    theme: Line | None = None
    assigned_to: Person | None = None
    learning: Prose | None = None


class AnswerCreate(Write):
    text: Prose = Field(examples=["The case goes to the panel on Thursday."])
    satisfactory: bool | None = Field(
        default=None,
        description="What whoever raised it, or a manager, thinks of the answer; `false` climbs at once.",
    )


class ClimbCreate(Write):
    reason: Prose = Field(examples=["The answer names no date."])
    to_stage: int | None = Field(
        default=None, ge=1, le=100, description="Position to climb to, where stages between are bypassed."
    )
    assigned_to: Person | None = Field(default=None, description="Who answers there; left out, nobody yet.")


class ResolutionCreate(Write):
    text: Prose = Field(examples=["The panel agreed the scheme; recruitment starts in May."])
    learning: Prose | None = Field(default=None, examples=["Sign-off dates belong in the plan."])


class WithdrawalCreate(Write):
    reason: Prose = Field(examples=["Raised twice."])


class ReferralCreate(Write):
    to: Line = Field(examples=["Safeguarding partnership"])
    text: Prose = Field(examples=["The dispute is between two agencies."])


class ReopeningCreate(Write):
    reason: Prose = Field(examples=["The panel withdrew its agreement."])


class AboutRead(BaseModel):
    kind: terms.ItemKind
    ref: str | None
    title: str | None


class PrincipalRead(BaseModel):
    id: int = Field(examples=[12])
    name: str = Field(examples=["A head of service"])


class EscalationSummary(BaseModel):
    """An escalation in a list."""

    ref: str = Field(examples=["E-7"])
    version: int
    title: str
    cause: terms.EscalationCause
    theme: str | None
    state: terms.EscalationState
    about: AboutRead
    stage: StageRead | None
    answer_due_on: date | None
    overall_due_on: date | None = Field(description="When the whole ladder should be done with.")
    is_overdue: bool = Field(description="Open, and its stage owed an answer before the plan's clock.")
    assigned_to: PrincipalRead | None
    raised_by: PrincipalRead | None
    raised_at: str
    closed_at: str | None


class EscalationPage(PageOf):
    items: list[EscalationSummary]


class EscalationLadderRead(BaseModel):
    """The edition it climbs, which stays its own however the ladder changes."""

    ref: str
    title: str
    edition: int
    overall_working_days: int | None
    stages: list[StageRead]


class EventRead(BaseModel):
    kind: terms.EscalationEventKind
    stage: int
    text: str | None
    by: PrincipalRead | None
    at: str


class MayRead(BaseModel):
    """What you may do with it as it stands."""

    answer: bool
    judge: bool = Field(description="Say that an answer is not satisfactory.")
    climb: bool
    resolve: bool
    withdraw: bool
    refer: bool
    reopen: bool
    edit: bool


class EscalationRead(EscalationSummary):
    """One escalation, whole, with its timeline, oldest event first."""

    text: str
    learning: str | None
    ladder: EscalationLadderRead
    events: list[EventRead]
    updated_at: str
    may: MayRead
