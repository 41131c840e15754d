"""Feeds as the API takes and gives them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, Field

from api import vocabulary as terms
from api.core.openapi import PageOf
from api.core.shapes import Line, RefName, Write
from api.kpis.punctuality import Punctuality
from api.kpis.schemas import DueAfterDays, FreshnessRead, LocksAfterDays


class FeedCreate(Write):
    """A system that owes values of some KPIs."""

    ref: RefName = Field(examples=["case-management"])
    title: Line = Field(examples=["Case management, nightly"])
    system: Line | None = None
    owner: RefName | None = Field(default=None, description="Party that answers for it.")
    integration: Line | None = Field(default=None, description="Client id of the integration that pushes it.")
    frequency: Line | None = Field(default=None, examples=["Every night"])
    due_after_days: DueAfterDays | None = None
    locks_after_days: LocksAfterDays | None = None
    kpis: list[RefName] = []


class FeedUpdate(Write):
    """A merge patch; `kpis` replaces the whole list."""

    ref: RefName | None = None
    title: Line | None = None
    system: Line | None = None
    owner: RefName | None = None
    integration: Line | None = None
    frequency: Line | None = None
    due_after_days: DueAfterDays | None = None
    locks_after_days: LocksAfterDays | None = None
    kpis: list[RefName] | None = None


class FeedOwnerRead(BaseModel):
    party: str
    name: str
    kind: str


class FeedIntegrationRead(BaseModel):
    name: str
    client_id: str | None = Field(description="Null for readers who do not manage members.")


class FeedSubmissionRead(BaseModel):
    submission: str
    received_at: str
    created: int
    updated: int


class FeedKpiRead(BaseModel):
    ref: str
    title: str
    latest_period: str | None
    freshness: FreshnessRead | None


class FeedPeriodRead(BaseModel):
    """What a feed owes for one period. `late`: past its due date, or came after it. `missing`: still not
    in when the period locks or, where nothing locks it, when the next one is due.
    """

    period: str
    period_type: terms.PeriodType
    ends_on: dt.date
    due_on: dt.date
    state: Punctuality
    owed: int
    received: int
    outstanding: list[str] = Field(description="KPIs whose value is not in.")
    came_late: list[str]


class FeedRead(BaseModel):
    ref: str
    title: str
    version: int
    system: str | None
    owner: FeedOwnerRead | None
    integration: FeedIntegrationRead | None
    frequency: str | None = Field(description="How often it delivers, in words.")
    due_after_days: int | None
    locks_after_days: int | None
    last_submission: FeedSubmissionRead | None = Field(
        description="The last one stored by its integration; or, where none is named or it brings several"
        " feeds, the last that brought one of this feed's latest values."
    )
    kpis: list[FeedKpiRead]
    late: int = Field(description="How many of its KPIs are late.")
    state: Punctuality | None = Field(
        description="The worst of what is still owed and past its time, else of what came last. Null where"
        " nothing is owed."
    )
    periods: list[FeedPeriodRead] = Field(description="The last six of each type that ended, latest first.")


class FeedPage(PageOf):
    items: list[FeedRead]


FeedRef = Annotated[str, Field(max_length=64, examples=["case-management"])]
