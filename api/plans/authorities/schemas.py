"""Authorities as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.core.openapi import PageOf
from api.core.shapes import Line, RefName, Write
from api.plans.shapes import left_out

OnsCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]\d{8}$"),
    Field(description="The nine-character ONS code.", examples=["E10000009"]),
]

LaCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{3}$"),
    Field(
        description="The Department for Education's three-digit number: how published figures name it.",
        examples=["838"],
    ),
]


class AuthorityCreate(Write):
    """A new council. Its plans are addressed by their own refs."""

    ref: RefName = Field(examples=["northmoor"])
    name: Line = Field(examples=["Northmoor Council"])
    code: OnsCode | None = None
    la_code: LaCode | None = None


class AuthorityUpdate(Write):
    """A merge patch."""

    ref: RefName = left_out()
    name: Line = left_out()
    code: OnsCode | None = None
    la_code: LaCode | None = None


class AuthorityRead(BaseModel):
    ref: str = Field(examples=["northmoor"])
    name: str = Field(examples=["Northmoor Council"])
    code: str | None = Field(examples=["E10000009"])
    la_code: str | None = Field(examples=["838"])
    version: int
    plans: int = Field(description="Plans of it that you may open.")


class AuthorityPage(PageOf):
    items: list[AuthorityRead]


AuthorityRef = Annotated[str, Field(max_length=64, examples=["northmoor"])]
