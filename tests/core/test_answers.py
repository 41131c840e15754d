"""What every answer has in common: its shape as an error, its headers, HEAD, and packing."""

from __future__ import annotations

import gzip
import json
from collections.abc import MutableMapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from api.core.errors import ProblemType
from api.core.http import Surroundings
from tests.actions.making import an_action
from tests.core.telling import is_problem
from tests.factories.world import BASE, PlanWorld, Service

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class TestAddresses:
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    @pytest.mark.parametrize(
        "path", ["/v1", "/v1/", "/v1/nothing", "/v1/plans/", "/v1/plans/x/nothing", "/.well-known/nothing"]
    )
    async def test_there_is_nothing_at_others(self, service: Service, method: str, path: str) -> None:
        async with service.anonymous() as client:
            answer = await client.request(method, path)
        is_problem(answer, ProblemType.NOT_FOUND)
        assert "allow" not in answer.headers

    @pytest.mark.parametrize(
        ("method", "path", "verbs"),
        [
            ("PUT", "/v1/plans", "GET, HEAD, POST"),
            ("DELETE", "/v1/plans/x/actions", "GET, HEAD, POST"),
            ("POST", "/v1/plans/x/actions/A01.KA03", "DELETE, GET, HEAD, PATCH"),
            ("OPTIONS", "/v1/auth/token", "POST"),
            ("HEAD", "/v1/auth/token", "POST"),
            ("POST", "/.well-known/jwks.json", "GET, HEAD"),
            ("POST", "/plans/x", "GET, HEAD"),
            ("TRACE", "/healthz", "GET, HEAD"),
        ],
    )
    async def test_say_which_verbs_they_take(
        self, service: Service, method: str, path: str, verbs: str
    ) -> None:
        async with service.anonymous() as client:
            answer = await client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, verbs)
        if method != "HEAD":
            is_problem(answer, ProblemType.METHOD_NOT_ALLOWED)


class TestMovedRefs:
    """A corrected ref leads on, at whichever place of the path it stands."""

    @pytest.mark.parametrize("old", ["s", "slips", "actions", "v1", "A1"])
    async def test_only_its_own_place_changes(self, plan: PlanWorld, old: str) -> None:
        client = await plan.manager()
        made = await an_action(plan, old)
        await client.patch(
            plan.url(f"/actions/{old}"), json={"ref": "new-1"}, headers={"If-Match": f'"{made["version"]}"'}
        )
        answer = await client.get(plan.url(f"/actions/{old}?x=1&as=%2F"))
        assert answer.headers["location"] == plan.url("/actions/new-1?x=1&as=%2F")
        slip = {"to_due": "2030-01", "reason": "Agreed"}
        answer = await client.post(plan.url(f"/actions/{old}/slips"), json=slip, headers={"If-Match": '"2"'})
        assert (answer.status_code, answer.headers["location"]) == (308, plan.url("/actions/new-1/slips"))


