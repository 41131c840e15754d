"""Routes for signing in and out, tokens, keys, and the record of attempts."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from sqlalchemy import text

from api.auth import clients, service, sessions, throttle
from api.auth.dependencies import Context, enter, may_use, reading_service, writing_service
from api.auth.events import SIGN_IN_EVENTS
from api.auth.identity import (
    Caller,
    cookie_name,
    hash_of,
    identify,
    is_plain_loopback,
    require_own_browser,
    session_cookie,
)
from api.auth.keys import published_keys, rotate_signing_key
from api.auth.passwords import sign_in_place
from api.auth.permissions import Permission
from api.auth.schemas import (
    Jwks,
    PasswordChange,
    RevokeRequest,
    SessionCreate,
    SessionRead,
    SignInEventPage,
    SigningKeyRead,
    Subject,
    TokenRead,
    TokenRequest,
)
from api.auth.tables import SignInOutcome
from api.auth.throttle import Attempt
from api.core.context import to_json
from api.core.database import transaction
from api.core.errors import Problem, ProblemType, not_allowed
from api.core.http import Route
from api.core.openapi import Paging, problems
from api.core.reading import read_page
from api.description import OPEN
from api.settings import Settings

router = APIRouter(tags=["sign-in"], route_class=Route)
jwks_router = APIRouter(tags=["sign-in"], route_class=Route)

T = TypeVar("T")

_REFUSALS = problems(ProblemType.WRONG_CREDENTIALS, ProblemType.SLOW_DOWN, ProblemType.INVALID)
_ADMINISTERS = Annotated[Context, may_use(writing_service(Permission.USER_MANAGE))]


async def own_account(request: Request) -> Caller:
    """Whoever is signed in, about their own account; the endpoint opens its own transaction."""
    return await identify(request)


own_account.access = ("write", ())  # type: ignore[attr-defined]


@router.post(
    "/auth/sessions",
    summary="Sign in with a browser",
    status_code=201,
    response_model=SessionRead,
    responses=_REFUSALS | problems(ProblemType.FORGED_REQUEST, ProblemType.BAD_REQUEST),
    openapi_extra=OPEN,
)
async def create_session(given: SessionCreate, request: Request, response: Response) -> SessionRead:
    """Start a session and set its cookie. The request must bear `X-Turnstone-Client: browser` and come
    from the service's own pages. After some failures each further try must wait, as `Retry-After` says.
    """
    require_own_browser(request)
    is_plain = is_plain_loopback(request)
    if not is_plain and request.url.scheme != "https" and not _settings(request).public_url:
        raise Problem(
            ProblemType.BAD_REQUEST,
            "Sign in over HTTPS: a browser keeps no session over plain HTTP, except on this machine itself.",
        )
    attempt = Attempt(service.subject_of(given.email), "browser", _address(request))
    settings = _settings(request)
    before = session_cookie(request)
    async with sign_in_place(), transaction(request.app.state.engine) as session:
        outcome = await service.sign_in_with_password(session, attempt, given.password.get_secret_value())
        if isinstance(outcome, service.Person):
            if before is not None:
                await sessions.end_session(session, hash_of(before))
            started = await sessions.start_session(
                session,
                outcome.id,
                absolute_hours=settings.session_absolute_hours,
                user_agent=request.headers.get("user-agent"),
            )
    person = _unless_refused(outcome)
    response.set_cookie(
        cookie_name(request), started.token, path="/", secure=not is_plain, httponly=True, samesite="lax"
    )
    response.headers["Cache-Control"] = "no-store"
    return SessionRead(
        name=person.name,
        email=person.email,
        is_admin=person.is_admin,
        ends_at=started.ends_at,
        idle_minutes=settings.session_idle_minutes,
    )


@router.delete(
    "/auth/sessions/current",
    summary="Sign out",
    status_code=204,
    responses=problems(ProblemType.FORGED_REQUEST),
    openapi_extra=OPEN,
)
async def delete_session(request: Request, response: Response) -> None:
    """End this browser's session and clear its cookie. Signing out twice is no error."""
    token = session_cookie(request)
    if token is not None:
        require_own_browser(request)
        async with transaction(request.app.state.engine) as session:
            await sessions.end_session(session, hash_of(token))
    response.delete_cookie(
        cookie_name(request), path="/", secure=not is_plain_loopback(request), httponly=True, samesite="lax"
    )
    response.headers["Cache-Control"] = "no-store"


