"""Routes of integrations and their secrets."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.auth.dependencies import Context, IfMatch, may_use, reading_service, writing_service
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, Paging
from api.core.reading import read_one, read_page
from api.people import integrations
from api.people.integration_schemas import (
    IntegrationCreate,
    IntegrationMade,
    IntegrationPage,
    IntegrationRead,
    IntegrationUpdate,
    SecretCreate,
    SecretMade,
)
from api.people.repository import INTEGRATIONS

router = APIRouter(tags=["integrations"], route_class=Route)

Read = Annotated[Context, may_use(reading_service(P.INTEGRATION_MANAGE))]
Manage = Annotated[Context, may_use(writing_service(P.INTEGRATION_MANAGE))]
ClientKey = Annotated[str, Path(max_length=64, examples=["case-management"])]


@router.get("/integrations", summary="List integrations", response_model=IntegrationPage, responses=READS)
async def list_integrations(
    ctx: Read,
    page: Paging,
    disabled: Annotated[bool | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the name or client id.")] = None,
) -> Response:
    """Systems that push or pull, with their secrets' ends but never the secrets. Sort keys: name, client_id,
    created.
    """
    filters = {
        "disabled": None if disabled is None else [str(disabled).lower()],
        "q": [q] if q else None,
    }
    return await read_page(ctx, INTEGRATIONS, page, filters)


@router.post(
    "/integrations",
    summary="Add an integration",
    status_code=201,
    response_model=IntegrationMade,
    responses=CREATES,
)
async def create_integration(new: IntegrationCreate, ctx: Manage) -> Response:
    """Answers its first secret, once. It may do nothing until a plan makes it a member."""
    item, secret = await integrations.create_integration(ctx, new)
    body = integrations.as_body(item)
    address = f"/v1/integrations/{body['client_id']}"
    return integrations.answer_once(ctx, body, secret, address, version=item.version)


@router.get(
    "/integrations/{client_id}",
    summary="Read an integration",
    response_model=IntegrationRead,
    responses=READS,
)
async def read_integration(client_id: ClientKey, ctx: Read) -> Response:
    """One integration, its plans, and what is known of its secrets."""
    item = await read_one(ctx, INTEGRATIONS, client_id)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/integrations/{client_id}",
    summary="Change an integration",
    response_model=IntegrationRead,
    responses=CHANGES,
)
async def update_integration(
    client_id: ClientKey, patch: IntegrationUpdate, ctx: Manage, if_match: IfMatch = None
) -> Response:
    """A merge patch of its name, its scopes, or whether it is disabled."""
    item = await integrations.update_integration(ctx, client_id, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.post(
    "/integrations/{client_id}/secrets",
    summary="Add a secret",
    status_code=201,
    response_model=SecretMade,
    responses=CREATES,
)
async def add_secret(client_id: ClientKey, wanted: SecretCreate, ctx: Manage) -> Response:
    """Rotation with overlap: answers a new secret once, and lets the one before work on for a while."""
    secret_id, secret = await integrations.add_secret(ctx, client_id, wanted)
    body = {"id": secret_id, "client_id": client_id.lower()}
    address = f"/v1/integrations/{client_id}/secrets/{secret_id}"
    return integrations.answer_once(ctx, body, secret, address, version=1)


@router.delete(
    "/integrations/{client_id}/secrets/{secret}",
    summary="Revoke a secret",
    status_code=204,
    responses=READS,
)
async def revoke_secret(
    client_id: ClientKey, secret: Annotated[int, Path(ge=1, le=2**63 - 1)], ctx: Manage
) -> Response:
    """At once, and without an If-Match: a secret is never edited, and a leaked one cannot wait."""
    await integrations.revoke_secret(ctx, client_id, secret)
    return ctx.no_content()
