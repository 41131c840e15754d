"""Parties, the leaderless queue and hand-overs as the API takes and gives them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api import vocabulary as terms
from api.core.openapi import PageOf
from api.core.shapes import Line, Prose, RefName, Write
from api.plans.shapes import left_out

Aliases = Annotated[list[Line], Field(max_length=50, examples=[["HoS QA", "Head of QA"]])]
Email = Annotated[
    str,
    StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254),
    Field(examples=["pat@northmoor.example"]),
]


class LedKind(StrEnum):
    """What a party can lead."""

    RECOMMENDATION = "recommendation"
    ACTION = "action"
    KPI = "kpi"
    RISK = "risk"
    CHECK = "check"


class PartyOptional(Write):
    """What a party may have, and may lose again."""

    organisation: Line | None = Field(default=None, examples=["Northmoor Police"])
    user: Email | None = Field(default=None, description="Email of the user who is this party.")
    team: RefName | None = Field(
        default=None, description="Ref of the team of users who are this party.", examples=["qa-team"]
    )


class PartyCreate(PartyOptional):
    """Who can lead: a person, a role or a team; `everyone` where a document says "All"."""

    ref: RefName = Field(examples=["head-of-qa"])
    kind: terms.PartyKind = Field(examples=["role"])
    name: Line = Field(examples=["Head of quality assurance"])
    aliases: Aliases = []


class PartyUpdate(PartyOptional):
    """A merge patch. A null user or team unties it."""

    ref: RefName = left_out()
    kind: terms.PartyKind = left_out()
    name: Line = left_out()
    aliases: Aliases = left_out()


class TiedUser(BaseModel):
    name: str
    email: str | None = Field(description="Shown to those who manage members.")


class TiedTeam(BaseModel):
    ref: str
    name: str


class PartyLeads(BaseModel):
    """How many items it leads or owns, open and done, of those you may see."""

    recommendations: int
    actions: int
    kpis: int
    risks: int
    checks: int
    controls: int = Field(description="Risk controls it owns.")
    feeds: int = Field(description="Feeds it owns.")


class PartyRead(BaseModel):
    ref: str = Field(examples=["head-of-qa"])
    version: int
    kind: terms.PartyKind
    name: str
    aliases: list[str]
    organisation: str | None
    user: TiedUser | None
    team: TiedTeam | None
    leads: PartyLeads


class PartyPage(PageOf):
    items: list[PartyRead]


class HandOver(Write):
    """Give everything open that one party leads to another."""

    to: RefName = Field(examples=["head-of-safeguarding"])
    kinds: Annotated[list[LedKind], Field(min_length=1, max_length=5)] = Field(
        default=list(LedKind), description="Only these kinds of item; all where left out."
    )
    reason: Prose = Field(
        description="Kept in the change record.", examples=["Left the council at the end of March."]
    )


class HandedOver(BaseModel):
    kind: LedKind
    ref: str
    title: str
    led_already: bool = Field(description="The new lead led it beside the old one.")


class HandOverRead(BaseModel):
    """What changed hands."""

    party: str
    to: str
    items: list[HandedOver]


class LeaderlessRead(BaseModel):
    """Something open that nobody in particular leads."""

    kind: LedKind
    ref: str
    title: str
    due: date | None
    led_by: list[str] = Field(
        description='Names of the parties that mean everyone ("All staff"); empty where there is no lead.'
    )


class LeaderlessPage(PageOf):
    items: list[LeaderlessRead]


PartyRef = Annotated[str, Field(max_length=64, examples=["head-of-qa"])]