@router.post(
    "/auth/token",
    summary="Get tokens",
    response_model=TokenRead,
    response_model_exclude_none=True,
    responses=_REFUSALS | problems(ProblemType.BAD_REQUEST),
    openapi_extra=OPEN,
)
async def create_token(
    given: Annotated[TokenRequest, Form()], request: Request, response: Response
) -> TokenRead:
    """OAuth 2.0 token requests. `client_credentials` for integrations (id and secret in the form or by
    HTTP Basic); `password`, then `refresh_token`, for people's own API clients.

    An access token is good for some minutes. A refresh token is good once: using it twice ends all
    tokens of that sign-in. Problems bear OAuth 2.0's own word in the member `error`.
    """
    match given.grant_type:
        case "password":
            tokens = await _by_password(request, given)
        case "refresh_token":
            tokens = await _by_refresh_token(request, given)
        case "client_credentials":
            tokens = await _by_client_credentials(request, given)
        case "":
            raise service.bad_token_request("invalid_request", "Send a form with a grant_type.")
        case _:
            raise service.bad_token_request(
                "unsupported_grant_type", "Use password, refresh_token or client_credentials."
            )
    response.headers["Cache-Control"] = "no-store"
    return TokenRead(
        access_token=tokens.access_token,
        expires_in=tokens.expires_in,
        refresh_token=tokens.refresh_token,
        scope=None if tokens.scopes is None else " ".join(sorted(tokens.scopes)),
    )


async def _by_password(request: Request, given: TokenRequest) -> service.Tokens:
    if not given.username or given.password is None:
        raise service.bad_token_request("invalid_request", "Send username and password.")
    if given.scope:
        raise service.bad_token_request(
            "invalid_scope", "A person's token may do what the person may; leave scope out."
        )
    subject = service.subject_of(given.username)
    if not clients.is_email(subject):
        raise service.wrong_password()
    attempt = Attempt(subject, "password", _address(request))
    async with sign_in_place(), transaction(request.app.state.engine) as session:
        outcome = await service.sign_in_with_password(session, attempt, given.password.get_secret_value())
        tokens = (
            await service.issue_tokens(session, outcome, _settings(request))
            if isinstance(outcome, service.Person)
            else outcome
        )
    return _unless_refused(tokens)


async def _by_refresh_token(request: Request, given: TokenRequest) -> service.Tokens:
    if not given.refresh_token:
        raise service.bad_token_request("invalid_request", "Send the refresh_token.")
    async with transaction(request.app.state.engine) as session:
        outcome = await service.refresh(
            session, given.refresh_token, _settings(request), address=_address(request)
        )
    return _unless_refused(outcome)


async def _by_client_credentials(request: Request, given: TokenRequest) -> service.Tokens:
    client = clients.client_of(request.headers.get("authorization"), given)
    attempt = Attempt(client.id, "client_credentials", _address(request))
    async with transaction(request.app.state.engine) as session:
        outcome = await service.client_credentials(
            session, attempt, client.secret, _settings(request), scope=given.scope
        )
    if isinstance(outcome, Problem) and outcome.status == 401:
        outcome.headers |= client.challenge
    return _unless_refused(outcome)


@router.post(
    "/auth/revoke",
    summary="Revoke a refresh token",
    status_code=204,
    responses=problems(ProblemType.BAD_REQUEST, ProblemType.INVALID),
    openapi_extra=OPEN,
)
async def revoke_token(given: Annotated[RevokeRequest, Form()], request: Request) -> None:
    """End a refresh token and all others of the same sign-in (RFC 7009). Always 204, so that nobody
    learns which tokens are good; access tokens end by themselves within minutes.
    """
    async with transaction(request.app.state.engine) as session:
        await sessions.end_family_of(session, given.token)


