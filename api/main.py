"""The application factory. Importing this module does nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy import text
from starlette.middleware.gzip import GZipMiddleware

from api.auth.endpoints import jwks_router
from api.core.collecting import leave_what_is_loaded
from api.core.context import to_json
from api.core.database import make_engine
from api.core.errors import Problem, ProblemType
from api.core.http import Surroundings, install_handlers, problem_response
from api.description import describe
from api.routes import DESCRIPTION, TAGS, v1
from api.settings import Settings, get_settings
from api.site import install_site

VERSION = "0.1.0"
HEAD = "0008"
"""The migration this code needs; a test holds it equal to Alembic's head."""

TAKES_FILES = re.compile(r"/v1/(?:plans/[^/]+/measurement-files|benchmarks/[^/]+/releases)")
"""Addresses whose bodies may be larger than a JSON body."""


class Turnstone(FastAPI):
    """The application, and the document it describes itself with."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            describe(super().openapi())
        return super().openapi()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service: API under /v1, health checks, and the built client where there is one."""
    chosen = settings or get_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if chosen.database_url is None:
            raise RuntimeError(
                "TURNSTONE_DATABASE_URL is not set; `turnstone run` starts an embedded database"
            )
        app.state.engine = make_engine(chosen.database_url.get_secret_value(), pool_size=chosen.pool_size)
        leave_what_is_loaded()
        try:
            yield
        finally:
            await app.state.engine.dispose()

    app = Turnstone(
        title="Turnstone",
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        servers=[{"url": "/", "description": "The service this document came from."}],
        lifespan=lifespan,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        separate_input_output_schemas=True,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = chosen
    install_handlers(app)
    app.include_router(v1)
    app.include_router(jwks_router)
    _install_health(app)
    install_site(app, chosen)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(
        Surroundings,
        max_body_bytes=chosen.max_body_bytes,
        max_file_bytes=chosen.max_file_bytes,
        takes_files=TAKES_FILES,
    )
    return app


def _install_health(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        """The process is up; says nothing of the database."""
        return Response(to_json({"status": "ok"}), media_type="application/json")

    @app.get("/readyz", include_in_schema=False)
    async def readyz(request: Request) -> Response:
        """The database answers and holds the schema this code needs."""
        try:
            async with request.app.state.engine.connect() as connection:
                revision = await connection.scalar(text("select version_num from alembic_version"))
        except Exception:
            return problem_response(
                Problem(ProblemType.UNAVAILABLE, "The database does not answer."), request
            )
        if revision != HEAD:
            detail = (
                f"The database is at migration {revision}, this code needs {HEAD}; run `turnstone migrate`."
            )
            return problem_response(Problem(ProblemType.UNAVAILABLE, detail), request)
        return Response(to_json({"status": "ready"}), media_type="application/json")
