"""Bodies as they come in: read without loss, and refused with the right problem where they are unsound."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from api.core.bodies import MOST_DIGITS, read_json
from api.core.errors import ProblemType
from api.core.http import Route
from api.main import create_app
from api.settings import Settings
from tests.core.telling import JSON, is_problem
from tests.factories.world import PlanWorld

LIMIT = Settings().max_body_bytes


class TestReadJson:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("0.1", Decimal("0.1")),
            ("123456789012.345678", Decimal("123456789012.345678")),
            ("1e3", Decimal("1E+3")),
            ("-0.0", Decimal("-0.0")),
            ("12345678901234567890", 12345678901234567890),
            ('"\u00e9\\u00e9\\ud83d\\ude00"', "\u00e9\u00e9\U0001f600"),
            ('{"a": {"b": 1}, "b": [{"b": 2}, {"b": 3}]}', {"a": {"b": 1}, "b": [{"b": 2}, {"b": 3}]}),
            ("\ufeffnull", None),
        ],
    )
    def test_keeps_every_digit_and_letter(self, text: str, value: Any) -> None:
        found = read_json(text.encode())
        assert found == value
        assert str(found) == str(value)

    @pytest.mark.parametrize(
        ("raw", "why"),
        [
            (b"", "Expecting value"),
            (b'{"a": 1,}', "property name"),
            (b"NaN", "NaN is not a JSON number"),
            (b"[-Infinity]", "-Infinity is not a JSON number"),
            (b'{"a": 1, "a": 1}', 'the name "a" stands twice'),
            (b'{"x": [{"\xc3\xa9": 1, "\xc3\xa9": 2}]}', 'the name "\\u00e9" stands twice'),
            (b'"\xff"', "not UTF-8"),
            ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
            (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
            (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
            (b"1" * (MOST_DIGITS + 1), "too many digits"),
            (b"0." + b"1" * MOST_DIGITS, "too many digits"),
            (b"1e401", "too many digits"),
            (b"1e-999999999", "too many digits"),
            (b"0e999999999", "too many digits"),
            (b"1e99999999999999999999999", "too many digits"),
        ],
        ids=lambda value: str(value[:24]),
    )
    def test_says_why_it_cannot_be_read(self, raw: bytes, why: str) -> None:
        with pytest.raises(json.JSONDecodeError, match=why.replace("\\", r"\\")):
            read_json(raw)


class TestEveryRoute:
    def test_reads_its_json_without_loss(self) -> None:
        routes = list(iter_route_contexts(create_app(Settings()).routes))
        lossy = [
            route.path
            for route in routes
            if isinstance(route.original_route, APIRoute)
            and (route.path or "").startswith("/v1")
            and not isinstance(route.original_route, Route)
        ]
        assert not lossy, "make their routers with route_class=Route"


class TestMalformedBodies:
    @pytest.mark.parametrize(
        "raw",
        [
            b"{",
            b"ref=A1",
            b'{"ref": "A1", "title": NaN}',
            b'{"ref": "A1", "ref": "A2", "title": "x"}',
            b'{"ref": "A1", "title": "\xff"}',
            b'{"ref": "A1", "title": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
            b'{"ref": "A1", "position": 1e999999999}',
        ],
        ids=lambda raw: str(raw[:40]),
    )
    async def test_are_bad_requests(self, plan: PlanWorld, raw: bytes) -> None:
        client = await plan.manager()
        answer = await client.post(plan.url("/actions"), content=raw, headers=JSON)
        assert is_problem(answer, ProblemType.BAD_REQUEST)["detail"].startswith("The body is not JSON:")
        assert (await client.get(plan.url("/actions"))).json()["items"] == []

    @pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"1", b'"x"', b"{}"])
    async def test_of_another_shape_are_invalid(self, plan: PlanWorld, raw: bytes) -> None:
        client = await plan.manager()
        answer = await client.post(plan.url("/actions"), content=raw, headers=JSON)
        assert is_problem(answer, ProblemType.INVALID)["errors"]

    async def test_a_name_that_is_no_field_is_pointed_at(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        answer = await client.post(plan.url("/actions"), json={"ref": "A1", "title": "x", "a/b~c": 1})
        (error,) = is_problem(answer, ProblemType.INVALID)["errors"]
        assert error["pointer"] == "/a~1b~0c"


class TestContentType:
    @pytest.mark.parametrize(
        "given", ["text/plain", "application/x-www-form-urlencoded", "text/json", "nonsense", ""]
    )
    async def test_anything_but_json_is_refused(self, plan: PlanWorld, given: str) -> None:
        client = await plan.manager()
        headers = {"Content-Type": given} if given else {}
        answer = await client.post(plan.url("/actions"), content=b'{"ref": "A1"}', headers=headers)
        is_problem(answer, ProblemType.WRONG_CONTENT_TYPE)
        assert answer.headers["accept"] == "application/json"

    @pytest.mark.parametrize(
        "given",
        ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"],
    )
    async def test_json_under_any_of_its_names_is_taken(self, plan: PlanWorld, given: str) -> None:
        client = await plan.manager()
        body = b'{"ref": "A1", "title": "Do it"}'
        answer = await client.post(plan.url("/actions"), content=body, headers={"Content-Type": given})
        assert answer.status_code == 201, answer.text

    async def test_a_packed_body_is_refused(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        headers = JSON | {"Content-Encoding": "gzip"}
        answer = await client.post(plan.url("/actions"), content=b"\x1f\x8b", headers=headers)
        is_problem(answer, ProblemType.WRONG_CONTENT_TYPE)


class TestSize:
    async def test_a_declared_length_past_the_limit_is_refused_unread(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        headers = JSON | {"Content-Length": str(LIMIT + 1)}
        answer = await client.post(plan.url("/actions"), content=b"{}", headers=headers)
        assert str(LIMIT) in is_problem(answer, ProblemType.TOO_LARGE)["detail"]

    async def test_an_undeclared_one_is_refused_where_it_passes_the_limit(self, plan: PlanWorld) -> None:
        sent = 0

        async def chunks() -> AsyncIterator[bytes]:
            nonlocal sent
            yield b'{"title": "'
            while True:
                sent += 1
                yield b"x" * 100_000

        client = await plan.manager()
        answer = await client.post(plan.url("/actions"), content=chunks(), headers=JSON)
        is_problem(answer, ProblemType.TOO_LARGE)
        assert sent <= LIMIT // 100_000 + 1

    async def test_a_body_of_just_the_limit_is_read(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        body = b'{"title": "' + b"x" * (LIMIT - 13) + b'"}'
        assert len(body) == LIMIT
        answer = await client.post(plan.url("/actions"), content=body, headers=JSON)
        is_problem(answer, ProblemType.INVALID)

    @pytest.mark.parametrize("length", ["-1", "1e3", "9" * 5000, "x"])
    async def test_a_length_that_is_none_is_a_bad_request(self, plan: PlanWorld, length: str) -> None:
        client = await plan.manager()
        headers = JSON | {"Content-Length": length}
        answer = await client.post(plan.url("/actions"), content=b"{}", headers=headers)
        is_problem(answer, ProblemType.BAD_REQUEST)