@router.post(
    "/auth/password",
    summary="Change your own password",
    status_code=204,
    responses=_REFUSALS
    | problems(
        ProblemType.BAD_REQUEST,
        ProblemType.NOT_SIGNED_IN,
        ProblemType.NOT_ALLOWED,
        ProblemType.FORGED_REQUEST,
    ),
)
async def change_password(
    given: PasswordChange, request: Request, caller: Annotated[Caller, Depends(own_account)]
) -> None:
    """Needs the old password, too. Ends all your other sessions, and all refresh tokens."""
    async with sign_in_place(), transaction(request.app.state.engine) as session:
        ctx = await enter(request, session, caller)
        if ctx.actor.kind != "user":
            raise not_allowed("An integration has secrets, and no password.")
        email = await session.scalar(
            text("select lower(email) from user_account where id = :id"), {"id": ctx.actor.id}
        )
        attempt = Attempt(str(email), "password_change", _address(request))
        outcome = await service.sign_in_with_password(session, attempt, given.old_password.get_secret_value())
        if isinstance(outcome, service.Person):
            await service.set_password(
                session,
                outcome.id,
                given.new_password.get_secret_value(),
                keep_session=caller.session_hash,
                pointer="/new_password",
            )
    _unless_refused(outcome)


@router.get(
    "/auth/sign-in-events",
    summary="List attempts to sign in",
    response_model=SignInEventPage,
    responses=problems(
        ProblemType.NOT_SIGNED_IN, ProblemType.NOT_ALLOWED, ProblemType.INVALID, ProblemType.BAD_CURSOR
    ),
)
async def list_sign_in_events(
    ctx: Annotated[Context, may_use(reading_service(Permission.SIGN_IN_READ))],
    page: Paging,
    subject: Annotated[
        list[Subject] | None, Query(description="Emails or client ids, as they were given.")
    ] = None,
    outcome: Annotated[list[SignInOutcome] | None, Query()] = None,
) -> Response:
    """Newest first. For administrators, and for the internal auditor of any plan."""
    lowered = [service.subject_of(given) for given in subject] if subject else None
    return await read_page(ctx, SIGN_IN_EVENTS, page, {"subject": lowered, "outcome": outcome})


@router.post(
    "/auth/signing-keys",
    summary="Rotate the signing key",
    status_code=201,
    response_model=SigningKeyRead,
    responses=problems(
        ProblemType.NOT_SIGNED_IN,
        ProblemType.NOT_ALLOWED,
        ProblemType.FORGED_REQUEST,
        ProblemType.INVALID,
        ProblemType.KEY_REUSED,
        ProblemType.IN_PROGRESS,
    ),
)
async def create_signing_key(ctx: _ADMINISTERS, request: Request) -> Response:
    """A new key signs from now on. Tokens signed with the old one stay good until they end."""
    kid = await rotate_signing_key(ctx.session, access_token_minutes=_settings(request).access_token_minutes)
    return ctx.created(to_json({"kid": kid}), "/.well-known/jwks.json", version=1)


@jwks_router.get(
    "/.well-known/jwks.json",
    summary="Public keys of access tokens",
    response_model=Jwks,
    openapi_extra=OPEN,
)
async def read_jwks(request: Request, response: Response) -> dict[str, Any]:
    """What access tokens are signed with, the newest first. Read it again for a `kid` not known."""
    async with transaction(request.app.state.engine) as session:
        keys = await published_keys(session)
    response.headers["Cache-Control"] = "public, max-age=60"
    return {"keys": keys}


def _unless_refused(outcome: T | Problem) -> T:
    """Raise a refusal only now, when the record of it is committed."""
    if isinstance(outcome, Problem):
        raise outcome
    return outcome


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _address(request: Request) -> str | None:
    return throttle.address_kept(request.client.host if request.client else None)
