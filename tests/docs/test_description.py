"""What the OpenAPI document says of signing in and of errors is what the service does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.core.errors import PROBLEM_JSON
from api.description import VERBS
from api.main import create_app
from api.settings import Settings
from tests.access.table import ACCESS, PUBLIC


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, verbs in document["paths"].items():
        for verb in VERBS & verbs.keys():
            yield f"{verb.upper()} {path}", verbs[verb]


class TestSecurity:
    def test_either_of_two_ways_to_sign_in_is_needed(self, document: dict[str, Any]) -> None:
        assert document["security"] == [{"bearer": []}, {"session": []}]
        assert set(document["components"]["securitySchemes"]) == {"bearer", "session"}

    def test_what_needs_no_sign_in_is_what_is_public(self, document: dict[str, Any]) -> None:
        open_to_all = {name for name, operation in operations(document) if operation.get("security") == []}
        described = {name for name, _ in operations(document)}
        assert open_to_all == PUBLIC & described
        assert described - open_to_all == set(ACCESS)


class TestAnswers:
    def test_every_error_is_a_problem_document(self, document: dict[str, Any]) -> None:
        told = [
            (name, status, answer)
            for name, operation in operations(document)
            for status, answer in operation["responses"].items()
            if status >= "400"
        ]
        shared = document["components"]["responses"]
        for name, status, answer in told:
            held = shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
            assert list(held["content"]) == [PROBLEM_JSON], f"{name} {status}"
            assert held["content"][PROBLEM_JSON]["schema"]["$ref"], f"{name} {status}"

    def test_a_plans_reads_tell_of_304_and_corrected_refs_of_308(self, document: dict[str, Any]) -> None:
        paths = document["paths"]
        assert "304" in paths["/v1/plans/{plan}/actions"]["get"]["responses"]
        assert "308" in paths["/v1/plans/{plan}/actions/{action}"]["patch"]["responses"]
        assert "304" not in paths["/v1/plans/{plan}/actions"]["post"]["responses"]

    def test_it_can_be_asked_for_twice(self) -> None:
        app = create_app(Settings())
        assert app.openapi() == app.openapi()

    def test_operations_bear_the_names_of_their_functions(self, document: dict[str, Any]) -> None:
        names = [operation["operationId"] for _, operation in operations(document)]
        assert len(names) == len(set(names))
        assert "push_measurements" in names
