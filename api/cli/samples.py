"""samples load, sign-ins, next-month: only for trying Turnstone out."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api.cli.reach import database_url, engine
from api.settings import get_settings


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Sample plans and sign-ins, for trying Turnstone out.", no_args_is_help=True)
    group.command("load")(load)
    group.command("sign-ins")(sign_ins)
    group.command("next-month")(next_month)
    app.add_typer(group, name="samples")


def load() -> None:
    """Load the sample plans, once. Needs TURNSTONE_SAMPLE_MODE, for the sign-ins are published."""
    settings = get_settings()
    if not settings.sample_mode:
        raise typer.BadParameter("set TURNSTONE_SAMPLE_MODE=true: the samples' sign-ins are published")
    with database_url("service") as url:
        asyncio.run(_load(url, settings.today))


async def _load(url: str, today: str | None) -> None:
    from api.samples.load import load_samples

    async with engine(url) as made:
        await load_samples(made, today=date.fromisoformat(today) if today else None)


def sign_ins(as_json: Annotated[bool, typer.Option("--json", help="By role, for programs.")] = False) -> None:
    """Print the sample sign-ins, one per role, and one integration's client id and secret."""
    from api.samples.people import printed_sign_ins, sign_ins_by_role

    print(json.dumps(sign_ins_by_role(), indent=2) if as_json else printed_sign_ins())


def next_month(
    output: Annotated[Path, typer.Option(help="The CSV file to write.")] = Path("next-month.csv"),
) -> None:
    """Write the values that the sample case system owes next, ready for `turnstone push`."""
    with database_url("service") as url:
        written = asyncio.run(_next_month(url))
    output.write_text(written, encoding="utf-8")
    print(f"Wrote {output}: {len(written.splitlines()) - 1} values.")


async def _next_month(url: str) -> str:
    from api.samples.next_month import next_month_csv

    async with engine(url) as made:
        return await next_month_csv(made)
