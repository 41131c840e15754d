"""What every error answer must be, whatever went wrong."""

from __future__ import annotations

from typing import Any

import httpx

from api.core.errors import CATALOGUE, PROBLEM_JSON, ProblemType, type_uri

JSON = {"Content-Type": "application/json"}


def is_problem(answer: httpx.Response, kind: ProblemType) -> dict[str, Any]:
    """The document, once it is shown to be a whole problem of this kind."""
    assert answer.headers["content-type"] == PROBLEM_JSON, answer.text
    found: dict[str, Any] = answer.json()
    expected = CATALOGUE[kind]
    told = (found["type"], found["title"], found["status"], answer.status_code)
    assert told == (type_uri(kind), expected.title, expected.status, expected.status), answer.text
    assert isinstance(found["detail"], str) and len(found["detail"]) > 5
    assert found["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] in {"no-store", "private, no-cache"}
    return found


def is_no_fault(answer: httpx.Response) -> None:
    """Not an error of the service's own; and an error at all is a problem like any other."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        kind = ProblemType(answer.json()["type"].rsplit("/", 1)[-1])
        is_problem(answer, kind)
