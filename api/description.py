"""What the API says of itself: FastAPI's document, with how to sign in, and each problem told once."""

from __future__ import annotations

from typing import Any

from api.auth.identity import CLIENT_HEADER, SECURE_COOKIE
from api.core.errors import PROBLEM_JSON
from api.core.openapi import ProblemDocument
from api.vocabulary import ItemKind

OPEN: dict[str, Any] = {"security": []}
"""The ``openapi_extra=`` of an operation that needs no sign-in; every other needs one."""

VERBS = frozenset({"get", "put", "post", "patch", "delete"})

SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token from `POST /v1/auth/token`; good for some minutes.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SECURE_COOKIE,
        "description": "A browser's session from `POST /v1/auth/sessions`. Changes also need"
        f" `{CLIENT_HEADER}: browser` and the service's own `Origin`. Never together with a token.",
    },
}

PROBLEM_SCHEMA = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
NOT_MODIFIED = {"description": "You hold the present state: its ETag came in `If-None-Match`."}
MOVED = {"description": "The ref was corrected; `Location` names the item's new address. Repeat it there."}


def describe(document: dict[str, Any]) -> None:
    """Complete a document that FastAPI made, in place."""
    components = document.setdefault("components", {})
    components["securitySchemes"] = SECURITY_SCHEMES
    document["security"] = [{"bearer": []}, {"session": []}]
    shared = components.setdefault("responses", {})
    for path, verbs in document["paths"].items():
        for verb in sorted(VERBS & verbs.keys()):
            responses = verbs[verb]["responses"]
            for status, answer in responses.items():
                if status >= "400":
                    responses[status] = _shared(answer, shared)
            if path.startswith("/v1/plans/{plan}"):
                _tell_other_answers(path, verb, responses)


def _shared(answer: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """A reference to the one telling of this answer, whose schema belongs to problem+json alone.

    An answer that says more than every problem does is told where it stands.
    """
    content = answer["content"]
    schema = content.pop("application/json")["schema"]
    content[PROBLEM_JSON]["schema"] = schema
    if schema != PROBLEM_SCHEMA:
        return answer
    name = ".".join(sorted(content[PROBLEM_JSON]["examples"]))
    if shared.setdefault(name, answer) != answer:
        raise ValueError(f"two different answers would be called {name}")
    return {"$ref": f"#/components/responses/{name}"}


def _tell_other_answers(path: str, verb: str, responses: dict[str, Any]) -> None:
    if verb == "get":
        responses["304"] = NOT_MODIFIED
    if any(f"/{{{kind.value}}}" in path for kind in ItemKind):
        responses["308"] = MOVED