class TestHeaders:
    async def test_a_request_id_is_given_back(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        answer = await client.get(plan.url(), headers={"X-Request-ID": "abc-1.2_3"})
        assert answer.headers.get_list("x-request-id") == ["abc-1.2_3"]

    @pytest.mark.parametrize("given", ["", "x" * 65, "a b", "<script>", "ä"])
    async def test_one_that_could_do_harm_in_a_log_is_replaced(self, plan: PlanWorld, given: str) -> None:
        client = await plan.manager()
        answer = await client.get(plan.url("/none"), headers={b"X-Request-ID": given.encode()})
        assert answer.headers["x-request-id"] != given
        assert len(answer.headers["x-request-id"]) == 16
        is_problem(answer, ProblemType.NOT_FOUND)

    async def test_a_trace_is_given_back(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        for path in ("", "/nothing"):
            answer = await client.get(plan.url(path), headers={"traceparent": TRACE})
            assert answer.headers.get_list("traceparent") == [TRACE]
        assert "traceparent" not in (await client.get(plan.url())).headers

    async def test_answers_are_kept_by_nobody_but_the_reader_who_asks_again(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        answer = await client.get(plan.url())
        assert answer.headers["cache-control"] == "private, no-cache"
        again = await client.get(plan.url(), headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.headers["cache-control"]) == (304, "private, no-cache")
        assert again.headers["etag"] == answer.headers["etag"]
        assert "content-type" not in again.headers


class TestHead:
    @pytest.mark.parametrize("path", ["", "/actions", "/actions/A1", "/dashboard", "/nothing"])
    async def test_is_answered_as_get_without_the_body(self, plan: PlanWorld, path: str) -> None:
        await an_action(plan)
        client = await plan.manager()
        read, head = await client.get(plan.url(path)), await client.head(plan.url(path))
        assert head.content == b""
        assert head.status_code == read.status_code
        ours = {"x-request-id", "content-length"} if read.status_code >= 400 else {"x-request-id"}
        assert {k: v for k, v in head.headers.items() if k not in ours} == {
            k: v for k, v in read.headers.items() if k not in ours
        }

    async def test_needs_a_sign_in_like_get(self, plan: PlanWorld) -> None:
        async with plan.service.anonymous() as client:
            assert (await client.head(plan.url())).status_code == 401

    async def test_nothing_is_sent_after_the_headers(self, app: FastAPI) -> None:
        sent = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "HEAD",
            "scheme": "http",
            "path": "/v1/problems",
            "raw_path": b"/v1/problems",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await app(scope, receive, send)  # type: ignore[arg-type]
        start, *rest = sent
        assert start["status"] == 200
        assert b"".join(bytes(message["body"]) for message in rest) == b""  # type: ignore[call-overload]


class TestPacking:
    async def test_gzip_is_used_where_it_is_taken(self, plan: PlanWorld) -> None:
        for number in range(30):
            await plan.party(f"team-{number}")
        client = await plan.manager()
        bare = await client.get(plan.url("/parties"), headers={"Accept-Encoding": "identity"})
        async with client.stream("GET", plan.url("/parties"), headers={"Accept-Encoding": "gzip"}) as answer:
            packed = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in bare.headers
        assert gzip.decompress(packed) == bare.content
        assert len(packed) < len(bare.content) / 2
        assert answer.headers["vary"] == bare.headers["vary"] == "Accept-Encoding"

    async def test_the_packed_answers_etag_serves_for_the_bare_one(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        packed = await client.get(plan.url("/dashboard"), headers={"Accept-Encoding": "gzip"})
        weak = {"If-None-Match": f"W/{packed.headers['etag']}", "Accept-Encoding": "identity"}
        assert (await client.get(plan.url("/dashboard"), headers=weak)).status_code == 304


class TestFaults:
    """Errors of the service's own, made by an application that does nothing else."""

    async def _answer(self, *, has_begun: bool) -> httpx.Response:
        async def faulty(scope: object, receive: object, send: object) -> None:
            if has_begun:
                await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
            raise RuntimeError("select password from user_account")

        around = Surroundings(faulty, max_body_bytes=10)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=around), base_url=BASE) as client:
            return await client.get("/v1/x", headers={"X-Request-ID": "r1", "traceparent": TRACE})

    async def test_are_problems_that_tell_nothing_of_the_inside(
        self, log_lines: list[MutableMapping[str, Any]]
    ) -> None:
        answer = await self._answer(has_begun=False)
        assert [(line["event"], line["request_id"]) for line in log_lines] == [("internal_error", "r1")]
        assert is_problem(answer, ProblemType.INTERNAL)["request_id"] == "r1"
        assert "password" not in answer.text and "RuntimeError" not in answer.text
        assert answer.headers["traceparent"] == TRACE

    async def test_break_off_an_answer_that_has_begun(self) -> None:
        with pytest.raises(RuntimeError):
            await self._answer(has_begun=True)


class TestDatabaseErrors:
    @pytest.mark.parametrize(
        ("state", "kind"),
        [
            ("40001", ProblemType.UNAVAILABLE),
            ("40P01", ProblemType.UNAVAILABLE),
            ("55P03", ProblemType.UNAVAILABLE),
            ("57014", ProblemType.UNAVAILABLE),
            ("42501", ProblemType.NOT_ALLOWED),
            ("23505", ProblemType.CONFLICT),
            ("23503", ProblemType.CONFLICT),
            ("22003", ProblemType.INVALID),
            ("22007", ProblemType.INVALID),
            ("08006", ProblemType.UNAVAILABLE),
            ("XX000", ProblemType.INTERNAL),
            ("42P01", ProblemType.INTERNAL),
            ("P0001", ProblemType.INTERNAL),
        ],
    )
    async def test_become_the_problem_they_amount_to(
        self, plan: PlanWorld, owner: AsyncConnection[DictRow], state: str, kind: ProblemType
    ) -> None:
        client = await plan.manager()
        name = f"fail_{plan.id}"
        await owner.execute(
            f"create function public.{name}() returns trigger language plpgsql as $$ begin"
            f" raise exception 'secret words' using errcode = '{state}'; end $$;"
            f"create trigger {name} before insert on public.theme for each row"
            f" when (new.plan_id = {plan.id}) execute function public.{name}()"
        )
        try:
            answer = await client.post(
                plan.url("/themes"), json={"ref": "T1", "title": "One", "kind": "workstream"}
            )
        finally:
            await owner.execute(f"drop function public.{name}() cascade")
        is_problem(answer, kind)
        assert "secret" not in answer.text
        assert ("retry-after" in answer.headers) == (kind is ProblemType.UNAVAILABLE)


class TestEveryProblem:
    async def test_is_json_that_any_reader_takes(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        answer = await client.get(plan.url("/actions?sort=nonsense"))
        assert answer.headers["content-type"] == "application/problem+json"
        assert json.loads(answer.content)["status"] == 422
