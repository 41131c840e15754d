"""Users, teams, memberships and deputies as the API takes and gives them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, Field

from api.auth.permissions import Permission
from api.auth.schemas import Email, GivenPassword
from api.core.openapi import PageOf
from api.core.shapes import Day, Line, RefName, Write
from api.people.finding import Person
from api.people.tables import PrincipalKind
from api.vocabulary import Role


class UserCreate(Write):
    """A person who may sign in, once a password is set."""

    email: Email
    name: Line = Field(examples=["Head of quality assurance"])
    password: GivenPassword | None = None
    is_admin: bool = False


class UserUpdate(Write):
    """A merge patch: only the fields sent change. Disabling ends every session at once."""

    email: Email | None = None
    name: Line | None = Field(default=None, examples=["Head of quality assurance"])
    is_admin: bool | None = None
    disabled: bool | None = None


class PasswordWrite(Write):
    password: GivenPassword


class PlanRoleRead(BaseModel):
    plan: str = Field(examples=["northmoor-2026"])
    role: Role
    ends_on: date | None


class UserSummary(BaseModel):
    id: int
    version: int
    email: str
    name: str
    is_admin: bool
    disabled: bool
    disabled_at: str | None
    created_at: str


class UserRead(UserSummary):
    last_signed_in_at: str | None
    teams: list[str] = Field(description="Refs of the teams they belong to.")
    memberships: list[PlanRoleRead]


class UserPage(PageOf):
    items: list[UserSummary]


class TeamCreate(Write):
    ref: RefName = Field(examples=["qa-team"])
    name: Line = Field(examples=["Quality assurance"])
    members: list[Person] = Field(default=[], max_length=500)


class TeamUpdate(Write):
    """A merge patch; ``members`` replaces the whole list."""

    ref: RefName | None = Field(default=None, examples=["qa-team"])
    name: Line | None = Field(default=None, examples=["Quality assurance"])
    members: list[Person] | None = Field(default=None, max_length=500)


class NamedRead(BaseModel):
    id: int
    name: str


class TeamRead(BaseModel):
    ref: str
    version: int
    name: str
    members: list[NamedRead]


class TeamPage(PageOf):
    items: list[TeamRead]


class GivenKind(StrEnum):
    """What a reader of part of a plan can be given."""

    RECOMMENDATION = "recommendation"
    ACTION = "action"
    KPI = "kpi"


class GivenWrite(Write):
    kind: GivenKind
    ref: RefName


class GivenRead(BaseModel):
    kind: GivenKind
    ref: str | None
    title: str | None


class MemberCreate(Write):
    """A role in the plan for a person (``who``) or a system (``client_id``); one of the two."""

    who: Person | None = None
    client_id: str | None = Field(default=None, min_length=1, max_length=64, examples=["case-management"])
    role: Role = Field(examples=["action_lead"])
    ends_on: Day | None = Field(default=None, description="The last day it holds.")
    items: list[GivenWrite] = Field(
        default=[],
        max_length=500,
        description="What an inspector or partner is given; the KPIs an integration may push, where not all.",
    )


class MemberUpdate(Write):
    """A merge patch; ``items`` replaces the whole list."""

    role: Role | None = Field(default=None, examples=["senior_leader"])
    ends_on: Day | None = None
    items: list[GivenWrite] | None = Field(default=None, max_length=500)


class WhoRead(BaseModel):
    id: int
    name: str
    kind: PrincipalKind
    email: str | None
    client_id: str | None


class MemberRead(BaseModel):
    id: int
    version: int
    who: WhoRead
    role: Role
    ends_on: date | None
    is_current: bool = Field(description="Not ended, and the account not disabled.")
    items: list[GivenRead]


class MemberPage(PageOf):
    items: list[MemberRead]


class ColleagueRead(BaseModel):
    id: int
    name: str
    roles: list[Role]


class ColleaguePage(PageOf):
    items: list[ColleagueRead]


class DeputyCreate(Write):
    """``deputy`` may do in this plan what ``user`` leads, between two dates."""

    user: Person | None = Field(default=None, description="Left out, oneself.")
    deputy: Person
    starts_on: Day | None = None
    ends_on: Day | None = Field(default=None, description="The last day it holds.")


class DeputyRead(BaseModel):
    id: int
    version: int
    user: NamedRead
    deputy: NamedRead
    starts_on: date | None
    ends_on: date | None
    is_current: bool


class DeputyPage(PageOf):
    items: list[DeputyRead]


class PermissionRead(BaseModel):
    permission: Permission
    words: str = Field(examples=["Read the whole plan"])


class RoleRead(BaseModel):
    role: Role
    title: str
    description: str
    permissions: list[PermissionRead]


class RoleList(BaseModel):
    items: list[RoleRead]
