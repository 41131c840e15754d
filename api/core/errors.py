"""Errors as RFC 9457 problem documents: a stable type each, pointers into the payload, no internals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PROBLEM_JSON = "application/problem+json"


class ProblemType(StrEnum):
    """Every kind of error the API answers with. The value ends its ``type`` URI."""

    BAD_REQUEST = "bad-request"
    NOT_SIGNED_IN = "not-signed-in"
    WRONG_CREDENTIALS = "wrong-credentials"
    NOT_ALLOWED = "not-allowed"
    FORGED_REQUEST = "forged-request"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_ACCEPTABLE = "not-acceptable"
    CONFLICT = "conflict"
    REF_TAKEN = "ref-taken"
    IN_USE = "in-use"
    IN_PROGRESS = "in-progress"
    EDIT_CONFLICT = "edit-conflict"
    TOO_LARGE = "too-large"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    INVALID = "invalid"
    BAD_CURSOR = "bad-cursor"
    KEY_REUSED = "idempotency-key-reused"
    IF_MATCH_REQUIRED = "if-match-required"
    SLOW_DOWN = "slow-down"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"
    UNSETTLED = "unsettled"


@dataclass(frozen=True)
class Described:
    status: int
    title: str
    meaning: str


CATALOGUE: dict[ProblemType, Described] = {
    ProblemType.BAD_REQUEST: Described(400, "Bad request", "The request could not be read at all."),
    ProblemType.NOT_SIGNED_IN: Described(
        401, "Not signed in", "No valid session or token came with the request; sign in again."
    ),
    ProblemType.WRONG_CREDENTIALS: Described(
        401, "Wrong credentials", "The email and password, or client id and secret, do not match."
    ),
    ProblemType.NOT_ALLOWED: Described(
        403, "Not allowed", "Your role in this plan does not include this, or not for this item."
    ),
    ProblemType.FORGED_REQUEST: Described(
        403,
        "Refused",
        "A browser request must come from the service's own origin with its own header, and not bear"
        " both a cookie and a token.",
    ),
    ProblemType.NOT_FOUND: Described(404, "Not found", "There is nothing here, or nothing you may see."),
    ProblemType.METHOD_NOT_ALLOWED: Described(405, "Method not allowed", "This address does not take it."),
    ProblemType.NOT_ACCEPTABLE: Described(406, "Not acceptable", "Only JSON is served here."),
    ProblemType.CONFLICT: Described(
        409, "Conflict", "The request does not fit the present state; the detail says how."
    ),
    ProblemType.REF_TAKEN: Described(409, "Ref taken", "Another item of this kind bears that ref."),
    ProblemType.IN_USE: Described(409, "In use", "Other items depend on this one; the detail names them."),
    ProblemType.IN_PROGRESS: Described(
        409, "In progress", "The same Idempotency-Key is being handled; retry after the time given."
    ),
    ProblemType.EDIT_CONFLICT: Described(
        412,
        "Changed meanwhile",
        "Someone changed it after you read it. The fields tell what you started from, what is there"
        " now, and what you sent.",
    ),
    ProblemType.TOO_LARGE: Described(413, "Too large", "The body is larger than the limit stated."),
    ProblemType.WRONG_CONTENT_TYPE: Described(
        415, "Wrong content type", "Send the content type named in the documentation."
    ),
    ProblemType.INVALID: Described(
        422, "Invalid", "Some values are not right; each error points at its place in the payload."
    ),
    ProblemType.BAD_CURSOR: Described(
        422, "Bad cursor", "The cursor is damaged, or belongs to a list with other filters or sorting."
    ),
    ProblemType.KEY_REUSED: Described(
        422, "Idempotency-Key reused", "The same key came before with another payload."
    ),
    ProblemType.IF_MATCH_REQUIRED: Described(
        428, "If-Match required", "Send the ETag you read in If-Match, so that nobody's edit is lost."
    ),
    ProblemType.SLOW_DOWN: Described(429, "Slow down", "Too many attempts; retry after the time given."),
    ProblemType.INTERNAL: Described(
        500, "Something went wrong", "It was logged under the request id; nothing of the request was kept."
    ),
    ProblemType.UNAVAILABLE: Described(503, "Unavailable", "The service cannot answer now; retry."),
    ProblemType.UNSETTLED: Described(
        503, "Not settled yet", "A change dated before that moment is still being written; retry."
    ),
}


def type_uri(kind: ProblemType) -> str:
    return f"/v1/problems/{kind.value}"


class Problem(Exception):
    """An answer that is an error. Raised anywhere; one handler turns it into a response."""

    def __init__(
        self,
        kind: ProblemType,
        detail: str,
        *,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.members = members

    @property
    def status(self) -> int:
        return CATALOGUE[self.kind].status

    def document(self, request_id: str | None = None) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": type_uri(self.kind),
            "title": CATALOGUE[self.kind].title,
            "status": self.status,
            "detail": self.detail,
        }
        if request_id:
            body["request_id"] = request_id
        if self.errors is not None:
            body["errors"] = self.errors
        return body | self.members


def field_error(pointer: str, message: str, code: str = "invalid") -> dict[str, str]:
    """One entry of ``errors``: a JSON pointer into the payload, a stable code, a sentence."""
    return {"pointer": pointer, "code": code, "message": message}


def not_found(what: str) -> Problem:
    return Problem(ProblemType.NOT_FOUND, f"There is no {what} here, or none you may see.")


def not_allowed(detail: str) -> Problem:
    return Problem(ProblemType.NOT_ALLOWED, detail)


def invalid(pointer: str, message: str, code: str = "invalid") -> Problem:
    return Problem(ProblemType.INVALID, message, errors=[field_error(pointer, message, code)])


def conflict(detail: str) -> Problem:
    return Problem(ProblemType.CONFLICT, detail)
