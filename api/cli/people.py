"""user create: the first admin of a fresh service has to come from somewhere."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from api.cli.reach import database_url, engine


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="People who sign in.", no_args_is_help=True)
    group.command("create")(create)
    app.add_typer(group, name="user")


def create(
    email: Annotated[str, typer.Argument(help="What they sign in with.")],
    name: Annotated[str, typer.Option(help="Shown wherever who-did-what is shown.")],
    admin: Annotated[
        bool, typer.Option("--admin", help="May manage people, integrations and plans.")
    ] = False,
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            confirmation_prompt=True,
            hide_input=True,
            envvar="TURNSTONE_NEW_PASSWORD",
            help="At least 12 characters. Asked for if not given.",
        ),
    ] = "",
) -> None:
    """Create a person, as the operator of this service."""
    with database_url("service") as url:
        asyncio.run(_create(url, email, name, password, admin))
    print(f"{email} can sign in{' and is an admin' if admin else ''}.")


async def _create(url: str, email: str, name: str, password: str, admin: bool) -> None:
    from api.auth.accounts import create_user
    from api.auth.system import as_system
    from api.core.database import transaction

    async with engine(url) as made, transaction(made) as session, as_system(session):
        await create_user(session, email=email, name=name, password=password, is_admin=admin)
