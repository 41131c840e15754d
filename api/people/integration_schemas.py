"""Integrations as the API takes and gives them. A secret is in the answer that made it, and nowhere else."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.auth.accounts import CLIENT_ID_PATTERN
from api.auth.permissions import Permission
from api.core.openapi import PageOf
from api.core.shapes import Line, Write
from api.people.schemas import PlanRoleRead

ClientId = Annotated[
    str, StringConstraints(pattern=rf"^{CLIENT_ID_PATTERN}$"), Field(examples=["case-management"])
]
Scopes = Annotated[
    list[Permission],
    Field(
        max_length=50,
        description="What it may do at most; each plan grants its part by membership.",
        examples=[["plan:read", "measurement:write"]],
    ),
]


class IntegrationCreate(Write):
    name: Line = Field(examples=["Case management system"])
    client_id: ClientId | None = Field(default=None, description="Left out, one is made up.")
    scopes: Scopes


class IntegrationUpdate(Write):
    """A merge patch: only the fields sent change. Disabling stops its tokens at once."""

    name: Line | None = Field(default=None, examples=["Case management system"])
    scopes: Scopes | None = None
    disabled: bool | None = None


class SecretCreate(Write):
    keep_old_until: AwareDatetime | None = Field(
        default=None,
        description="Until when the secret before works on: left out, seven days. Older ones end now.",
        examples=["2026-12-01T00:00:00Z"],
    )
    expires_at: AwareDatetime | None = Field(
        default=None, description="When the new one ends; left out, never.", examples=["2027-12-01T00:00:00Z"]
    )


class SecretRead(BaseModel):
    id: int
    hint: str = Field(description="Its last four characters, to tell two apart.")
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    is_live: bool


class IntegrationRead(BaseModel):
    id: int
    version: int
    client_id: str
    name: str
    scopes: list[Permission]
    disabled: bool
    disabled_at: str | None
    created_at: str
    secrets: list[SecretRead]
    memberships: list[PlanRoleRead]


class IntegrationMade(IntegrationRead):
    secret: str | None = Field(
        description="To be stored now: it is never shown again, not to a retry with the same key either."
    )


class SecretMade(BaseModel):
    id: int
    client_id: str
    secret: str | None = Field(
        description="To be stored now: it is never shown again, not to a retry with the same key either."
    )


class IntegrationPage(PageOf):
    items: list[IntegrationRead]
