"""push: values from a file to a running service, over its API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(push)


def push(
    file: Annotated[Path, typer.Argument(help="A CSV or JSON file of values.", exists=True, dir_okay=False)],
    plan: Annotated[str, typer.Option(help="The plan's ref.")],
    client_id: Annotated[
        str, typer.Option(envvar="TURNSTONE_CLIENT_ID", help="The integration's client id.")
    ],
    client_secret: Annotated[
        str,
        typer.Option(envvar="TURNSTONE_CLIENT_SECRET", help="Its secret; better given in the environment."),
    ],
    url: Annotated[
        str, typer.Option(envvar="TURNSTONE_URL", help="The service's address.")
    ] = "http://127.0.0.1:8000",
    partial: Annotated[
        bool, typer.Option("--partial", help="Store the right rows although others are wrong.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Store nothing; tell what would happen.")
    ] = False,
) -> None:
    """Push values to a running service. Safe to repeat: the same file again is all unchanged.

    Exit code 0: every row was taken. 1: some were rejected. 2: it could not be sent.
    """
    from api.measurements.push import push as send

    raise typer.Exit(
        send(
            file,
            url=url,
            plan=plan,
            client_id=client_id,
            client_secret=client_secret,
            mode="partial" if partial else "atomic",
            dry_run=dry_run,
        )
    )
