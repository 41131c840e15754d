"""keys rotate: a new signing key for access tokens."""

from __future__ import annotations

import asyncio

import typer

from api.cli.reach import database_url, engine
from api.settings import get_settings


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Keys that sign access tokens.", no_args_is_help=True)
    group.command("rotate")(rotate)
    app.add_typer(group, name="keys")


def rotate() -> None:
    """Sign with a new key from now on; tokens of the old one stay good until they run out."""
    with database_url("service") as url:
        kid = asyncio.run(_rotate(url))
    print(f"Now signing with {kid}.")


async def _rotate(url: str) -> str:
    from api.auth.keys import rotate_signing_key
    from api.auth.system import as_system
    from api.core.database import transaction

    async with engine(url) as made, transaction(made) as session, as_system(session):
        return await rotate_signing_key(session, access_token_minutes=get_settings().access_token_minutes)
