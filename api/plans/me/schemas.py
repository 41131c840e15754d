"""Who is signed in, as the API gives it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.auth.permissions import Permission
from api.people.tables import PrincipalKind
from api.plans.me.rules import Landing
from api.plans.shapes import AuthorityOf
from api.vocabulary import PlanStatus, Role


class MyPlan(BaseModel):
    """A plan you may open, what you are in it and what you see first."""

    ref: str = Field(examples=["northmoor-2026"])
    title: str
    status: PlanStatus
    authority: AuthorityOf
    role: Role = Field(description="The weightiest of your roles in it.")
    roles: list[Role]
    landing: Landing | None = Field(description="The section you see first; null for a system.")
    permissions: list[Permission] = Field(description="What you may do in it.")


class FileLimits(BaseModel):
    """The largest file of values that is taken."""

    bytes: int
    values: int


class Me(BaseModel):
    """Who you are to the service."""

    id: int
    kind: PrincipalKind
    name: str
    email: str | None = Field(description="Null for a system.", examples=["pat@northmoor.example"])
    is_admin: bool
    plans: list[MyPlan] = Field(description="Every plan you may open, those not closed first.")
    file_limits: FileLimits
