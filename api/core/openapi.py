"""What every operation says about itself: its problems, its page parameters, its examples."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.core.errors import CATALOGUE, PROBLEM_JSON, ProblemType, type_uri
from api.core.reading import MAX_CURSOR, MAX_LIMIT, PageQuery


class FieldError(BaseModel):
    pointer: str = Field(description="JSON pointer into the payload.", examples=["/due/date"])
    code: str = Field(examples=["invalid"])
    message: str


class ProblemDocument(BaseModel):
    """An RFC 9457 problem."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["/v1/problems/not-found"])
    title: str
    status: int
    detail: str
    request_id: str | None = None
    errors: list[FieldError] | None = None


def problems(*kinds: ProblemType) -> dict[int | str, dict[str, Any]]:
    """The ``responses=`` of an operation that can end in these problems."""
    answers: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        described = CATALOGUE[kind]
        answer = answers.setdefault(
            described.status,
            {
                "model": ProblemDocument,
                "description": "",
                "content": {PROBLEM_JSON: {"examples": {}}},
            },
        )
        answer["description"] = f"{answer['description']} {described.meaning}".strip()
        answer["content"][PROBLEM_JSON]["examples"][kind.value] = {
            "value": {
                "type": type_uri(kind),
                "title": described.title,
                "status": described.status,
                "detail": described.meaning,
            }
        }
    return answers


READS = problems(
    ProblemType.NOT_SIGNED_IN, ProblemType.NOT_ALLOWED, ProblemType.NOT_FOUND, ProblemType.INVALID
)
"""The problems of any read in a plan."""

CREATES = READS | problems(
    ProblemType.BAD_REQUEST,
    ProblemType.REF_TAKEN,
    ProblemType.CONFLICT,
    ProblemType.IN_PROGRESS,
    ProblemType.TOO_LARGE,
    ProblemType.WRONG_CONTENT_TYPE,
)
CHANGES = CREATES | problems(ProblemType.EDIT_CONFLICT, ProblemType.IF_MATCH_REQUIRED)
REMOVES = READS | problems(ProblemType.IN_USE, ProblemType.EDIT_CONFLICT, ProblemType.IF_MATCH_REQUIRED)


class PageOf(BaseModel):
    """Base of every list answer."""

    next: str | None = Field(default=None, description="Cursor of the next page; null on the last.")
    total: int | None = Field(default=None, description="Rows in all, where ``total=true`` was asked.")


def page_query(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows in a page.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR, description="``next`` of the page before.")
    ] = None,
    sort: Annotated[
        str | None,
        Query(
            max_length=200, description="Comma-separated keys, ``-`` for descending.", examples=["-due,ref"]
        ),
    ] = None,
    total: Annotated[bool, Query(description="Count all rows too.")] = False,
) -> PageQuery:
    return PageQuery(limit, cursor, sort, total)


Paging = Annotated[PageQuery, Depends(page_query)]
