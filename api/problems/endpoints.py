"""The page behind each problem's ``type``; open to everybody, as errors are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.core.errors import CATALOGUE, ProblemType, not_found, type_uri
from api.core.http import Route
from api.core.openapi import problems
from api.description import OPEN

router = APIRouter(tags=["problems"], route_class=Route)


class ProblemTypeRead(BaseModel):
    """One kind of error the API answers with."""

    type: str = Field(examples=["/v1/problems/if-match-required"])
    status: int = Field(examples=[428])
    title: str = Field(examples=["If-Match required"])
    meaning: str


class ProblemTypeList(BaseModel):
    items: list[ProblemTypeRead]


@router.get("/problems", summary="List problem types", openapi_extra=OPEN)
async def list_problem_types() -> ProblemTypeList:
    """Every kind of error there is, by its status."""
    kinds = sorted(CATALOGUE, key=lambda kind: CATALOGUE[kind].status)
    return ProblemTypeList(items=[_described(kind) for kind in kinds])


@router.get(
    "/problems/{problem_type}",
    summary="Read a problem type",
    responses=problems(ProblemType.NOT_FOUND, ProblemType.INVALID),
    openapi_extra=OPEN,
)
async def read_problem_type(
    problem_type: Annotated[str, Path(max_length=64, examples=["if-match-required"])],
) -> ProblemTypeRead:
    """What one kind of error means, and what to do about it."""
    try:
        return _described(ProblemType(problem_type))
    except ValueError:
        raise not_found("problem type") from None


def _described(kind: ProblemType) -> ProblemTypeRead:
    described = CATALOGUE[kind]
    return ProblemTypeRead(
        type=type_uri(kind), status=described.status, title=described.title, meaning=described.meaning
    )
