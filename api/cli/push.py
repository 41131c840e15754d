"""push: values from a file to a running service, over its API."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Percentages(StrEnum):
    """What figures of percentages between 0 and 1 are. The service's own word list needs not be loaded."""

    PERCENTS = "percents"
    FRACTIONS = "fractions"


def register(app: typer.Typer) -> None:
    app.command()(push)


def push(
    file: Annotated[
        Path, typer.Argument(help="A CSV, XLSX, NDJSON or JSON file of values.", exists=True, dir_okay=False)
    ],
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
    sheet: Annotated[str | None, typer.Option(help="Of a workbook with several.")] = None,
    percentages_are: Annotated[
        Percentages | None,
        typer.Option(help="Of the KPIs whose every percentage lies between 0 and 1: what they are."),
    ] = None,
    source: Annotated[str | None, typer.Option(help="Where the values come from.")] = None,
    external_reference: Annotated[str | None, typer.Option(help="The sender's own mark of it.")] = None,
) -> None:
    """Push values to a running service. Safe to repeat: the same file again is all unchanged, and one
    that is being read already is found again.

    Exit code 0: every row was taken, or waits as a late revision. 1: some were rejected. 2: it could not
    be sent. 3: nothing of the file could be read. 4: the service failed to store it; nothing was stored.
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
            sheet=sheet,
            percentages_are=percentages_are.value if percentages_are else None,
            source=source,
            external_reference=external_reference,
        )
    )
