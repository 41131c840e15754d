"""migrate, backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.reach import database_url, embedded
from api.settings import get_settings

ROOT = Path(__file__).resolve().parents[2]


def register(app: typer.Typer) -> None:
    app.command()(migrate)
    app.command()(backup)
    app.command()(restore)


def migrate(
    revision: Annotated[str, typer.Argument(help="A revision, or `head`.")] = "head",
    down: Annotated[bool, typer.Option("--down", help="Go down to the revision instead of up.")] = False,
) -> None:
    """Bring the database's schema up to date. Safe to run at once on several machines."""
    from alembic import command
    from alembic.config import Config

    with database_url("owner") as url:
        config = Config(str(ROOT / "alembic.ini"))
        config.attributes["url"] = url
        (command.downgrade if down else command.upgrade)(config, revision)
    print(f"The schema is at {revision}.")


def backup(file: Annotated[Path, typer.Argument(help="The file to write; must not exist.")]) -> None:
    """Write a consistent backup of everything to one file. Nothing has to be stopped for it."""
    from api.supervisor.backup import backup as write

    settings = get_settings()
    if settings.database_url is not None:
        with database_url("owner") as url:
            write(url, file, postgres_bin=settings.postgres_bin)
    else:
        with embedded(settings).available() as cluster:
            write(cluster, file)
    print(f"Backed up to {file} ({file.stat().st_size:,} bytes).")


def restore(
    file: Annotated[
        Path, typer.Argument(help="A file that `turnstone backup` wrote.", exists=True, dir_okay=False)
    ],
    force: Annotated[bool, typer.Option(help="Replace whatever the database holds.")] = False,
) -> None:
    """Fill an empty database from a backup: all of it, or nothing."""
    from api.supervisor.backup import restore as fill

    settings = get_settings()
    if settings.database_url is not None:
        with database_url("owner") as url:
            fill(url, file, force=force, postgres_bin=settings.postgres_bin)
    else:
        with embedded(settings).available() as cluster:
            fill(cluster, file, force=force)
    print(f"Restored from {file}.")
