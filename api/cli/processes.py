"""run, serve, worker, openapi: the processes, and what the API says of itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.settings import get_settings


def register(app: typer.Typer) -> None:
    app.command()(run)
    app.command()(serve)
    app.command()(worker)
    app.command()(openapi)


def run() -> None:
    """Run everything: database, API and worker, until Ctrl-C."""
    from api.supervisor.run import run as run_all

    raise typer.Exit(run_all(get_settings()))


def serve() -> None:
    """Serve the API and the client on TURNSTONE_HOST and PORT."""
    import uvicorn

    from api.logs import configure
    from api.supervisor.errors import SupervisorError
    from api.supervisor.external import check_external
    from api.supervisor.run import check_port

    settings = get_settings()
    if settings.sample_mode and not settings.is_loopback:
        raise SupervisorError(
            f"sample mode has published sign-ins and listens on 127.0.0.1 only, not on {settings.host}"
        )
    if settings.database_url is None:
        raise SupervisorError("set TURNSTONE_DATABASE_URL, or use `turnstone run` for an embedded database")
    check_external("TURNSTONE_DATABASE_URL", settings.database_url.get_secret_value())
    check_port(settings.host, settings.port)
    configure(settings.log_level)
    uvicorn.run(
        "api.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers if settings.workers > 1 else None,
        log_level=settings.log_level,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=8,
        proxy_headers=settings.public_url is not None,
    )


def worker() -> None:
    """Run the job worker until asked to stop."""
    import asyncio

    from api.logs import configure
    from api.worker import work

    settings = get_settings()
    configure(settings.log_level)
    asyncio.run(work(settings))


def openapi(
    output: Annotated[
        Path | None, typer.Option(help="Write to this file instead of standard output.")
    ] = None,
) -> None:
    """Print the OpenAPI document of this version."""
    import json

    from api.main import create_app
    from api.settings import Settings

    document = create_app(Settings.model_validate({"database_url": None})).openapi()
    written = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if output is None:
        sys.stdout.write(written)
    else:
        output.write_text(written, encoding="utf-8")
