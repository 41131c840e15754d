"""The service's own route class, error handlers and middleware: what HTTP does before a domain sees it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Coroutine
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.params import Form
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.core.addresses import is_of_the_api, moved_address, verbs_at
from api.core.bodies import read_json, refuse_other_types
from api.core.context import NotModified
from api.core.errors import PROBLEM_JSON, Problem, ProblemType
from api.core.idempotency import Replayed
from api.core.reading import Moved
from api.core.refusals import problem_of, unavailable

log = structlog.get_logger()
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_KINDS = {
    404: ProblemType.NOT_FOUND,
    405: ProblemType.METHOD_NOT_ALLOWED,
    413: ProblemType.TOO_LARGE,
    415: ProblemType.WRONG_CONTENT_TYPE,
}


class LosslessRequest(Request):
    """Reads JSON numbers digit for digit: a value must not pass through a binary float."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = read_json(await self.body())
        return self._json


class Route(APIRoute):
    """Every route of the service: JSON alone is taken for JSON, and read without loss.

    A router must be made with ``route_class=Route``: set afterwards, it changes no route.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()
        takes_json = self.body_field is not None and not isinstance(self.body_field.field_info, Form)

        async def handle(request: Request) -> Response:
            if takes_json:
                refuse_other_types(request)
            return await handler(LosslessRequest(request.scope, request.receive))

        return handle


def problem_response(problem: Problem, request: Request) -> Response:
    request_id = getattr(request.state, "request_id", None)
    return JSONResponse(
        problem.document(request_id),
        status_code=problem.status,
        headers={"Cache-Control": "no-store"} | problem.headers,
        media_type=PROBLEM_JSON,
    )


def pointer_of(place: tuple[Any, ...]) -> str:
    """A validation error's place as a JSON pointer; parameters stand under their kind."""
    parts = list(place[1:]) if place and place[0] == "body" else list(place)
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def install_handlers(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> Response:
        return problem_response(error, request)

    @app.exception_handler(NotModified)
    async def _not_modified(_request: Request, error: NotModified) -> Response:
        return Response(status_code=304, headers={"ETag": error.etag})

    @app.exception_handler(Replayed)
    async def _replayed(_request: Request, error: Replayed) -> Response:
        return error.response()

    @app.exception_handler(Moved)
    async def _moved(request: Request, error: Moved) -> Response:
        address = moved_address(request, error)
        if address is None:
            detail = f"{error.old!r} now stands under {error.new!r}."
            return problem_response(Problem(ProblemType.NOT_FOUND, detail), request)
        return RedirectResponse(address, status_code=308)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        if any(e["type"] == "json_invalid" for e in found):
            why = found[0].get("ctx", {}).get("error", "")
            return problem_response(
                Problem(ProblemType.BAD_REQUEST, f"The body is not JSON: {why}."), request
            )
        errors = [
            {
                "pointer": pointer_of(e["loc"]),
                "code": e["type"],
                "message": e["msg"].removeprefix("Value error, "),
            }
            for e in found[:100]
        ]
        detail = f"{errors[0]['pointer'] or '/'}: {errors[0]['message']}"
        if len(found) > 1:
            detail += f" (and {len(found) - 1} more)"
        return problem_response(Problem(ProblemType.INVALID, detail, errors=errors), request)

    @app.exception_handler(StarletteHTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        kind = _KINDS.get(error.status_code, ProblemType.BAD_REQUEST)
        headers = dict(error.headers) if error.headers else {}
        detail = str(error.detail)
        if kind is ProblemType.METHOD_NOT_ALLOWED:
            verbs = verbs_at(request)
            detail = f"{request.method} is not for this address; it takes {', '.join(verbs)}."
            headers["Allow"] = ", ".join(verbs)
            kind = kind if verbs else ProblemType.NOT_FOUND
        if kind is ProblemType.NOT_FOUND:
            detail, headers = "There is nothing at this address.", {}
        return problem_response(Problem(kind, detail, headers=headers), request)

    @app.exception_handler(PoolTimeout)
    async def _no_connection(request: Request, error: PoolTimeout) -> Response:
        return problem_response(unavailable(error, request.state.request_id), request)

    @app.exception_handler(DBAPIError)
    @app.exception_handler(psycopg.Error)
    async def _refused(request: Request, error: DBAPIError | psycopg.Error) -> Response:
        return problem_response(problem_of(error, request.state.request_id), request)


class Surroundings:
    """What stands around every answer, whoever makes it.

    Request id and trace are echoed, security headers set, the body limit kept; HEAD is answered as
    GET without its body; a fault of the service becomes a problem like any other.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        max_file_bytes: int | None = None,
        takes_files: re.Pattern[str] | None = None,
    ) -> None:
        """``takes_files``: paths whose bodies are files, which may be larger."""
        self.app = app
        self.max_body_bytes = max_body_bytes
        self.max_file_bytes = max_file_bytes or max_body_bytes
        self.takes_files = takes_files

    def _limit(self, path: str) -> int:
        is_file = self.takes_files is not None and self.takes_files.fullmatch(path) is not None
        return self.max_file_bytes if is_file else self.max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        is_head = scope["method"] == "HEAD"
        has_begun = False

        async def tagged(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                extra = [(b"x-request-id", request_id.encode()), (b"x-content-type-options", b"nosniff")]
                if b"traceparent" in headers:
                    extra.append((b"traceparent", headers[b"traceparent"]))
                if is_of_the_api(scope["path"]) and not any(
                    name.lower() == b"cache-control" for name, _ in message["headers"]
                ):
                    extra.append((b"cache-control", b"private, no-cache"))
                message["headers"] = [*message["headers"], *extra]
            elif is_head:
                message = dict(message) | {"body": b""}
            await send(message)

        most = self._limit(scope["path"])
        refused = self._refused_length(headers.get(b"content-length", b"0"), most)
        if refused is not None:
            await problem_response(refused, Request(scope))(scope, receive, tagged)
            return
        asked = dict(scope) | {"method": "GET"} if is_head else scope
        try:
            await self.app(asked, self._limited(receive, most), tagged)
        except Exception as error:
            log.error("internal_error", request_id=request_id, exc_info=error)
            if has_begun:
                raise
            fault = Problem(ProblemType.INTERNAL, "The service made an error.")
            await problem_response(fault, Request(scope))(scope, receive, tagged)

    def _refused_length(self, declared: bytes, most: int) -> Problem | None:
        if not _LENGTH.fullmatch(declared):
            return Problem(ProblemType.BAD_REQUEST, "Content-Length is not a length.")
        return self._too_large(most) if int(declared) > most else None

    def _limited(self, receive: Receive, most: int) -> Receive:
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > most:
                    # FastAPI, which reads the body, would take any other error for a bad request.
                    raise HTTPException(413, self._too_large(most).detail)
            return message

        return limited

    def _too_large(self, most: int) -> Problem:
        return Problem(ProblemType.TOO_LARGE, f"The body may have {most} bytes at most.")
