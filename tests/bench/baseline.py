"""The yardsticks: routes that do as little as an authenticated route can. Their SQL is frozen.

They live in the service's own application, behind the same middleware and the same sign-in, so a
ratio compares the work of the routes and nothing else.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Response
from sqlalchemy import text

from api.auth.dependencies import Context, may_use, reading
from api.auth.permissions import Permission
from api.core.http import Route
from api.main import create_app as create_service

Read = Annotated[Context, may_use(reading(Permission.PLAN_READ))]

SAME_BYTES = "select body from bench_page"
ROWS = """select json_agg(row_to_json(x))::text from (
    select ref, title, status, rating, due_on, completed_on, version from action
    where plan_id = :plan order by position, id limit 50) x"""
ONE = "select title from plan where id = :plan"


def create_app() -> FastAPI:
    app = create_service()
    before = list(app.router.routes)

    async def same_bytes(ctx: Read) -> Response:
        return Response(
            (await ctx.session.execute(text(SAME_BYTES))).scalar_one(), media_type="application/json"
        )

    async def rows(ctx: Read) -> Response:
        found = (await ctx.session.execute(text(ROWS), {"plan": ctx.plan.id})).scalar_one()
        return Response(found, media_type="application/json")

    async def one(ctx: Read) -> Response:
        found = (await ctx.session.execute(text(ONE), {"plan": ctx.plan.id})).scalar_one()
        return Response(found, media_type="text/plain")

    app.router.routes[:] = [
        Route("/bench/{plan}/same-bytes", same_bytes),
        Route("/bench/{plan}/rows", rows),
        Route("/bench/{plan}/one", one),
        *before,
    ]
    return app
