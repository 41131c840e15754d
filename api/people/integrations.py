"""Integrations and their secrets, which are shown once and kept only as hashes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import text

from api.auth import service as accounts
from api.auth.permissions import INTEGRATION_SCOPES, Permission
from api.core.context import Answer, Context, to_json
from api.core.editing import as_sent, change, hold, sent
from api.core.errors import invalid
from api.core.patches import refuse_nulls
from api.core.reading import Item, read_by_id, read_one
from api.people.integration_schemas import IntegrationCreate, IntegrationUpdate, SecretCreate
from api.people.repository import INTEGRATIONS
from api.people.tables import Integration, Principal


async def create_integration(ctx: Context, new: IntegrationCreate) -> tuple[Item, str]:
    """The integration and its first secret. Raises CONFLICT for a client id that is taken."""
    made = await accounts.create_integration(
        ctx.session, client_id=new.client_id, name=new.name, scopes=[scope.value for scope in new.scopes]
    )
    return await read_by_id(ctx, INTEGRATIONS, made.principal_id), made.secret


async def update_integration(
    ctx: Context, client_id: str, patch: IntegrationUpdate, if_match: str | None
) -> Item:
    """Apply a merge patch. A disabled integration's tokens stop working at once."""
    held = await hold(ctx, INTEGRATIONS, client_id, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, ("name", "scopes", "disabled"))
    columns = {"name": fields["name"]} if "name" in fields else {}
    if "scopes" in fields:
        columns["scopes"] = _scopes(fields["scopes"])
    await change(ctx, Integration, held.id, columns)
    if "name" in fields:
        await change(ctx, Principal, held.id, {"name": fields["name"]})
    if "disabled" in fields:
        await ctx.session.execute(
            text(
                "update integration set disabled_at = case when :disabled then now() end"
                " where id = :id and :disabled is distinct from (disabled_at is not null)"
            ),
            {"id": held.id, "disabled": fields["disabled"]},
        )
    return await read_by_id(ctx, INTEGRATIONS, held.id)


async def add_secret(ctx: Context, client_id: str, wanted: SecretCreate) -> tuple[int, str]:
    """A further secret: its id and itself. The one before works on until ``keep_old_until``.

    Raises NOT_FOUND, or INVALID for a moment that has passed.
    """
    found = await read_one(ctx, INTEGRATIONS, client_id)
    now = datetime.now(UTC)
    if wanted.expires_at is not None and wanted.expires_at <= now:
        raise invalid("/expires_at", "That moment has passed.")
    if wanted.keep_old_until is None:
        return await accounts.add_secret(ctx.session, found.id, expires_at=wanted.expires_at)
    kept = max(wanted.keep_old_until - now, timedelta(0))
    return await accounts.add_secret(ctx.session, found.id, expires_at=wanted.expires_at, keep_old_for=kept)


async def revoke_secret(ctx: Context, client_id: str, secret_id: int) -> None:
    """Raises NOT_FOUND; revoking again changes nothing."""
    found = await read_one(ctx, INTEGRATIONS, client_id)
    await accounts.revoke_secret(ctx.session, found.id, secret_id)


def answer_once(ctx: Context, body: dict[str, Any], secret: str, location: str, *, version: int) -> Response:
    """201 with the secret in it. What an Idempotency-Key keeps, and gives again, is without it."""
    kept = ctx.created(to_json(body | {"secret": None}), location, version=version)
    assert isinstance(ctx.answer, Answer)
    headers = dict(ctx.answer.headers) | {"Cache-Control": "no-store"}
    return Response(to_json(body | {"secret": secret}), status_code=kept.status_code, headers=headers)


def as_body(item: Item) -> dict[str, Any]:
    body: dict[str, Any] = orjson.loads(item.body)
    return body


def _scopes(scopes: list[Permission]) -> list[str]:
    beyond = sorted(scope.value for scope in set(scopes) - set(INTEGRATION_SCOPES))
    if beyond:
        known = ", ".join(sorted(scope.value for scope in INTEGRATION_SCOPES))
        raise invalid("/scopes", f"No integration can have {', '.join(beyond)}; choose from {known}.")
    return sorted({scope.value for scope in scopes} | {Permission.PLAN_VISIT.value})
